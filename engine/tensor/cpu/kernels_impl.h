// SPDX-License-Identifier: Apache-2.0
// The fp32 loops of one instruction set. Included by kernels_<isa>.cpp alone, each compiled with its own
// flags and with LATHE_KERNELS naming its entry and LATHE_LANES its vector width. Everything here has
// internal linkage and uses no inline function of the standard library: the linker could otherwise keep the
// copy made for a better machine.
#include "tensor/cpu/channels_impl.h"
#include "tensor/cpu/vector_math.h"

namespace lathe::tensor::cpu {
namespace {

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
    withActivation(activation, [&](auto a) FORCED {
        epilogueRows<decltype(a)::value>(y, rows, columns, bias, residual, pre);
    });
}

template <int A> void actRange(const float* x, float* y, Int n) {
    overVectors(n, [&](Int i, Int c) FORCED { store(y + i, act<A>(load(x + i, c)), c); });
}
void activation(const float* x, float* y, Int n, int kind) {
    withActivation(kind, [&](auto a) FORCED { actRange<decltype(a)::value>(x, y, n); });
}

template <int A> void actBackwardRange(const float* dy, const float* x, float* dx, Int n) {
    overVectors(n, [&](Int i, Int c)
                       FORCED { store(dx + i, load(dy + i, c) * actDerivative<A>(load(x + i, c)), c); });
}
void activationBackward(const float* dy, const float* x, float* dx, Int n, int kind) {
    withActivation(kind, [&](auto a) FORCED { actBackwardRange<decltype(a)::value>(dy, x, dx, n); });
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

// Σ of a row's exponentials relative to its maximum, which is given too.
FORCED inline float exponentialSum(const float* row, Int columns, float& maximum) {
    V most = splat(row[0]);
    overVectors(columns, [&](Int i, Int c) FORCED {
        V v = load(row + i, c);
        if (c < W)
            v = (VI)lanesBelow(c) ? v : most;
        most = v > most ? v : most;
    });
    maximum = largest(most);
    V total{};
    overVectors(columns, [&](Int i, Int c) FORCED {
        V e = exponential(load(row + i, c) - maximum);
        if (c < W)
            e = keepLanes(e, lanesBelow(c));
        total += e;
    });
    return sum(total);
}

void crossEntropy(const float* logits, const std::int32_t* targets, const float* probabilities,
                  float smoothing, double* loss, float* lse, Int rows, Int columns) {
    for (Int r = 0; r < rows; ++r) {
        const float* row = logits + r * columns;
        float maximum;
        const float total = exponentialSum(row, columns, maximum);
        lse[r] = maximum + __builtin_logf(total);
        const auto wide = static_cast<double>(lse[r]);
        if (targets && targets[r] < 0) {
            loss[r] = 0;
            continue;
        }
        V plain{}, weighted{}, weights{};
        if (smoothing > 0 || probabilities)
            overVectors(columns, [&](Int i, Int c) FORCED {
                const V x = load(row + i, c);
                plain += x;
                if (probabilities) {
                    const V p = load(probabilities + r * columns + i, c);
                    weighted += p * x;
                    weights += p;
                }
            });
        const double even = static_cast<double>(smoothing) / static_cast<double>(columns);
        const double sharp = 1 - static_cast<double>(smoothing);
        const double chosen =
            targets ? static_cast<double>(row[targets[r]]) : static_cast<double>(sum(weighted));
        const double mass =
            targets ? 1 : sharp * static_cast<double>(sum(weights)) + static_cast<double>(smoothing);
        loss[r] = mass * wide - sharp * chosen - even * static_cast<double>(sum(plain));
    }
}

void crossEntropyBackward(const float* logits, const std::int32_t* targets, const float* probabilities,
                          float smoothing, const float* lse, float scaling, float* dlogits, Int rows,
                          Int columns) {
    const float even = smoothing / static_cast<float>(columns) * scaling,
                sharp = (1.0f - smoothing) * scaling;
    for (Int r = 0; r < rows; ++r) {
        const float* row = logits + r * columns;
        float* out = dlogits + r * columns;
        if (targets && targets[r] < 0) {
            fill(out, 0, columns);
            continue;
        }
        if (targets) {
            overVectors(columns, [&](Int i, Int c) FORCED {
                store(out + i, exponential(load(row + i, c) - lse[r]) * scaling - even, c);
            });
            out[targets[r]] -= sharp;
            continue;
        }
        const float* p = probabilities + r * columns;
        V weights{};
        overVectors(columns, [&](Int i, Int c) FORCED { weights += load(p + i, c); });
        const float mass = (1.0f - smoothing) * sum(weights) + smoothing;
        overVectors(columns, [&](Int i, Int c) FORCED {
            store(out + i,
                  exponential(load(row + i, c) - lse[r]) * (mass * scaling) - even - sharp * load(p + i, c),
                  c);
        });
    }
}

void swiglu(const float* x, float* y, Int rows, Int columns) {
    for (Int r = 0; r < rows; ++r)
        overVectors(columns, [&](Int i, Int c) FORCED {
            const float* at = x + 2 * r * columns + i;
            store(y + r * columns + i, act<LATHE_ACT_SILU>(load(at, c)) * load(at + columns, c), c);
        });
}

void swigluBackward(const float* dy, const float* x, float* dx, Int rows, Int columns) {
    for (Int r = 0; r < rows; ++r)
        overVectors(columns, [&](Int i, Int c) FORCED {
            const float* at = x + 2 * r * columns + i;
            float* out = dx + 2 * r * columns + i;
            const V g = load(dy + r * columns + i, c), gate = load(at, c), up = load(at + columns, c);
            store(out, g * up * actDerivative<LATHE_ACT_SILU>(gate), c);
            store(out + columns, g * act<LATHE_ACT_SILU>(gate), c);
        });
}

void rmsNorm(const float* x, const float* w, float* y, float* rstd, Int rows, Int columns, float epsilon) {
    for (Int r = 0; r < rows; ++r) {
        const float* row = x + r * columns;
        V squares{};
        overVectors(columns, [&](Int i, Int c) FORCED {
            const V v = load(row + i, c);
            squares += v * v;
        });
        const float s = 1.0f / __builtin_sqrtf(sum(squares) / static_cast<float>(columns) + epsilon);
        overVectors(columns, [&](Int i, Int c) FORCED {
            store(y + r * columns + i, load(row + i, c) * s * load(w + i, c), c);
        });
        if (rstd)
            rstd[r] = s;
    }
}

void rmsNormBackward(const float* dy, const float* x, const float* w, const float* rstd, float* dx,
                     bool accumulate, float* dw, Int rows, Int columns) {
    for (Int r = 0; r < rows; ++r) {
        const float* g = dy + r * columns;
        const float* row = x + r * columns;
        const float s = rstd[r];
        V products{};
        overVectors(columns, [&](Int i, Int c) FORCED {
            const V d = load(g + i, c), n = load(row + i, c) * s;
            products += d * load(w + i, c) * n;
            if (dw)
                store(dw + i, load(dw + i, c) + d * n, c);
        });
        if (!dx)
            continue;
        const float slope = sum(products) / static_cast<float>(columns);
        float* out = dx + r * columns;
        overVectors(columns, [&](Int i, Int c) FORCED {
            V v = (load(g + i, c) * load(w + i, c) - load(row + i, c) * s * slope) * s;
            if (accumulate)
                v += load(out + i, c);
            store(out + i, v, c);
        });
    }
}

void lstmGates(const float* gates, const float* before, float* act4, float* c, float* y, Int width) {
    overVectors(width, [&](Int j, Int n) FORCED {
        const V i = sigmoid(load(gates + j, n)), f = sigmoid(load(gates + width + j, n));
        const V g = hyperbolicTangent(load(gates + 2 * width + j, n)),
                o = sigmoid(load(gates + 3 * width + j, n));
        const V cell = i * g + (before ? f * load(before + j, n) : V{});
        store(act4 + j, i, n);
        store(act4 + width + j, f, n);
        store(act4 + 2 * width + j, g, n);
        store(act4 + 3 * width + j, o, n);
        store(c + j, cell, n);
        store(y + j, o * hyperbolicTangent(cell), n);
    });
}

void lstmGatesBackward(const float* dh, float* dc, const float* act4, const float* c, const float* before,
                       float* dgates, Int width) {
    overVectors(width, [&](Int j, Int n) FORCED {
        const V i = load(act4 + j, n), f = load(act4 + width + j, n), g = load(act4 + 2 * width + j, n),
                o = load(act4 + 3 * width + j, n);
        const V t = hyperbolicTangent(load(c + j, n)), h = load(dh + j, n);
        const V cell = load(dc + j, n) + h * o * (1.0f - t * t);
        const V old = before ? load(before + j, n) : V{};
        store(dgates + j, cell * g * i * (1.0f - i), n);
        store(dgates + width + j, cell * old * f * (1.0f - f), n);
        store(dgates + 2 * width + j, cell * i * (1.0f - g * g), n);
        store(dgates + 3 * width + j, h * t * o * (1.0f - o), n);
        store(dc + j, cell * f, n);
    });
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

constexpr Kernels table{.isa = LATHE_ISA_NAME,
                        .fill = fill,
                        .sumSquares = sumSquares,
                        .linearEpilogue = linearEpilogue,
                        .activation = activation,
                        .activationBackward = activationBackward,
                        .columnSums = columnSums,
                        .layerNorm = layerNorm,
                        .layerNormBackward = layerNormBackward,
                        .rmsNorm = rmsNorm,
                        .rmsNormBackward = rmsNormBackward,
                        .swiglu = swiglu,
                        .swigluBackward = swigluBackward,
                        .causalExp = causalExp,
                        .scaleRows = scaleRows,
                        .causalProbabilities = causalProbabilities,
                        .softmaxBackward = softmaxBackward,
                        .crossEntropy = crossEntropy,
                        .crossEntropyBackward = crossEntropyBackward,
                        .lstmGates = lstmGates,
                        .lstmGatesBackward = lstmGatesBackward,
                        .adamw = adamw,
                        .single = &channelLoops<float>,
                        .wide = &channelLoops<double>};

}  // namespace

const Kernels* LATHE_KERNELS() {
    return &table;
}

}  // namespace lathe::tensor::cpu
