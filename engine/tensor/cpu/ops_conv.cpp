// SPDX-License-Identifier: Apache-2.0
// Convolutions: the batch is cut for the pool, each piece is oneDNN's work on one thread.
#include "tensor/cpu/call.h"
#include "tensor/cpu/convolution.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <atomic>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

using Int = std::int64_t;
using Pass = ConvolutionKey::Pass;

ConvolutionKey keyOf(const Call& c, Pass pass, const LatheTensor& x, const LatheTensor& w,
                     const LatheTensor& y, bool channelsLast) {
    return {.pass = pass,
            .channelsLast = channelsLast,
            .batch = x.shape[0],
            .channels = x.shape[1],
            .height = x.shape[2],
            .width = x.shape[3],
            .outputs = y.shape[1],
            .outHeight = y.shape[2],
            .outWidth = y.shape[3],
            .kernelH = w.shape[2],
            .kernelW = w.shape[3],
            .strideH = c.integer(0),
            .strideW = c.integer(1),
            .padH = c.integer(2),
            .padW = c.integer(3),
            .dilationH = c.integer(4),
            .dilationW = c.integer(5),
            .groups = c.integer(6)};
}

int refuse(const Error& error) {
    return cpu::refuse(error.code == ErrorCode::Full          ? LATHE_OUT_OF_MEMORY
                       : error.code == ErrorCode::Unsupported ? LATHE_UNSUPPORTED
                                                              : LATHE_DEVICE_FAILED,
                       error.what);
}

int checkShapes(const Call& c, const LatheTensor& x, const LatheTensor& w, const LatheTensor& y) {
    const Int groups = c.integer(6);
    const auto out = [&](int dim) {
        const Int kernel = (w.shape[2 + dim] - 1) * c.integer(4 + dim) + 1;
        return (x.shape[2 + dim] + 2 * c.integer(2 + dim) - kernel) / c.integer(dim) + 1;
    };
    const bool fits = groups >= 1 && c.integer(0) >= 1 && c.integer(1) >= 1 && x.shape[0] == y.shape[0] &&
                      x.shape[1] == w.shape[1] * groups && y.shape[1] == w.shape[0] &&
                      w.shape[0] % groups == 0 && y.shape[2] == out(0) && y.shape[3] == out(1);
    return fits ? LATHE_OK : cpu::refuse(LATHE_INVALID, "images, weights and result do not fit each other");
}

// Runs one pass over pieces of the batch: task(convolution of the piece, its first image, its number).
template <class Task> int overBatch(ConvolutionKey key, Int pieces, Task task) {
    const Int batch = key.batch;
    std::atomic<int> status{LATHE_OK};
    // Made before the pool is asked, and the failure told from this thread.
    for (const Int i : {Int{0}, pieces - 1}) {
        const auto [begin, end] = pieceOf(batch, pieces, i);
        key.batch = end - begin;
        if (key.batch == 0)
            continue;
        if (auto made = Convolution::of(key); !made)
            return refuse(made.error());
    }
    parallelFor(pieces, [&](Int i) {
        const auto [begin, end] = pieceOf(batch, pieces, i);
        if (begin == end)
            return;
        ConvolutionKey mine = key;
        mine.batch = end - begin;
        const auto made = Convolution::of(mine);
        if (!made || !task(**made, begin, i))
            status = LATHE_DEVICE_FAILED;
    });
    return status == LATHE_OK ? LATHE_OK : cpu::refuse(LATHE_DEVICE_FAILED, "oneDNN refused a convolution");
}

// Packs the weights into the caller's last scratch buffer.
const float* packed(const ConvolutionKey& whole, Int pieces, const float* weights, int* bad) {
    ConvolutionKey key = whole;
    key.batch = pieceOf(whole.batch, pieces, 0).end;
    const auto made = Convolution::of(key);
    float* space = made ? scratch(3, (*made)->packedWeights()) : nullptr;
    if (!made)
        *bad = refuse(made.error());
    else if (!space)
        *bad = cpu::refuse(LATHE_OUT_OF_MEMORY, "no memory for the packed weights");
    else if (auto done = (*made)->packWeights(weights, space); !done)
        *bad = refuse(done.error());
    return space;
}

template <class T> void addBias(const Call& c, const LatheTensor& dy, bool channelsLast, T* db) {
    const auto& loops = loopsOf<T>(kernels());
    const Int channels = dy.shape[1], plane = dy.shape[2] * dy.shape[3];
    std::vector<double> sums(static_cast<std::size_t>(2 * channels));
    const std::vector<T> zero(static_cast<std::size_t>(channels));
    double *sum = sums.data(), *unused = sum + channels;
    const T* g = c.data<T>(0);
    if (channelsLast)
        loops.momentsOfRows(g, zero.data(), dy.shape[0] * plane, channels, sum, unused);
    else
        for (Int i = 0; i < dy.shape[0] * channels; ++i)
            loops.momentsOfPlane(g + i * plane, 0, plane, sum + i % channels, unused + i % channels);
    for (Int i = 0; i < channels; ++i)
        db[i] += static_cast<T>(sum[i]);
}

}  // namespace

int conv2d(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last, 0b10))
        return bad;
    const LatheTensor &x = *c.tensor(0), &w = *c.tensor(1), &y = *c.tensor(3);
    if (const int bad = checkShapes(c, x, w, y))
        return bad;
    if (type == LATHE_F64)
        return plain::conv2d(c);
    ConvolutionKey key = keyOf(c, Pass::Forward, x, w, y, last);
    key.bias = c.has(2);
    const Int pieces = pieceCount(key.batch, 1), image = key.channels * key.height * key.width,
              result = key.outputs * key.outHeight * key.outWidth;
    if (key.batch == 0)
        return LATHE_OK;
    int bad = LATHE_OK;
    const float* weights = packed(key, pieces, c.data(1), &bad);
    if (bad)
        return bad;
    return overBatch(key, pieces, [&](const Convolution& made, Int first, Int) {
        return made.run(c.data(0) + first * image, weights, c.data(2), c.data(3) + first * result)
            .has_value();
    });
}

int conv2dBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last, 0b10100))
        return bad;
    const LatheTensor& dy = *c.tensor(0);
    const bool data = c.has(3), gradient = c.has(4);
    if ((data && !c.has(2)) || (gradient && !c.has(1)))
        return cpu::refuse(LATHE_INVALID,
                           "the gradient of images needs weights, that of weights needs images");
    if (type == LATHE_F64)
        return plain::conv2dBackward(c);
    const Int result = dy.shape[1] * dy.shape[2] * dy.shape[3];
    if (dy.shape[0] == 0)
        return LATHE_OK;
    if (data) {
        const LatheTensor& dx = *c.tensor(3);
        if (const int bad = checkShapes(c, dx, *c.tensor(2), dy))
            return bad;
        ConvolutionKey key = keyOf(c, Pass::Data, dx, *c.tensor(2), dy, last);
        key.accumulate = c.integer(7) == 1;
        const Int pieces = pieceCount(key.batch, 1), image = key.channels * key.height * key.width;
        int bad = LATHE_OK;
        const float* weights = packed(key, pieces, c.data(2), &bad);
        if (bad)
            return bad;
        bad = overBatch(key, pieces, [&](const Convolution& made, Int first, Int) {
            return made.run(c.data(0) + first * result, weights, nullptr, c.data(3) + first * image)
                .has_value();
        });
        if (bad)
            return bad;
    }
    if (gradient) {
        const LatheTensor& x = *c.tensor(1);
        if (const int bad = checkShapes(c, x, *c.tensor(4), dy))
            return bad;
        ConvolutionKey key = keyOf(c, Pass::Weights, x, *c.tensor(4), dy, last);
        // Each piece leaves a gradient of its own to be added up, so there is only one a thread.
        const Int pieces = std::min<Int>(key.batch, threadCount()),
                  image = key.channels * key.height * key.width;
        ConvolutionKey first = key;
        first.batch = pieceOf(key.batch, pieces, 0).end;
        const auto made = Convolution::of(first);
        if (!made)
            return refuse(made.error());
        const Int size = (*made)->packedWeights();
        float* partial = scratch(3, pieces * size);
        if (!partial)
            return cpu::refuse(LATHE_OUT_OF_MEMORY, "no memory for the gradient of the weights");
        const int bad = overBatch(key, pieces, [&](const Convolution& piece, Int begin, Int i) {
            return piece.packedWeights() == size &&
                   piece
                       .run(c.data(1) + begin * image, c.data(0) + begin * result, nullptr,
                            partial + i * size)
                       .has_value();
        });
        if (bad)
            return bad;
        if (auto done = (*made)->addWeights(partial, pieces, c.data(4)); !done)
            return refuse(done.error());
    }
    if (c.has(5))
        addBias<float>(c, dy, last, c.data(5));
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu
