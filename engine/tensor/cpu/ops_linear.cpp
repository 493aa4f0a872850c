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

// Each piece packs the whole of the side that is not cut. Where that is a weight that no cache of a core
// holds, and larger than the rows, the weight is cut: 10% of a step of GPT-2 with 256 rows.
bool cutsColumns(std::int64_t rows, std::int64_t columns, std::int64_t depth) {
    constexpr std::int64_t cached = 512 * 1024;
    return columns > rows && columns * depth > cached;
}

int gemmFailed() {
    return refuse(LATHE_DEVICE_FAILED, "the matrix library refused the product");
}

// One matrix of a strided operand as the library wants it: row-major, perhaps transposed.
struct Side {
    Trans trans;
    std::int64_t ld;
};
bool sideOf(const LatheTensor& t, Side& side) {
    const std::int64_t row = t.stride[t.rank - 2], column = t.stride[t.rank - 1];
    const std::int64_t rows = t.shape[t.rank - 2], columns = t.shape[t.rank - 1];
    if (column == 1 || columns == 1)
        side = {Trans::No, rows == 1 ? columns : row};
    else if (row == 1 || rows == 1)
        side = {Trans::Yes, columns == 1 ? rows : column};
    else
        return false;
    return true;
}

template <class T> void plainProduct(const Call& c, std::int64_t a, std::int64_t b, std::int64_t at) {
    const LatheTensor &left = *c.tensor(0), &right = *c.tensor(1);
    const std::int64_t m = left.shape[left.rank - 2], k = left.shape[left.rank - 1],
                       n = right.shape[right.rank - 1];
    const std::int64_t rowA = left.stride[left.rank - 2], colA = left.stride[left.rank - 1];
    const std::int64_t rowB = right.stride[right.rank - 2], colB = right.stride[right.rank - 1];
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            T sum = 0;
            for (std::int64_t l = 0; l < k; ++l)
                sum += c.data<T>(0)[a + i * rowA + l * colA] * c.data<T>(1)[b + l * rowB + j * colB];
            T& to = c.data<T>(2)[at + i * n + j];
            const T old = c.number(1) == 0 ? T(0) : static_cast<T>(c.number(1)) * to;
            to = static_cast<T>(c.number(0)) * sum + old;
        }
}

}  // namespace

int matmul(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    const LatheTensor &a = *c.tensor(0), &b = *c.tensor(1), &out = *c.tensor(2);
    const int rank = out.rank;
    Side left{}, right{};
    if (rank < 2 || rank > 4 || a.rank != rank || b.rank != rank || !isContiguous(out) || !sideOf(a, left) ||
        !sideOf(b, right) || a.shape[rank - 1] != b.shape[rank - 2] ||
        out.shape[rank - 2] != a.shape[rank - 2] || out.shape[rank - 1] != b.shape[rank - 1])
        return refuse(LATHE_INVALID, "the matrices do not fit each other");
    const std::int64_t m = out.shape[rank - 2], n = out.shape[rank - 1], k = a.shape[rank - 1];
    const std::int64_t inner = rank > 2 ? out.shape[rank - 3] : 1, outer = rank > 3 ? out.shape[0] : 1;
    const auto offset = [&](const LatheTensor& t, std::int64_t i) {
        return (rank > 2 ? i % inner * t.stride[rank - 3] : 0) + (rank > 3 ? i / inner * t.stride[0] : 0);
    };
    const std::int64_t pieces = pieceCount(m, leastRows, perThread);
    std::atomic<bool> done{true};
    parallelFor(outer * inner * pieces, [&](std::int64_t i) {
        const std::int64_t matrix = i / pieces;
        const auto [begin, end] = pieceOf(m, pieces, i % pieces, 16);
        if (end == begin)
            return;
        if (type == LATHE_F64) {
            if (i % pieces == 0)
                plainProduct<double>(c, offset(a, matrix), offset(b, matrix), matrix * m * n);
            return;
        }
        if (!gemm(left.trans, right.trans, end - begin, n, k, c.single(0),
                  c.data(0) + offset(a, matrix) + begin * a.stride[rank - 2], left.ld,
                  c.data(1) + offset(b, matrix), right.ld, c.single(1), c.data(2) + (matrix * m + begin) * n,
                  n))
            done = false;
    });
    return done ? LATHE_OK : gemmFailed();
}

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
    const bool byColumns = cutsColumns(rows, outputs, inputs);
    const std::int64_t pieces = pieceCount(byColumns ? outputs : rows, leastRows, perThread);
    std::atomic<bool> done{true};
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(byColumns ? outputs : rows, pieces, i, 16);
        const std::int64_t n = end - begin;
        if (n == 0)
            return;
        if (byColumns) {
            if (!gemm(Trans::No, Trans::Yes, rows, n, inputs, 1, x, inputs, w + begin * inputs, inputs, 0,
                      y + begin, outputs))
                done = false;
            for (std::int64_t row = 0; epilogue && row < rows; ++row) {
                const std::int64_t at = row * outputs + begin;
                kernels().linearEpilogue(y + at, 1, n, c.has(2) ? c.data(2) + begin : nullptr,
                                         residual ? residual + at : nullptr, pre ? pre + at : nullptr,
                                         c.activation(0));
            }
            return;
        }
        const std::int64_t at = begin * outputs;
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
    const std::int64_t rows = c.rows(0), inputs = c.last(c.has(1) ? 1 : 2), outputs = c.last(0);
    const int activation = c.activation(0);
    const float *x = c.data(1), *w = c.data(2), *pre = c.data(3), *dy = c.data(0);
    float *dx = c.data(4), *dw = c.data(5), *db = c.data(6), *dpre = c.data(7);
    const float* g = activation == LATHE_ACT_NONE ? dy : dpre;
    std::atomic<bool> done{true};

    const bool byColumns = cutsColumns(rows, inputs, outputs);
    // Rows: gradient before the activation, its column sums, and dx, while the rows are in cache.
    const std::int64_t pieces = pieceCount(rows, leastRows, perThread);
    float* partial = db ? scratch(0, pieces * outputs) : nullptr;
    if (db && !partial)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for the bias gradient's partial sums");
    const bool overRows = db || activation != LATHE_ACT_NONE || (dx && !byColumns);
    parallelFor(overRows ? pieces : 0, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i, 16);
        const std::int64_t n = end - begin, at = begin * outputs;
        if (activation != LATHE_ACT_NONE)
            kernels().activationBackward(dy + at, pre + at, dpre + at, n * outputs, activation);
        if (db) {
            kernels().fill(partial + i * outputs, 0, outputs);
            kernels().columnSums(g + at, n, outputs, partial + i * outputs);
        }
        if (dx && !byColumns && n > 0 &&
            !gemm(Trans::No, Trans::No, n, inputs, outputs, 1, g + at, outputs, w, inputs,
                  c.integer(1) ? 1.0f : 0.0f, dx + begin * inputs, inputs))
            done = false;
    });
    if (db)
        kernels().columnSums(partial, pieces, outputs, db);
    if (dx && byColumns) {
        const std::int64_t cuts = pieceCount(inputs, leastRows, perThread);
        parallelFor(cuts, [&](std::int64_t i) {
            const auto [begin, end] = pieceOf(inputs, cuts, i, 16);
            if (end > begin && !gemm(Trans::No, Trans::No, rows, end - begin, outputs, 1, g, outputs,
                                     w + begin, inputs, c.integer(1) ? 1.0f : 0.0f, dx + begin, inputs))
                done = false;
        });
    }

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
