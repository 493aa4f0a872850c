// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"

#include <cstdint>

namespace lathe::tensor::cpu {

// Loops over rows and ranges of fp32, each on the calling thread; compiled once for each instruction set from
// kernels_impl.h. Pointers may be unaligned; lengths need not fit vectors. Leading dimensions count elements.
struct Kernels {
    const char* isa;

    void (*fill)(float* x, float value, std::int64_t n);
    double (*sumSquares)(const float* x, std::int64_t n);

    // y = act(y + bias) + residual over rows of a matrix; pre, if given, receives y + bias.
    void (*linearEpilogue)(float* y, std::int64_t rows, std::int64_t columns, const float* bias,
                           const float* residual, float* pre, int activation);
    void (*activation)(const float* x, float* y, std::int64_t n, int activation);
    void (*activationBackward)(const float* dy, const float* x, float* dx, std::int64_t n, int activation);
    // sums[j] += Σ over rows of x[i][j]
    void (*columnSums)(const float* x, std::int64_t rows, std::int64_t columns, float* sums);

    void (*layerNorm)(const float* x, const float* w, const float* b, float* y, float* mean, float* rstd,
                      std::int64_t rows, std::int64_t columns, float epsilon);
    // dx may be null; dw and db (may be null) are added to.
    void (*layerNormBackward)(const float* dy, const float* x, const float* w, const float* mean,
                              const float* rstd, float* dx, bool accumulate, float* dw, float* db,
                              std::int64_t rows, std::int64_t columns);

    // Scores of `rows` queries, the first at position `first`, against keys [0, columns): row i attends to
    // the first first+i+1 of them, at most all. Turns scores into exp(score − maximum), 0 where masked; gives
    // log-sum-exp and 1/sum.
    void (*causalExp)(float* scores, std::int64_t rows, std::int64_t columns, std::int64_t first, float* lse,
                      float* inverseSum);
    void (*scaleRows)(float* x, std::int64_t ld, std::int64_t rows, std::int64_t columns,
                      const float* factors);
    // scores → probabilities from their log-sum-exp, 0 where masked.
    void (*causalProbabilities)(float* scores, std::int64_t rows, std::int64_t columns, std::int64_t first,
                                const float* lse);
    // dscores = p · (dscores − Σ(dy·y)) · scale; the sum over the row of dy and y.
    void (*softmaxBackward)(const float* p, float* dscores, std::int64_t rows, std::int64_t columns,
                            const float* dy, std::int64_t dyLd, const float* y, std::int64_t yLd,
                            std::int64_t depth, float scale);

    // Over rows; targets below 0 give loss 0.
    void (*crossEntropy)(const float* logits, const std::int32_t* targets, double* loss, float* lse,
                         std::int64_t rows, std::int64_t columns);
    void (*crossEntropyBackward)(const float* logits, const std::int32_t* targets, const float* lse,
                                 float scale, float* dlogits, std::int64_t rows, std::int64_t columns);

    struct AdamW {
        float beta1, beta2, epsilon, gradScale;
        float stepSize;       // lr / (1 − β₁ᵗ)
        float inverseRootC2;  // 1 / √(1 − β₂ᵗ)
        float keep;           // 1 − lr · weight decay
    };
    // decay: one a stretch of 16, `phase` elements of the first of which lie before `value`; null: all decay.
    void (*adamw)(float* value, const float* grad, float* first, float* second, const std::uint8_t* decay,
                  std::int64_t phase, std::int64_t n, const AdamW& c);
};

const Kernels* baselineKernels();
// Null where the build has none (other processors).
const Kernels* avx2Kernels();
const Kernels* avx512Kernels();
// What `useIsa` chose.
const Kernels& kernels();

}  // namespace lathe::tensor::cpu
