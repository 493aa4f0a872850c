// SPDX-License-Identifier: Apache-2.0
#include "autograd/reference.h"

#include <algorithm>
#include <cmath>
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

std::vector<Values> add(std::span<const Values> in, std::span<const Shape>, const Attributes&) {
    Values y(in[0]);
    for (Index i = 0; i < y.size(); ++i)
        y[i] += in[1][i];
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

std::vector<Values> causalAttention(std::span<const Values> in, std::span<const Shape> shapes,
                                    const Attributes& attributes) {
    const Values& qkv = in[0];
    const Index batch = extent(shapes[0], 0), time = extent(shapes[0], 1), width = extent(shapes[0], 2) / 3;
    const Index heads = static_cast<Index>(attributes.heads), depth = width / heads;
    const double scale = 1 / std::sqrt(static_cast<double>(depth));
    auto at = [&](Index b, Index t, Index part, Index h, Index d) {
        return qkv[(b * time + t) * 3 * width + part * width + h * depth + d];
    };
    Values y(batch * time * width);
    Values weight(time);
    for (Index b = 0; b < batch; ++b)
        for (Index h = 0; h < heads; ++h)
            for (Index t = 0; t < time; ++t) {
                double largest = -INFINITY, total = 0;
                for (Index s = 0; s <= t; ++s) {
                    double dot = 0;
                    for (Index d = 0; d < depth; ++d)
                        dot += at(b, t, 0, h, d) * at(b, s, 1, h, d);
                    weight[s] = dot * scale;
                    largest = std::max(largest, weight[s]);
                }
                for (Index s = 0; s <= t; ++s)
                    total += weight[s] = std::exp(weight[s] - largest);
                for (Index s = 0; s <= t; ++s)
                    for (Index d = 0; d < depth; ++d)
                        y[(b * time + t) * width + h * depth + d] += weight[s] / total * at(b, s, 2, h, d);
            }
    return {y};
}

std::vector<Values> embedding(std::span<const Values> in, std::span<const Shape> shapes, const Attributes&) {
    const Values &ids = in[0], &table = in[1], &positions = in[2];
    const Index time = extent(shapes[0], 1), width = extent(shapes[1], 1);
    Values y(ids.size() * width);
    for (Index n = 0; n < ids.size(); ++n)
        for (Index i = 0; i < width; ++i)
            y[n * width + i] = table[static_cast<Index>(ids[n]) * width + i] +
                               (positions.empty() ? 0 : positions[n % time * width + i]);
    return {y};
}

std::vector<Values> crossEntropy(std::span<const Values> in, std::span<const Shape>,
                                 const Attributes& attributes) {
    const Values &logits = in[0], &targets = in[1];
    const Index classes = logits.size() / targets.size();
    double sum = 0, counted = 0;
    for (Index n = 0; n < targets.size(); ++n) {
        if (targets[n] < 0)
            continue;
        const double* row = &logits[n * classes];
        const double largest = *std::max_element(row, row + classes);
        double total = 0;
        for (Index i = 0; i < classes; ++i)
            total += std::exp(row[i] - largest);
        sum += largest + std::log(total) - row[static_cast<Index>(targets[n])];
        counted += 1;
    }
    return {{sum / (attributes.denominator > 0 ? attributes.denominator : counted)}};
}

}  // namespace lathe::autograd::reference
