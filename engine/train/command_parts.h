// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/recipe.h"

#include <string>

namespace lathe::train {

// Empty if it is not set.
std::string environment(const char* name);
// data.path made absolute: from the workspace on, and without one from the folder that the program was
// started in.
std::string dataPath(const Recipe& recipe);

}  // namespace lathe::train
