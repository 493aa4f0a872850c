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

double act(double x, int kind) {
    if (kind == LATHE_ACT_GELU)
        return 0.5 * x * (1 + std::tanh(geluScale * (x + geluCubic * x * x * x)));
    return kind == LATHE_ACT_RELU ? std::max(x, 0.0) : x;
}

double actDerivative(double x, int kind) {
    if (kind == LATHE_ACT_GELU) {
        const double t = std::tanh(geluScale * (x + geluCubic * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluScale * (1 + 3 * geluCubic * x * x);
    }
    return kind == LATHE_ACT_RELU ? (x > 0 ? 1 : 0) : 1;
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

// Indices into qkv [B, T, 3, H, D] and y [B, T, H, D] of one head.
struct Head {
    Int time, heads, depth, b, h;
    Int at(Int t, Int part, Int d) const { return (((b * time + t) * 3 + part) * heads + h) * depth + d; }
    Int out(Int t, Int d) const { return ((b * time + t) * heads + h) * depth + d; }
    double scale() const { return 1 / std::sqrt(static_cast<double>(depth)); }
    double score(const double* qkv, Int t, Int s) const {
        double dot = 0;
        for (Int d = 0; d < depth; ++d)
            dot += qkv[at(t, 0, d)] * qkv[at(s, 1, d)];
        return dot * scale();
    }
};

template <class Visit> void overHeads(const Call& c, int qkv, Visit visit) {
    for (Int b = 0; b < c.size(qkv, 0); ++b)
        for (Int h = 0; h < c.size(qkv, 3); ++h)
            visit(Head{c.size(qkv, 1), c.size(qkv, 3), c.size(qkv, 4), b, h});
}

}  // namespace

int attention(const Call& c) {
    const double* qkv = c.data<double>(0);
    double* y = c.data<double>(1);
    overHeads(c, 0, [&](const Head& head) {
        std::vector<double> weight(static_cast<std::size_t>(head.time));
        for (Int t = 0; t < head.time; ++t) {
            double largest = -INFINITY, total = 0;
            for (Int s = 0; s <= t; ++s)
                largest = std::max(largest, weight[static_cast<std::size_t>(s)] = head.score(qkv, t, s));
            for (Int s = 0; s <= t; ++s)
                total += weight[static_cast<std::size_t>(s)] =
                    std::exp(weight[static_cast<std::size_t>(s)] - largest);
            if (c.has(2))
                c.data<double>(2)[(head.b * head.heads + head.h) * head.time + t] = largest + std::log(total);
            for (Int d = 0; d < head.depth; ++d) {
                double sum = 0;
                for (Int s = 0; s <= t; ++s)
                    sum += weight[static_cast<std::size_t>(s)] * qkv[head.at(s, 2, d)];
                y[head.out(t, d)] = sum / total;
            }
        }
    });
    return LATHE_OK;
}

int attentionBackward(const Call& c) {
    const double *dy = c.data<double>(0), *qkv = c.data<double>(1), *y = c.data<double>(2),
                 *lse = c.data<double>(3);
    double* dqkv = c.data<double>(4);
    std::fill_n(dqkv, c.elements(4), 0.0);
    overHeads(c, 1, [&](const Head& head) {
        for (Int t = 0; t < head.time; ++t) {
            double weighted = 0;
            for (Int d = 0; d < head.depth; ++d)
                weighted += dy[head.out(t, d)] * y[head.out(t, d)];
            for (Int s = 0; s <= t; ++s) {
                const double p =
                    std::exp(head.score(qkv, t, s) - lse[(head.b * head.heads + head.h) * head.time + t]);
                double dp = 0;
                for (Int d = 0; d < head.depth; ++d)
                    dp += dy[head.out(t, d)] * qkv[head.at(s, 2, d)];
                const double ds = p * (dp - weighted) * head.scale();
                for (Int d = 0; d < head.depth; ++d) {
                    dqkv[head.at(t, 0, d)] += ds * qkv[head.at(s, 1, d)];
                    dqkv[head.at(s, 1, d)] += ds * qkv[head.at(t, 0, d)];
                    dqkv[head.at(s, 2, d)] += p * dy[head.out(t, d)];
                }
            }
        }
    });
    return LATHE_OK;
}

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
        if (const std::int32_t target = c.data<std::int32_t>(1)[n]; target >= 0)
            total += lse - row[target];
    }
    *c.data<double>(2) = total / denominator;
    return LATHE_OK;
}

int crossEntropyBackward(const Call& c, double denominator) {
    const Int classes = c.last(1);
    const double factor = *c.data<double>(0) / denominator;
    for (Int n = 0; n < c.rows(1); ++n) {
        const std::int32_t target = c.data<std::int32_t>(2)[n];
        for (Int i = 0; i < classes; ++i) {
            const double p = std::exp(c.data<double>(1)[n * classes + i] - c.data<double>(3)[n]);
            c.data<double>(4)[n * classes + i] = target < 0 ? 0 : (p - (i == target ? 1 : 0)) * factor;
        }
    }
    return LATHE_OK;
}

int adamw(const Call& c) {
    double *value = c.data<double>(0), *first = c.data<double>(2), *second = c.data<double>(3);
    const double lr = c.number(0), beta1 = c.number(1), beta2 = c.number(2);
    const auto step = static_cast<double>(c.integer(0));
    const double c1 = 1 - std::pow(beta1, step), c2 = 1 - std::pow(beta2, step);
    for (Int i = 0; i < c.elements(0); ++i) {
        const double g = c.data<double>(1)[i] * c.number(5);
        first[i] = beta1 * first[i] + (1 - beta1) * g;
        second[i] = beta2 * second[i] + (1 - beta2) * g * g;
        if (c.data<std::uint8_t>(4)[i])
            value[i] -= lr * c.number(4) * value[i];
        value[i] -= lr * (first[i] / c1) / (std::sqrt(second[i] / c2) + c.number(3));
    }
    return LATHE_OK;
}

}  // namespace lathe::tensor::cpu::plain
