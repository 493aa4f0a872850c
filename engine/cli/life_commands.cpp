// SPDX-License-Identifier: Apache-2.0
// What is said about runs afterwards: tags, note, name, group, archive, trash.
#include "cli/commands.h"
#include "core/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

// Does it to each run. What a run is named by may be ambiguous or unknown: all are looked up before the first
// is touched.
Result<int> forEach(Context& context, const std::vector<std::string>& names,
                    const std::function<Result<>(record::Store&, const record::RunSummary&)>& action) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    std::vector<record::RunSummary> runs;
    for (const std::string& name : names) {
        LATHE_TRY_ASSIGN(record::RunSummary run, context.findRun(name));
        runs.push_back(std::move(run));
    }
    for (const record::RunSummary& run : runs)
        LATHE_TRY(action(engine->store(), run));
    return 0;
}

}  // namespace

Result<int> tagCommand(Context& context, const LifeOptions& options) {
    if (options.add.empty() && options.remove.empty())
        return fail(ErrorCode::Invalid, "no tag was given", {}, "lathe tag RUN --add best --remove old");
    return forEach(context, options.runs, [&](record::Store& store, const record::RunSummary& run) {
        std::vector<std::string> tags = run.tags;
        for (const std::string& tag : options.add)
            if (std::ranges::find(tags, tag) == tags.end())
                tags.push_back(tag);
        std::erase_if(tags, [&](const std::string& tag) {
            return std::ranges::find(options.remove, tag) != options.remove.end();
        });
        return store.setTags(run.spec.id, tags);
    });
}

Result<int> noteCommand(Context& context, const LifeOptions& options) {
    return forEach(context, options.runs, [&](record::Store& store, const record::RunSummary& run) {
        return store.setNote(run.spec.id, options.text);
    });
}

Result<int> renameCommand(Context& context, const LifeOptions& options) {
    return forEach(context, options.runs, [&](record::Store& store, const record::RunSummary& run) {
        return store.rename(run.spec.id, options.text);
    });
}

Result<int> groupCommand(Context& context, const LifeOptions& options) {
    return forEach(context, options.runs, [&](record::Store& store, const record::RunSummary& run) {
        return store.setGroup(run.spec.id, options.text);
    });
}

Result<int> archiveCommand(Context& context, const LifeOptions& options) {
    return forEach(context, options.runs, [&](record::Store& store, const record::RunSummary& run) {
        return store.setArchived(run.spec.id, !options.undo);
    });
}

Result<int> removeCommand(Context& context, const LifeOptions& options) {
    if (!options.undo)
        return forEach(context, options.runs,
                       [](record::Store& store, const record::RunSummary& run) -> Result<> {
                           LATHE_TRY(store.setDeleted(run.spec.id, true));
                           fmt::print("{} is in the trash; lathe rm --undo {} brings it back\n",
                                      escapedForDisplay(run.spec.name), run.spec.id);
                           return {};
                       });
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const auto trash, engine->store().trash());
    for (const std::string& name : options.runs) {
        const auto run = std::ranges::find_if(trash, [&](const record::RunSummary& one) {
            return one.spec.id.starts_with(name) || one.spec.name == name;
        });
        if (run == trash.end())
            return fail(ErrorCode::NotFound, "no such run in the trash", name, "`lathe ls --trash` lists it");
        LATHE_TRY(engine->store().setDeleted(run->spec.id, false));
    }
    return 0;
}

}  // namespace lathe::cli
