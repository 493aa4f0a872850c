// SPDX-License-Identifier: Apache-2.0
// Plain forms of what works element by element, on images and on shapes; see reference.h.
#include "autograd/reference.h"
#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lathe::autograd::reference {
namespace {

using Index = std::size_t;
using Coordinates = std::array<std::int64_t, tensor::maxRank>;

// visit(index in row-major order, coordinates)
void overElements(const Shape& shape, const std::function<void(Index, const Coordinates&)>& visit) {
    Coordinates at{};
    for (std::int64_t n = 0; n < shape.elements(); ++n) {
        std::int64_t rest = n;
        for (int d = shape.rank() - 1; d >= 0; --d) {
            at[static_cast<Index>(d)] = rest % shape[d];
            rest /= shape[d];
        }
        visit(static_cast<Index>(n), at);
    }
}

Index indexOf(const Shape& shape, const Coordinates& at) {
    std::int64_t index = 0;
    for (int d = 0; d < shape.rank(); ++d)
        index = index * shape[d] + at[static_cast<Index>(d)];
    return static_cast<Index>(index);
}

std::vector<Values> combine(std::span<const Values> in, std::span<const Shape> shapes,
                            double (*f)(double, double)) {
    Shape out = shapes[0].rank() >= shapes[1].rank() ? shapes[0] : shapes[1];
    const auto own = [&](const Shape& shape, int d) { return d - (out.rank() - shape.rank()); };
    for (const Shape& shape : shapes)
        for (int d = 0; d < out.rank(); ++d)
            if (own(shape, d) >= 0)
                out[d] = std::max(out[d], shape[own(shape, d)]);
    Values y(static_cast<Index>(out.elements()));
    overElements(out, [&](Index n, const Coordinates& at) {
        const auto value = [&](Index i) {
            Coordinates mine{};
            for (int d = 0; d < out.rank(); ++d)
                if (const int k = own(shapes[i], d); k >= 0)
                    mine[static_cast<Index>(k)] = shapes[i][k] == 1 ? 0 : at[static_cast<Index>(d)];
            return in[i][indexOf(shapes[i], mine)];
        };
        y[n] = f(value(0), value(1));
    });
    return {y};
}

// Mean and inverse deviation of the elements for which `belongs` holds.
std::pair<double, double> moments(const Values& x, double epsilon,
                                  const std::function<bool(Index)>& belongs) {
    double mean = 0, variance = 0, count = 0;
    for (Index i = 0; i < x.size(); ++i)
        if (belongs(i)) {
            mean += x[i];
            ++count;
        }
    mean /= count;
    for (Index i = 0; i < x.size(); ++i)
        if (belongs(i))
            variance += (x[i] - mean) * (x[i] - mean) / count;
    return {mean, 1 / std::sqrt(variance + epsilon)};
}

std::int64_t outExtent(std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                       std::int64_t dilation) {
    return (in + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1;
}

}  // namespace

std::vector<Values> add(std::span<const Values> in, std::span<const Shape> shapes, const Attributes&) {
    return combine(in, shapes, [](double a, double b) { return a + b; });
}

std::vector<Values> multiply(std::span<const Values> in, std::span<const Shape> shapes, const Attributes&) {
    return combine(in, shapes, [](double a, double b) { return a * b; });
}

std::vector<Values> scale(std::span<const Values> in, std::span<const Shape>, const Attributes& a) {
    Values y(in[0]);
    for (double& value : y)
        value *= a.factor;
    return {y};
}

std::vector<Values> swiGlu(std::span<const Values> in, std::span<const Shape> shapes, const Attributes&) {
    const Index width = static_cast<Index>(shapes[0].back()) / 2;
    Values y(in[0].size() / 2);
    for (Index i = 0; i < y.size(); ++i) {
        const Index at = i / width * 2 * width + i % width;
        y[i] = in[0][at] / (1 + std::exp(-in[0][at])) * in[0][at + width];
    }
    return {y};
}

std::vector<Values> dropout(std::span<const Values> in, std::span<const Shape>, const Attributes& a) {
    const tensor::CounterRng rng(static_cast<std::uint64_t>(a.seed), static_cast<std::uint64_t>(a.stream));
    Values y(in[0]);
    for (Index i = 0; i < y.size(); ++i) {
        const auto draw = static_cast<std::uint64_t>(a.first) + i / static_cast<Index>(a.group);
        y[i] *= rng.uniform(draw) >= a.share ? 1 / (1 - a.share) : 0;
    }
    return {y};
}

std::vector<Values> groupNorm(std::span<const Values> in, std::span<const Shape> shapes,
                              const Attributes& a) {
    const Index channels = static_cast<Index>(shapes[0][1]), groups = static_cast<Index>(a.groups);
    const Index plane = in[0].size() / static_cast<Index>(shapes[0][0]) / channels;
    const auto groupOf = [&](Index i) { return i / plane / (channels / groups); };  // over the whole batch
    Values y(in[0].size());
    for (Index g = 0; g < static_cast<Index>(shapes[0][0]) * groups; ++g) {
        const auto [mean, rstd] = moments(in[0], a.epsilon, [&](Index i) { return groupOf(i) == g; });
        for (Index i = 0; i < y.size(); ++i)
            if (groupOf(i) == g) {
                const Index c = i / plane % channels;
                y[i] = (in[0][i] - mean) * rstd * in[1][c] + in[2][c];
            }
    }
    return {y};
}

std::vector<Values> batchNorm(std::span<const Values> in, std::span<const Shape> shapes,
                              const Attributes& a) {
    const Index channels = static_cast<Index>(shapes[0][1]);
    const Index plane = in[0].size() / static_cast<Index>(shapes[0][0]) / channels;
    Values y(in[0].size());
    for (Index c = 0; c < channels; ++c) {
        const auto belongs = [&](Index i) { return i / plane % channels == c; };
        const auto [mean, rstd] = a.training ? moments(in[0], a.epsilon, belongs)
                                             : std::pair{in[4][c], 1 / std::sqrt(in[5][c] + a.epsilon)};
        for (Index i = 0; i < y.size(); ++i)
            if (belongs(i)) {
                y[i] = (in[0][i] - mean) * rstd * in[1][c] + in[2][c] + (in[3].empty() ? 0 : in[3][i]);
                if (a.activation == Activation::Relu)
                    y[i] = std::max(y[i], 0.0);
            }
    }
    return {y};
}

std::vector<Values> conv2d(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    const Shape &x = shapes[0], &w = shapes[1];
    const Shape out{x[0], w[0], outExtent(x[2], w[2], a.stride[0], a.padding[0], a.dilation[0]),
                    outExtent(x[3], w[3], a.stride[1], a.padding[1], a.dilation[1])};
    Values y(static_cast<Index>(out.elements()));
    overElements(out, [&](Index n, const Coordinates& at) {
        double sum = in[2].empty() ? 0 : in[2][static_cast<Index>(at[1])];
        overElements({w[1], w[2], w[3]}, [&](Index, const Coordinates& k) {
            const std::int64_t h = at[2] * a.stride[0] - a.padding[0] + k[1] * a.dilation[0],
                               v = at[3] * a.stride[1] - a.padding[1] + k[2] * a.dilation[1];
            if (h >= 0 && h < x[2] && v >= 0 && v < x[3])
                sum += in[0][indexOf(x, {at[0], at[1] / (w[0] / a.groups) * w[1] + k[0], h, v})] *
                       in[1][indexOf(w, {at[1], k[0], k[1], k[2]})];
        });
        y[n] = sum;
    });
    return {y};
}

std::vector<Values> pool2d(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    const Shape& x = shapes[0];
    const Shape out{x[0], x[1], outExtent(x[2], a.kernel[0], a.stride[0], a.padding[0], 1),
                    outExtent(x[3], a.kernel[1], a.stride[1], a.padding[1], 1)};
    Values y(static_cast<Index>(out.elements()));
    overElements(out, [&](Index n, const Coordinates& at) {
        double sum = 0, largest = -INFINITY, count = 0;
        overElements({a.kernel[0], a.kernel[1]}, [&](Index, const Coordinates& k) {
            const std::int64_t h = at[2] * a.stride[0] - a.padding[0] + k[0],
                               w = at[3] * a.stride[1] - a.padding[1] + k[1];
            const bool inside = h >= 0 && h < x[2] && w >= 0 && w < x[3];
            count += inside || a.pool == Pool::Average ? 1 : 0;
            if (inside) {
                const double value = in[0][indexOf(x, {at[0], at[1], h, w})];
                sum += value;
                largest = std::max(largest, value);
            }
        });
        y[n] = a.pool == Pool::Max ? largest : sum / count;
    });
    return {y};
}

std::vector<Values> sum(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    Shape out = shapes[0];
    for (int d = 0; d < out.rank(); ++d)
        if ((a.dims >> d) & 1u)
            out[d] = 1;
    Values y(static_cast<Index>(out.elements()));
    overElements(shapes[0], [&](Index n, Coordinates at) {
        for (int d = 0; d < out.rank(); ++d)
            if (out[d] == 1)
                at[static_cast<Index>(d)] = 0;
        y[indexOf(out, at)] += a.factor * in[0][n];
    });
    return {y};
}

std::vector<Values> slice(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    Values y;
    overElements(shapes[0], [&](Index n, const Coordinates& at) {
        if (at[static_cast<Index>(a.dim)] >= a.begin && at[static_cast<Index>(a.dim)] < a.end)
            y.push_back(in[0][n]);
    });
    return {y};
}

std::vector<Values> concat(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    Shape out = shapes[0];
    out[a.dim] = 0;
    for (const Shape& shape : shapes)
        out[a.dim] += shape[a.dim];
    Values y(static_cast<Index>(out.elements()));
    std::int64_t before = 0;
    for (Index i = 0; i < in.size(); ++i) {
        overElements(shapes[i], [&](Index n, Coordinates at) {
            at[static_cast<Index>(a.dim)] += before;
            y[indexOf(out, at)] = in[i][n];
        });
        before += shapes[i][a.dim];
    }
    return {y};
}

std::vector<Values> permute(std::span<const Values> in, std::span<const Shape> shapes, const Attributes& a) {
    Shape out = shapes[0];
    for (int d = 0; d < out.rank(); ++d)
        out[d] = shapes[0][a.order[static_cast<Index>(d)]];
    Values y(in[0].size());
    overElements(out, [&](Index n, const Coordinates& at) {
        Coordinates from{};
        for (int d = 0; d < out.rank(); ++d)
            from[static_cast<Index>(a.order[static_cast<Index>(d)])] = at[static_cast<Index>(d)];
        y[n] = in[0][indexOf(shapes[0], from)];
    });
    return {y};
}

std::vector<Values> convert(std::span<const Values> in, std::span<const Shape>, const Attributes&) {
    return {in[0]};
}

}  // namespace lathe::autograd::reference
