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

    bool absent(std::size_t i) const { return shapes[i].rank() == 0; }
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
        {"linear, wide", Op::Linear, {{67, 257}, {771, 257}, {771}, none}, {}, {}, false},
        {"add", Op::Add, {{3, 7}, {3, 7}}, {}, {}},
        {"add, long", Op::Add, {{40001}, {40001}}, {}, {}, false},
        {"gelu", Op::Activate, {{5, 7}}, act(Activation::Gelu), {}},
        {"gelu, long", Op::Activate, {{513, 77}}, act(Activation::Gelu), {}, false},
        {"relu", Op::Activate, {{5, 7}}, act(Activation::Relu), {}},
        {"layer norm", Op::LayerNorm, {{4, 7}, {7}, {7}}, {}, {}},
        {"layer norm without bias", Op::LayerNorm, {{2, 3, 19}, {19}, none}, {}, {}},
        {"layer norm, many rows", Op::LayerNorm, {{301, 387}, {387}, {387}}, {}, {}, false},
        {"attention", Op::CausalAttention, {{2, 5, 18}}, {.heads = 2}, {}},
        {"attention, one position", Op::CausalAttention, {{2, 1, 6}}, {.heads = 2}, {}},
        {"attention over two blocks", Op::CausalAttention, {{1, 70, 3}}, {.heads = 1}, {}},
        {"attention, long", Op::CausalAttention, {{2, 203, 3 * 3 * 17}}, {.heads = 3}, {}, false},
        {"attention, depth 64", Op::CausalAttention, {{1, 128, 3 * 2 * 64}}, {.heads = 2}, {}, false},
        {"embedding", Op::Embedding, {{2, 3}, {5, 7}, {4, 7}}, {}, {5}},
        {"embedding without positions", Op::Embedding, {{2, 3}, {5, 7}, none}, {}, {5}},
        {"embedding, long", Op::Embedding, {{3, 101}, {31, 131}, {128, 131}}, {}, {31}, false},
        {"cross entropy", Op::CrossEntropy, {{4, 7}, {4}}, {}, {0, 7}},
        {"cross entropy over a given count",
         Op::CrossEntropy,
         {{2, 3, 5}, {2, 3}},
         {.denominator = 10},
         {0, 5}},
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

// Runs the case on the tape in this dtype.
inline Outcome run(const OpCase& c, const std::vector<Values>& inputs, DType type, bool backward = true) {
    Tape tape;
    std::vector<Var> vars;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (c.absent(i))
            vars.emplace_back();
        else if (c.integer(i))
            vars.push_back(tape.constant(tensorOf(inputs[i], c.shapes[i], DType::I32)));
        else
            vars.push_back(tape.input(tensorOf(inputs[i], c.shapes[i], type)));
    }
    const Var y = tape.apply(c.op, vars, c.attributes).front();
    if (const auto status = tape.status(); !status)
        FAIL(c.name << ": " << status.error().text());
    Outcome outcome{valuesOf(y.value()), {}};
    if (!backward)
        return outcome;
    const Tensor weights = tensorOf(weightsFor(outcome.result.size()), y.value().shape(), type);
    if (const auto done = tape.backwardFrom(y, weights); !done)
        FAIL(c.name << ": " << done.error().text());
    for (std::size_t i = 0; i < vars.size(); ++i)
        outcome.gradients.push_back(c.absent(i) || c.integer(i) ? Values{}
                                                                : valuesOf(tape.gradient(vars[i])));
    return outcome;
}

}  // namespace lathe::autograd::test
