// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"

#include <cstdint>

namespace lathe::tensor::cpu {

// Loops of batch norm and pooling. "Rows" are channels-last: rows of `channels` values; "plane" is n values
// of one channel.
template <class T> struct ChannelLoops {
    // sum[c] += Σ (x − shift[c]), squares[c] += Σ (x − shift[c])².
    void (*momentsOfRows)(const T* x, const T* shift, std::int64_t rows, std::int64_t channels, double* sum,
                          double* squares);
    void (*momentsOfPlane)(const T* x, T shift, std::int64_t n, double* sum, double* squares);
    // y = x·slope + offset (+ residual), then relu if asked for.
    void (*applyRows)(const T* x, const T* slope, const T* offset, const T* residual, T* y, std::int64_t rows,
                      std::int64_t channels, bool relu);
    void (*applyPlane)(const T* x, T slope, T offset, const T* residual, T* y, std::int64_t n, bool relu);
    // g = dy where y > 0 (y null: everywhere), kept in `masked` if given; sum[c] += Σ g,
    // products[c] += Σ g·(x − mean[c]).
    void (*gradientMomentsOfRows)(const T* dy, const T* x, const T* y, const T* mean, T* masked,
                                  std::int64_t rows, std::int64_t channels, double* sum, double* products);
    void (*gradientMomentsOfPlane)(const T* dy, const T* x, const T* y, T mean, T* masked, std::int64_t n,
                                   double* sum, double* products);
    // dx = g·a[c] + (x − mean[c])·b[c] + d[c], g as above.
    void (*gradientRows)(const T* dy, const T* x, const T* y, const T* mean, const T* a, const T* b,
                         const T* d, T* dx, std::int64_t rows, std::int64_t channels);
    void (*gradientPlane)(const T* dy, const T* x, const T* y, T mean, T a, T b, T d, T* dx, std::int64_t n);

    // best = max(best, x), at = index where x won (the earlier one on a draw; NaN wins).
    void (*keepLargest)(const T* x, std::int32_t index, T* best, std::int32_t* at, std::int64_t channels);
    void (*addScaled)(const T* x, T factor, T* y, std::int64_t n);  // y += factor·x
};

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

    void (*rmsNorm)(const float* x, const float* w, float* y, float* rstd, std::int64_t rows,
                    std::int64_t columns, float epsilon);
    void (*rmsNormBackward)(const float* dy, const float* x, const float* w, const float* rstd, float* dx,
                            bool accumulate, float* dw, std::int64_t rows, std::int64_t columns);
    // x has 2·columns: gates, then what they let through.
    void (*swiglu)(const float* x, float* y, std::int64_t rows, std::int64_t columns);
    void (*swigluBackward)(const float* dy, const float* x, float* dx, std::int64_t rows,
                           std::int64_t columns);

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

    // Over rows; either targets (those below 0 give loss 0) or probabilities.
    void (*crossEntropy)(const float* logits, const std::int32_t* targets, const float* probabilities,
                         float smoothing, double* loss, float* lse, std::int64_t rows, std::int64_t columns);
    void (*crossEntropyBackward)(const float* logits, const std::int32_t* targets, const float* probabilities,
                                 float smoothing, const float* lse, float scale, float* dlogits,
                                 std::int64_t rows, std::int64_t columns);

    // One step of one sequence: gates before their functions → after them (may be the same memory), new cell
    // state and output. `before` is the last cell state, null at the start.
    void (*lstmGates)(const float* gates, const float* before, float* act, float* c, float* y,
                      std::int64_t width);
    // dc: gradient of the cell state, of this step coming in, of the one before going out. dgates may be act.
    void (*lstmGatesBackward)(const float* dh, float* dc, const float* act, const float* c,
                              const float* before, float* dgates, std::int64_t width);

    struct AdamW {
        float beta1, beta2, epsilon, gradScale;
        float stepSize;       // lr / (1 − β₁ᵗ)
        float inverseRootC2;  // 1 / √(1 − β₂ᵗ)
        float keep;           // 1 − lr · weight decay
    };
    // decay: one a stretch of 16, `phase` elements of the first of which lie before `value`; null: all decay.
    void (*adamw)(float* value, const float* grad, float* first, float* second, const std::uint8_t* decay,
                  std::int64_t phase, std::int64_t n, const AdamW& c);

    const ChannelLoops<float>* single;
    const ChannelLoops<double>* wide;
};
template <class T> const ChannelLoops<T>& loopsOf(const Kernels& kernels) {
    if constexpr (sizeof(T) == sizeof(double))
        return *kernels.wide;
    else
        return *kernels.single;
}

const Kernels* baselineKernels();
// Null where the build has none (other processors).
const Kernels* avx2Kernels();
const Kernels* avx512Kernels();
// What `useIsa` chose.
const Kernels& kernels();

}  // namespace lathe::tensor::cpu
