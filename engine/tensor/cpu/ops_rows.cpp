// SPDX-License-Identifier: Apache-2.0
// Layer and RMS norm, activations, embedding.
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t leastRows = 32;

template <class Task> void overRows(std::int64_t rows, Task task) {
    const std::int64_t pieces = pieceCount(rows, leastRows);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i);
        task(begin, end - begin);
    });
}

template <class T> void addRow(T* to, const T* from, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i)
        to[i] += from[i];
}

template <class T> void embed(const Call& c) {
    const std::int64_t time = c.size(0, 1), width = c.size(1, 1), first = c.integer(0);
    const auto* ids = c.data<std::int32_t>(0);
    const T *table = c.data<T>(1), *positions = c.data<T>(2);
    T* y = c.data<T>(3);
    overRows(c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        for (std::int64_t n = begin; n < begin + count; ++n) {
            std::memcpy(y + n * width, table + ids[n] * width, static_cast<std::size_t>(width) * sizeof(T));
            if (positions)
                addRow(y + n * width, positions + (first + n % time) * width, width);
        }
    });
}

template <class T> void embedBackward(const Call& c) {
    const std::int64_t tokens = c.elements(1), time = c.size(1, 1), width = c.last(0), first = c.integer(0);
    const T* dy = c.data<T>(0);
    const auto* ids = c.data<std::int32_t>(1);
    T *dtable = c.data<T>(2), *dpositions = c.data<T>(3);
    // Cut by columns: rows of the tables are hit from everywhere, in one order of tokens.
    const std::int64_t pieces = pieceCount(width, 32);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(width, pieces, i, 16);
        for (std::int64_t n = 0; n < tokens; ++n) {
            const T* row = dy + n * width + begin;
            if (dtable)
                addRow(dtable + ids[n] * width + begin, row, end - begin);
            if (dpositions)
                addRow(dpositions + (first + n % time) * width + begin, row, end - begin);
        }
    });
}

}  // namespace

int layerNorm(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::layerNorm(c);
    const std::int64_t width = c.last(0);
    overRows(c.rows(0), [&](std::int64_t begin, std::int64_t count) {
        kernels().layerNorm(c.data(0) + begin * width, c.data(1), c.data(2), c.data(3) + begin * width,
                            c.has(4) ? c.data(4) + begin : nullptr, c.has(5) ? c.data(5) + begin : nullptr,
                            count, width, c.single(0));
    });
    return LATHE_OK;
}

int layerNormBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::layerNormBackward(c);
    const std::int64_t rows = c.rows(0), width = c.last(0), pieces = pieceCount(rows, leastRows);
    float *dx = c.data(5), *dw = c.data(6), *db = c.data(7);
    float* partial = scratch(0, 2 * pieces * width);
    if (!partial)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for the partial sums of weight and bias");
    float *dwPartial = partial, *dbPartial = partial + pieces * width;
    kernels().fill(partial, 0, 2 * pieces * width);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i);
        const std::int64_t at = begin * width;
        kernels().layerNormBackward(c.data(0) + at, c.data(1) + at, c.data(2), c.data(3) + begin,
                                    c.data(4) + begin, dx ? dx + at : nullptr, c.integer(0) != 0,
                                    dw ? dwPartial + i * width : nullptr,
                                    db ? dbPartial + i * width : nullptr, end - begin, width);
    });
    if (dw)
        kernels().columnSums(dwPartial, pieces, width, dw);
    if (db)
        kernels().columnSums(dbPartial, pieces, width, db);
    return LATHE_OK;
}

int rmsNorm(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::rmsNorm(c);
    const std::int64_t width = c.last(0);
    overRows(c.rows(0), [&](std::int64_t begin, std::int64_t count) {
        kernels().rmsNorm(c.data(0) + begin * width, c.data(1), c.data(2) + begin * width,
                          c.has(3) ? c.data(3) + begin : nullptr, count, width, c.single(0));
    });
    return LATHE_OK;
}

int rmsNormBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::rmsNormBackward(c);
    const std::int64_t rows = c.rows(0), width = c.last(0), pieces = pieceCount(rows, leastRows);
    float *dx = c.data(4), *dw = c.data(5), *partial = scratch(0, pieces * width);
    if (!partial)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for the partial sums of the weight");
    kernels().fill(partial, 0, pieces * width);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(rows, pieces, i);
        const std::int64_t at = begin * width;
        kernels().rmsNormBackward(c.data(0) + at, c.data(1) + at, c.data(2), c.data(3) + begin,
                                  dx ? dx + at : nullptr, c.integer(0) != 0,
                                  dw ? partial + i * width : nullptr, end - begin, width);
    });
    if (dw)
        kernels().columnSums(partial, pieces, width, dw);
    return LATHE_OK;
}

int swiglu(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::swiglu(c);
    const std::int64_t width = c.last(1);
    overRows(c.rows(1), [&](std::int64_t begin, std::int64_t count) {
        kernels().swiglu(c.data(0) + 2 * begin * width, c.data(1) + begin * width, count, width);
    });
    return LATHE_OK;
}

int swigluBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::swigluBackward(c);
    const std::int64_t width = c.last(0);
    overRows(c.rows(0), [&](std::int64_t begin, std::int64_t count) {
        kernels().swigluBackward(c.data(0) + begin * width, c.data(1) + 2 * begin * width,
                                 c.data(2) + 2 * begin * width, count, width);
    });
    return LATHE_OK;
}

int activation(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::activation(c);
    overRows(c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        kernels().activation(c.data(0) + begin, c.data(1) + begin, count, c.activation(0));
    });
    return LATHE_OK;
}

int activationBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::activationBackward(c);
    overRows(c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        kernels().activationBackward(c.data(0) + begin, c.data(1) + begin, c.data(2) + begin, count,
                                     c.activation(0));
    });
    return LATHE_OK;
}

int embedding(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    const auto* ids = c.data<std::int32_t>(0);
    for (std::int64_t n = 0; n < c.elements(0); ++n)
        if (ids[n] < 0 || ids[n] >= c.size(1, 0))
            return refuse(LATHE_INVALID,
                          fmt::format("id {} at row {} is out of range: the table has {} entries", ids[n], n,
                                      c.size(1, 0)));
    type == LATHE_F32 ? embed<float>(c) : embed<double>(c);
    return LATHE_OK;
}

int embeddingBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    type == LATHE_F32 ? embedBackward<float>(c) : embedBackward<double>(c);
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu
