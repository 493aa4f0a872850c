// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record/run.h"

#include <string>

namespace lathe::record {

// Corrects the state that the journals tell by what can be seen now: a run that says it runs while nobody
// holds its journal is lost. A run of another host is lost only if its mirror reached that host and found no
// supervisor there (mirror.json); a host out of reach says nothing about its runs.
void observeState(const std::string& runDir, double now, RunSummary& summary);

}  // namespace lathe::record
