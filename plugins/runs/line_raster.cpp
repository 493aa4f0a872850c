// SPDX-License-Identifier: GPL-3.0-or-later
#include "line_raster.h"

#include <QColor>

#include <algorithm>
#include <cmath>

namespace lathe::runs {
namespace {

// a * b / 255 for bytes, rounded.
inline unsigned scale(unsigned a, unsigned b) {
    const unsigned t = a * b + 128;
    return (t + (t >> 8)) >> 8;
}

}  // namespace

LineRaster::LineRaster(QSize pixels)
    : m_width(std::max(pixels.width(), 1)), m_height(std::max(pixels.height(), 1)),
      m_image(m_width, m_height, QImage::Format_ARGB32_Premultiplied),
      m_coverage(static_cast<std::size_t>(m_width) * static_cast<std::size_t>(m_height)),
      m_dirty(static_cast<std::size_t>(m_width), {m_height, -1}), m_left(m_width) {
    m_image.fill(Qt::transparent);
}

void LineRaster::cover(int x, int y, int coverage) {
    auto& cell = m_coverage[static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height) +
                            static_cast<std::size_t>(y)];
    cell = std::max(cell, static_cast<std::uint8_t>(coverage));
}

void LineRaster::segment(RasterPoint a, RasterPoint b, double radius) {
    if (a.x > b.x)
        std::swap(a, b);
    const double dx = b.x - a.x, dy = b.y - a.y;
    const double length2 = dx * dx + dy * dy;
    const double reach = radius + 0.5;
    const int left = std::max(0, static_cast<int>(std::floor(a.x - reach)));
    const int right = std::min(m_width - 1, static_cast<int>(std::ceil(b.x + reach)));
    if (left > right)
        return;
    m_left = std::min(m_left, left);
    m_right = std::max(m_right, right);
    const double slope = dx > 1e-9 ? dy / dx : 0;
    // How far above and below its centre a line of this slope reaches within one column.
    const double tall = dx > 1e-9 ? reach * std::sqrt(1 + slope * slope) : 0;
    const double low = std::min(a.y, b.y) - reach, high = std::max(a.y, b.y) + reach;
    for (int x = left; x <= right; ++x) {
        const double centre = x + 0.5;
        double from = low, to = high;
        if (dx > 1e-9) {
            const double y0 = a.y + slope * (centre - 0.5 - a.x), y1 = a.y + slope * (centre + 0.5 - a.x);
            from = std::max(low, std::min(y0, y1) - tall);
            to = std::min(high, std::max(y0, y1) + tall);
        }
        const int top = static_cast<int>(std::floor(std::clamp(from, 0.0, static_cast<double>(m_height))));
        const int bottom =
            static_cast<int>(std::ceil(std::clamp(to, -1.0, static_cast<double>(m_height - 1))));
        if (top > bottom)
            continue;
        auto& dirty = m_dirty[static_cast<std::size_t>(x)];
        dirty.top = std::min(dirty.top, top);
        dirty.bottom = std::max(dirty.bottom, bottom);
        for (int y = top; y <= bottom; ++y) {
            const double px = centre - a.x, py = y + 0.5 - a.y;
            const double t = length2 > 1e-12 ? std::clamp((px * dx + py * dy) / length2, 0.0, 1.0) : 0.0;
            const double ex = px - t * dx, ey = py - t * dy;
            const double distance = std::sqrt(ex * ex + ey * ey);
            if (distance < reach)
                cover(x, y, static_cast<int>(std::min(1.0, reach - distance) * 255 + 0.5));
        }
    }
}

void LineRaster::line(std::span<const RasterPoint> points, double width, const QList<double>& dash) {
    const double radius = std::max(width, 1.0) / 2;
    double along = 0, period = 0;
    for (const double part : dash)
        period += part;
    const auto solid = period <= 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
        const auto &a = points[i - 1], &b = points[i];
        if (!std::isfinite(a.x + a.y + b.x + b.y))
            continue;
        if (solid) {
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
        segment(points[0], points[0], std::max(radius, 1.5));
}

void LineRaster::spans(std::span<const RasterSpan> spans) {
    for (const auto& span : spans) {
        if (span.x < 0 || span.x >= m_width || !std::isfinite(span.top + span.bottom))
            continue;
        // A flat stretch still has to show: at least a pixel tall.
        const double grow = std::max(0.0, 1.0 - (span.bottom - span.top)) / 2;
        const double from = std::max(span.top - grow, 0.0);
        const double to = std::min(span.bottom + grow, static_cast<double>(m_height));
        if (from >= to)
            continue;
        const int top = static_cast<int>(from), bottom = std::min(static_cast<int>(to), m_height - 1);
        auto& dirty = m_dirty[static_cast<std::size_t>(span.x)];
        dirty.top = std::min(dirty.top, top);
        dirty.bottom = std::max(dirty.bottom, bottom);
        m_left = std::min(m_left, span.x);
        m_right = std::max(m_right, span.x);
        for (int y = top; y <= bottom; ++y) {
            const double part = std::min<double>(to, y + 1) - std::max<double>(from, y);
            cover(span.x, y, static_cast<int>(std::clamp(part, 0.0, 1.0) * 255 + 0.5));
        }
    }
}

void LineRaster::paint(const QColor& color, double opacity) {
    const auto alpha = static_cast<unsigned>(std::clamp(opacity, 0.0, 1.0) * color.alphaF() * 255 + 0.5);
    const auto red = static_cast<unsigned>(color.red()), green = static_cast<unsigned>(color.green()),
               blue = static_cast<unsigned>(color.blue());
    auto* const base = reinterpret_cast<std::uint32_t*>(m_image.bits());
    const auto stride = static_cast<std::size_t>(m_image.bytesPerLine()) / 4;
    for (int x = m_left; x <= m_right; ++x) {
        auto& dirty = m_dirty[static_cast<std::size_t>(x)];
        auto* column = m_coverage.data() + static_cast<std::size_t>(x) * static_cast<std::size_t>(m_height);
        for (int y = dirty.top; y <= dirty.bottom; ++y) {
            const unsigned a = scale(column[y], alpha);
            column[y] = 0;
            if (a == 0)
                continue;
            auto& pixel = base[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x)];
            const unsigned rest = 255 - a;
            pixel = ((scale(pixel >> 24, rest) + a) << 24) |
                    ((scale((pixel >> 16) & 255, rest) + scale(red, a)) << 16) |
                    ((scale((pixel >> 8) & 255, rest) + scale(green, a)) << 8) |
                    (scale(pixel & 255, rest) + scale(blue, a));
        }
        dirty = {m_height, -1};
    }
    m_left = m_width;
    m_right = -1;
}

}  // namespace lathe::runs
