// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace lathe::tensor::cpu {

enum class Trans : char { No = 'N', Yes = 'T' };

// C = alpha · op(A) op(B) + beta · C, row-major, leading dimensions in elements; op(A) is M×K, op(B) is K×N.
// On the calling thread alone: callers cut the work for the pool. False if the library refused (it says no
// more).
bool gemm(Trans a, Trans b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* A,
          std::int64_t lda, const float* B, std::int64_t ldb, float beta, float* C, std::int64_t ldc);

// The library would start OpenMP threads that spin between calls and starve when a core is taken; with one
// thread each, our own pool decides. The setting belongs to the calling thread; made once before it uses
// oneDNN.
void useOneThread();

std::string gemmKernelName();  // "oneDNN 2.6.3, avx512_core"

}  // namespace lathe::tensor::cpu
