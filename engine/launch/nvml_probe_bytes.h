// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace lathe::launch {

// The program of nvml_probe.c as it was built for this processor; empty where there is none.
extern const std::string_view kNvmlProbe;

}  // namespace lathe::launch
