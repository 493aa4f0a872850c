// SPDX-License-Identifier: Apache-2.0
#include "cli/svg_chart.h"

#include "cli/chart_theme.h"
#include "cli/terminal.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

constexpr double kWidth = 960, kHeight = 540;
constexpr double kLeft = 84, kTop = 56, kPlotWidth = kSvgPlotWidth, kBottomSpace = 60;
constexpr double kLegendRow = 22;
constexpr const char* kFont = "system-ui, 'DejaVu Sans', sans-serif";

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : escapedForDisplay(text, 120)) {
        switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        default: safe += c;
        }
    }
    return safe;
}

std::string styleBlock(std::size_t series) {
    const ChartTheme& dark = kDarkChart;
    std::string css = fmt::format("<style>@media (prefers-color-scheme: dark) {{ .bg {{ fill: {} }} .grid {{ stroke: {} }} "
                                  ".axis {{ stroke: {} }} .text {{ fill: {} }} .label {{ fill: {} }} ",
                                  dark.background, dark.grid, dark.axis, dark.text, dark.label);
    for (std::size_t i = 0; i < std::min(series, dark.series.size()); ++i)
        css += fmt::format(".s{} {{ stroke: {} }} ", i, dark.series[i]);
    return css + "}</style>\n";
}

struct Frame {
    AxisRange xs, ys;
    double height;
    double x(double value) const { return kLeft + xs.place(value) * kPlotWidth; }
    double y(double value) const { return kTop + (1 - ys.place(value)) * height; }
};

// Through first, min, max and last of each bucket, so that a spike narrower than a pixel is still drawn in full.
std::string pathOf(const ChartSeries& series, const Frame& frame) {
    std::string path;
    bool connected = false;
    for (const record::Bucket& bucket : series.buckets) {
        if (bucket.count <= bucket.nonFinite || (frame.ys.logarithmic && bucket.max <= 0)) {
            connected = false;
            continue;
        }
        const double from = frame.x(bucket.xFirst), to = frame.x(bucket.xLast), middle = (from + to) / 2;
        path += fmt::format("{}{:.1f} {:.1f}", connected ? "L" : "M", from, frame.y(bucket.first));
        if (bucket.min < bucket.max)
            path += fmt::format("L{:.1f} {:.1f}L{:.1f} {:.1f}", middle, frame.y(bucket.min), middle, frame.y(bucket.max));
        path += fmt::format("L{:.1f} {:.1f}", to, frame.y(bucket.last));
        connected = true;
    }
    return path;
}

std::string axes(const Chart& chart, const Frame& frame) {
    const ChartTheme& light = kLightChart;
    std::string svg;
    const auto yTicks = ticksOf(frame.ys, 6);
    const double ySpacing = yTicks.size() > 1 ? yTicks[1] - yTicks[0] : 0;
    for (const double tick : yTicks)
        svg += fmt::format("<line class=\"grid\" x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" stroke=\"{3}\"/>\n"
                           "<text class=\"label\" x=\"{4}\" y=\"{5:.1f}\" text-anchor=\"end\" fill=\"{6}\">{7}</text>\n",
                           kLeft, frame.y(tick), kLeft + kPlotWidth, light.grid, kLeft - 10, frame.y(tick) + 4, light.label,
                           tickText(tick, frame.ys.logarithmic ? tick : ySpacing));
    const auto xTicks = ticksOf(frame.xs, 8);
    const double xSpacing = xTicks.size() > 1 ? xTicks[1] - xTicks[0] : 1;
    const double bottom = kTop + frame.height;
    for (const double tick : xTicks)
        svg += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\"/>\n"
                           "<text class=\"label\" x=\"{0:.1f}\" y=\"{4:.1f}\" text-anchor=\"middle\" fill=\"{5}\">{6}</text>\n",
                           frame.x(tick), bottom, bottom + 5, light.axis, bottom + 20, light.label,
                           escaped(xTickText(chart.axis, tick, xSpacing)));
    svg += fmt::format("<line class=\"axis\" x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" stroke=\"{3}\"/>\n"
                       "<text class=\"label\" x=\"{4}\" y=\"{5:.1f}\" text-anchor=\"middle\" fill=\"{6}\">{7}</text>\n",
                       kLeft, bottom, kLeft + kPlotWidth, light.axis, kLeft + kPlotWidth / 2, bottom + 42, light.label,
                       xTitle(chart.axis));
    return svg;
}

}  // namespace

std::string drawAsSvg(const Chart& chart, bool adaptive) {
    const ChartTheme& light = kLightChart;
    // As many legend entries a row as fit the longest.
    std::size_t longest = 1;
    for (const ChartSeries& series : chart.series)
        longest = std::max(longest, std::min<std::size_t>(textWidth(series.label) + 14, 80));
    const std::size_t perRow = std::max<std::size_t>(1, static_cast<std::size_t>(kPlotWidth / (7.2 * double(longest) + 34)));
    const std::size_t rows = (chart.series.size() + perRow - 1) / perRow;
    const double legend = kLegendRow * static_cast<double>(rows);
    const double height = kHeight + legend;
    const Frame frame{xRange(chart), yRange(chart), kHeight - kTop - kBottomSpace};

    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"{2}\" font-size=\"12\">\n", kWidth, height, kFont);
    svg += fmt::format("<title>{}</title>\n", escaped(chart.title));
    if (adaptive)
        svg += styleBlock(chart.series.size());
    svg += fmt::format("<rect class=\"bg\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n", kWidth, height, light.background);
    svg += fmt::format("<text class=\"text\" x=\"{}\" y=\"34\" font-size=\"16\" font-weight=\"600\" fill=\"{}\">{}</text>\n",
                       kLeft, light.text, escaped(chart.title));
    svg += axes(chart, frame);
    for (std::size_t i = 0; i < chart.series.size(); ++i) {
        const ChartSeries& series = chart.series[i];
        const std::size_t colour = i % light.series.size();
        if (series.buckets.size() == 1 && series.buckets[0].count == 1 && series.buckets[0].nonFinite == 0)
            svg += fmt::format("<circle class=\"s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"none\" stroke=\"{}\" "
                               "stroke-width=\"3\"/>\n", colour, frame.x(series.buckets[0].xFirst),
                               frame.y(series.buckets[0].first), light.series[colour]);
        svg += fmt::format("<path class=\"s{}\" d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" "
                           "stroke-linejoin=\"round\"/>\n", colour, pathOf(series, frame), light.series[colour]);
        const double x = kLeft + kPlotWidth / static_cast<double>(perRow) * static_cast<double>(i % perRow);
        const double y = kHeight + kLegendRow * static_cast<double>(i / perRow);
        std::string label = escaped(series.label) + "  " + numberText(series.last);
        if (series.nonFinite > 0)
            label += fmt::format(" ({} not finite)", series.nonFinite);
        svg += fmt::format("<line class=\"s{0}\" x1=\"{1:.1f}\" y1=\"{2:.1f}\" x2=\"{3:.1f}\" y2=\"{2:.1f}\" stroke=\"{4}\" "
                           "stroke-width=\"3\"/>\n<text class=\"text\" x=\"{5:.1f}\" y=\"{6:.1f}\" fill=\"{7}\">{8}</text>\n",
                           colour, x, y, x + 22, light.series[colour], x + 30, y + 4, light.text, label);
    }
    return svg + "</svg>\n";
}

}  // namespace lathe::cli
