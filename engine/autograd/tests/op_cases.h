// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "autograd/tape.h"
#include "tensor/random.h"

#include <doctest/doctest.h>
#include <string>
#include <vector>

// Every row of the op table at shapes that vectors and blocks do not divide, for the tests of gradients and
// kernels.
namespace lathe::autograd::test {

using Values = std::vector<double>;

struct OpCase {
    std::string name;
    Op op;
    std::vector<Shape> shapes;  // of the inputs; rank 0 stands for an absent one
    Attributes attributes;
    std::vector<std::int64_t> integerBelow;  // per input: 0 for real numbers, else i32 below this
    bool small = true;                       // small enough for central differences
    std::vector<bool> shares = {};           // per input: a constant in [0, 1], not differentiated

    bool absent(std::size_t i) const { return shapes[i].rank() == 0; }
    // Not differentiated: targets, and the angles of rope.
    bool constant(std::size_t i) const { return share(i) || (op == Op::Rope && i == 1); }
    bool share(std::size_t i) const { return i < shares.size() && shares[i]; }
    bool images() const { return shapes[0].rank() == 4; }
    bool integer(std::size_t i) const { return i < integerBelow.size() && integerBelow[i] > 0; }
};

inline const std::vector<OpCase>& opCases() {
    static const Shape none;
    static const auto act = [](Activation a) { return Attributes{.activation = a}; };
    static const std::vector<OpCase> cases{
        {"linear", Op::Linear, {{3, 5}, {4, 5}, none, none}, {}, {}},
        {"linear with bias, x of three dimensions", Op::Linear, {{2, 3, 5}, {4, 5}, {4}, none}, {}, {}},
        {"linear with residual", Op::Linear, {{3, 5}, {4, 5}, {4}, {3, 4}}, {}, {}},
        {"linear, gelu", Op::Linear, {{3, 5}, {4, 5}, {4}, none}, act(Activation::Gelu), {}},
        {"linear, gelu and residual", Op::Linear, {{3, 5}, {4, 5}, {4}, {3, 4}}, act(Activation::Gelu), {}},
        {"linear, relu", Op::Linear, {{3, 5}, {4, 5}, none, none}, act(Activation::Relu), {}},
        {"linear, one row", Op::Linear, {{1, 1}, {1, 1}, {1}, none}, {}, {}},
        {"linear, many rows",
         Op::Linear,
         {{517, 33}, {129, 33}, {129}, {517, 129}},
         act(Activation::Gelu),
         {},
         false},
        {"linear, a weight larger than caches",
         Op::Linear,
         {{37, 771}, {803, 771}, {803}, {37, 803}},
         act(Activation::Gelu),
         {},
         false},
        {"linear, wide", Op::Linear, {{67, 257}, {771, 257}, {771}, none}, {}, {}, false},
        {"add", Op::Add, {{3, 7}, {3, 7}}, {}, {}},
        {"add, long", Op::Add, {{40001}, {40001}}, {}, {}, false},
        {"gelu", Op::Activate, {{5, 7}}, act(Activation::Gelu), {}},
        {"gelu, long", Op::Activate, {{513, 77}}, act(Activation::Gelu), {}, false},
        {"relu", Op::Activate, {{5, 7}}, act(Activation::Relu), {}},
        {"exact gelu", Op::Activate, {{5, 7}}, act(Activation::GeluExact), {}},
        {"exact gelu, long", Op::Activate, {{513, 77}}, act(Activation::GeluExact), {}, false},
        {"silu", Op::Activate, {{5, 7}}, act(Activation::Silu), {}},
        {"sigmoid", Op::Activate, {{5, 7}}, act(Activation::Sigmoid), {}},
        {"tanh", Op::Activate, {{5, 7}}, act(Activation::Tanh), {}},
        {"tanh, long", Op::Activate, {{513, 77}}, act(Activation::Tanh), {}, false},
        {"linear, silu", Op::Linear, {{3, 5}, {4, 5}, {4}, none}, act(Activation::Silu), {}},
        {"add, a row to a matrix", Op::Add, {{3, 2, 7}, {7}}, {}, {}},
        {"add, a column and a row", Op::Add, {{3, 1}, {1, 5}}, {}, {}},
        {"add, a channel to images", Op::Add, {{2, 3, 4, 5}, {3, 1, 1}}, {}, {}},
        {"multiply", Op::Multiply, {{3, 7}, {3, 7}}, {}, {}},
        {"multiply, broadcast", Op::Multiply, {{4, 1, 3}, {2, 1}}, {}, {}},
        {"multiply, long", Op::Multiply, {{301, 133}, {133}}, {}, {}, false},
        {"scale", Op::Scale, {{3, 7}}, {.factor = -2.5}, {}},
        {"swiglu", Op::SwiGlu, {{2, 3, 14}}, {}, {}},
        {"swiglu, long", Op::SwiGlu, {{129, 2 * 77}}, {}, {}, false},
        {"dropout", Op::Dropout, {{5, 7}}, {.first = 3, .share = 0.3, .seed = 7, .stream = 9}, {}},
        {"dropout by rows", Op::Dropout, {{6, 7}}, {.first = 5, .share = 0.5, .seed = 1, .group = 7}, {}},
        {"dropout, long", Op::Dropout, {{211, 103}}, {.first = 1021, .share = 0.1, .seed = 5}, {}, false},
        {"layer norm", Op::LayerNorm, {{4, 7}, {7}, {7}}, {}, {}},
        {"layer norm without bias", Op::LayerNorm, {{2, 3, 19}, {19}, none}, {}, {}},
        {"layer norm, many rows", Op::LayerNorm, {{301, 387}, {387}, {387}}, {}, {}, false},
        {"RMS norm", Op::RmsNorm, {{2, 3, 19}, {19}}, {}, {}},
        {"RMS norm, many rows", Op::RmsNorm, {{301, 387}, {387}}, {}, {}, false},
        {"group norm", Op::GroupNorm, {{2, 6, 3, 2}, {6}, {6}}, {.groups = 3}, {}},
        {"group norm, long", Op::GroupNorm, {{3, 32, 9, 7}, {32}, {32}}, {.groups = 4}, {}, false},
        {"batch norm", Op::BatchNorm, {{3, 4, 2, 3}, {4}, {4}, none, none, none}, {}, {}},
        {"batch norm of rows", Op::BatchNorm, {{7, 5}, {5}, {5}, none, none, none}, {}, {}},
        {"batch norm, residual and relu",
         Op::BatchNorm,
         {{3, 4, 2, 3}, {4}, {4}, {3, 4, 2, 3}, none, none},
         act(Activation::Relu),
         {}},
        {"batch norm, relu",
         Op::BatchNorm,
         {{3, 4, 2, 3}, {4}, {4}, none, none, none},
         act(Activation::Relu),
         {}},
        {"batch norm, long",
         Op::BatchNorm,
         {{9, 67, 17, 13}, {67}, {67}, {9, 67, 17, 13}, none, none},
         act(Activation::Relu),
         {},
         false},
        {"convolution", Op::Conv2d, {{2, 3, 5, 6}, {4, 3, 3, 3}, {4}}, {.padding = {1, 1}}, {}},
        {"convolution, stride",
         Op::Conv2d,
         {{2, 3, 7, 6}, {4, 3, 3, 2}, none},
         {.stride = {2, 1}, .padding = {1, 0}},
         {}},
        {"convolution, one by one", Op::Conv2d, {{2, 3, 4, 4}, {5, 3, 1, 1}, none}, {.stride = {2, 2}}, {}},
        {"convolution, groups",
         Op::Conv2d,
         {{2, 4, 5, 5}, {6, 2, 3, 3}, {6}},
         {.groups = 2, .padding = {1, 1}},
         {}},
        {"convolution, dilation", Op::Conv2d, {{1, 2, 7, 7}, {2, 2, 3, 3}, none}, {.dilation = {2, 2}}, {}},
        {"convolution, wide",
         Op::Conv2d,
         {{5, 32, 9, 11}, {48, 32, 3, 3}, {48}},
         {.padding = {1, 1}},
         {},
         false},
        {"convolution, wide with stride",
         Op::Conv2d,
         {{3, 32, 8, 8}, {64, 32, 3, 3}, none},
         {.stride = {2, 2}, .padding = {1, 1}},
         {},
         false},
        {"convolution, depthwise",
         Op::Conv2d,
         {{2, 32, 7, 7}, {32, 1, 3, 3}, none},
         {.groups = 32, .padding = {1, 1}},
         {},
         false},
        {"max pooling",
         Op::Pool2d,
         {{2, 3, 5, 6}},
         {.kernel = {3, 2}, .stride = {2, 2}, .padding = {1, 1}},
         {}},
        {"average pooling",
         Op::Pool2d,
         {{2, 3, 5, 6}},
         {.pool = Pool::Average, .kernel = {3, 2}, .stride = {2, 1}, .padding = {1, 0}},
         {}},
        {"average pooling of what is inside",
         Op::Pool2d,
         {{2, 3, 5, 6}},
         {.pool = Pool::AverageInside, .kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}},
         {}},
        {"max pooling, wide",
         Op::Pool2d,
         {{3, 37, 17, 19}},
         {.kernel = {3, 3}, .stride = {2, 2}, .padding = {1, 1}},
         {},
         false},
        {"rope", Op::Rope, {{2, 3, 24}, {5, 3, 2}}, {.heads = 4, .turned = 3, .first = 1}, {}},
        {"rope, long", Op::Rope, {{2, 37, 5 * 32}, {37, 16, 2}}, {.heads = 5, .turned = 4}, {}, false},
        {"attention", Op::Attention, {{2, 5, 18}}, {.heads = 2}, {}},
        {"attention, full", Op::Attention, {{2, 5, 18}}, {.heads = 2, .causal = false}, {}},
        {"attention, grouped queries", Op::Attention, {{2, 5, 24}}, {.heads = 4, .keyHeads = 2}, {}},
        {"attention, one head of keys",
         Op::Attention,
         {{1, 4, 15}},
         {.heads = 3, .keyHeads = 1, .causal = false},
         {}},
        {"attention, one position", Op::Attention, {{2, 1, 6}}, {.heads = 2}, {}},
        {"attention over two blocks", Op::Attention, {{1, 70, 3}}, {.heads = 1}, {}},
        {"attention, long", Op::Attention, {{2, 203, 3 * 3 * 17}}, {.heads = 3}, {}, false},
        {"attention, long and full",
         Op::Attention,
         {{2, 131, 6 * 20}},
         {.heads = 4, .keyHeads = 1, .causal = false},
         {},
         false},
        {"attention, depth 64", Op::Attention, {{1, 128, 3 * 2 * 64}}, {.heads = 2}, {}, false},
        {"LSTM", Op::Lstm, {{2, 3, 16}, {16, 4}, none, none}, {}, {}},
        {"LSTM with states", Op::Lstm, {{2, 3, 16}, {16, 4}, {2, 4}, {2, 4}}, {}, {}},
        {"LSTM, long", Op::Lstm, {{19, 21, 4 * 37}, {4 * 37, 37}, none, none}, {}, {}, false},
        {"sum", Op::Sum, {{3, 4, 5}}, {.factor = 0.5, .dims = 0b101}, {}},
        {"sum of images", Op::Sum, {{2, 3, 4, 5}}, {.factor = 1.0 / 20, .dims = 0b1100}, {}},
        {"sum, long", Op::Sum, {{7, 133, 41}}, {.dims = 0b001}, {}, false},
        {"sum of long rows", Op::Sum, {{7, 41, 333}}, {.dims = 0b100}, {}, false},
        {"slice", Op::Slice, {{3, 5, 2}}, {.dim = 1, .begin = 1, .end = 4}, {}},
        {"concat", Op::Concat, {{3, 2, 2}, {3, 1, 2}, {3, 4, 2}}, {.dim = 1}, {}},
        {"permute", Op::Permute, {{2, 3, 4}}, {.order = {2, 0, 1}}, {}},
        {"convert to channels-last",
         Op::Convert,
         {{2, 3, 4, 5}},
         {.dtype = DType::F64, .channelsLast = true},
         {}},
        {"embedding from a later position", Op::Embedding, {{2, 3}, {5, 7}, {6, 7}}, {.first = 2}, {5}},
        {"embedding", Op::Embedding, {{2, 3}, {5, 7}, {4, 7}}, {}, {5}},
        {"embedding without positions", Op::Embedding, {{2, 3}, {5, 7}, none}, {}, {5}},
        {"embedding, long", Op::Embedding, {{3, 101}, {31, 131}, {128, 131}}, {}, {31}, false},
        {"cross entropy", Op::CrossEntropy, {{4, 7}, {4}}, {}, {0, 7}},
        {"cross entropy over a given count",
         Op::CrossEntropy,
         {{2, 3, 5}, {2, 3}},
         {.denominator = 10},
         {0, 5}},
        {"cross entropy, smoothed", Op::CrossEntropy, {{4, 7}, {4}}, {.smoothing = 0.1}, {0, 7}},
        {"cross entropy of probabilities",
         Op::CrossEntropy,
         {{4, 7}, {4, 7}},
         {.smoothing = 0.2},
         {},
         true,
         {false, true}},
        {"cross entropy of probabilities, long",
         Op::CrossEntropy,
         {{117, 517}, {117, 517}},
         {},
         {},
         false,
         {false, true}},
        {"cross entropy, long and smoothed",
         Op::CrossEntropy,
         {{117, 517}, {117}},
         {.smoothing = 0.1},
         {0, 517},
         false},
        {"mean squared error", Op::MeanSquares, {{3, 5}, {3, 5}}, {}, {}, true, {false, true}},
        {"mean squared error over a given count",
         Op::MeanSquares,
         {{301, 77}, {301, 77}},
         {.denominator = 100},
         {},
         false,
         {false, true}},
        {"binary cross entropy", Op::BinaryCrossEntropy, {{3, 5}, {3, 5}}, {}, {}, true, {false, true}},
        {"binary cross entropy, long",
         Op::BinaryCrossEntropy,
         {{301, 77}, {301, 77}},
         {},
         {},
         false,
         {false, true}},
        {"cross entropy, long", Op::CrossEntropy, {{217, 517}, {217}}, {}, {0, 517}, false},
    };
    return cases;
}

inline std::vector<Values> randomInputs(const OpCase& c) {
    std::vector<Values> inputs;
    for (std::size_t i = 0; i < c.shapes.size(); ++i) {
        const tensor::CounterRng rng(i + 1, tensor::streamOf(c.name));
        Values values(c.absent(i) ? 0 : static_cast<std::size_t>(c.shapes[i].elements()));
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = c.integer(i)
                            ? static_cast<double>(rng.below(k, static_cast<std::uint64_t>(c.integerBelow[i])))
                        : c.share(i) ? rng.uniform(k)
                                     : 2 * rng.uniform(k) - 1;
        inputs.push_back(std::move(values));
    }
    return inputs;
}

inline Values weightsFor(std::size_t count) {
    const tensor::CounterRng rng(9, 9);
    Values weights(count);
    for (std::size_t i = 0; i < count; ++i)
        weights[i] = 2 * rng.uniform(i) - 1;
    return weights;
}

struct Outcome {
    Values result;
    std::vector<Values> gradients;  // of Σ weights · result; empty for integers and absent inputs
};

inline Tensor tensorOf(const Values& values, const Shape& shape, DType type) {
    return Tensor::of<double>(values, shape).value().to(type).value();
}
inline Values valuesOf(const Tensor& t) {
    return t.to(DType::F64).value().toVector<double>().value();
}

// Runs the case on the tape in this dtype, images in this layout.
inline Outcome run(const OpCase& c, const std::vector<Values>& inputs, DType type, bool backward = true,
                   bool channelsLast = false) {
    Tape tape;
    std::vector<Var> vars;
    const DType statistics = type == DType::F64 ? DType::F64 : DType::F32;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (c.absent(i)) {
            vars.emplace_back();
        } else if (c.integer(i)) {
            vars.push_back(tape.constant(tensorOf(inputs[i], c.shapes[i], DType::I32)));
        } else {
            const bool soft = c.op == Op::CrossEntropy || c.op == Op::Rope;
            Tensor value = tensorOf(inputs[i], c.shapes[i], c.constant(i) && soft ? statistics : type);
            const bool weights = c.op == Op::Conv2d && i == 1;
            if (channelsLast && value.rank() == 4 && !weights)
                value = value.channelsLast().value();
            vars.push_back(c.constant(i) ? tape.constant(value) : tape.input(value));
        }
    }
    Attributes attributes = c.attributes;
    if (c.op == Op::Convert)
        attributes.dtype = type;
    const Var y = tape.apply(c.op, vars, attributes).front();
    if (const auto status = tape.status(); !status)
        FAIL(c.name << ": " << status.error().text());
    Outcome outcome{valuesOf(y.value()), {}};
    if (!backward)
        return outcome;
    Tensor weights = tensorOf(weightsFor(outcome.result.size()), y.value().shape(), y.value().dtype());
    if (channelsLast && weights.rank() == 4)
        weights = weights.channelsLast().value();
    if (const auto done = tape.backwardFrom(y, weights); !done)
        FAIL(c.name << ": " << done.error().text());
    for (std::size_t i = 0; i < vars.size(); ++i)
        outcome.gradients.push_back(
            c.absent(i) || c.integer(i) || c.constant(i) ? Values{} : valuesOf(tape.gradient(vars[i])));
    return outcome;
}

}  // namespace lathe::autograd::test
