// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lathe::cli {

// What is drawn: curves over one pair of axes. Each bucket is a stretch of x with its extremes, so no spike is lost at any
// width (record/store.h).
struct ChartSeries {
    std::string label;
    std::vector<record::Bucket> buckets;
    double last = 0;
    std::uint64_t nonFinite = 0;
};

struct Chart {
    std::string title;
    record::XAxis axis = record::XAxis::Step;
    bool logY = false;
    std::vector<ChartSeries> series;
};

struct AxisRange {
    double from = 0, to = 1;
    bool logarithmic = false;

    // 0 at `from`, 1 at `to`.
    double place(double value) const;
};

// The ranges that hold all of the chart, with a little room above and below; a single value gets room around it. A log
// axis starts at the least positive value.
AxisRange xRange(const Chart& chart);
AxisRange yRange(const Chart& chart);

// Round values (1, 2 or 5 times a power of ten; powers of ten on a log axis) inside the range, about `count` of them.
std::vector<double> ticksOf(const AxisRange& range, int count);
std::string tickText(double value, double spacing);
std::string xTickText(record::XAxis axis, double value, double spacing);
std::string xTitle(record::XAxis axis);

}  // namespace lathe::cli
