// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/run_json.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/text.h"

#include <fmt/format.h>

namespace lathe::cli {
namespace {

void row(std::string_view title, const std::string& value) {
    if (!value.empty())
        fmt::print("  {:<11} {}\n", title, value);
}

std::string shown(const std::string& text) {
    return escapedForDisplay(text, 2000);
}

std::string endText(const record::RunSummary& run) {
    std::string text;
    if (run.exitSignal)
        text = fmt::format("signal {}", *run.exitSignal);
    else if (run.exitCode)
        text = fmt::format("exit code {}", *run.exitCode);
    if (!run.reason.empty() && run.reason != text)
        text += (text.empty() ? "" : ": ") + run.reason;
    return text;
}

std::string codeText(const record::CodeState& code) {
    if (code.commit.empty())
        return {};
    std::string text = code.commit.substr(0, 12);
    if (!code.branch.empty())
        text += " on " + code.branch;
    if (!code.changedFiles.empty())
        text += fmt::format(", {} changed file{}", code.changedFiles.size(),
                            code.changedFiles.size() == 1 ? "" : "s");
    return text;
}

void printMetrics(const record::RunSummary& run) {
    std::size_t width = 6;
    for (const auto& [name, metric] : run.metrics)
        width = std::max(width, textWidth(shown(name)));
    const bool colour = wantsColour(stdout);
    fmt::print("\n{}\n",
               dimText(fmt::format("  {}  {:>11} {:>11} {:>11} {:>11} {:>9}", fitted("metric", width), "last",
                                   "min", "max", fmt::format("mean of {}", record::kRecentPoints), "points"),
                       colour));
    for (const auto& [name, metric] : run.metrics) {
        // The star is at the better end.
        const bool least = run.goalOf(name) == record::Goal::Min;
        fmt::print("  {}  {:>11} {:>11} {:>11} {:>11} {:>9}", fitted(shown(name), width),
                   numberText(metric.last), numberText(metric.min) + (least ? "*" : ""),
                   numberText(metric.max) + (least ? "" : "*"), numberText(metric.recent), metric.count);
        fmt::print("{}\n", metric.nonFinite > 0 ? fmt::format("  {} not finite", metric.nonFinite) : "");
    }
}

}  // namespace

Result<int> showCommand(Context& context, const std::string& name) {
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(name));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const std::string dir = engine->store().runDir(run.spec.id);
    if (context.json) {
        fmt::print("{}\n", dumpJson(runToJson(run, dir)));
        return 0;
    }
    const record::RunSpec& spec = run.spec;
    const bool colour = wantsColour(stdout);
    fmt::print("{}  {}\n", shown(spec.name), stateText(record::runStateName(run.state), colour));
    row("end", shown(endText(run)));
    row("problem", shown(run.problem));
    row("id", spec.id);
    row("experiment", shown(spec.experiment));
    row("group", shown(run.group));
    row("goes on", spec.parent.run.empty() ? "" : shown(spec.parent.how + " of " + spec.parent.run));
    row("in", run.deleted ? "the trash" : run.archived ? "the archive" : "");
    row("command", shown(shellCommand(spec.argv)));
    row("folder", shown(spec.cwd));
    row("host", shown(spec.host == "local" ? spec.hostName : spec.host));
    row("ranks", spec.ranks > 1 ? std::to_string(spec.ranks) : "");
    row("started", localTimeText(run.started > 0 ? run.started : spec.created));
    const double duration = run.duration(wallSeconds());
    row("time", duration > 0 ? durationText(duration) : "");
    row("step", spec.totalSteps > 0 ? fmt::format("{} of {}", run.step, spec.totalSteps)
                : run.step > 0      ? std::to_string(run.step)
                                    : "");
    row("code", shown(codeText(spec.code)));
    row("tags", shown(join(run.tags, ", ")));
    row("note", shown(run.note));
    row("torn lines", run.tornLines > 0 ? std::to_string(run.tornLines) : "");
    row("record", shown(dir));
    if (!run.params.empty()) {
        fmt::print("\n{}\n", dimText("  parameters", colour));
        for (const auto& [key, value] : run.params.items())
            fmt::print("  {} = {}\n", shown(key),
                       shown(value.is_string() ? value.get<std::string>() : dumpJson(value)));
    }
    if (!run.summary.empty()) {
        fmt::print("\n{}\n", dimText("  summary", colour));
        for (const auto& [key, value] : run.summary.items())
            fmt::print("  {} = {}\n", shown(key),
                       shown(value.is_string() ? value.get<std::string>() : dumpJson(value)));
    }
    if (!run.metrics.empty())
        printMetrics(run);
    LATHE_TRY_ASSIGN(const auto items, engine->store().itemSeries(run.spec.id));
    if (!items.empty())
        fmt::print("\n{}\n", dimText("  also logged", colour));
    for (const record::ItemSeries& item : items)
        fmt::print("  {:<10} {}  {}\n", record::itemKindName(item.kind), shown(item.name), item.count);
    return 0;
}

}  // namespace lathe::cli
