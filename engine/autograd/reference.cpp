// SPDX-License-Identifier: Apache-2.0
#include "autograd/reference.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace lathe::autograd::reference {
namespace {

using Index = std::size_t;

Index extent(const Shape& shape, int dim) {
    return static_cast<Index>(shape[dim]);
}

double activate(double x, Activation activation) {
    switch (activation) {
    case Activation::Gelu:  // Hendrycks and Gimpel 2016, arXiv:1606.08415, the tanh form
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case Activation::Relu: return std::max(x, 0.0);
    case Activation::GeluExact: return x * 0.5 * std::erfc(-x / std::numbers::sqrt2);
    case Activation::Silu: return x / (1 + std::exp(-x));  // Elfwing et al. 2017, arXiv:1702.03118
    case Activation::Sigmoid: return 1 / (1 + std::exp(-x));
    case Activation::Tanh: return std::tanh(x);
    case Activation::None: break;
    }
    return x;
}

}  // namespace

std::vector<Values> linear(std::span<const Values> in, std::span<const Shape> shapes,
                           const Attributes& attributes) {
    const Values &x = in[0], &w = in[1], &b = in[2], &residual = in[3];
    const Index outputs = extent(shapes[1], 0), inputs = extent(shapes[1], 1), rows = x.size() / inputs;
    Values y(rows * outputs);
    for (Index n = 0; n < rows; ++n)
        for (Index o = 0; o < outputs; ++o) {
            double sum = b.empty() ? 0 : b[o];
            for (Index i = 0; i < inputs; ++i)
                sum += x[n * inputs + i] * w[o * inputs + i];
            y[n * outputs + o] =
                activate(sum, attributes.activation) + (residual.empty() ? 0 : residual[n * outputs + o]);
        }
    return {y};
}

std::vector<Values> activation(std::span<const Values> in, std::span<const Shape>,
                               const Attributes& attributes) {
    Values y(in[0]);
    for (double& value : y)
        value = activate(value, attributes.activation);
    return {y};
}

std::vector<Values> layerNorm(std::span<const Values> in, std::span<const Shape> shapes,
                              const Attributes& attributes) {
    const Values &x = in[0], &w = in[1], &b = in[2];
    const Index width = extent(shapes[1], 0), rows = x.size() / width;
    Values y(x.size());
    for (Index n = 0; n < rows; ++n) {
        const double* row = &x[n * width];
        double mean = 0, variance = 0;
        for (Index i = 0; i < width; ++i)
            mean += row[i] / static_cast<double>(width);
        for (Index i = 0; i < width; ++i)
            variance += (row[i] - mean) * (row[i] - mean) / static_cast<double>(width);
        for (Index i = 0; i < width; ++i)
            y[n * width + i] =
                (row[i] - mean) / std::sqrt(variance + attributes.epsilon) * w[i] + (b.empty() ? 0 : b[i]);
    }
    return {y};
}

std::vector<Values> rmsNorm(std::span<const Values> in, std::span<const Shape> shapes,
                            const Attributes& attributes) {
    const Values &x = in[0], &w = in[1];
    const Index width = extent(shapes[1], 0);
    Values y(x.size());
    for (Index n = 0; n < x.size(); n += width) {
        double squares = 0;
        for (Index i = 0; i < width; ++i)
            squares += x[n + i] * x[n + i] / static_cast<double>(width);
        for (Index i = 0; i < width; ++i)
            y[n + i] = x[n + i] / std::sqrt(squares + attributes.epsilon) * w[i];
    }
    return {y};
}

std::vector<Values> attention(std::span<const Values> in, std::span<const Shape> shapes,
                              const Attributes& attributes) {
    const Values& x = in[0];
    const Index batch = extent(shapes[0], 0), time = extent(shapes[0], 1), width = extent(shapes[0], 2);
    const Index heads = static_cast<Index>(attributes.heads),
                keyHeads = attributes.keyHeads > 0 ? static_cast<Index>(attributes.keyHeads) : heads;
    const Index depth = width / (heads + 2 * keyHeads);
    const double scale = 1 / std::sqrt(static_cast<double>(depth));
    auto at = [&](Index b, Index t, Index head, Index d) {
        return x[(b * time + t) * width + head * depth + d];
    };
    Values y(batch * time * heads * depth);
    Values weight(time);
    for (Index b = 0; b < batch; ++b)
        for (Index h = 0; h < heads; ++h)
            for (Index t = 0; t < time; ++t) {
                const Index seen = attributes.causal ? t + 1 : time, key = heads + h * keyHeads / heads,
                            value = key + keyHeads;
                double largest = -INFINITY, total = 0;
                for (Index s = 0; s < seen; ++s) {
                    double dot = 0;
                    for (Index d = 0; d < depth; ++d)
                        dot += at(b, t, h, d) * at(b, s, key, d);
                    weight[s] = dot * scale;
                    largest = std::max(largest, weight[s]);
                }
                for (Index s = 0; s < seen; ++s)
                    total += weight[s] = std::exp(weight[s] - largest);
                for (Index s = 0; s < seen; ++s)
                    for (Index d = 0; d < depth; ++d)
                        y[((b * time + t) * heads + h) * depth + d] += weight[s] / total * at(b, s, value, d);
            }
    return {y};
}

// Each pair as a complex number, times cosine + i·sine.
std::vector<Values> rope(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    const Index time = extent(shapes[0], 1), heads = static_cast<Index>(a.heads),
                half = extent(shapes[0], 2) / heads / 2;
    Values y(in[0]);
    for (Index row = 0; row < in[0].size() / (heads * 2 * half); ++row)
        for (Index h = 0; h < static_cast<Index>(a.turned); ++h)
            for (Index d = 0; d < half; ++d) {
                const Index at = (row * heads + h) * 2 * half + d,
                            angle = ((row % time + static_cast<Index>(a.first)) * half + d) * 2;
                const std::complex<double> z(in[0][at], in[0][at + half]),
                    turn(in[1][angle], in[1][angle + 1]);
                y[at] = (z * turn).real();
                y[at + half] = (z * turn).imag();
            }
    return {y};
}

std::vector<Values> lstm(std::span<const Values> in, std::span<const Shape> shapes, const Attributes&) {
    const Values &gates = in[0], &w = in[1];
    const Index batch = extent(shapes[0], 0), time = extent(shapes[0], 1), width = extent(shapes[1], 1);
    Values y(batch * time * width), cells(y.size());
    for (Index b = 0; b < batch; ++b) {
        Values h(width), c(width);
        for (Index j = 0; j < width; ++j) {
            h[j] = in[2].empty() ? 0 : in[2][b * width + j];
            c[j] = in[3].empty() ? 0 : in[3][b * width + j];
        }
        for (Index t = 0; t < time; ++t) {
            const auto gate = [&](Index which, Index j) {
                double sum = gates[(b * time + t) * 4 * width + which * width + j];
                for (Index k = 0; k < width; ++k)
                    sum += w[(which * width + j) * width + k] * h[k];
                return activate(sum, which == 2 ? Activation::Tanh : Activation::Sigmoid);
            };
            Values next(width);
            for (Index j = 0; j < width; ++j) {
                c[j] = gate(1, j) * c[j] + gate(0, j) * gate(2, j);
                next[j] = gate(3, j) * std::tanh(c[j]);
                y[(b * time + t) * width + j] = next[j];
                cells[(b * time + t) * width + j] = c[j];
            }
            h = next;
        }
    }
    return {y, cells};
}

std::vector<Values> embedding(std::span<const Values> in, std::span<const Shape> shapes,
                              const Attributes& attributes) {
    const Values &ids = in[0], &table = in[1], &positions = in[2];
    const Index time = extent(shapes[0], 1), width = extent(shapes[1], 1);
    Values y(ids.size() * width);
    for (Index n = 0; n < ids.size(); ++n)
        for (Index i = 0; i < width; ++i)
            y[n * width + i] =
                table[static_cast<Index>(ids[n]) * width + i] +
                (positions.empty()
                     ? 0
                     : positions[(n % time + static_cast<Index>(attributes.first)) * width + i]);
    return {y};
}

std::vector<Values> crossEntropy(std::span<const Values> in, std::span<const Shape> shapes,
                                 const Attributes& attributes) {
    const Values &logits = in[0], &targets = in[1];
    const Index classes = extent(shapes[0], shapes[0].rank() - 1), rows = logits.size() / classes;
    const bool hard = targets.size() == rows;
    double sum = 0, counted = 0;
    for (Index n = 0; n < rows; ++n) {
        if (hard && targets[n] < 0)
            continue;
        const double* row = &logits[n * classes];
        const double largest = *std::max_element(row, row + classes);
        double total = 0;
        for (Index i = 0; i < classes; ++i)
            total += std::exp(row[i] - largest);
        for (Index i = 0; i < classes; ++i) {
            const double share =
                hard ? (i == static_cast<Index>(targets[n]) ? 1 : 0) : targets[n * classes + i];
            sum +=
                ((1 - attributes.smoothing) * share + attributes.smoothing / static_cast<double>(classes)) *
                (largest + std::log(total) - row[i]);
        }
        counted += 1;
    }
    return {{sum / (attributes.denominator > 0 ? attributes.denominator : counted)}};
}

std::vector<Values> meanSquares(std::span<const Values> in, std::span<const Shape>, const Attributes& a) {
    double sum = 0;
    for (Index i = 0; i < in[0].size(); ++i)
        sum += std::pow(in[0][i] - in[1][i], 2);
    return {{sum / (a.denominator > 0 ? a.denominator : static_cast<double>(in[0].size()))}};
}

std::vector<Values> binaryCrossEntropy(std::span<const Values> in, std::span<const Shape>,
                                       const Attributes& a) {
    double sum = 0;
    for (Index i = 0; i < in[0].size(); ++i) {
        const double p = activate(in[0][i], Activation::Sigmoid);
        sum -= in[1][i] * std::log(p) + (1 - in[1][i]) * std::log(1 - p);
    }
    return {{sum / (a.denominator > 0 ? a.denominator : static_cast<double>(in[0].size()))}};
}

}  // namespace lathe::autograd::reference
