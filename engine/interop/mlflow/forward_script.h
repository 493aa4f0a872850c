// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace lathe::interop::mlflow {

// resources/python/lathe_mlflow_forward.py, which travels inside the program.
extern const std::string_view kForwardScript;

}  // namespace lathe::interop::mlflow
