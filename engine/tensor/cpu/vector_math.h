// SPDX-License-Identifier: Apache-2.0
// Vectors of one instruction set and functions of them. Included by kernels_impl.h alone; see there.
#include "tensor/cpu/kernels.h"

namespace lathe::tensor::cpu {
namespace {

using Int = std::int64_t;
constexpr Int W = LATHE_LANES;
typedef float V __attribute__((vector_size(W * sizeof(float))));
typedef std::int32_t VI __attribute__((vector_size(W * sizeof(std::int32_t))));
#define FORCED __attribute__((always_inline))

FORCED inline V splat(float x) {
    return x - V{};
}
FORCED inline V load(const float* p, Int count) {
    V v{};
    if (count == W)
        __builtin_memcpy(&v, p, sizeof v);
    else
        __builtin_memcpy(&v, p, static_cast<unsigned long>(count) * sizeof(float));
    return v;
}
FORCED inline void store(float* p, V v, Int count) {
    if (count == W)
        __builtin_memcpy(p, &v, sizeof v);
    else
        __builtin_memcpy(p, &v, static_cast<unsigned long>(count) * sizeof(float));
}
FORCED inline float sum(V v) {
    float total = 0;
    for (Int i = 0; i < W; ++i)
        total += v[i];
    return total;
}
FORCED inline float largest(V v) {
    float most = v[0];
    for (Int i = 1; i < W; ++i)
        most = v[i] > most ? v[i] : most;
    return most;
}
FORCED inline V lanesBelow(Int count) {  // all bits set in the first `count` lanes
    VI lane;
    for (Int i = 0; i < W; ++i)
        lane[i] = static_cast<std::int32_t>(i);
    const VI mask = lane < static_cast<std::int32_t>(count) - VI{};
    return (V)mask;
}
FORCED inline V keepLanes(V v, V mask) {
    return (V)((VI)v & (VI)mask);
}

// body(i, count): count is W but for the last, shorter piece.
template <class Body> FORCED inline void overVectors(Int n, Body body) {
    Int i = 0;
    for (; i + W <= n; i += W)
        body(i, W);
    if (i < n)
        body(i, n - i);
}

// e^x: 2ⁿ times the Taylor polynomial of the rest, |rest| ≤ ln2/2; about 1 ulp. Comparisons are ordered so
// that NaN passes through.
FORCED inline V exponential(V x) {
    x = x < splat(-87.0f) ? splat(-87.0f) : x;
    x = x > splat(88.0f) ? splat(88.0f) : x;
    const V magic = splat(12582912.0f);  // 1.5·2²³: adding it rounds to an integer
    const V shifted = x * 1.44269504f + magic;
    const V n = shifted - magic;
    V r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    V p = r * (1.0f / 5040) + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const VI power = ((VI)shifted - (VI)magic + 127) << 23;
    return p * (V)power;
}

constexpr float geluSlope = 1.5957691216f;  // 2·√(2/π)
constexpr float geluCubic = 0.044715f;

// ½x(1 + tanh u) = x · sigmoid(2u)
FORCED inline V gelu(V x) {
    const V u = geluSlope * (x + geluCubic * x * x * x);
    return x / (1.0f + exponential(-u));
}
FORCED inline V geluDerivative(V x) {
    const V square = x * x;
    const V u = geluSlope * (x + geluCubic * x * square);
    const V s = 1.0f / (1.0f + exponential(-u));
    return s + x * s * (1.0f - s) * (geluSlope * (1.0f + 3.0f * geluCubic * square));
}

FORCED inline V select(VI condition, V a, V b) {
    return condition ? a : b;
}
FORCED inline V absolute(V x) {
    return (V)((VI)x & 0x7fffffff);
}
FORCED inline V sigmoid(V x) {
    return 1.0f / (1.0f + exponential(-x));
}
// 2σ(2x) − 1, and near zero, where that cancels, the odd series.
FORCED inline V hyperbolicTangent(V x) {
    const V far = 2.0f * sigmoid(2.0f * x) - 1.0f, q = x * x;
    const V near = x * (1.0f + q * (-1.0f / 3 + q * (2.0f / 15 + q * (-17.0f / 315 + q * (62.0f / 2835)))));
    return select(absolute(x) < splat(0.3f), near, far);
}
// The normal distribution's Φ(−z) for z ≥ 0: e^(−z²/2) times a polynomial in 1/(1 + z/4), fitted here to a
// relative error of 2·10⁻⁸ over z ≤ 13.
FORCED inline V upperTail(V z, V& density) {
    const V t = 1.0f / (1.0f + 0.25f * z);
    V p = t * 0.035355434948f - 0.203691255067f;
    p = p * t + 0.412366846009f;
    p = p * t - 0.356258196842f;
    p = p * t + 0.323174916866f;
    p = p * t - 0.030302430903f;
    p = p * t + 0.124971168698f;
    p = p * t + 0.094092831653f;
    p = p * t + 0.100316848427f;
    p = p * t - 2.61673140e-5f;
    density = exponential(-0.5f * z * z);
    return p * density;
}
FORCED inline V geluExact(V x) {
    V density;
    const V tail = upperTail(absolute(x), density);
    return x * select(x < V{}, tail, 1.0f - tail);
}
FORCED inline V geluExactDerivative(V x) {
    V density;
    const V tail = upperTail(absolute(x), density);
    return select(x < V{}, tail, 1.0f - tail) + x * density * 0.3989422804f;
}

template <int A> FORCED inline V act(V x) {
    if constexpr (A == LATHE_ACT_GELU)
        return gelu(x);
    else if constexpr (A == LATHE_ACT_RELU)
        return x < V{} ? V{} : x;
    else if constexpr (A == LATHE_ACT_GELU_EXACT)
        return geluExact(x);
    else if constexpr (A == LATHE_ACT_SILU)
        return x * sigmoid(x);
    else if constexpr (A == LATHE_ACT_SIGMOID)
        return sigmoid(x);
    else if constexpr (A == LATHE_ACT_TANH)
        return hyperbolicTangent(x);
    else
        return x;
}
template <int A> FORCED inline V actDerivative(V x) {
    if constexpr (A == LATHE_ACT_GELU) {
        return geluDerivative(x);
    } else if constexpr (A == LATHE_ACT_RELU) {
        return x > V{} ? splat(1) : V{};
    } else if constexpr (A == LATHE_ACT_GELU_EXACT) {
        return geluExactDerivative(x);
    } else if constexpr (A == LATHE_ACT_SILU) {
        const V s = sigmoid(x);
        return s + x * s * (1.0f - s);
    } else if constexpr (A == LATHE_ACT_SIGMOID) {
        const V s = sigmoid(x);
        return s * (1.0f - s);
    } else if constexpr (A == LATHE_ACT_TANH) {
        const V t = hyperbolicTangent(x);
        return 1.0f - t * t;
    } else {
        return splat(1);
    }
}

// use(activation as a constant)
template <int A> struct Constant { static constexpr int value = A; };
template <class Use> FORCED inline void withActivation(int activation, Use use) {
    switch (activation) {
    case LATHE_ACT_GELU: use(Constant<LATHE_ACT_GELU>{}); break;
    case LATHE_ACT_RELU: use(Constant<LATHE_ACT_RELU>{}); break;
    case LATHE_ACT_GELU_EXACT: use(Constant<LATHE_ACT_GELU_EXACT>{}); break;
    case LATHE_ACT_SILU: use(Constant<LATHE_ACT_SILU>{}); break;
    case LATHE_ACT_SIGMOID: use(Constant<LATHE_ACT_SIGMOID>{}); break;
    case LATHE_ACT_TANH: use(Constant<LATHE_ACT_TANH>{}); break;
    default: use(Constant<LATHE_ACT_NONE>{}); break;
    }
}

}  // namespace
}  // namespace lathe::tensor::cpu
