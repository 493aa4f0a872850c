// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lathe::cli {

struct Gpu {
    std::string name, uuid;
    std::uint64_t memoryBytes = 0, freeBytes = 0;
};

struct GpuList {
    std::string driver;  // "570.86.15"
    int cudaVersion = 0; // of the driver: 12080 is 12.8
    std::vector<Gpu> gpus;
};

// NVIDIA's GPUs through NVML, loaded at run time (https://docs.nvidia.com/deploy/nvml-api/). Unavailable where there is no
// driver.
Result<GpuList> listGpus();

}  // namespace lathe::cli
