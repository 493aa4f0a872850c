// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/list_table.h"
#include "cli/run_json.h"
#include "cli/terminal.h"
#include "core/text.h"
#include "record/query.h"
#include "record/view.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

// "a,b" and "a" "b" are the same; a name that holds a comma cannot be had here.
std::vector<std::string> namesOf(const std::vector<std::string>& given) {
    std::vector<std::string> names;
    for (const std::string& some : given)
        for (const std::string& name : split(some, ','))
            if (const std::string_view bare = trim(name); !bare.empty())
                names.emplace_back(bare);
    return names;
}

// What is asked for: a view, with what was given besides it put on top.
Result<record::View> viewOf(Context& context, const ListOptions& options) {
    record::View view;
    if (!options.view.empty()) {
        LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
        LATHE_TRY_ASSIGN(view, record::readView(engine->store().path(), options.view));
    }
    if (!options.query.empty())
        view.filter =
            view.filter.empty() ? options.query : fmt::format("({}) and ({})", view.filter, options.query);
    if (!options.sort.empty())
        view.sort = options.sort;
    const auto replace = [](std::vector<std::string>& names, const std::vector<std::string>& given) {
        if (!given.empty())
            names = namesOf(given);
    };
    replace(view.columns, options.columns);
    replace(view.groupBy, options.groupBy);
    replace(view.allBut, options.allBut);
    replace(view.aggregates, options.aggregates);
    view.archived = view.archived || options.archived;
    return view;
}

// The query, and below it a mark where it is wrong.
void printWrongQuery(const Error& error, const std::string& text, std::size_t column) {
    const std::string what = error.what.substr(0, error.what.rfind(" at column "));
    fmt::print(stderr, "lathe: {}\n", escapedForDisplay(what));
    const std::string before = escapedForDisplay(std::string_view(text).substr(0, column - 1));
    fmt::print(stderr, "       {}\n       {}^\n", escapedForDisplay(text),
               std::string(textWidth(before), ' '));
    if (!error.hint.empty())
        fmt::print(stderr, "       {}\n", escapedForDisplay(error.hint));
}

Result<int> wrong(const Error& error, const std::string& filter) {
    const auto column = record::columnOf(error);
    if (error.code != ErrorCode::Invalid || !column || error.on != filter)
        return std::unexpected(error);
    printWrongQuery(error, filter, *column);
    return exitCodeOf(error.code);
}

void sayNothingFits(Engine& engine, const record::RunPage& page) {
    if (page.runs == 0)
        fmt::print("no runs yet in {}\nstart one: lathe run -- python3 train.py\n", engine.store().path());
    else if (page.blame.empty())
        fmt::print("none of {} runs fits\n", page.runs);
    else
        fmt::print("none of {} runs fits; what keeps most of them out: {}\n", page.runs,
                   escapedForDisplay(page.blame));
}

Result<int> listTrash(Context& context, const ListOptions& options) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(std::vector<record::RunSummary> runs, engine->store().trash());
    if (options.limit > 0 && runs.size() > options.limit)
        runs.resize(options.limit);
    if (context.json) {
        Json list = Json::array();
        for (const record::RunSummary& run : runs)
            list.push_back(runToJson(run, engine->store().runDir(run.spec.id)));
        fmt::print("{}\n", dumpJson(Json{{"store", engine->store().path()}, {"runs", list}}));
    } else if (runs.empty()) {
        fmt::print("the trash is empty\n");
    } else {
        printRunTable(runs);
        fmt::print("{}\n", dimText("lathe rm --undo ID brings one back", wantsColour(stdout)));
    }
    return 0;
}

}  // namespace

Result<int> listCommand(Context& context, const ListOptions& options) {
    if (options.trash)
        return listTrash(context, options);
    LATHE_TRY_ASSIGN(record::View view, viewOf(context, options));
    LATHE_TRY_ASSIGN(record::RunQuery query, view.toQuery());
    if (const auto parsed = record::Filter::parse(query.filter); !parsed)
        return wrong(parsed.error().toError(query.filter), query.filter);
    query.experiment = options.experiment;
    if (!options.state.empty()) {
        query.state = record::runStateFromName(options.state);
        if (!query.state)
            return fail(ErrorCode::Invalid, "no such state of a run", options.state,
                        "queued, starting, running, finished, failed, stopped or lost");
    }
    query.limit = options.limit;
    query.offset = options.offset;
    const bool grouped = !query.groupBy.empty() || !query.allBut.empty();
    const bool plain = query.columns.empty() && !grouped;
    if (!options.csv && !plain && !grouped && std::ranges::find(query.columns, "name") == query.columns.end())
        query.columns.insert(query.columns.begin(), "name");
    if (options.csv && plain)
        query.columns = {"name", "state", "experiment", "created", "duration", "step", "tags", "host"};

    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    record::Store& store = engine->store();
    if (!options.baseline.empty()) {
        LATHE_TRY_ASSIGN(const record::RunSummary baseline, store.find(options.baseline));
        query.baseline = baseline.spec.id;
    }
    const auto page = store.query(query);
    if (!page)
        return wrong(page.error(), query.filter);
    if (!options.saveView.empty()) {
        view.name = options.saveView;
        LATHE_TRY(record::writeView(store.path(), view));
    }
    if (options.csv) {
        fmt::print("{}", csvOf(query, *page));
        return 0;
    }
    if (context.json && !plain) {
        Json answer{{"store", store.path()}, {"total", page->total}};
        if (grouped)
            answer["groups"] = groupsToJson(query, *page);
        else
            answer["runs"] = rowsToJson(query, *page);
        fmt::print("{}\n", dumpJson(answer));
        return 0;
    }
    std::vector<record::RunSummary> runs;
    if (plain) {
        for (const record::RunRow& row : page->rows) {
            LATHE_TRY_ASSIGN(record::RunSummary run, store.run(row.id));
            runs.push_back(std::move(run));
        }
    }
    if (context.json) {
        Json list = Json::array();
        for (const record::RunSummary& run : runs)
            list.push_back(runToJson(run, store.runDir(run.spec.id)));
        fmt::print("{}\n", dumpJson(Json{{"store", store.path()}, {"total", page->total}, {"runs", list}}));
        return 0;
    }
    if (page->total == 0) {
        sayNothingFits(*engine, *page);
        return 0;
    }
    if (grouped)
        printGroupTable(query, *page);
    else if (plain)
        printRunTable(runs);
    else
        printFieldTable(query, *page);
    if (const std::size_t shown = grouped ? page->groups.size() : page->rows.size(); shown < page->total)
        fmt::print("{}\n", dimText(fmt::format("{} of {}", shown, page->total), wantsColour(stdout)));
    return 0;
}

Result<int> viewsCommand(Context& context, const std::string& remove) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const std::string& store = engine->store().path();
    if (!remove.empty()) {
        LATHE_TRY(record::removeView(store, remove));
        return 0;
    }
    LATHE_TRY_ASSIGN(const auto names, record::viewNames(store));
    Json list = Json::array();
    for (const std::string& name : names) {
        const auto view = record::readView(store, name);
        if (context.json) {
            Json told{{"name", name}};
            if (view)
                told.update(Json{{"filter", view->filter},
                                 {"sort", view->sort},
                                 {"columns", view->columns},
                                 {"group_by", view->groupBy},
                                 {"all_but", view->allBut},
                                 {"aggregates", view->aggregates},
                                 {"archived", view->archived}});
            else
                told["problem"] = view.error().text();
            list.push_back(std::move(told));
        } else {
            fmt::print("{}  {}\n", escapedForDisplay(name),
                       escapedForDisplay(view ? view->filter : view.error().text()));
        }
    }
    if (context.json)
        fmt::print("{}\n", dumpJson(Json{{"views", list}}));
    else if (names.empty())
        fmt::print("no saved views\nsave one: lathe ls --query 'state = failed' --save-view failed\n");
    return 0;
}

}  // namespace lathe::cli
