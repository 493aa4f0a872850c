// SPDX-License-Identifier: Apache-2.0
// fp64 kernels: plain loops on one thread, written from the formulas. They serve gradient checks, where small
// numbers of elements and central differences want exactness, not speed.
#include "tensor/cpu/call.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace lathe::tensor::cpu::plain {
namespace {

using Int = std::int64_t;

const double geluScale = std::sqrt(2 / std::numbers::pi);
constexpr double geluCubic = 0.044715;

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}
double normalBelow(double x) {
    return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

double act(double x, int kind) {
    switch (kind) {
    case LATHE_ACT_GELU: return 0.5 * x * (1 + std::tanh(geluScale * (x + geluCubic * x * x * x)));
    case LATHE_ACT_RELU: return std::max(x, 0.0);
    case LATHE_ACT_GELU_EXACT: return x * normalBelow(x);
    case LATHE_ACT_SILU: return x * sigmoid(x);
    case LATHE_ACT_SIGMOID: return sigmoid(x);
    case LATHE_ACT_TANH: return std::tanh(x);
    default: return x;
    }
}

double actDerivative(double x, int kind) {
    switch (kind) {
    case LATHE_ACT_GELU: {
        const double t = std::tanh(geluScale * (x + geluCubic * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluScale * (1 + 3 * geluCubic * x * x);
    }
    case LATHE_ACT_RELU: return x > 0 ? 1 : 0;
    case LATHE_ACT_GELU_EXACT:
        return normalBelow(x) + x * std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
    case LATHE_ACT_SILU: return sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x));
    case LATHE_ACT_SIGMOID: return sigmoid(x) * (1 - sigmoid(x));
    case LATHE_ACT_TANH: return 1 - std::tanh(x) * std::tanh(x);
    default: return 1;
    }
}

}  // namespace

int linear(const Call& c) {
    const Int rows = c.rows(0), inputs = c.size(1, 1), outputs = c.size(1, 0);
    const double *x = c.data<double>(0), *w = c.data<double>(1), *b = c.data<double>(2),
                 *residual = c.data<double>(3);
    double *y = c.data<double>(4), *pre = c.data<double>(5);
    for (Int n = 0; n < rows; ++n)
        for (Int o = 0; o < outputs; ++o) {
            double sum = b ? b[o] : 0;
            for (Int i = 0; i < inputs; ++i)
                sum += x[n * inputs + i] * w[o * inputs + i];
            const Int at = n * outputs + o;
            if (pre)
                pre[at] = sum;
            y[at] = act(sum, c.activation(0)) + (residual ? residual[at] : 0);
        }
    return LATHE_OK;
}

int linearBackward(const Call& c) {
    const Int rows = c.rows(1), inputs = c.size(2, 1), outputs = c.size(2, 0);
    const double *dy = c.data<double>(0), *x = c.data<double>(1), *w = c.data<double>(2),
                 *pre = c.data<double>(3);
    double *dx = c.data<double>(4), *dw = c.data<double>(5), *db = c.data<double>(6),
           *dpre = c.data<double>(7);
    if (dx && c.integer(1) == 0)
        std::fill_n(dx, rows * inputs, 0.0);
    for (Int n = 0; n < rows; ++n)
        for (Int o = 0; o < outputs; ++o) {
            const Int at = n * outputs + o;
            const double g = dy[at] * (pre ? actDerivative(pre[at], c.activation(0)) : 1);
            if (dpre)
                dpre[at] = g;
            if (db)
                db[o] += g;
            for (Int i = 0; i < inputs; ++i) {
                if (dx)
                    dx[n * inputs + i] += g * w[o * inputs + i];
                if (dw)
                    dw[o * inputs + i] += g * x[n * inputs + i];
            }
        }
    return LATHE_OK;
}

int layerNorm(const Call& c) {
    const Int rows = c.rows(0), width = c.last(0);
    const double *w = c.data<double>(1), *b = c.data<double>(2);
    for (Int n = 0; n < rows; ++n) {
        const double* x = c.data<double>(0) + n * width;
        double mean = 0, variance = 0;
        for (Int i = 0; i < width; ++i)
            mean += x[i];
        mean /= static_cast<double>(width);
        for (Int i = 0; i < width; ++i)
            variance += (x[i] - mean) * (x[i] - mean);
        const double rstd = 1 / std::sqrt(variance / static_cast<double>(width) + c.number(0));
        for (Int i = 0; i < width; ++i)
            c.data<double>(3)[n * width + i] = (x[i] - mean) * rstd * w[i] + (b ? b[i] : 0);
        if (c.has(4)) {
            c.data<double>(4)[n] = mean;
            c.data<double>(5)[n] = rstd;
        }
    }
    return LATHE_OK;
}

int layerNormBackward(const Call& c) {
    const Int rows = c.rows(0), width = c.last(0);
    const double* w = c.data<double>(2);
    double *dw = c.data<double>(6), *db = c.data<double>(7);
    for (Int n = 0; n < rows; ++n) {
        const double *dy = c.data<double>(0) + n * width, *x = c.data<double>(1) + n * width;
        const double mean = c.data<double>(3)[n], rstd = c.data<double>(4)[n];
        double shift = 0, slope = 0;
        for (Int i = 0; i < width; ++i) {
            const double normal = (x[i] - mean) * rstd;
            shift += dy[i] * w[i] / static_cast<double>(width);
            slope += dy[i] * w[i] * normal / static_cast<double>(width);
            if (dw)
                dw[i] += dy[i] * normal;
            if (db)
                db[i] += dy[i];
        }
        for (Int i = 0; c.has(5) && i < width; ++i) {
            double& dx = c.data<double>(5)[n * width + i];
            dx = (c.integer(0) ? dx : 0) + (dy[i] * w[i] - shift - (x[i] - mean) * rstd * slope) * rstd;
        }
    }
    return LATHE_OK;
}

int activation(const Call& c) {
    for (Int i = 0; i < c.elements(0); ++i)
        c.data<double>(1)[i] = act(c.data<double>(0)[i], c.activation(0));
    return LATHE_OK;
}

int activationBackward(const Call& c) {
    for (Int i = 0; i < c.elements(0); ++i)
        c.data<double>(2)[i] = c.data<double>(0)[i] * actDerivative(c.data<double>(1)[i], c.activation(0));
    return LATHE_OK;
}

namespace {

// One query head and the head of keys and values that it reads.
struct Head {
    Int b, h, shared, time, keys, depth;
    bool causal;
    double scale;
    Int seen(Int t) const { return causal ? t + keys - time + 1 : keys; }
    double score(const double* query, const Heads<double>& k, Int s) const {
        double dot = 0;
        for (Int d = 0; d < depth; ++d)
            dot += query[d] * k.at(b, s, shared)[d];
        return dot * scale;
    }
};

template <class Visit> void overHeads(const Call& c, int q, Visit visit) {
    const Int heads = c.size(q, 2), group = heads / c.size(q + 1, 2);
    for (Int b = 0; b < c.size(q, 0); ++b)
        for (Int h = 0; h < heads; ++h)
            visit(Head{b, h, h / group, c.size(q, 1), c.size(q + 1, 1), c.size(q, 3), c.integer(0) != 0,
                       c.number(0)},
                  (b * heads + h) * c.size(q, 1));
}

void clear(const Call& c, int i) {
    const Heads<double> x(c, i);
    for (Int b = 0; b < c.size(i, 0); ++b)
        for (Int t = 0; t < c.size(i, 1); ++t)
            for (Int h = 0; h < c.size(i, 2); ++h)
                std::fill_n(x.at(b, t, h), c.size(i, 3), 0.0);
}

}  // namespace

int attention(const Call& c) {
    const Heads<double> q(c, 0), k(c, 1), v(c, 2), y(c, 3);
    overHeads(c, 0, [&](const Head& head, Int at) {
        std::vector<double> weight(static_cast<std::size_t>(head.keys));
        for (Int t = 0; t < head.time; ++t) {
            const Int seen = head.seen(t);
            double largest = -INFINITY, total = 0;
            for (Int s = 0; s < seen; ++s)
                largest = std::max(largest, weight[static_cast<std::size_t>(s)] =
                                                head.score(q.at(head.b, t, head.h), k, s));
            for (Int s = 0; s < seen; ++s)
                total += weight[static_cast<std::size_t>(s)] =
                    std::exp(weight[static_cast<std::size_t>(s)] - largest);
            if (c.has(4))
                c.data<double>(4)[at + t] = largest + std::log(total);
            for (Int d = 0; d < head.depth; ++d) {
                double sum = 0;
                for (Int s = 0; s < seen; ++s)
                    sum += weight[static_cast<std::size_t>(s)] * v.at(head.b, s, head.shared)[d];
                y.at(head.b, t, head.h)[d] = sum / total;
            }
        }
    });
    return LATHE_OK;
}

int attentionBackward(const Call& c) {
    const Heads<double> dy(c, 0), q(c, 1), k(c, 2), v(c, 3), y(c, 4), dq(c, 6), dk(c, 7), dv(c, 8);
    for (const int i : {6, 7, 8})
        clear(c, i);
    overHeads(c, 1, [&](const Head& head, Int at) {
        for (Int t = 0; t < head.time; ++t) {
            const double *g = dy.at(head.b, t, head.h), *query = q.at(head.b, t, head.h);
            double weighted = 0;
            for (Int d = 0; d < head.depth; ++d)
                weighted += g[d] * y.at(head.b, t, head.h)[d];
            for (Int s = 0; s < head.seen(t); ++s) {
                const double p = std::exp(head.score(query, k, s) - c.data<double>(5)[at + t]);
                double dp = 0;
                for (Int d = 0; d < head.depth; ++d)
                    dp += g[d] * v.at(head.b, s, head.shared)[d];
                const double ds = p * (dp - weighted) * head.scale;
                for (Int d = 0; d < head.depth; ++d) {
                    dq.at(head.b, t, head.h)[d] += ds * k.at(head.b, s, head.shared)[d];
                    dk.at(head.b, s, head.shared)[d] += ds * query[d];
                    dv.at(head.b, s, head.shared)[d] += p * g[d];
                }
            }
        }
    });
    return LATHE_OK;
}

namespace {

// The share of class i in row n's target, smoothed; 0 in rows that do not count.
double share(const Call& c, int targets, Int n, Int i, Int classes) {
    const double even = c.number(1) / static_cast<double>(classes), sharp = 1 - c.number(1);
    if (c.tensor(targets)->dtype != LATHE_I32)
        return sharp * c.data<double>(targets)[n * classes + i] + even;
    const std::int32_t target = c.data<std::int32_t>(targets)[n];
    return target < 0 ? 0 : (i == target ? sharp : 0) + even;
}

}  // namespace

int crossEntropy(const Call& c, double denominator) {
    const Int classes = c.last(0);
    double total = 0;
    for (Int n = 0; n < c.rows(0); ++n) {
        const double* row = c.data<double>(0) + n * classes;
        const double largest = *std::max_element(row, row + classes);
        double sum = 0;
        for (Int i = 0; i < classes; ++i)
            sum += std::exp(row[i] - largest);
        const double lse = largest + std::log(sum);
        c.data<double>(3)[n] = lse;
        for (Int i = 0; i < classes; ++i)
            total += share(c, 1, n, i, classes) * (lse - row[i]);
    }
    *c.data<double>(2) = total / denominator;
    return LATHE_OK;
}

int crossEntropyBackward(const Call& c, double denominator) {
    const Int classes = c.last(1);
    const double factor = *c.data<double>(0) / denominator;
    for (Int n = 0; n < c.rows(1); ++n) {
        double mass = 0;
        for (Int i = 0; i < classes; ++i)
            mass += share(c, 2, n, i, classes);
        for (Int i = 0; i < classes; ++i) {
            const double p = std::exp(c.data<double>(1)[n * classes + i] - c.data<double>(3)[n]);
            c.data<double>(4)[n * classes + i] = (p * mass - share(c, 2, n, i, classes)) * factor;
        }
    }
    return LATHE_OK;
}

int rmsNorm(const Call& c) {
    const Int rows = c.rows(0), width = c.last(0);
    for (Int n = 0; n < rows; ++n) {
        const double* x = c.data<double>(0) + n * width;
        double squares = 0;
        for (Int i = 0; i < width; ++i)
            squares += x[i] * x[i];
        const double rstd = 1 / std::sqrt(squares / static_cast<double>(width) + c.number(0));
        for (Int i = 0; i < width; ++i)
            c.data<double>(2)[n * width + i] = x[i] * rstd * c.data<double>(1)[i];
        if (c.has(3))
            c.data<double>(3)[n] = rstd;
    }
    return LATHE_OK;
}

int rmsNormBackward(const Call& c) {
    const Int rows = c.rows(0), width = c.last(0);
    for (Int n = 0; n < rows; ++n) {
        const double *dy = c.data<double>(0) + n * width, *x = c.data<double>(1) + n * width,
                     *w = c.data<double>(2);
        const double rstd = c.data<double>(3)[n];
        double slope = 0;
        for (Int i = 0; i < width; ++i) {
            slope += dy[i] * w[i] * x[i] * rstd / static_cast<double>(width);
            if (c.has(5))
                c.data<double>(5)[i] += dy[i] * x[i] * rstd;
        }
        for (Int i = 0; c.has(4) && i < width; ++i) {
            double& dx = c.data<double>(4)[n * width + i];
            dx = (c.integer(0) ? dx : 0) + (dy[i] * w[i] - x[i] * rstd * slope) * rstd;
        }
    }
    return LATHE_OK;
}

int swiglu(const Call& c) {
    const Int rows = c.rows(1), width = c.last(1);
    for (Int n = 0; n < rows; ++n)
        for (Int i = 0; i < width; ++i) {
            const double* x = c.data<double>(0) + 2 * n * width + i;
            c.data<double>(1)[n * width + i] = act(x[0], LATHE_ACT_SILU) * x[width];
        }
    return LATHE_OK;
}

int swigluBackward(const Call& c) {
    const Int rows = c.rows(0), width = c.last(0);
    for (Int n = 0; n < rows; ++n)
        for (Int i = 0; i < width; ++i) {
            const double dy = c.data<double>(0)[n * width + i];
            const double gate = c.data<double>(1)[2 * n * width + i];
            const double up = c.data<double>(1)[2 * n * width + width + i];
            double* dx = c.data<double>(2) + 2 * n * width + i;
            dx[0] = dy * up * actDerivative(gate, LATHE_ACT_SILU);
            dx[width] = dy * act(gate, LATHE_ACT_SILU);
        }
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu::plain
