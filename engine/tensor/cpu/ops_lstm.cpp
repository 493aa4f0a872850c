// SPDX-License-Identifier: Apache-2.0
// LSTM over sequences (Hochreiter and Schmidhuber 1997, with forget gates; gates in PyTorch's order).
// Sequences of a batch know nothing of each other, so each piece of the batch runs through time on its own.
#include "tensor/cpu/call.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <atomic>

namespace lathe::tensor::cpu {
namespace {

using Int = std::int64_t;
constexpr Int leastRows = 8;

struct Sizes {
    Int batch, time, width;
    Int at(Int b, Int t, Int each) const { return (b * time + t) * each * width; }
};

// C[rows, 4H or H] += A op(w) for rows of sequences, which lie `time` apart.
bool step(Trans transposed, const Sizes& s, Int rows, const float* a, Int lda, const float* w, float* c,
          Int ldc, Int n, Int k, float beta) {
    return gemm(Trans::No, transposed, rows, n, k, 1, a, lda, w, s.width, beta, c, ldc);
}

int gemmFailed() {
    return refuse(LATHE_DEVICE_FAILED, "the matrix library refused the product");
}

}  // namespace

int lstm(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::lstm(c);
    const Sizes s{c.size(0, 0), c.size(0, 1), c.size(1, 1)};
    const float *gates = c.data(0), *w = c.data(1), *h0 = c.data(2), *c0 = c.data(3);
    float *y = c.data(4), *cell = c.data(5), *act = c.data(6);
    const Int pieces = pieceCount(s.batch, leastRows, 1);
    std::atomic<bool> done{true};
    parallelFor(pieces, [&](Int p) {
        const auto [begin, end] = pieceOf(s.batch, pieces, p);
        const Int rows = end - begin, apart = s.time * s.width;
        if (act != gates)
            std::copy_n(gates + s.at(begin, 0, 4), rows * 4 * apart, act + s.at(begin, 0, 4));
        for (Int t = 0; t < s.time; ++t) {
            const float* h = t > 0 ? y + s.at(begin, t - 1, 1) : h0 ? h0 + begin * s.width : nullptr;
            if (h && !step(Trans::Yes, s, rows, h, t > 0 ? apart : s.width, w, act + s.at(begin, t, 4),
                           4 * apart, 4 * s.width, s.width, 1))
                done = false;
            for (Int b = begin; b < end; ++b) {
                const float* before = t > 0 ? cell + s.at(b, t - 1, 1) : c0 ? c0 + b * s.width : nullptr;
                float* row = act + s.at(b, t, 4);
                kernels().lstmGates(row, before, row, cell + s.at(b, t, 1), y + s.at(b, t, 1), s.width);
            }
        }
    });
    return done ? LATHE_OK : gemmFailed();
}

int lstmBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::lstmBackward(c);
    const Sizes s{c.size(0, 0), c.size(0, 1), c.size(3, 1)};
    const float *dy = c.data(0), *dcLast = c.data(1), *act = c.data(2), *w = c.data(3), *y = c.data(4),
                *cell = c.data(5), *h0 = c.data(6), *c0 = c.data(7);
    float *dgates = c.data(8), *dw = c.data(9), *dh0 = c.data(10), *dc0 = c.data(11);
    const Int apart = s.time * s.width;
    std::atomic<int> status{LATHE_OK};
    const Int pieces = pieceCount(s.batch, leastRows, 1);
    parallelFor(pieces, [&](Int p) {
        const auto [begin, end] = pieceOf(s.batch, pieces, p);
        const Int rows = end - begin;
        float *dh = scratch(0, rows * s.width), *dc = scratch(1, rows * s.width);
        if (!dh || !dc) {
            status = LATHE_OUT_OF_MEMORY;
            return;
        }
        if (dcLast)
            std::copy_n(dcLast + begin * s.width, rows * s.width, dc);
        else
            std::fill_n(dc, rows * s.width, 0.0f);
        for (Int t = s.time - 1; t >= 0; --t) {
            for (Int b = begin; b < end; ++b)
                std::copy_n(dy + s.at(b, t, 1), s.width, dh + (b - begin) * s.width);
            if (t + 1 < s.time && !step(Trans::No, s, rows, dgates + s.at(begin, t + 1, 4), 4 * apart, w, dh,
                                        s.width, s.width, 4 * s.width, 1))
                status = LATHE_DEVICE_FAILED;
            for (Int b = begin; b < end; ++b) {
                const float* before = t > 0 ? cell + s.at(b, t - 1, 1) : c0 ? c0 + b * s.width : nullptr;
                kernels().lstmGatesBackward(dh + (b - begin) * s.width, dc + (b - begin) * s.width,
                                            act + s.at(b, t, 4), cell + s.at(b, t, 1), before,
                                            dgates + s.at(b, t, 4), s.width);
            }
        }
        if (dc0)
            std::copy_n(dc, rows * s.width, dc0 + begin * s.width);
        if (dh0 && !step(Trans::No, s, rows, dgates + s.at(begin, 0, 4), 4 * apart, w, dh0 + begin * s.width,
                         s.width, s.width, 4 * s.width, 0))
            status = LATHE_DEVICE_FAILED;
    });
    if (status == LATHE_OUT_OF_MEMORY)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for the gradient of a step");
    if (dw && status == LATHE_OK) {
        const Int cuts = pieceCount(4 * s.width, 48, 2);
        parallelFor(cuts, [&](Int p) {
            const auto [begin, end] = pieceOf(4 * s.width, cuts, p, 16);
            bool done = true;
            for (Int b = 0; b < s.batch && end > begin; ++b) {
                if (s.time > 1)
                    done = gemm(Trans::Yes, Trans::No, end - begin, s.width, s.time - 1, 1,
                                dgates + s.at(b, 1, 4) + begin, 4 * s.width, y + s.at(b, 0, 1), s.width, 1,
                                dw + begin * s.width, s.width) &&
                           done;
                if (h0)
                    done = gemm(Trans::Yes, Trans::No, end - begin, s.width, 1, 1,
                                dgates + s.at(b, 0, 4) + begin, 4 * s.width, h0 + b * s.width, s.width, 1,
                                dw + begin * s.width, s.width) &&
                           done;
            }
            if (!done)
                status = LATHE_DEVICE_FAILED;
        });
    }
    return status == LATHE_OK ? LATHE_OK : gemmFailed();
}

}  // namespace lathe::tensor::cpu
