// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QSize>

#include <cstdint>
#include <span>
#include <vector>

namespace lathe::runs {

struct RasterPoint {
    double x = 0, y = 0;  // device pixels; NaN breaks the line
};

struct RasterSpan {
    int x = 0;
    double top = 0, bottom = 0;  // device pixels, top <= bottom
};

// Draws many thin anti-aliased lines into an image. QPainter strokes each line as a path, which at 100 lines
// of 600 pixels takes several frames' time; here the coverage of a line is its distance from each near pixel,
// and overlaps of a line with itself never darken it. A line's points should be at most a pixel or so apart
// or few in number.
class LineRaster {
public:
    // A band of a picture: `pixels` of it from column `left` on. Points and spans are given in the picture's
    // columns, so that several bands can be drawn side by side by several threads.
    explicit LineRaster(QSize pixels, int left = 0);

    // Adds to the stroke under way; overlaps within a stroke do not darken it. `width` (1 or more) and `dash`
    // (on, off, …) in device pixels.
    void line(std::span<const RasterPoint> points, double width, const QList<double>& dash = {});
    // Draws the stroke and begins a new one. `opacity` 0…1.
    void paint(const QColor& color, double opacity);
    // Vertical strokes one pixel wide, drawn at once: the minimum and maximum of each pixel column, one a
    // column.
    void spans(std::span<const RasterSpan> spans, const QColor& color, double opacity);

    // What was drawn so far, over nothing, into the band's place in a picture of ARGB32_Premultiplied pixels
    // of the band's height; `stride` in pixels.
    void writeTo(std::uint32_t* picture, std::size_t stride) const;

private:
    void segment(RasterPoint a, RasterPoint b, float radius);
    // The same for a short step across that falls or rises by less than it goes: one stretch a column.
    void gentle(const RasterPoint& a, const RasterPoint& b, float radius);

    int m_width = 0, m_height = 0, m_start = 0;  // m_start: the picture's column of the band's first
    // Both by column: a line crosses columns, and a column holds its stroke side by side in memory.
    std::vector<std::uint32_t> m_pixels;  // premultiplied ARGB
    std::vector<std::uint8_t> m_coverage;
    struct Dirty {
        int top, bottom;
    };
    std::vector<Dirty> m_dirty;
    int m_left = 0, m_right = -1;
};

}  // namespace lathe::runs
