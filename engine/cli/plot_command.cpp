// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/run_json.h"
#include "cli/svg_chart.h"
#include "cli/terminal.h"
#include "cli/text_chart.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <set>

namespace lathe::cli {
namespace {

constexpr double kConvertSeconds = 60;

Result<ChartSeries> readSeries(record::Store& store, const record::RunSummary& run, const std::string& key,
                               record::XAxis axis, std::size_t buckets, const std::string& label) {
    ChartSeries series;
    LATHE_TRY_ASSIGN(series.buckets, store.buckets(run.spec.id, key, axis, 1, 0, buckets));
    series.label = label;
    const record::MetricSummary& summary = run.metrics.at(key);
    series.last = summary.last;
    series.nonFinite = summary.nonFinite;
    return series;
}

Result<Chart> readChart(Context& context, const PlotOptions& options, std::size_t buckets) {
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    std::vector<record::RunSummary> runs;
    for (const std::string& name : options.runs) {
        LATHE_TRY_ASSIGN(record::RunSummary run, context.findRun(name));
        runs.push_back(std::move(run));
    }
    std::vector<std::string> keys = options.keys;
    if (keys.empty()) {
        keys.push_back(mainMetricOf(runs[0]));
        if (keys[0].empty())
            return fail(ErrorCode::NotFound, "the run has recorded no metric", runs[0].spec.name,
                        "log one with lathe.log({\"loss\": x}, step=i), or print loss=0.3 step=20");
    }
    Chart chart;
    chart.title = keys.size() == 1 ? keys[0] : runs.size() == 1 ? runs[0].spec.name : join(keys, ", ");
    chart.axis = options.axis == "elapsed" ? record::XAxis::Elapsed
               : options.axis == "clock"   ? record::XAxis::Clock
                                           : record::XAxis::Step;
    chart.logY = options.logY;
    std::set<std::string> known;
    for (const record::RunSummary& run : runs) {
        for (const auto& [metric, summary] : run.metrics)
            known.insert(metric);
        for (const std::string& key : keys) {
            if (!run.metrics.contains(key))
                continue;
            const std::string label = keys.size() == 1 ? run.spec.name : runs.size() == 1 ? key : run.spec.name + " " + key;
            LATHE_TRY_ASSIGN(ChartSeries series, readSeries(engine->store(), run, key, chart.axis, buckets, label));
            chart.series.push_back(std::move(series));
        }
    }
    for (const std::string& key : keys) {
        if (known.contains(key))
            continue;
        const auto nearest = nearestName(key, {known.begin(), known.end()});
        const std::string all = join({known.begin(), known.end()}, ", ");
        return fail(ErrorCode::NotFound, runs.size() == 1 ? "the run has no metric of this name" : "no run has this metric",
                    key, nearest ? "did you mean " + *nearest + "?" : all.empty() ? "nothing is recorded yet" : "there is " + all);
    }
    return chart;
}

// The workbench draws pictures: it carries Qt, this program does not.
Result<> convert(const std::string& svg, const std::string& out) {
    const std::string program = programPath("lathe-workbench");
    const auto missing = fail(ErrorCode::Unavailable, "PNG and PDF are drawn by lathe-workbench, which is not installed", out,
                              "write an .svg instead: it needs nothing else");
    if (!program.starts_with('/'))
        return missing;
    const TempDir folder;
    const std::string source = folder / "chart.svg";
    LATHE_TRY(writeFileAtomic(source, svg));
    ProcessOptions process;
    process.argv = {program, "--plot", source, "--out", absolutePath(out)};
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY"))
        process.env["QT_QPA_PLATFORM"] = "offscreen";
    const auto done = lathe::runCommand(process, {}, kConvertSeconds);
    if (!done)
        return done.error().code == ErrorCode::NotFound ? missing : std::unexpected(done.error());
    if (!done->status.ok())
        return fail(ErrorCode::Io, "lathe-workbench could not draw it (" + done->status.text() + ")", out,
                    escapedForDisplay(trim(done->err), 400));
    return {};
}

}  // namespace

Result<int> plotCommand(Context& context, const PlotOptions& options) {
    const std::string kind = extension(options.out);
    if (!options.out.empty() && kind != ".svg" && kind != ".png" && kind != ".pdf")
        return fail(ErrorCode::Invalid, "not a kind of picture that can be drawn", options.out, "end it in .svg, .png or .pdf");
    const TerminalSize size = terminalSize(stdout);
    const std::size_t buckets = options.out.empty() ? static_cast<std::size_t>(size.columns) * 2 : kSvgPlotWidth;
    LATHE_TRY_ASSIGN(const Chart chart, readChart(context, options, buckets));
    if (options.out.empty()) {
        const int rows = std::clamp(size.rows - 6 - static_cast<int>(chart.series.size()), 8, 24);
        fmt::print("{}", drawInText(chart, size.columns, rows, wantsColour(stdout)));
        return 0;
    }
    if (kind == ".svg")
        LATHE_TRY(writeFileAtomic(options.out, drawAsSvg(chart, true)));
    else
        LATHE_TRY(convert(drawAsSvg(chart, false), options.out));
    fmt::print("{}\n", options.out);
    return 0;
}

}  // namespace lathe::cli
