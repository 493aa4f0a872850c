// SPDX-License-Identifier: GPL-3.0-or-later
#include "line_raster.h"

#include <algorithm>
#include <cmath>

namespace lathe::runs {
namespace {

// A colour ready to be laid over pixels: premultiplied, and what is left of the pixel below, of 256.
struct Ink {
    std::uint32_t source, rest;
};

Ink inkOf(const QColor& color, unsigned alpha) {
    const auto part = [alpha](int channel) { return (static_cast<unsigned>(channel) * alpha + 127) / 255; };
    return {(alpha << 24) | (part(color.red()) << 16) | (part(color.green()) << 8) | part(color.blue()),
            256 - (alpha + (alpha >> 7))};
}

// Two channels at a time, as 8-bit numbers in 16-bit lanes.
inline std::uint32_t over(std::uint32_t pixel, Ink ink) {
    const std::uint32_t low = (((pixel & 0x00FF00FFu) * ink.rest) >> 8) & 0x00FF00FFu;
    const std::uint32_t high = (((pixel >> 8) & 0x00FF00FFu) * ink.rest) & 0xFF00FF00u;
    return ink.source + (low | high);
}

unsigned alphaOf(const QColor& color, double opacity) {
    return static_cast<unsigned>(std::clamp(opacity, 0.0, 1.0) * color.alphaF() * 255 + 0.5);
}

}  // namespace

LineRaster::LineRaster(QSize pixels, int left)
    : m_width(std::max(pixels.width(), 1)), m_height(std::max(pixels.height(), 1)), m_start(left),
      m_pixels(static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_height)),
      m_coverage(m_pixels.size()), m_dirty(static_cast<std::size_t>(m_width), {m_height, -1}),
      m_left(m_width) {}

void LineRaster::segment(RasterPoint a, RasterPoint b, float radius) {
    if (a.x > b.x)
        std::swap(a, b);
    const auto ax = static_cast<float>(a.x), ay = static_cast<float>(a.y);
    const auto dx = static_cast<float>(b.x - a.x), dy = static_cast<float>(b.y - a.y);
    const float length = std::max(std::sqrt(dx * dx + dy * dy), 1e-6F);
    // The unit vector along the segment; a point is taken for a short flat one.
    const float ux = length > 1e-6F ? dx / length : 1;
    const float uy = length > 1e-6F ? dy / length : 0;
    // Half a pixel beyond each end closes the joints; a lone point is as long as it is wide.
    const float cap = length > 1e-6F ? 0.5F : radius;
    const float reach = radius + 0.5F;
    // Sideways a line reaches as far as it is steep.
    const float side = reach * std::abs(uy) + cap * ux;
    const int left = std::max(0, static_cast<int>(std::floor(ax - side)));
    const int right = std::min(m_width - 1, static_cast<int>(std::ceil(ax + dx + side)));
    if (left > right)
        return;
    m_left = std::min(m_left, left);
    m_right = std::max(m_right, right);
    constexpr float flat = 1e-4F;
    const float perUx = ux > flat ? 1 / ux : 0, perUy = std::abs(uy) > flat ? 1 / uy : 0;
    for (int x = left; x <= right; ++x) {
        const float px = static_cast<float>(x) + 0.5F - ax;
        // Rows (as distance below ay) that lie within reach of the line …
        float from = -1e9F, to = 1e9F;
        if (ux > flat) {
            from = (px * uy - reach) * perUx;
            to = (px * uy + reach) * perUx;
        } else if (std::abs(px * uy) >= reach) {
            continue;
        }
        // … and between the segment's ends.
        if (std::abs(uy) > flat) {
            const float one = (-cap - px * ux) * perUy, other = (length + cap - px * ux) * perUy;
            from = std::max(from, std::min(one, other));
            to = std::min(to, std::max(one, other));
        } else if (px * ux < -cap || px * ux > length + cap) {
            continue;
        }
        if (to + ay < 0 || from + ay > static_cast<float>(m_height) || from > to)
            continue;
        const int top = std::max(0, static_cast<int>(std::ceil(from + ay - 0.5F)));
        const int bottom = std::min(m_height - 1, static_cast<int>(std::floor(to + ay - 0.5F)));
        if (top > bottom)
            continue;
        auto& dirty = m_dirty[static_cast<std::size_t>(x)];
        dirty.top = std::min(dirty.top, top);
        dirty.bottom = std::max(dirty.bottom, bottom);
        auto* const column =
            m_coverage.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
        // The distance from the line is linear down a column; coverage is how far a pixel's middle lies
        // within.
        const float start = px * uy - (0.5F - ay) * ux;
        for (int y = top; y <= bottom; ++y) {
            const float distance = std::abs(start - static_cast<float>(y) * ux);
            const float coverage = std::clamp(reach - distance, 0.0F, 1.0F) * 255 + 0.5F;
            column[y] = std::max(column[y], static_cast<std::uint8_t>(static_cast<int>(coverage)));
        }
    }
}

void LineRaster::gentle(const RasterPoint& a, const RasterPoint& b, float radius) {
    // The columns whose middle lies between the two: each is covered by the piece that crosses its middle, so
    // that pieces neither leave gaps nor double.
    const auto ax = static_cast<float>(a.x), ay = static_cast<float>(a.y);
    const auto dx = static_cast<float>(b.x - a.x), dy = static_cast<float>(b.y - a.y);
    const int left = std::max(0, static_cast<int>(std::ceil(ax - 0.5F)));
    const int right = std::min(m_width - 1, static_cast<int>(std::ceil(ax + dx - 0.5F)) - 1);
    if (left > right)
        return;
    m_left = std::min(m_left, left);
    m_right = std::max(m_right, right);
    const float slope = dy / dx;
    const float half = radius * std::sqrt(1 + slope * slope);
    for (int x = left; x <= right; ++x) {
        const float middle = ay + (static_cast<float>(x) + 0.5F - ax) * slope;
        const float from = std::max(middle - half, 0.0F),
                    to = std::min(middle + half, static_cast<float>(m_height));
        if (from >= to)
            continue;
        const int top = static_cast<int>(from), bottom = std::min(static_cast<int>(to), m_height - 1);
        auto& dirty = m_dirty[static_cast<std::size_t>(x)];
        dirty.top = std::min(dirty.top, top);
        dirty.bottom = std::max(dirty.bottom, bottom);
        auto* const column =
            m_coverage.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
        for (int y = top; y <= bottom; ++y) {
            const float part =
                std::min(to, static_cast<float>(y + 1)) - std::max(from, static_cast<float>(y));
            column[y] = std::max(column[y], static_cast<std::uint8_t>(static_cast<int>(part * 255 + 0.5F)));
        }
    }
}

void LineRaster::line(std::span<const RasterPoint> points, double width, const QList<double>& dash) {
    const auto radius = static_cast<float>(std::max(width, 1.0) / 2);
    double along = 0, period = 0;
    for (const double part : dash)
        period += part;
    const auto solid = period <= 0;
    const auto placed = [this](const RasterPoint& point) { return RasterPoint{point.x - m_start, point.y}; };
    for (std::size_t i = 1; i < points.size(); ++i) {
        const auto a = placed(points[i - 1]), b = placed(points[i]);
        if (!std::isfinite(a.x + a.y + b.x + b.y))
            continue;
        if (solid) {
            const double dx = b.x - a.x;
            if (dx > 0 && dx <= 2 && std::abs(b.y - a.y) <= dx && i > 1 && i + 1 < points.size())
                gentle(a, b, radius);
            else
                segment(a, b, radius);
            continue;
        }
        const double length = std::hypot(b.x - a.x, b.y - a.y);
        double done = 0;
        while (done < length) {
            double in = std::fmod(along, period);
            qsizetype part = 0;
            while (in >= dash[part]) {
                in -= dash[part];
                part = (part + 1) % dash.size();
            }
            const double take = std::min(std::max(dash[part] - in, 1e-3), length - done);
            if (part % 2 == 0) {
                const double from = done / length, to = (done + take) / length;
                segment({a.x + (b.x - a.x) * from, a.y + (b.y - a.y) * from},
                        {a.x + (b.x - a.x) * to, a.y + (b.y - a.y) * to}, radius);
            }
            done += take;
            along += take;
        }
    }
    if (points.size() == 1 && std::isfinite(points[0].x + points[0].y))
        segment(placed(points[0]), placed(points[0]), std::max(radius, 1.5F));
}

void LineRaster::paint(const QColor& color, double opacity) {
    const unsigned alpha = alphaOf(color, opacity);
    Ink inks[256];
    for (unsigned coverage = 0; coverage < 256; ++coverage)
        inks[coverage] = inkOf(color, (coverage * alpha + 127) / 255);
    for (int x = m_left; x <= m_right; ++x) {
        auto& dirty = m_dirty[static_cast<std::size_t>(x)];
        const auto start = static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
        for (auto i = start + static_cast<std::size_t>(dirty.top); dirty.top <= dirty.bottom;
             ++dirty.top, ++i) {
            m_pixels[i] = over(m_pixels[i], inks[m_coverage[i]]);
            m_coverage[i] = 0;
        }
        dirty = {m_height, -1};
    }
    m_left = m_width;
    m_right = -1;
}

void LineRaster::spans(std::span<const RasterSpan> spans, const QColor& color, double opacity) {
    const unsigned alpha = alphaOf(color, opacity);
    const Ink whole = inkOf(color, alpha);
    for (const auto& span : spans) {
        const int x = span.x - m_start;
        if (x < 0 || x >= m_width || !std::isfinite(span.top + span.bottom))
            continue;
        // A flat stretch still has to show: at least a pixel tall.
        const double grow = std::max(0.0, 1.0 - (span.bottom - span.top)) / 2;
        const double from = std::max(span.top - grow, 0.0);
        const double to = std::min(span.bottom + grow, static_cast<double>(m_height));
        if (from >= to)
            continue;
        auto* const column =
            m_pixels.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
        const int top = static_cast<int>(from), bottom = std::min(static_cast<int>(to), m_height - 1);
        const auto edge = [&](int y) {
            const double part = std::clamp(std::min<double>(to, y + 1) - std::max<double>(from, y), 0.0, 1.0);
            column[y] = over(column[y], inkOf(color, static_cast<unsigned>(part * alpha + 0.5)));
        };
        edge(top);
        for (int y = top + 1; y < bottom; ++y)
            column[y] = over(column[y], whole);
        if (bottom > top)
            edge(bottom);
    }
}

void LineRaster::writeTo(std::uint32_t* picture, std::size_t stride) const {
    // In tiles, so that neither side is walked against its grain.
    constexpr int tile = 32;
    for (int x0 = 0; x0 < m_width; x0 += tile)
        for (int y0 = 0; y0 < m_height; y0 += tile)
            for (int y = y0; y < std::min(y0 + tile, m_height); ++y)
                for (int x = x0; x < std::min(x0 + tile, m_width); ++x)
                    picture[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(m_start + x)] =
                        m_pixels[static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height) +
                                 static_cast<std::size_t>(y)];
}

}  // namespace lathe::runs
