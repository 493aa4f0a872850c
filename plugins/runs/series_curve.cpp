// SPDX-License-Identifier: GPL-3.0-or-later
#include "series_curve.h"

#include <algorithm>
#include <cmath>

namespace lathe::runs {
namespace {

double scaled(double x, bool log) {
    return log ? std::log10(std::max(x, std::numeric_limits<double>::min())) : x;
}

double pixelOf(double x, double from, double to, int width, bool log) {
    const double low = scaled(from, log), high = scaled(to, log);
    return high > low ? (scaled(x, log) - low) / (high - low) * width : 0;
}

}  // namespace

void ValueRange::include(double value) {
    if (!std::isfinite(value))
        return;
    min = std::min(min, value);
    max = std::max(max, value);
}

Curve Curve::fromBuckets(std::span<const record::Bucket> buckets) {
    Curve curve;
    curve.cells.reserve(buckets.size());
    curve.exact = true;
    for (const auto& bucket : buckets) {
        Cell cell{bucket.xFirst, bucket.xLast, bucket.first, bucket.last,
                  bucket.min,    bucket.max,   bucket.count, bucket.nonFinite};
        if (bucket.count <= bucket.nonFinite) {
            cell.min = 1;
            cell.max = 0;
        }
        curve.points += bucket.count;
        curve.bad += bucket.nonFinite;
        curve.exact &= bucket.count <= 1;
        curve.cells.push_back(cell);
    }
    return curve;
}

std::vector<Sample> smoothed(const LevelView& level, double weight) {
    std::vector<Sample> out;
    if (!level.overview || level.overview->empty())
        return out;
    const Curve& whole = *level.overview;
    const Curve* fine = level.detail && !level.detail->empty() ? level.detail : nullptr;
    out.reserve(whole.cells.size() + (fine ? fine->cells.size() : 0));
    const double unit = whole.points > 1000 ? (whole.end() - whole.begin()) / 1000 : 0;
    const double logWeight = weight > 0 ? std::log(weight) : 0;

    double sum = 0, norm = 0, previous = 0;
    double knownSteps = -1, knownKeep = 0;  // cells of one level are mostly of one width
    bool started = false;
    const auto take = [&](const Cell& cell) {
        if (!cell.finite())
            return;
        const double x = cell.middle();
        if (weight <= 0) {
            out.push_back({x, cell.mean()});
            return;
        }
        // One cell may stand for many points: what it leaves of the past is the weight to the power of its
        // width.
        const double steps = unit > 0 && started ? std::max((x - previous) / unit, 0.0) : 1.0;
        if (unit > 0 && steps != knownSteps) {
            knownSteps = steps;
            knownKeep = std::exp(logWeight * steps);
        }
        const double keep = unit > 0 ? knownKeep : weight;
        sum = sum * keep + (1 - keep) * cell.mean();
        norm = norm * keep + (1 - keep);
        previous = x;
        started = true;
        out.push_back({x, norm > 0 ? sum / norm : cell.mean()});
    };

    const double fineBegin = fine ? fine->begin() : 0, fineEnd = fine ? fine->end() : 0;
    for (const auto& cell : whole.cells)
        if (!fine || cell.x1 < fineBegin)
            take(cell);
    if (fine) {
        for (const auto& cell : fine->cells)
            take(cell);
        for (const auto& cell : whole.cells)
            if (cell.x0 > fineEnd)
                take(cell);
    }
    return out;
}

std::span<const Cell> cellsIn(const LevelView& level, double from, double to) {
    const Curve* curve = level.overview;
    if (!curve || curve->empty())
        return {};
    const auto covers = [&](const Curve& c) {
        return c.begin() <= std::max(from, level.overview->begin()) &&
               c.end() >= std::min(to, level.overview->end());
    };
    if (level.detail && !level.detail->empty() && covers(*level.detail))
        curve = level.detail;
    const auto& cells = curve->cells;
    auto low = std::ranges::lower_bound(cells, from, {}, &Cell::x1);
    auto high = std::ranges::upper_bound(cells, to, {}, &Cell::x0);
    if (low != cells.begin())
        --low;
    if (high != cells.end())
        ++high;
    if (low >= high)
        return {};
    return {low, high};
}

std::vector<Column> columnsOf(std::span<const Cell> cells, double from, double to, int width, bool logX) {
    std::vector<Column> out;
    out.reserve(std::min<std::size_t>(cells.size(), static_cast<std::size_t>(width) + 4));
    const double low = scaled(from, logX), high = scaled(to, logX);
    const double factor = high > low ? width / (high - low) : 0;
    const auto place = [&](double x) {
        const double pixel = (scaled(x, logX) - low) * factor;
        return static_cast<int>(std::floor(std::clamp(pixel, -1e6, 1e6)));
    };
    const auto add = [&](int x, double first, double last, double min, double max) {
        if (!out.empty() && out.back().x == x) {
            auto& column = out.back();
            column.last = last;
            column.min = std::min(column.min, min);
            column.max = std::max(column.max, max);
        } else {
            out.push_back({x, first, last, min, max});
        }
    };
    for (const auto& cell : cells) {
        if (!cell.finite())
            continue;
        const int left = place(cell.x0), right = place(cell.x1);
        // A cell wider than a pixel: where inside its extremes lie is not known until the finer level is
        // there, so both ends show them.
        add(left, cell.first, left == right ? cell.last : cell.mean(), cell.min, cell.max);
        if (left != right)
            add(right, cell.mean(), cell.last, cell.min, cell.max);
    }
    return out;
}

std::vector<Sample> thinned(std::span<const Sample> samples, double from, double to, int width, bool logX) {
    std::vector<Sample> out;
    out.reserve(std::min<std::size_t>(samples.size(), static_cast<std::size_t>(width) + 4));
    if (samples.empty())
        return out;
    const auto outside = [](const Sample& sample, double x) { return sample.x < x; };
    auto low = std::ranges::lower_bound(samples, from, {}, &Sample::x);
    auto high = std::lower_bound(low, samples.end(), to, outside);
    if (low != samples.begin())
        --low;
    if (high != samples.end())
        ++high;
    int column = std::numeric_limits<int>::min(), count = 0;
    for (auto it = low; it != high; ++it) {
        const double x = std::clamp(pixelOf(it->x, from, to, width, logX), -1e6, 1e6);
        const int at = static_cast<int>(std::floor(x));
        if (at == column) {
            ++count;
            out.back().x += (x - out.back().x) / count;
            out.back().y += (it->y - out.back().y) / count;
        } else {
            out.push_back({x, it->y});
            column = at;
            count = 1;
        }
    }
    return out;
}

double valueAt(const LevelView& level, double x) {
    const auto cells = cellsIn(level, x, x);
    double best = std::numeric_limits<double>::quiet_NaN(), nearest = std::numeric_limits<double>::infinity();
    if (!level.overview || level.overview->empty() || x < level.overview->begin() ||
        x > level.overview->end())
        return best;
    for (const auto& cell : cells) {
        if (!cell.finite())
            continue;
        for (const auto& [at, value] : {std::pair{cell.x0, cell.first}, std::pair{cell.x1, cell.last}})
            if (std::abs(at - x) < nearest) {
                nearest = std::abs(at - x);
                best = value;
            }
    }
    return best;
}

ValueRange quantileRange(std::vector<double>& values, double share) {
    ValueRange range;
    if (values.empty())
        return range;
    const auto pick = [&](double q) {
        const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1) + 0.5);
        std::ranges::nth_element(values, values.begin() + at);
        return values[static_cast<std::size_t>(at)];
    };
    range.min = pick(share);
    range.max = pick(1 - share);
    return range;
}

}  // namespace lathe::runs
