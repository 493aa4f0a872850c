// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/run_json.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

struct Column {
    std::string title;
    bool right = false;
    std::vector<std::string> cells;
};

std::string ageText(double seconds) {
    return seconds < 60 ? "just now" : durationText(seconds) + " ago";
}

std::vector<Column> columnsOf(const std::vector<record::RunSummary>& runs) {
    std::vector<Column> columns{{"NAME"}, {"STATE"}, {"EXPERIMENT"}, {"STARTED"}, {"TIME", true},
                                {"STEP", true}, {"METRIC", true}, {"HOST"}, {"ID"}};
    const double now = wallSeconds();
    for (const record::RunSummary& run : runs) {
        const std::string metric = mainMetricOf(run);
        const double duration = run.duration(now);
        const std::string cells[] = {
            run.problem.empty() ? run.spec.name : "(damaged)",
            std::string(record::runStateName(run.state)),
            run.spec.experiment,
            run.spec.created > 0 ? ageText(now - run.spec.created) : "",
            duration > 0 ? durationText(duration) : "",
            run.step > 0 ? groupedText(run.step) : "",
            metric.empty() ? "" : metric + " " + numberText(run.metrics.at(metric).last),
            run.spec.host,
            run.spec.id,
        };
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].cells.push_back(escapedForDisplay(cells[i], 200));
    }
    return columns;
}

void printTable(std::vector<Column> columns) {
    const bool colour = wantsColour(stdout);
    if (std::ranges::all_of(columns[7].cells, [](const std::string& host) { return host == "local"; }))
        columns.erase(columns.begin() + 7);
    std::vector<std::size_t> widths;
    for (const Column& column : columns) {
        std::size_t width = column.title.size();
        for (const std::string& cell : column.cells)
            width = std::max(width, textWidth(cell));
        widths.push_back(std::min<std::size_t>(width, 40));
    }
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i)
        line += fitted(columns[i].title, widths[i], columns[i].right) + "  ";
    fmt::print("{}\n", dimText(trim(line), colour));
    for (std::size_t row = 0; row < columns[0].cells.size(); ++row) {
        line.clear();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string cell = fitted(columns[i].cells[row], widths[i], columns[i].right);
            const std::string& state = columns[i].cells[row];
            line += columns[i].title == "STATE"
                        ? stateText(state, colour) + std::string(widths[i] - textWidth(state), ' ')
                        : cell;
            line += "  ";
        }
        while (line.ends_with(' '))
            line.pop_back();
        fmt::print("{}\n", line);
    }
}

}  // namespace

Result<int> listCommand(Context& context, const ListOptions& options) {
    if (!options.state.empty() && !record::runStateFromName(options.state))
        return fail(ErrorCode::Invalid, "no such state of a run", options.state,
                    "queued, starting, running, finished, failed, stopped or lost");
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    LATHE_TRY_ASSIGN(std::vector<record::RunSummary> runs, engine->store().runs());
    const std::size_t before = runs.size();
    std::erase_if(runs, [&](const record::RunSummary& run) {
        return (!options.experiment.empty() && run.spec.experiment != options.experiment) ||
               (!options.state.empty() && record::runStateName(run.state) != options.state);
    });
    if (options.limit > 0 && runs.size() > options.limit)
        runs.resize(options.limit);
    if (context.json) {
        Json list = Json::array();
        for (const record::RunSummary& run : runs)
            list.push_back(runToJson(run, engine->store().runDir(run.spec.id)));
        fmt::print("{}\n", dumpJson(Json{{"store", engine->store().path()}, {"runs", list}}));
    } else if (!runs.empty()) {
        printTable(columnsOf(runs));
    } else if (before > 0) {
        fmt::print("none of {} runs fits\n", before);
    } else {
        fmt::print("no runs yet in {}\nstart one: lathe run -- python3 train.py\n", engine->store().path());
    }
    return 0;
}

}  // namespace lathe::cli
