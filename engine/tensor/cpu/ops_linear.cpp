// SPDX-License-Identifier: Apache-2.0
// y = act(x wᵀ + b) + residual and its gradients, cut for the pool so that what follows a product finds it in
// cache.
#include "tensor/cpu/call.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <atomic>

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t leastRows = 64;
// Pieces a thread: each doubling costs 2% in packing the weights again, one alone leaves nothing to even out.
constexpr std::int64_t perThread = 2;
// Rows a product with transposed left side takes at a time: oneDNN 2.6 does these at 150 GFLOP/s a core, and
// at 120 with all of 2,048 rows at once (AVX-512, 1536×384 results).
constexpr std::int64_t depthSlice = 256;

int gemmFailed() {
    return refuse(LATHE_DEVICE_FAILED, "the matrix library refused the product");
}

}  // namespace

int linear(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::linear(c);
    const std::int64_t rows = c.rows(0), inputs = c.size(1, 1), outputs = c.size(1, 0);
    const float *x = c.data(0), *w = c.data(1), *residual = c.data(3);
    float *y = c.data(4), *pre = c.data(5);
    const bool epilogue = c.has(2) || residual || pre || c.activation(0) != LATHE_ACT_NONE;
    const std::int64_t pieces = pieceCount(rows, leastRows, perThread);
    std::atomic<bool> done{true};
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i, 16);
        const std::int64_t n = end - begin, at = begin * outputs;
        if (n == 0)
            return;
        if (!gemm(Trans::No, Trans::Yes, n, outputs, inputs, 1, x + begin * inputs, inputs, w, inputs, 0,
                  y + at, outputs))
            done = false;
        if (epilogue)
            kernels().linearEpilogue(y + at, n, outputs, c.data(2), residual ? residual + at : nullptr,
                                     pre ? pre + at : nullptr, c.activation(0));
    });
    return done ? LATHE_OK : gemmFailed();
}

int linearBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::linearBackward(c);
    const std::int64_t rows = c.rows(1), inputs = c.size(2, 1), outputs = c.size(2, 0);
    const int activation = c.activation(0);
    const float *x = c.data(1), *w = c.data(2), *pre = c.data(3), *dy = c.data(0);
    float *dx = c.data(4), *dw = c.data(5), *db = c.data(6), *dpre = c.data(7);
    const float* g = activation == LATHE_ACT_NONE ? dy : dpre;
    std::atomic<bool> done{true};

    // Rows: gradient before the activation, its column sums, and dx, while the rows are in cache.
    const std::int64_t pieces = pieceCount(rows, leastRows, perThread);
    float* partial = db ? scratch(0, pieces * outputs) : nullptr;
    if (db && !partial)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for the bias gradient's partial sums");
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i, 16);
        const std::int64_t n = end - begin, at = begin * outputs;
        if (activation != LATHE_ACT_NONE)
            kernels().activationBackward(dy + at, pre + at, dpre + at, n * outputs, activation);
        if (db) {
            kernels().fill(partial + i * outputs, 0, outputs);
            kernels().columnSums(g + at, n, outputs, partial + i * outputs);
        }
        if (dx && n > 0 &&
            !gemm(Trans::No, Trans::No, n, inputs, outputs, 1, g + at, outputs, w, inputs,
                  c.integer(1) ? 1.0f : 0.0f, dx + begin * inputs, inputs))
            done = false;
    });
    if (db)
        kernels().columnSums(partial, pieces, outputs, db);

    if (dw) {
        const std::int64_t cuts = pieceCount(outputs, 48, perThread);
        parallelFor(cuts, [&](std::int64_t i) {
            const auto [begin, end] = pieceOf(outputs, cuts, i, 16);
            for (std::int64_t row = 0; row < rows && end > begin; row += depthSlice)
                if (!gemm(Trans::Yes, Trans::No, end - begin, inputs, std::min(depthSlice, rows - row), 1,
                          g + row * outputs + begin, outputs, x + row * inputs, inputs, 1,
                          dw + begin * inputs, inputs))
                    done = false;
        });
    }
    return done ? LATHE_OK : gemmFailed();
}

}  // namespace lathe::tensor::cpu
