// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace lathe::launch {

// The text of resources/python/lathe.py, put in when this was built, so that the agent is one file.
extern const std::string_view kPythonHelper;

}  // namespace lathe::launch
