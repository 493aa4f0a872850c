// SPDX-License-Identifier: Apache-2.0
// Counter-based fills. Compiled without contraction to fused multiply-adds, so that every machine draws the
// same bits: only additions, products, divisions and square roots, each rounded as IEEE 754 says.
#include "tensor/cpu/call.h"
#include "tensor/threads.h"

#include <algorithm>
#include <cstdint>

namespace lathe::tensor::cpu {
namespace {

#define FORCED __attribute__((always_inline)) inline

constexpr std::int64_t batch = 256;  // counters at a time; 4 numbers each

struct Words {
    alignas(64) std::uint32_t w[4][batch];
};

// philox() of random.h for `batch` counters from `block` on, in a form that vectorises.
void philoxBatch(std::uint64_t block, std::uint64_t stream, std::uint64_t seed, Words& out) {
    for (std::int64_t i = 0; i < batch; ++i) {
        const std::uint64_t counter = block + static_cast<std::uint64_t>(i);
        std::uint32_t c0 = static_cast<std::uint32_t>(counter),
                      c1 = static_cast<std::uint32_t>(counter >> 32);
        std::uint32_t c2 = static_cast<std::uint32_t>(stream), c3 = static_cast<std::uint32_t>(stream >> 32);
        std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
        for (int round = 0; round < 10; ++round) {
            const std::uint64_t a = std::uint64_t{0xD2511F53} * c0, b = std::uint64_t{0xCD9E8D57} * c2;
            const std::uint32_t n0 = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ k0;
            const std::uint32_t n2 = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ k1;
            c1 = static_cast<std::uint32_t>(b);
            c3 = static_cast<std::uint32_t>(a);
            c0 = n0;
            c2 = n2;
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        out.w[0][i] = c0;
        out.w[1][i] = c1;
        out.w[2][i] = c2;
        out.w[3][i] = c3;
    }
}

// (0, 1] in steps of 2⁻²⁴.
FORCED float openUniform(std::uint32_t bits) {
    return static_cast<float>(static_cast<std::int32_t>(bits >> 8) + 1) * 0x1p-24f;
}

// ln x for x in (0, 1]: exponent times ln 2 plus 2·artanh((m−1)/(m+1)) of the mantissa m in [√½, √2).
FORCED float naturalLog(float x) {
    std::uint32_t bits = __builtin_bit_cast(std::uint32_t, x) + (0x3f800000 - 0x3f3504f3);
    const auto exponent = static_cast<std::int32_t>(bits >> 23) - 127;
    const float m = __builtin_bit_cast(float, (bits & 0x007fffff) + 0x3f3504f3);
    const float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    const float series =
        2.0f * s * (1.0f + q * (1.0f / 3 + q * (1.0f / 5 + q * (1.0f / 7 + q * (1.0f / 9)))));
    return static_cast<float>(exponent) * 0.693147181f + series;
}

// Two normal numbers from two words (Box and Muller 1958).
FORCED void normalPair(std::uint32_t a, std::uint32_t b, float& first, float& second) {
    const float radius = __builtin_sqrtf(-2.0f * naturalLog(openUniform(a)));
    // A quarter turn by the two high bits, and an angle in ±π/4 by the rest.
    const auto quarter = static_cast<std::int32_t>(b >> 30);
    const float x =
        (static_cast<float>(static_cast<std::int32_t>((b >> 6) & 0xffffff)) * 0x1p-24f - 0.5f) * 1.57079633f;
    const float q = x * x;
    const float sine = x * (1.0f - q * (1.0f / 6 - q * (1.0f / 120 - q * (1.0f / 5040))));
    const float cosine = 1.0f - q * (0.5f - q * (1.0f / 24 - q * (1.0f / 720 - q * (1.0f / 40320))));
    const float u = quarter & 1 ? sine : cosine, v = quarter & 1 ? cosine : sine;
    first = radius * (quarter & 2 ? -u : u);
    second = radius * (quarter & 2 ? -v : v);
}

// numbers[4·i + lane] of counter i.
void normals(const Words& words, float* numbers) {
    alignas(64) float lane[4][batch];
    for (std::int64_t i = 0; i < batch; ++i) {
        normalPair(words.w[0][i], words.w[1][i], lane[0][i], lane[1][i]);
        normalPair(words.w[2][i], words.w[3][i], lane[2][i], lane[3][i]);
    }
    for (std::int64_t i = 0; i < batch; ++i)
        for (std::int64_t k = 0; k < 4; ++k)
            numbers[4 * i + k] = lane[k][i];
}

void uniforms(const Words& words, float* numbers) {
    for (std::int64_t i = 0; i < batch; ++i)
        for (std::int64_t k = 0; k < 4; ++k)
            numbers[4 * i + k] = static_cast<float>(static_cast<std::int32_t>(words.w[k][i] >> 8)) * 0x1p-24f;
}

// x[i] = offset + factor · number(first + i).
template <class Make> int fillRandom(const LatheCall* call, float offset, float factor, Make make) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    const auto seed = static_cast<std::uint64_t>(c.integer(0)),
               stream = static_cast<std::uint64_t>(c.integer(1));
    const std::int64_t first = c.integer(2), n = c.elements(0);
    constexpr std::int64_t stride = 4 * batch;
    const std::int64_t firstBatch = first / stride,
                       batches = n == 0 ? 0 : (first + n - 1) / stride - firstBatch + 1;
    parallelFor(batches, [&](std::int64_t i) {
        Words words;
        alignas(64) float numbers[stride];
        const std::int64_t begin = (firstBatch + i) * stride;
        philoxBatch(static_cast<std::uint64_t>(begin / 4), stream, seed, words);
        make(words, numbers);
        const std::int64_t from = std::max(first, begin), to = std::min(first + n, begin + stride);
        for (std::int64_t k = from; k < to; ++k) {
            const float value = offset + factor * numbers[k - begin];
            if (type == LATHE_F32)
                c.data(0)[k - first] = value;
            else
                c.data<double>(0)[k - first] = static_cast<double>(value);
        }
    });
    return LATHE_OK;
}

template <class T> void dropOf(const Call& c) {
    const T* x = c.data<T>(0);
    T* y = c.data<T>(2);
    const auto seed = static_cast<std::uint64_t>(c.integer(0)),
               stream = static_cast<std::uint64_t>(c.integer(1));
    const std::int64_t group = std::max<std::int64_t>(1, c.integer(3)), n = c.elements(0);
    const std::int64_t first = c.integer(2) + (c.has(1) ? *c.data<std::int64_t>(1) : 0);
    const auto least = static_cast<std::uint64_t>(c.number(0) * 0x1p32);
    const T kept = static_cast<T>(1 / (1 - c.number(0)));
    constexpr std::int64_t stride = 4 * batch;
    const std::int64_t draws = (n + group - 1) / group;
    const std::int64_t firstBatch = first / stride,
                       batches = n == 0 ? 0 : (first + draws - 1) / stride - firstBatch + 1;
    parallelFor(batches, [&](std::int64_t i) {
        Words words;
        const std::int64_t begin = (firstBatch + i) * stride;
        philoxBatch(static_cast<std::uint64_t>(begin / 4), stream, seed, words);
        const std::int64_t from = std::max(first, begin), to = std::min(first + draws, begin + stride);
        for (std::int64_t k = from; k < to; ++k) {
            const std::int64_t word = k - begin;
            const T factor = words.w[word % 4][word / 4] >= least ? kept : T(0);
            for (std::int64_t e = (k - first) * group; e < std::min(n, (k - first + 1) * group); ++e)
                y[e] = factor == T(0) ? T(0) : x[e] * factor;
        }
    });
}

}  // namespace

int dropout(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = c.check(&type))
        return bad;
    if (!(c.number(0) >= 0 && c.number(0) < 1))
        return refuse(LATHE_INVALID, "the share that is dropped must be in [0, 1)");
    type == LATHE_F64 ? dropOf<double>(c) : dropOf<float>(c);
    return LATHE_OK;
}

int randomNormal(const LatheCall* call) {
    return fillRandom(call, static_cast<float>(call->numbers[0]), static_cast<float>(call->numbers[1]),
                      normals);
}

int randomUniform(const LatheCall* call) {
    const double low = call->numbers[0], high = call->numbers[1];
    return fillRandom(call, static_cast<float>(low), static_cast<float>(high - low), uniforms);
}

}  // namespace lathe::tensor::cpu
