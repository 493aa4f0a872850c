// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"

#include <string>
#include <vector>

namespace lathe::launch {

// What a command line says about a script's parameters: `--lr 0.2`, `--lr=0.2` and `--amp` become lr, lr and
// amp (true). Names are as argparse makes them (`--learning-rate` is learning_rate), numbers are numbers, a
// name given several times keeps its last value. Arguments without a name and single-letter options are left
// out, as nobody can tell what they are.
Json paramsOfCommand(const std::vector<std::string>& argv);

}  // namespace lathe::launch
