// SPDX-License-Identifier: Apache-2.0
// Attention by blocks of queries: one block's scores against all keys that it sees stay in cache, and only
// the log-sum-exp of each row is kept for the backward pass, which makes the probabilities again (Dao et al.
// 2022, arXiv:2205.14135). Several query heads may share one head of keys and values (Ainslie et al. 2023,
// arXiv:2305.13245).
#include "tensor/cpu/call.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <atomic>

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t block = 64;  // queries

struct Sizes {
    std::int64_t batch, time, heads, depth;  // of the queries
    std::int64_t keys, keyHeads;
    float scale;
    bool causal;

    std::int64_t group() const { return heads / keyHeads; }
    // What the queries up to (not including) `end` see of the keys.
    std::int64_t seen(std::int64_t end) const { return causal ? keys - time + end : keys; }
    // For the kernels: row i of a block that starts at `first` sees first + i + 1 keys, at most all.
    std::int64_t mask(std::int64_t first) const { return causal ? keys - time + first : keys; }
};

Sizes sizesOf(const Call& c, int q) {
    return {c.size(q, 0),     c.size(q, 1),     c.size(q, 2), c.size(q, 3),
            c.size(q + 1, 1), c.size(q + 1, 2), c.single(0),  c.integer(0) != 0};
}

int finish(int status) {
    if (status == LATHE_OUT_OF_MEMORY)
        return refuse(LATHE_OUT_OF_MEMORY, "no memory for a block of attention scores");
    if (status != LATHE_OK)
        return refuse(LATHE_DEVICE_FAILED, "the matrix library refused a product of attention");
    return LATHE_OK;
}

int forwardBlock(const Call& c, const Sizes& s, std::int64_t b, std::int64_t h, std::int64_t first) {
    const Heads<float> q(c, 0), k(c, 1), v(c, 2), y(c, 3);
    const std::int64_t rows = std::min(block, s.time - first), keys = s.seen(first + rows),
                       shared = h / s.group();
    float* scores = scratch(0, block * s.keys);
    if (!scores)
        return LATHE_OUT_OF_MEMORY;
    float inverseSum[block];
    bool done = gemm(Trans::No, Trans::Yes, rows, keys, s.depth, s.scale, q.at(b, first, h), q.row,
                     k.at(b, 0, shared), k.row, 0, scores, keys);
    kernels().causalExp(scores, rows, keys, s.mask(first),
                        c.has(4) ? c.data(4) + (b * s.heads + h) * s.time + first : nullptr, inverseSum);
    float* out = y.at(b, first, h);
    done = gemm(Trans::No, Trans::No, rows, s.depth, keys, 1, scores, keys, v.at(b, 0, shared), v.row, 0, out,
                y.row) &&
           done;
    kernels().scaleRows(out, y.row, rows, s.depth, inverseSum);
    return done ? LATHE_OK : LATHE_DEVICE_FAILED;
}

// All that reads one head of keys and values.
int backwardHead(const Call& c, const Sizes& s, std::int64_t b, std::int64_t shared) {
    float* p = scratch(0, block * s.keys);
    float* ds = scratch(1, block * s.keys);
    if (!p || !ds)
        return LATHE_OUT_OF_MEMORY;
    const Heads<float> dy(c, 0), q(c, 1), k(c, 2), v(c, 3), y(c, 4), dq(c, 6), dk(c, 7), dv(c, 8);
    const float *keys0 = k.at(b, 0, shared), *values0 = v.at(b, 0, shared);
    bool done = true, set = false;
    for (std::int64_t h = shared * s.group(); h < (shared + 1) * s.group(); ++h) {
        const float* lse = c.data(5) + (b * s.heads + h) * s.time;
        // From the last block, which sees every key and so can set what the others add to.
        for (std::int64_t first = (s.time - 1) / block * block; first >= 0; first -= block) {
            const std::int64_t rows = std::min(block, s.time - first), keys = s.seen(first + rows);
            const float add = set ? 1.0f : 0.0f;
            set = true;
            const float *queries = q.at(b, first, h), *g = dy.at(b, first, h);
            done = gemm(Trans::No, Trans::Yes, rows, keys, s.depth, s.scale, queries, q.row, keys0, k.row, 0,
                        p, keys) &&
                   done;
            kernels().causalProbabilities(p, rows, keys, s.mask(first), lse + first);
            done = gemm(Trans::Yes, Trans::No, keys, s.depth, rows, 1, p, keys, g, dy.row, add,
                        dv.at(b, 0, shared), dv.row) &&
                   done;
            done =
                gemm(Trans::No, Trans::Yes, rows, keys, s.depth, 1, g, dy.row, values0, v.row, 0, ds, keys) &&
                done;
            kernels().softmaxBackward(p, ds, rows, keys, g, dy.row, y.at(b, first, h), y.row, s.depth,
                                      s.scale);
            done = gemm(Trans::No, Trans::No, rows, s.depth, keys, 1, ds, keys, keys0, k.row, 0,
                        dq.at(b, first, h), dq.row) &&
                   done;
            done = gemm(Trans::Yes, Trans::No, keys, s.depth, rows, 1, ds, keys, queries, q.row, add,
                        dk.at(b, 0, shared), dk.row) &&
                   done;
        }
    }
    return done ? LATHE_OK : LATHE_DEVICE_FAILED;
}

int checkSizes(const Call& c, int q) {
    const LatheTensor *k = c.tensor(q + 1), *v = c.tensor(q + 2);
    const bool fits = k->shape[0] == c.size(q, 0) && v->shape[0] == c.size(q, 0) &&
                      k->shape[3] == c.size(q, 3) && v->shape[3] == c.size(q, 3) &&
                      v->shape[1] == k->shape[1] && v->shape[2] == k->shape[2] &&
                      c.size(q, 2) % k->shape[2] == 0 && (c.integer(0) == 0 || k->shape[1] >= c.size(q, 1));
    return fits ? LATHE_OK : refuse(LATHE_INVALID, "queries, keys and values do not fit each other");
}

}  // namespace

int attention(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    if (const int bad = checkSizes(c, 0))
        return bad;
    if (type == LATHE_F64)
        return plain::attention(c);
    const Sizes s = sizesOf(c, 0);
    const std::int64_t blocks = (s.time + block - 1) / block;
    std::atomic<int> status{LATHE_OK};
    parallelFor(s.batch * s.heads * blocks, [&](std::int64_t i) {
        // The longest blocks first: short ones fill the gaps at the end.
        const std::int64_t head = i % (s.batch * s.heads),
                           first = (blocks - 1 - i / (s.batch * s.heads)) * block;
        if (const int bad = forwardBlock(c, s, head / s.heads, head % s.heads, first))
            status = bad;
    });
    return finish(status);
}

int attentionBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    if (const int bad = checkSizes(c, 1))
        return bad;
    if (type == LATHE_F64)
        return plain::attentionBackward(c);
    const Sizes s = sizesOf(c, 1);
    std::atomic<int> status{LATHE_OK};
    parallelFor(s.batch * s.keyHeads, [&](std::int64_t i) {
        if (const int bad = backwardHead(c, s, i / s.keyHeads, i % s.keyHeads))
            status = bad;
    });
    return finish(status);
}

namespace {

template <class T> int rotate(const Call& c) {
    const Heads<T> x(c, 0), y(c, 2);
    const T* table = c.data<T>(1);
    const std::int64_t time = c.size(0, 1), heads = c.size(0, 2), half = c.size(0, 3) / 2;
    const std::int64_t turned = c.integer(0), first = c.integer(2);
    const T sign = c.integer(1) ? T(-1) : T(1);
    parallelFor(c.size(0, 0) * time, [&](std::int64_t i) {
        const std::int64_t b = i / time, t = i % time;
        const T* angles = table + (first + t) * 2 * half;
        for (std::int64_t h = 0; h < heads; ++h) {
            const T* from = x.at(b, t, h);
            T* to = y.at(b, t, h);
            if (h >= turned) {
                if (to != from)
                    std::copy_n(from, 2 * half, to);
                continue;
            }
            for (std::int64_t d = 0; d < half; ++d) {
                const T cosine = angles[2 * d], sine = sign * angles[2 * d + 1], p = from[d],
                        q = from[d + half];
                to[d] = p * cosine - q * sine;
                to[d + half] = q * cosine + p * sine;
            }
        }
    });
    return LATHE_OK;
}

}  // namespace

int rope(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.checkTypes(&type))
        return bad;
    if (c.size(1, 0) < c.integer(2) + c.size(0, 1) || 2 * c.size(1, 1) != c.size(0, 3))
        return refuse(LATHE_INVALID, "the table of angles is too short or of another depth");
    return type == LATHE_F64 ? rotate<double>(c) : rotate<float>(c);
}

}  // namespace lathe::tensor::cpu
