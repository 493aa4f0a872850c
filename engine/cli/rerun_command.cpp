// SPDX-License-Identifier: Apache-2.0
// Runs made from a run: its code put back, the same again, going on from a checkpoint.
#include "cli/commands.h"
#include "cli/reproduce.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/mirror.h"
#include "record/restore.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <string>

namespace lathe::cli {
namespace {

struct Checkpoint {
    std::string path;  // on the run's host
    std::int64_t step = -1;
};

// The folder of the run on the host where it ran.
Result<std::string> folderOnHost(const record::RunSummary& run, const std::string& runDir) {
    if (run.spec.host == "local")
        return runDir;
    LATHE_TRY_ASSIGN(const launch::MirrorSource source, launch::readMirrorSource(runDir));
    return source.remoteDir;
}

// The last checkpoint at or before `step` (-1: the last of all).
Result<Checkpoint> findCheckpoint(record::Store& store, const record::RunSummary& run, std::int64_t step) {
    const std::string runDir = store.runDir(run.spec.id);
    LATHE_TRY_ASSIGN(const std::string remote, folderOnHost(run, runDir));
    LATHE_TRY_ASSIGN(const std::vector<record::Item> items,
                     store.items({.run = run.spec.id, .kind = record::ItemKind::Checkpoint}));
    Checkpoint found;
    std::vector<std::string> steps;
    for (const record::Item& item : items) {
        const std::string path = joinPath(remote, getString(item.fields, "path"));
        if (run.spec.host == "local" && !exists(path))
            continue;  // an older one that was cleared away
        steps.push_back(std::to_string(item.step));
        if ((step < 0 || item.step <= step) && item.step >= found.step)
            found = {path, item.step};
    }
    if (!found.path.empty())
        return found;
    if (!steps.empty())
        return fail(ErrorCode::NotFound, fmt::format("no checkpoint at or before step {}", step),
                    run.spec.name, "there are those of step " + join(steps, ", "));
    return fail(ErrorCode::NotFound, "no checkpoint of the run is recorded", run.spec.name,
                "a script records one with lathe.checkpoint(path), a recipe with train.checkpoint_every; "
                "--checkpoint PATH names any other");
}

// The request that starts the same again.
Result<RunOptions> sameAgain(record::Store& store, const record::RunSummary& run,
                             const RerunOptions& options) {
    const record::RunSpec& spec = run.spec;
    RunOptions made;
    made.detach = options.detach;
    made.env = options.env;
    launch::RunRequest& request = made.request;
    request.host = spec.host;
    request.cwd = spec.cwd;
    request.experiment = spec.experiment;
    request.name = options.name;
    request.tags = run.tags;
    request.group = run.group;
    for (const auto& [name, value] : spec.env)
        if (value != "(redacted)")
            request.env[name] = value;
    if (spec.kind == "recipe") {
        LATHE_TRY_ASSIGN(const std::string folder, folderOnHost(run, store.runDir(spec.id)));
        request.recipe = joinPath(folder, "recipe.yaml");
        request.set = recipeSettings(spec);
        request.set.insert(request.set.end(), options.set.begin(), options.set.end());
    } else {
        request.argv = spec.argv;
        request.ranks = spec.ranks;
        for (const std::string& setting : options.set)
            LATHE_TRY(setArgument(request.argv, setting));
    }
    return made;
}

Result<> restoreInto(record::Store& store, const record::RunSummary& run, const std::string& folder,
                     std::string& cwd) {
    LATHE_TRY_ASSIGN(const record::RestoredCode restored,
                     record::restoreCode(run.spec, store.runDir(run.spec.id), folder));
    for (const std::string& line : restored.missing)
        fmt::print(stderr, "  not put back: {}\n", escapedForDisplay(line));
    cwd = restored.folder;
    return {};
}

bool confirmed(const RerunOptions& options) {
    if (options.yes || !isTerminal(stdin) || !isTerminal(stderr))
        return true;
    fmt::print(stderr, "start it all the same? [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

Result<int> startAgain(Context& context, const record::RunSummary& run, RunOptions made,
                       const RerunOptions& options) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    record::Store& store = engine->store();
    if (!options.code.empty()) {
        if (run.spec.host != "local")
            return fail(ErrorCode::Unsupported, "code can be put back for runs of this machine only",
                        run.spec.host);
        LATHE_TRY(restoreInto(store, run, options.code, made.request.cwd));
    }
    const std::vector<std::string> lines = mismatches(store, run, made.request.cwd);
    if (context.json && options.dryRun) {
        fmt::print("{}\n", dumpJson(Json{{"run", run.spec.id},
                                         {"mismatches", lines},
                                         {"argv", made.request.argv},
                                         {"recipe", made.request.recipe},
                                         {"set", made.request.set},
                                         {"cwd", made.request.cwd}}));
        return 0;
    }
    if (lines.empty())
        fmt::print(stderr, "everything that was recorded of {} is matched here\n",
                   escapedForDisplay(run.spec.name));
    else
        fmt::print(stderr, "not as it was when {} ran:\n", escapedForDisplay(run.spec.name));
    for (const std::string& line : lines)
        fmt::print(stderr, "  {}\n", escapedForDisplay(line));
    if (options.dryRun)
        return 0;
    if (!lines.empty() && !confirmed(options))
        return fail(ErrorCode::Cancelled, "not started", run.spec.name,
                    "lathe rerun --code FOLDER runs it from the code as it was");
    return runCommand(context, std::move(made));
}

Result<int> goOn(Context& context, const RerunOptions& options, const char* how) {
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(options.run));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    if (std::string_view(how) == "resume" && !record::isOver(run.state))
        return fail(ErrorCode::Invalid, "the run is not over", run.spec.name,
                    "lathe fork starts another one from it");
    Checkpoint from{options.checkpoint, options.step};
    if (from.path.empty()) {
        LATHE_TRY_ASSIGN(from, findCheckpoint(engine->store(), run, options.step));
    } else if (run.spec.host == "local") {
        from.path = absolutePath(from.path);
        if (!exists(from.path))
            return fail(ErrorCode::NotFound, "no such checkpoint", from.path);
    }
    LATHE_TRY_ASSIGN(RunOptions made, sameAgain(engine->store(), run, options));
    launch::RunRequest& request = made.request;
    request.parent.run = run.spec.id;
    request.parent.checkpoint = from.path;
    request.parent.how = how;
    if (from.step >= 0)
        request.parent.step = from.step;
    if (run.spec.kind == "recipe") {
        request.set.push_back("train.resume=" + from.path);
    } else {
        request.env["LATHE_RESUME_FROM"] = from.path;
        request.env["LATHE_PARENT_RUN"] = run.spec.id;
        if (from.step >= 0)
            request.env["LATHE_RESUME_STEP"] = std::to_string(from.step);
    }
    fmt::print(stderr, "from {}{}\n", escapedForDisplay(from.path),
               from.step >= 0 ? fmt::format(", step {}", from.step) : "");
    return startAgain(context, run, std::move(made), options);
}

}  // namespace

Result<int> restoreCommand(Context& context, const std::string& name, const std::string& folder) {
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(name));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(const record::RestoredCode restored,
                     record::restoreCode(run.spec, engine->store().runDir(run.spec.id), folder));
    if (context.json) {
        fmt::print("{}\n", dumpJson(Json{{"commit", restored.commit},
                                         {"source", restored.source},
                                         {"folder", restored.folder},
                                         {"missing", restored.missing}}));
        return 0;
    }
    fmt::print("the code of {} is in {}\n", escapedForDisplay(run.spec.name),
               escapedForDisplay(absolutePath(folder)));
    if (!restored.commit.empty())
        fmt::print("commit {} from {}\n", restored.commit.substr(0, 12), escapedForDisplay(restored.source));
    for (const std::string& line : restored.missing)
        fmt::print("not put back: {}\n", escapedForDisplay(line));
    fmt::print("to run it: cd {} && {}\n", escapedForDisplay(shellQuote(restored.folder)),
               escapedForDisplay(shellCommand(run.spec.argv)));
    return 0;
}

Result<int> rerunCommand(Context& context, const RerunOptions& options) {
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(options.run));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(RunOptions made, sameAgain(engine->store(), run, options));
    made.request.parent.run = run.spec.id;
    made.request.parent.how = "rerun";
    return startAgain(context, run, std::move(made), options);
}

Result<int> resumeCommand(Context& context, const RerunOptions& options) {
    return goOn(context, options, "resume");
}

Result<int> forkCommand(Context& context, const RerunOptions& options) {
    return goOn(context, options, "fork");
}

}  // namespace lathe::cli
