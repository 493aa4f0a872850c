// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/store.h"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace lathe::runs {

// One stretch of a series: what is known of its points without holding them. Values in the metric's unit, x
// in the axis' unit. A cell of no finite value has min > max.
struct Cell {
    double x0 = 0, x1 = 0;
    double first = 0, last = 0, min = 0, max = 0;
    std::uint32_t count = 0, bad = 0;  // bad: NaN or infinite

    bool finite() const { return min <= max; }
    double middle() const { return 0.5 * (x0 + x1); }
    double mean() const { return 0.5 * (first + last); }  // the store keeps no sums
};

// A series at one level of detail, ordered by x.
struct Curve {
    std::vector<Cell> cells;
    std::uint64_t points = 0, bad = 0;
    bool exact = false;  // every cell is one point: a finer level would show nothing new

    static Curve fromBuckets(std::span<const record::Bucket> buckets);
    bool empty() const { return cells.empty(); }
    double begin() const { return cells.empty() ? 0 : cells.front().x0; }
    double end() const { return cells.empty() ? 0 : cells.back().x1; }
};

// The two levels that a chart draws from: the whole series, and a finer stretch around what is in view.
struct LevelView {
    const Curve* overview = nullptr;
    const Curve* detail = nullptr;  // nullptr: none
};

struct Sample {
    double x = 0, y = 0;
};

// Debiased exponential average of a curve (weight 0: none … 0.99), one sample per cell with a finite value.
// With more than 1000 points the weight counts per thousandth of the whole series, so that the line keeps its
// shape at every zoom and however densely a run logs; below that it counts per point.
std::vector<Sample> smoothed(const LevelView& level, double weight);

// The samples that lie in [from, to] plus a neighbour on each side, from the finest level that covers it.
std::span<const Cell> cellsIn(const LevelView& level, double from, double to);

// What is drawn of one series: per pixel column the extremes, and a thin line. `x` in pixels, y in value.
struct Column {
    int x = 0;
    double first = 0, last = 0, min = 0, max = 0;
};

// Folds cells into pixel columns: at most one column a pixel, the true minimum and maximum in each. `scale`
// pixels per unit of x (of log10 x if `logX`). Columns outside [-1, width] are folded into the two edges'
// neighbours, so that lines leave the plot in the right direction.
std::vector<Column> columnsOf(std::span<const Cell> cells, double from, double to, int width, bool logX);

// Averages samples that fall into one pixel column; x in pixels.
std::vector<Sample> thinned(std::span<const Sample> samples, double from, double to, int width, bool logX);

// The value of the curve at x: the nearest cell's, NaN outside the series.
double valueAt(const LevelView& level, double x);

struct ValueRange {
    double min = std::numeric_limits<double>::infinity(), max = -std::numeric_limits<double>::infinity();
    bool valid() const { return min <= max; }
    void include(double value);
};

// The range that holds `share` of the values from below and above (0.01: 1–99 %). Reorders `values`.
ValueRange quantileRange(std::vector<double>& values, double share);

}  // namespace lathe::runs
