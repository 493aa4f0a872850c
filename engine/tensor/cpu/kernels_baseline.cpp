// SPDX-License-Identifier: Apache-2.0
#define LATHE_KERNELS baselineKernels
#define LATHE_ISA_NAME "baseline"
#define LATHE_LANES 4
#include "tensor/cpu/kernels_impl.h"
