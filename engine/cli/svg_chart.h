// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/chart.h"

#include <string>

namespace lathe::cli {

// Plot width in pixels: ask for about this many buckets.
inline constexpr std::size_t kSvgPlotWidth = 840;

// The chart as an SVG 1.1 document of 960 × 540. It shows in the light colours, and in the dark ones where the viewer asks
// for dark (`adaptive`; converters that know no media queries need it off).
std::string drawAsSvg(const Chart& chart, bool adaptive);

}  // namespace lathe::cli
