// SPDX-License-Identifier: Apache-2.0
#include "cli/text_chart.h"

#include "cli/terminal.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

constexpr std::array kColours{36, 33, 32, 35, 34, 31, 96, 93, 92, 95, 94, 91};

// Bits of a braille cell, by row and column of the dot.
constexpr unsigned char kDots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

class Canvas {
public:
    Canvas(int columns, int rows) : m_columns(columns), m_rows(rows), m_cells(static_cast<std::size_t>(columns * rows)) {}

    int width() const { return m_columns * 2; }
    int height() const { return m_rows * 4; }

    void dot(int x, int y, int owner) {
        if (x < 0 || y < 0 || x >= width() || y >= height())
            return;
        Cell& cell = m_cells[static_cast<std::size_t>(y / 4 * m_columns + x / 2)];
        cell.bits |= kDots[y % 4][x % 2];
        cell.owner = owner;
    }

    void line(int x0, int y0, int x1, int y1, int owner) {
        const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
        for (int i = 0; i <= steps; ++i)
            dot(x0 + static_cast<int>(std::lround(double(x1 - x0) * i / steps)),
                y0 + static_cast<int>(std::lround(double(y1 - y0) * i / steps)), owner);
    }

    std::string row(int index, bool colour, bool letters) const {
        std::string text;
        int current = 0;
        for (int x = 0; x < m_columns; ++x) {
            const Cell& cell = m_cells[static_cast<std::size_t>(index * m_columns + x)];
            const int wanted = cell.bits && colour ? kColours[static_cast<std::size_t>(cell.owner) % kColours.size()] : 0;
            if (wanted != current)
                text += fmt::format("\x1b[{}m", wanted);
            current = wanted;
            if (cell.bits == 0)
                text += ' ';
            else if (letters)
                text += static_cast<char>('a' + cell.owner % 26);
            else
                text += {'\xE2', static_cast<char>(0xA0 + (cell.bits >> 6)), static_cast<char>(0x80 + (cell.bits & 0x3F))};
        }
        return current ? text + "\x1b[0m" : text;
    }

private:
    struct Cell {
        unsigned char bits = 0;
        int owner = 0;
    };
    int m_columns, m_rows;
    std::vector<Cell> m_cells;
};

void drawSeries(Canvas& canvas, const ChartSeries& series, const AxisRange& xs, const AxisRange& ys, int owner) {
    const auto column = [&](double x) { return static_cast<int>(std::lround(xs.place(x) * (canvas.width() - 1))); };
    const auto line = [&](double y) { return static_cast<int>(std::lround((1 - ys.place(y)) * (canvas.height() - 1))); };
    bool connected = false;
    int lastX = 0, lastY = 0;
    for (const record::Bucket& bucket : series.buckets) {
        if (bucket.count <= bucket.nonFinite || (ys.logarithmic && bucket.max <= 0)) {
            connected = false;  // a gap is a gap
            continue;
        }
        const int x = column(bucket.xFirst), end = column(bucket.xLast);
        if (connected)
            canvas.line(lastX, lastY, x, line(bucket.first), owner);
        canvas.line(x, line(bucket.min), x, line(bucket.max), owner);
        canvas.line(x, line(bucket.first), end, line(bucket.last), owner);
        lastX = end;
        lastY = line(bucket.last);
        connected = true;
    }
}

std::string legendLine(const ChartSeries& series, int owner, bool colour, bool letters) {
    std::string mark = letters ? fmt::format("{}", static_cast<char>('a' + owner % 26)) : "━━";
    if (colour)
        mark = fmt::format("\x1b[{}m━━\x1b[0m", kColours[static_cast<std::size_t>(owner) % kColours.size()]);
    std::string text = fmt::format("  {} {}  {}", mark, escapedForDisplay(series.label, 80), numberText(series.last));
    if (series.nonFinite > 0)
        text += fmt::format("  ({} not finite)", series.nonFinite);
    return text + "\n";
}

}  // namespace

std::string drawInText(const Chart& chart, int columns, int rows, bool colour) {
    const AxisRange xs = xRange(chart), ys = yRange(chart);
    const auto yTicks = ticksOf(ys, std::max(2, rows / 4));
    const double ySpacing = yTicks.size() > 1 ? std::abs(yTicks[1] - yTicks[0]) : 0;
    std::size_t margin = 4;
    for (const double tick : yTicks)
        margin = std::max(margin, tickText(tick, ys.logarithmic ? tick : ySpacing).size());
    const int width = std::max(10, columns - static_cast<int>(margin) - 3);
    const bool letters = !colour && chart.series.size() > 1;

    Canvas canvas(width, rows);
    for (std::size_t i = 0; i < chart.series.size(); ++i)
        drawSeries(canvas, chart.series[i], xs, ys, static_cast<int>(i));

    std::string text = "  " + escapedForDisplay(chart.title, 200) + "\n";
    for (int row = 0; row < rows; ++row) {
        std::string label;
        for (const double tick : yTicks) {
            if (static_cast<int>(std::lround((1 - ys.place(tick)) * (rows * 4 - 1))) / 4 == row)
                label = tickText(tick, ys.logarithmic ? tick : ySpacing);
        }
        text += fitted(label, margin, true) + (label.empty() ? " │" : " ┤") + canvas.row(row, colour, letters) + "\n";
    }
    text += std::string(margin, ' ') + " └";
    std::string marks, labels;
    const auto xTicks = ticksOf(xs, std::max(2, width / 16));
    const double xSpacing = xTicks.size() > 1 ? xTicks[1] - xTicks[0] : 1;
    std::vector<bool> marked(static_cast<std::size_t>(width));
    std::size_t used = 0;
    for (const double tick : xTicks) {
        const auto at = static_cast<std::size_t>(std::lround(xs.place(tick) * (width - 1)));
        const std::string label = xTickText(chart.axis, tick, xSpacing);
        const std::size_t half = textWidth(label) / 2;
        const std::size_t from = std::min(at > half ? at - half : 0, static_cast<std::size_t>(width) - std::min<std::size_t>(textWidth(label), width));
        marked[at] = true;
        if (from < used + (used ? 1 : 0))
            continue;
        labels += std::string(from - used, ' ') + label;
        used = from + textWidth(label);
    }
    for (const bool mark : marked)
        text += mark ? "┴" : "─";
    text += "\n" + std::string(margin + 2, ' ') + labels + "\n";
    text += std::string(margin + 2, ' ') + xTitle(chart.axis) + "\n";
    for (std::size_t i = 0; i < chart.series.size(); ++i)
        text += legendLine(chart.series[i], static_cast<int>(i), colour, letters);
    return text;
}

}  // namespace lathe::cli
