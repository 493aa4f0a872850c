// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/backend_abi.h"

#include <string>
#include <string_view>
#include <vector>

namespace lathe::tensor::cpu {

const LatheBackend* backendTable();

// Instruction sets of this build that this machine has, best last: "baseline", "avx2", "avx512".
std::vector<std::string> availableIsas();
// The one in use: the best, unless LATHE_CPU_ISA or this call says otherwise. Not while kernels run.
std::string_view currentIsa();
Result<> useIsa(std::string_view name);

struct GemmCheck {
    double gflops = 0;   // fp32, 2·M·N·K operations, best of a few rounds
    std::string kernel;  // "oneDNN 2.6.3, AVX-512"
    int threads = 0;
};
// Multiplies 768-square matrices for some `seconds`, to see whether the library took this CPU for what it is.
GemmCheck checkGemm(double seconds = 0.05);

}  // namespace lathe::tensor::cpu
