// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "record/run.h"

#include <string>

namespace lathe::cli {

// A run as `--json` prints it: run.json's fields with what is known since then, numbers that are not finite
// as strings.
Json runToJson(const record::RunSummary& run, const std::string& runDir);

// Which metric stands for the run in one line: its own main metric, else one that is called a loss, else the
// first that is not of the system. Empty if it has none.
std::string mainMetricOf(const record::RunSummary& run);

}  // namespace lathe::cli
