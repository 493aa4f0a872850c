// SPDX-License-Identifier: Apache-2.0
#include "cli/chart.h"

#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace lathe::cli {
namespace {

constexpr double kRoom = 0.04;

struct Extent {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    void add(double value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    bool empty() const { return low > high; }
};

double niceStep(double span, int count) {
    const double raw = span / std::max(1, count);
    const double power = std::pow(10, std::floor(std::log10(raw)));
    const double part = raw / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

}  // namespace

double AxisRange::place(double value) const {
    if (!logarithmic)
        return (value - from) / (to - from);
    return (std::log10(std::max(value, from)) - std::log10(from)) / (std::log10(to) - std::log10(from));
}

AxisRange xRange(const Chart& chart) {
    Extent extent;
    for (const ChartSeries& series : chart.series) {
        for (const record::Bucket& bucket : series.buckets) {
            extent.add(bucket.xFirst);
            extent.add(bucket.xLast);
        }
    }
    if (extent.empty())
        return {0, 1, false};
    if (extent.low == extent.high)
        return {extent.low - 0.5, extent.high + 0.5, false};
    return {extent.low, extent.high, false};
}

AxisRange yRange(const Chart& chart) {
    Extent extent;
    for (const ChartSeries& series : chart.series) {
        for (const record::Bucket& bucket : series.buckets) {
            if (bucket.count <= bucket.nonFinite)
                continue;
            for (const double value : {bucket.min, bucket.max, bucket.first, bucket.last}) {
                if (!chart.logY || value > 0)
                    extent.add(value);
            }
        }
    }
    if (extent.empty())
        return {chart.logY ? 0.1 : 0, 1, chart.logY};
    if (chart.logY) {
        const double low = std::log10(extent.low), high = std::log10(extent.high);
        const double room = std::max((high - low) * kRoom, 0.05);
        return {std::pow(10, low - room), std::pow(10, high + room), true};
    }
    const double span = extent.high - extent.low;
    const double room = span > 0 ? span * kRoom : std::max(std::abs(extent.high) * 0.1, 0.5);
    return {extent.low - room, extent.high + room, false};
}

std::vector<double> ticksOf(const AxisRange& range, int count) {
    std::vector<double> ticks;
    if (range.logarithmic) {
        const double low = std::log10(range.from), high = std::log10(range.to);
        const double every = std::max(1.0, std::ceil((high - low) / std::max(1, count)));
        for (double power = std::ceil(low); power <= high; power += every)
            ticks.push_back(std::pow(10, power));
        if (ticks.size() >= 2)
            return ticks;
        ticks.clear();  // less than two decades: round values between serve better
    }
    const double step = niceStep(range.to - range.from, count);
    for (double at = std::ceil(range.from / step - 1e-9); at * step <= range.to + step * 1e-9; ++at)
        ticks.push_back(at == 0 ? 0 : at * step);
    return ticks;
}

std::string tickText(double value, double spacing) {
    if (value != 0 && (std::abs(value) >= 1e6 || std::abs(value) < 1e-4))
        return fmt::format("{:.3g}", value);
    const int decimals = spacing > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(spacing) - 1e-9)), 0, 8) : 3;
    return fmt::format("{:.{}f}", value, decimals);
}

std::string xTickText(record::XAxis axis, double value, double spacing) {
    switch (axis) {
    case record::XAxis::Step:
        return spacing < 1 ? tickText(value, spacing) : groupedText(static_cast<std::int64_t>(std::llround(value)));
    case record::XAxis::Elapsed:
        return durationText(value);
    case record::XAxis::Clock:
        return localTimeText(value).substr(spacing < 60 ? 11 : 5, spacing < 60 ? 8 : 11);
    }
    return {};
}

std::string xTitle(record::XAxis axis) {
    switch (axis) {
    case record::XAxis::Step:
        return "step";
    case record::XAxis::Elapsed:
        return "time since the start";
    case record::XAxis::Clock:
        return "time of day";
    }
    return {};
}

}  // namespace lathe::cli
