// SPDX-License-Identifier: Apache-2.0
// Causal attention by blocks of queries: one block's scores against all keys before it stay in cache, and
// only the log-sum-exp of each row is kept for the backward pass, which makes the probabilities again.
#include "tensor/cpu/call.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t block = 64;  // queries

struct Heads {
    std::int64_t batch, time, heads, depth;
    std::int64_t qkvStride() const { return 3 * heads * depth; }  // from one position to the next
    std::int64_t outStride() const { return heads * depth; }
    std::int64_t qkvAt(std::int64_t b, std::int64_t t, int part, std::int64_t h) const {
        return (b * time + t) * qkvStride() + (part * heads + h) * depth;
    }
    std::int64_t outAt(std::int64_t b, std::int64_t t, std::int64_t h) const {
        return (b * time + t) * outStride() + h * depth;
    }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(depth)); }
};

Heads headsOf(const Call& c, int qkv) {
    return {c.size(qkv, 0), c.size(qkv, 1), c.size(qkv, 3), c.size(qkv, 4)};
}

int finish(int status) {
    if (status == LATHE_OUT_OF_MEMORY)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for a block of attention scores");
    if (status != LATHE_OK)
        return refuse(LATHE_DEVICE_FAILED, "the matrix library refused a product of attention");
    return LATHE_OK;
}

int forwardBlock(const Heads& s, const float* qkv, float* y, float* lse, std::int64_t b, std::int64_t h,
                 std::int64_t first) {
    const std::int64_t rows = std::min(block, s.time - first), keys = first + rows;
    float* scores = scratch(0, block * s.time);
    if (!scores)
        return LATHE_OUT_OF_MEMORY;
    float inverseSum[block];
    bool done = gemm(Trans::No, Trans::Yes, rows, keys, s.depth, s.scale(), qkv + s.qkvAt(b, first, 0, h),
                     s.qkvStride(), qkv + s.qkvAt(b, 0, 1, h), s.qkvStride(), 0, scores, keys);
    kernels().causalExp(scores, rows, keys, first, lse ? lse + (b * s.heads + h) * s.time + first : nullptr,
                        inverseSum);
    float* out = y + s.outAt(b, first, h);
    done = gemm(Trans::No, Trans::No, rows, s.depth, keys, 1, scores, keys, qkv + s.qkvAt(b, 0, 2, h),
                s.qkvStride(), 0, out, s.outStride()) &&
           done;
    kernels().scaleRows(out, s.outStride(), rows, s.depth, inverseSum);
    return done ? LATHE_OK : LATHE_DEVICE_FAILED;
}

int backwardHead(const Heads& s, const float* dy, const float* qkv, const float* y, const float* lse,
                 float* dqkv, std::int64_t b, std::int64_t h) {
    float* p = scratch(0, block * s.time);
    float* ds = scratch(1, block * s.time);
    if (!p || !ds)
        return LATHE_OUT_OF_MEMORY;
    const std::int64_t ld = s.qkvStride(), out = s.outStride();
    const float *k = qkv + s.qkvAt(b, 0, 1, h), *v = qkv + s.qkvAt(b, 0, 2, h);
    float *dk = dqkv + s.qkvAt(b, 0, 1, h), *dv = dqkv + s.qkvAt(b, 0, 2, h);
    bool done = true;
    // From the last block, which sees every key and so can set what the others add to.
    for (std::int64_t first = (s.time - 1) / block * block; first >= 0; first -= block) {
        const std::int64_t rows = std::min(block, s.time - first), keys = first + rows;
        const float add = first + block >= s.time ? 0.0f : 1.0f;
        const float* q = qkv + s.qkvAt(b, first, 0, h);
        const float* g = dy + s.outAt(b, first, h);
        done = gemm(Trans::No, Trans::Yes, rows, keys, s.depth, s.scale(), q, ld, k, ld, 0, p, keys) && done;
        kernels().causalProbabilities(p, rows, keys, first, lse + (b * s.heads + h) * s.time + first);
        done = gemm(Trans::Yes, Trans::No, keys, s.depth, rows, 1, p, keys, g, out, add, dv, ld) && done;
        done = gemm(Trans::No, Trans::Yes, rows, keys, s.depth, 1, g, out, v, ld, 0, ds, keys) && done;
        kernels().softmaxBackward(p, ds, rows, keys, g, y + s.outAt(b, first, h), out, s.depth, s.scale());
        done = gemm(Trans::No, Trans::No, rows, s.depth, keys, 1, ds, keys, k, ld, 0,
                    dqkv + s.qkvAt(b, first, 0, h), ld) &&
               done;
        done = gemm(Trans::Yes, Trans::No, keys, s.depth, rows, 1, ds, keys, q, ld, add, dk, ld) && done;
    }
    return done ? LATHE_OK : LATHE_DEVICE_FAILED;
}

}  // namespace

int attention(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::attention(c);
    const Heads s = headsOf(c, 0);
    const std::int64_t blocks = (s.time + block - 1) / block;
    std::atomic<int> status{LATHE_OK};
    parallelFor(s.batch * s.heads * blocks, [&](std::int64_t i) {
        // The longest blocks first: short ones fill the gaps at the end.
        const std::int64_t head = i % (s.batch * s.heads),
                           first = (blocks - 1 - i / (s.batch * s.heads)) * block;
        if (const int bad =
                forwardBlock(s, c.data(0), c.data(1), c.data(2), head / s.heads, head % s.heads, first))
            status = bad;
    });
    return finish(status);
}

int attentionBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (type == LATHE_F64)
        return plain::attentionBackward(c);
    const Heads s = headsOf(c, 1);
    std::atomic<int> status{LATHE_OK};
    parallelFor(s.batch * s.heads, [&](std::int64_t i) {
        if (const int bad = backwardHead(s, c.data(0), c.data(1), c.data(2), c.data(3), c.data(4),
                                         i / s.heads, i % s.heads))
            status = bad;
    });
    return finish(status);
}

}  // namespace lathe::tensor::cpu
