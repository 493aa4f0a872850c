// SPDX-License-Identifier: Apache-2.0
#include "tensor/cpu/gemm.h"

#include <dnnl.h>
#include <fmt/format.h>
#include <omp.h>

namespace lathe::tensor::cpu {

void useOneThread() {
    thread_local const bool alone = (omp_set_num_threads(1), true);
    static_cast<void>(alone);
}

bool gemm(Trans a, Trans b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha, const float* A,
          std::int64_t lda, const float* B, std::int64_t ldb, float beta, float* C, std::int64_t ldc) {
    useOneThread();
    return dnnl_sgemm(static_cast<char>(a), static_cast<char>(b), m, n, k, alpha, A, lda, B, ldb, beta, C,
                      ldc) == dnnl_success;
}

std::string gemmKernelName() {
    const dnnl_version_t* version = dnnl_version();
    const char* isa = "generic";
    switch (dnnl_get_effective_cpu_isa()) {
    case dnnl_cpu_isa_sse41: isa = "sse4.1"; break;
    case dnnl_cpu_isa_avx: isa = "avx"; break;
    case dnnl_cpu_isa_avx2:
    case dnnl_cpu_isa_avx2_vnni: isa = "avx2"; break;
    case dnnl_cpu_isa_avx512_mic:
    case dnnl_cpu_isa_avx512_mic_4ops:
    case dnnl_cpu_isa_avx512_core:
    case dnnl_cpu_isa_avx512_core_vnni:
    case dnnl_cpu_isa_avx512_core_bf16:
    case dnnl_cpu_isa_avx512_core_amx: isa = "avx512"; break;
    default: break;
    }
    return fmt::format("oneDNN {}.{}.{}, {}", version->major, version->minor, version->patch, isa);
}

}  // namespace lathe::tensor::cpu
