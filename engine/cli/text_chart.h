// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/chart.h"

#include <string>

namespace lathe::cli {

// The chart in `columns` × `rows` character cells, of 2 × 4 braille dots each (Unicode U+2800). Curves are told apart by
// colour, or, without it, by a letter each.
std::string drawInText(const Chart& chart, int columns, int rows, bool colour);

}  // namespace lathe::cli
