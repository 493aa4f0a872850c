// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace lathe::interop {

// A whole cell of text as a number: "0.31", "-1e-3", "nan", "inf", "True" (1). nullopt if it is none.
std::optional<double> numberOfCell(std::string_view cell);

// How useful a column or key is as the step of the others: 0 for none, more for better ("step" before
// "epoch").
int stepRank(std::string_view name);
// A column or key that tells the time of its row ("timestamp").
bool isTimeName(std::string_view name);
// Seconds since 1970 from seconds, milliseconds, microseconds or nanoseconds; nullopt if it cannot be a time.
std::optional<double> secondsSince1970(double value);

}  // namespace lathe::interop
