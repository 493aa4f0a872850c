// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/backend.h"

#include <string>

namespace lathe::train {

// The device that train.device means: "cpu", "cuda", "cuda:1", or "auto" (a GPU if there is one that works,
// else the CPU). `localRank` picks among several for "auto" and "cuda". Unavailable, saying what is missing,
// if a GPU is wanted and there is none.
Result<tensor::Device> openDevice(const std::string& wanted, int localRank);

// Where the CUDA backend would be.
std::string cudaBackendPath();

}  // namespace lathe::train
