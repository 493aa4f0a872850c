// SPDX-License-Identifier: Apache-2.0
// The operations of a tape by name; what they do is in their rows.
#include "autograd/tape.h"

#include <algorithm>

namespace lathe::autograd {

Var Tape::add(const Var& a, const Var& b) {
    return applyOne(Op::Add, {a, b}, {});
}

Var Tape::multiply(const Var& a, const Var& b) {
    return applyOne(Op::Multiply, {a, b}, {});
}

Var Tape::scale(const Var& x, double factor) {
    return applyOne(Op::Scale, {x}, {.factor = factor});
}

Var Tape::activation(const Var& x, Activation activation) {
    return activation == Activation::None ? x : applyOne(Op::Activate, {x}, {.activation = activation});
}

Var Tape::swiGlu(const Var& x) {
    return applyOne(Op::SwiGlu, {x}, {});
}

Var Tape::dropout(const Var& x, double share, bool perRow) {
    if (!m_training || share <= 0 || !x.defined())
        return x;
    const std::int64_t rows = std::max<std::int64_t>(1, x.value().rank() > 0 ? x.value().size(0) : 1);
    const std::int64_t each = x.value().elements() / rows;
    constexpr int placeBits = 20;  // of the stream's number; the step has the rest
    return applyOne(Op::Dropout, {x},
                    {.first = m_randomness.firstRow * (perRow ? 1 : each),
                     .share = share,
                     .seed = static_cast<std::int64_t>(m_randomness.seed),
                     .stream = static_cast<std::int64_t>(m_randomness.step << placeBits) + m_draws++,
                     .group = perRow ? std::max<std::int64_t>(1, each) : 1});
}

Var Tape::layerNorm(const Var& x, const Var& weight, const Var& bias, double epsilon) {
    return applyOne(Op::LayerNorm, {x, weight, bias}, {.epsilon = epsilon});
}

Var Tape::rmsNorm(const Var& x, const Var& weight, double epsilon) {
    return applyOne(Op::RmsNorm, {x, weight}, {.epsilon = epsilon});
}

Var Tape::groupNorm(const Var& x, const Var& weight, const Var& bias, std::int64_t groups, double epsilon) {
    return applyOne(Op::GroupNorm, {x, weight, bias}, {.epsilon = epsilon, .groups = groups});
}

Var Tape::batchNorm(const Var& x, const Var& weight, const Var& bias, const Running& running,
                    Activation activation, const Var& residual, double momentum, double epsilon) {
    // The second run of a block sees the same batch: it must not count twice.
    const bool moves = !(m_training && m_replay);
    return applyOne(
        Op::BatchNorm,
        {x, weight, bias, residual, constant(moves ? running.mean : Tensor{}),
         constant(moves ? running.variance : Tensor{})},
        {.activation = activation, .epsilon = epsilon, .momentum = momentum, .training = m_training});
}

Var Tape::conv2d(const Var& x, const Var& weight, const Var& bias, const Convolution& form) {
    return applyOne(
        Op::Conv2d, {x, weight, bias},
        {.groups = form.groups, .stride = form.stride, .padding = form.padding, .dilation = form.dilation});
}

Var Tape::pool2d(const Var& x, Pool kind, Pair kernel, Pair stride, Pair padding) {
    return applyOne(Op::Pool2d, {x}, {.pool = kind, .kernel = kernel, .stride = stride, .padding = padding});
}

Var Tape::globalAverage(const Var& x) {
    return mean(x, {2, 3});
}

Var Tape::attention(const Var& x, std::int64_t heads, std::int64_t keyHeads, bool causal) {
    return applyOne(Op::Attention, {x}, {.heads = heads, .keyHeads = keyHeads, .causal = causal});
}

Var Tape::rope(const Var& x, const Tensor& table, std::int64_t heads, std::int64_t turned,
               std::int64_t first) {
    return applyOne(Op::Rope, {x, constant(table)}, {.heads = heads, .turned = turned, .first = first});
}

Var Tape::embedding(const Var& ids, const Var& table, const Var& positions, std::int64_t first) {
    return applyOne(Op::Embedding, {ids, table, positions}, {.first = first});
}

LstmResult Tape::lstm(const Var& gates, const Var& weight, const Var& h0, const Var& c0) {
    const Var inputs[] = {gates, weight, h0, c0};
    const auto results = apply(Op::Lstm, inputs, {});
    return {results[0], results[1].m_value};
}

Var Tape::sumOver(const Var& x, std::initializer_list<int> dims, bool mean) {
    if (!x.defined())
        return applyOne(Op::Sum, {x}, {});
    Attributes attributes;
    tensor::Shape kept;
    double count = 1;
    const tensor::Shape& shape = x.value().shape();
    for (const int dim : dims)
        attributes.dims |= 1u << dim;
    for (int i = 0; i < shape.rank(); ++i)
        if ((attributes.dims >> i) & 1u)
            count *= static_cast<double>(shape[i]);
        else
            kept.append(shape[i]);
    attributes.factor = mean && count > 0 ? 1 / count : 1;
    return applyOne(Op::Sum, {x}, attributes).reshape(kept);
}

Var Tape::mean(const Var& x, std::initializer_list<int> dims) {
    return sumOver(x, dims, true);
}

Var Tape::sum(const Var& x, std::initializer_list<int> dims) {
    return sumOver(x, dims, false);
}

Var Tape::slice(const Var& x, int dim, std::int64_t begin, std::int64_t end) {
    return applyOne(Op::Slice, {x}, {.dim = dim, .begin = begin, .end = end});
}

Var Tape::concat(std::span<const Var> parts, int dim) {
    return apply(Op::Concat, parts, {.dim = dim}).front();
}

Var Tape::permute(const Var& x, std::initializer_list<int> order) {
    Attributes attributes;
    std::copy(order.begin(), order.end(), attributes.order.begin());
    return applyOne(Op::Permute, {x}, attributes);
}

Var Tape::reshape(const Var& x, const tensor::Shape& shape) {
    if (!x.defined() || x.value().canReshape(shape))
        return x.reshape(shape);
    if (x.value().elements() != shape.elements())
        return failed({ErrorCode::Invalid, "reshape to " + shape.text(), x.value().text(), {}});
    return convert(x, x.value().dtype()).reshape(shape);
}

Var Tape::convert(const Var& x, tensor::DType type) {
    return applyOne(Op::Convert, {x}, {.dtype = type});
}

Var Tape::channelsLast(const Var& x) {
    return x.defined() ? applyOne(Op::Convert, {x}, {.dtype = x.value().dtype(), .channelsLast = true}) : x;
}

Var Tape::crossEntropy(const Var& logits, const Var& targets, double denominator, double smoothing) {
    return applyOne(Op::CrossEntropy, {logits, targets},
                    {.denominator = denominator, .smoothing = smoothing});
}

Var Tape::meanSquares(const Var& x, const Var& target, double denominator) {
    return applyOne(Op::MeanSquares, {x, target}, {.denominator = denominator});
}

Var Tape::binaryCrossEntropy(const Var& logits, const Var& target, double denominator) {
    return applyOne(Op::BinaryCrossEntropy, {logits, target}, {.denominator = denominator});
}

}  // namespace lathe::autograd
