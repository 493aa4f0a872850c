// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

namespace lathe::cli {

// Reads the command line, runs the command, returns the exit code.
Result<int> runCli(int argc, char** argv);

}  // namespace lathe::cli
