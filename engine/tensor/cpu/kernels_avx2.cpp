// SPDX-License-Identifier: Apache-2.0
#define LATHE_KERNELS avx2Kernels
#define LATHE_ISA_NAME "avx2"
#define LATHE_LANES 8
#if defined(__x86_64__)
#include "tensor/cpu/kernels_impl.h"
#else
#include "tensor/cpu/kernels.h"
namespace lathe::tensor::cpu {
const Kernels* LATHE_KERNELS() {
    return nullptr;
}
}  // namespace lathe::tensor::cpu
#endif
