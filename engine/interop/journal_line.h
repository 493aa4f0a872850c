// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/record_sink.h"

#include <optional>
#include <string>

namespace lathe::interop {

// Journal lines as text, each appended to `lines` with its newline (engine/record/FORMAT.md). Times and
// values are written so that they read back bit for bit. `source` is the number of the file that a line came
// from (collect_journal.h).
void appendMetricsLine(std::string& lines, double time, std::int64_t step,
                       std::span<const MetricValue> values, std::optional<int> source = {});
// `line` holds "e"; its "t" is the present time if missing.
void appendEventLine(std::string& lines, const Json& line, std::optional<int> source = {});

}  // namespace lathe::interop
