// SPDX-License-Identifier: Apache-2.0
// The fp32 loops of one instruction set. Included by kernels_<isa>.cpp alone, each compiled with its own
// flags and with LATHE_KERNELS naming its entry and LATHE_LANES its vector width. Everything here has
// internal linkage and uses no inline function of the standard library: the linker could otherwise keep the
// copy made for a better machine.
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

template <int A> FORCED inline V act(V x) {
    if constexpr (A == LATHE_ACT_GELU)
        return gelu(x);
    else if constexpr (A == LATHE_ACT_RELU)
        return x < V{} ? V{} : x;
    else
        return x;
}
template <int A> FORCED inline V actDerivative(V x) {
    if constexpr (A == LATHE_ACT_GELU)
        return geluDerivative(x);
    else if constexpr (A == LATHE_ACT_RELU)
        return x > V{} ? splat(1) : V{};
    else
        return splat(1);
}

void fill(float* x, float value, Int n) {
    overVectors(n, [&](Int i, Int c) FORCED { store(x + i, splat(value), c); });
}
void scale(const float* x, float factor, float* y, Int n) {
    overVectors(n, [&](Int i, Int c) FORCED { store(y + i, load(x + i, c) * factor, c); });
}

double sumSquares(const float* x, Int n) {
    // fp32 lanes over short stretches, fp64 over the stretches: exact enough for a norm over 10⁹ elements.
    constexpr Int stretch = 64 * W;
    double total = 0;
    for (Int begin = 0; begin < n; begin += stretch) {
        V partial{};
        overVectors(n - begin < stretch ? n - begin : stretch, [&](Int i, Int c) FORCED {
            const V v = load(x + begin + i, c);
            partial += v * v;
        });
        total += static_cast<double>(sum(partial));
    }
    return total;
}

template <int A>
void epilogueRows(float* y, Int rows, Int columns, const float* bias, const float* residual, float* pre) {
    for (Int r = 0; r < rows; ++r) {
        float* row = y + r * columns;
        overVectors(columns, [&](Int i, Int c) FORCED {
            V v = load(row + i, c);
            if (bias)
                v += load(bias + i, c);
            if (pre)
                store(pre + r * columns + i, v, c);
            v = act<A>(v);
            if (residual)
                v += load(residual + r * columns + i, c);
            store(row + i, v, c);
        });
    }
}
void linearEpilogue(float* y, Int rows, Int columns, const float* bias, const float* residual, float* pre,
                    int activation) {
    if (activation == LATHE_ACT_GELU)
        epilogueRows<LATHE_ACT_GELU>(y, rows, columns, bias, residual, pre);
    else if (activation == LATHE_ACT_RELU)
        epilogueRows<LATHE_ACT_RELU>(y, rows, columns, bias, residual, pre);
    else
        epilogueRows<LATHE_ACT_NONE>(y, rows, columns, bias, residual, pre);
}

template <int A> void actRange(const float* x, float* y, Int n) {
    overVectors(n, [&](Int i, Int c) FORCED { store(y + i, act<A>(load(x + i, c)), c); });
}
void activation(const float* x, float* y, Int n, int kind) {
    if (kind == LATHE_ACT_GELU)
        actRange<LATHE_ACT_GELU>(x, y, n);
    else if (kind == LATHE_ACT_RELU)
        actRange<LATHE_ACT_RELU>(x, y, n);
    else
        actRange<LATHE_ACT_NONE>(x, y, n);
}

template <int A> void actBackwardRange(const float* dy, const float* x, float* dx, Int n) {
    overVectors(n, [&](Int i, Int c)
                       FORCED { store(dx + i, load(dy + i, c) * actDerivative<A>(load(x + i, c)), c); });
}
void activationBackward(const float* dy, const float* x, float* dx, Int n, int kind) {
    if (kind == LATHE_ACT_GELU)
        actBackwardRange<LATHE_ACT_GELU>(dy, x, dx, n);
    else if (kind == LATHE_ACT_RELU)
        actBackwardRange<LATHE_ACT_RELU>(dy, x, dx, n);
    else
        actBackwardRange<LATHE_ACT_NONE>(dy, x, dx, n);
}

void columnSums(const float* x, Int rows, Int columns, float* sums) {
    Int j = 0;
    for (; j + 4 * W <= columns; j += 4 * W) {
        V a = load(sums + j, W), b = load(sums + j + W, W), c = load(sums + j + 2 * W, W),
          d = load(sums + j + 3 * W, W);
        for (Int r = 0; r < rows; ++r) {
            const float* row = x + r * columns + j;
            a += load(row, W);
            b += load(row + W, W);
            c += load(row + 2 * W, W);
            d += load(row + 3 * W, W);
        }
        store(sums + j, a, W);
        store(sums + j + W, b, W);
        store(sums + j + 2 * W, c, W);
        store(sums + j + 3 * W, d, W);
    }
    overVectors(columns - j, [&](Int i, Int c) FORCED {
        V total = load(sums + j + i, c);
        for (Int r = 0; r < rows; ++r)
            total += load(x + r * columns + j + i, c);
        store(sums + j + i, total, c);
    });
}

void layerNorm(const float* x, const float* w, const float* b, float* y, float* mean, float* rstd, Int rows,
               Int columns, float epsilon) {
    const float inverse = 1.0f / static_cast<float>(columns);
    for (Int r = 0; r < rows; ++r) {
        const float* row = x + r * columns;
        float* out = y + r * columns;
        V total{};
        overVectors(columns, [&](Int i, Int c) FORCED { total += load(row + i, c); });
        const float m = sum(total) * inverse;
        V squares{};
        overVectors(columns, [&](Int i, Int c) FORCED {
            V d = load(row + i, c) - m;
            if (c < W)
                d = keepLanes(d, lanesBelow(c));
            squares += d * d;
        });
        const float s = 1.0f / __builtin_sqrtf(sum(squares) * inverse + epsilon);
        overVectors(columns, [&](Int i, Int c) FORCED {
            V v = (load(row + i, c) - m) * s * load(w + i, c);
            if (b)
                v += load(b + i, c);
            store(out + i, v, c);
        });
        if (mean) {
            mean[r] = m;
            rstd[r] = s;
        }
    }
}

void layerNormBackward(const float* dy, const float* x, const float* w, const float* mean, const float* rstd,
                       float* dx, bool accumulate, float* dw, float* db, Int rows, Int columns) {
    const float inverse = 1.0f / static_cast<float>(columns);
    for (Int r = 0; r < rows; ++r) {
        const float* g = dy + r * columns;
        const float* row = x + r * columns;
        const float m = mean[r], s = rstd[r];
        V gw{}, gwx{};
        overVectors(columns, [&](Int i, Int c) FORCED {
            const V d = load(g + i, c), n = (load(row + i, c) - m) * s;
            const V scaled = d * load(w + i, c);  // 0 beyond the end, as the weight is
            gw += scaled;
            gwx += scaled * n;
            if (dw)
                store(dw + i, load(dw + i, c) + d * n, c);
            if (db)
                store(db + i, load(db + i, c) + d, c);
        });
        if (!dx)
            continue;
        const float shift = sum(gw) * inverse, slope = sum(gwx) * inverse;
        float* out = dx + r * columns;
        overVectors(columns, [&](Int i, Int c) FORCED {
            const V n = (load(row + i, c) - m) * s;
            V v = (load(g + i, c) * load(w + i, c) - shift - n * slope) * s;
            if (accumulate)
                v += load(out + i, c);
            store(out + i, v, c);
        });
    }
}

void causalExp(float* scores, Int rows, Int columns, Int first, float* lse, float* inverseSum) {
    for (Int r = 0; r < rows; ++r) {
        float* row = scores + r * columns;
        const Int seen = first + r + 1 < columns ? first + r + 1 : columns;
        V most = splat(row[0]);
        overVectors(seen, [&](Int i, Int c) FORCED {
            V v = load(row + i, c);
            if (c < W)
                v = (VI)lanesBelow(c) ? v : most;
            most = v > most ? v : most;
        });
        const float m = largest(most);
        V total{};
        overVectors(seen, [&](Int i, Int c) FORCED {
            V e = exponential(load(row + i, c) - m);
            if (c < W)
                e = keepLanes(e, lanesBelow(c));
            total += e;
            store(row + i, e, c);
        });
        overVectors(columns - seen, [&](Int i, Int c) FORCED { store(row + seen + i, V{}, c); });
        const float t = sum(total);
        inverseSum[r] = 1.0f / t;
        if (lse)
            lse[r] = m + __builtin_logf(t);
    }
}

void scaleRows(float* x, Int ld, Int rows, Int columns, const float* factors) {
    for (Int r = 0; r < rows; ++r)
        scale(x + r * ld, factors[r], x + r * ld, columns);
}

void causalProbabilities(float* scores, Int rows, Int columns, Int first, const float* lse) {
    for (Int r = 0; r < rows; ++r) {
        float* row = scores + r * columns;
        const Int seen = first + r + 1 < columns ? first + r + 1 : columns;
        overVectors(seen,
                    [&](Int i, Int c) FORCED { store(row + i, exponential(load(row + i, c) - lse[r]), c); });
        overVectors(columns - seen, [&](Int i, Int c) FORCED { store(row + seen + i, V{}, c); });
    }
}

void softmaxBackward(const float* p, float* dscores, Int rows, Int columns, const float* dy, Int dyLd,
                     const float* y, Int yLd, Int depth, float scaling) {
    for (Int r = 0; r < rows; ++r) {
        V products{};
        overVectors(depth, [&](Int i, Int c)
                               FORCED { products += load(dy + r * dyLd + i, c) * load(y + r * yLd + i, c); });
        const float dot = sum(products);
        const float* weight = p + r * columns;
        float* row = dscores + r * columns;
        overVectors(columns, [&](Int i, Int c) FORCED {
            store(row + i, load(weight + i, c) * (load(row + i, c) - dot) * scaling, c);
        });
    }
}

void crossEntropy(const float* logits, const std::int32_t* targets, double* loss, float* lse, Int rows,
                  Int columns) {
    for (Int r = 0; r < rows; ++r) {
        const float* row = logits + r * columns;
        V most = splat(row[0]);
        overVectors(columns, [&](Int i, Int c) FORCED {
            V v = load(row + i, c);
            if (c < W)
                v = (VI)lanesBelow(c) ? v : most;
            most = v > most ? v : most;
        });
        const float m = largest(most);
        V total{};
        overVectors(columns, [&](Int i, Int c) FORCED {
            V e = exponential(load(row + i, c) - m);
            if (c < W)
                e = keepLanes(e, lanesBelow(c));
            total += e;
        });
        lse[r] = m + __builtin_logf(sum(total));
        loss[r] = targets[r] < 0 ? 0.0 : static_cast<double>(lse[r]) - static_cast<double>(row[targets[r]]);
    }
}

void crossEntropyBackward(const float* logits, const std::int32_t* targets, const float* lse, float scaling,
                          float* dlogits, Int rows, Int columns) {
    for (Int r = 0; r < rows; ++r) {
        const float* row = logits + r * columns;
        float* out = dlogits + r * columns;
        if (targets[r] < 0) {
            fill(out, 0, columns);
            continue;
        }
        overVectors(columns, [&](Int i, Int c) FORCED {
            store(out + i, exponential(load(row + i, c) - lse[r]) * scaling, c);
        });
        out[targets[r]] -= scaling;
    }
}

// Left to the compiler's vectoriser, which knows square roots of every instruction set.
void adamwStretch(float* __restrict value, const float* __restrict grad, float* __restrict first,
                  float* __restrict second, float keep, Int n, const Kernels::AdamW& c) {
    for (Int i = 0; i < n; ++i) {
        const float g = grad[i] * c.gradScale;
        const float m = c.beta1 * first[i] + (1.0f - c.beta1) * g;
        const float v = c.beta2 * second[i] + (1.0f - c.beta2) * g * g;
        first[i] = m;
        second[i] = v;
        value[i] = value[i] * keep - c.stepSize * m / (__builtin_sqrtf(v) * c.inverseRootC2 + c.epsilon);
    }
}

// visit(begin, count, decays) over runs of one answer.
template <class Visit>
FORCED inline void overDecay(const std::uint8_t* decay, Int phase, Int n, Visit visit) {
    if (!decay) {
        visit(Int{0}, n, true);
        return;
    }
    for (Int i = 0; i < n;) {
        Int stretch = (phase + i) / 16;
        const std::uint8_t answer = decay[stretch];
        Int end = 16 * (stretch + 1) - phase;
        while (end < n && decay[++stretch] == answer)
            end += 16;
        end = end < n ? end : n;
        visit(i, end - i, answer != 0);
        i = end;
    }
}

void adamw(float* value, const float* grad, float* first, float* second, const std::uint8_t* decay, Int phase,
           Int n, const Kernels::AdamW& given) {
    const Kernels::AdamW c = given;
    overDecay(decay, phase, n, [&](Int i, Int count, bool decays) FORCED {
        adamwStretch(value + i, grad + i, first + i, second + i, decays ? c.keep : 1.0f, count, c);
    });
}

constexpr Kernels table{
    LATHE_ISA_NAME,  fill,         sumSquares,           linearEpilogue, activation, activationBackward,
    columnSums,      layerNorm,    layerNormBackward,    causalExp,      scaleRows,  causalProbabilities,
    softmaxBackward, crossEntropy, crossEntropyBackward, adamw};

}  // namespace

const Kernels* LATHE_KERNELS() {
    return &table;
}

}  // namespace lathe::tensor::cpu
