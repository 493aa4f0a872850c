// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lathe::autograd {

using tensor::DType;
using tensor::Shape;
using tensor::Tensor;

enum class Op : std::uint8_t { Linear, Add, Activate, LayerNorm, CausalAttention, Embedding, CrossEntropy };
inline constexpr int opCount = 7;

enum class Activation : std::int64_t { None = LATHE_ACT_NONE, Gelu = LATHE_ACT_GELU, Relu = LATHE_ACT_RELU };

struct Attributes {
    Activation activation = Activation::None;
    std::int64_t heads = 1;
    double epsilon = 1e-5;
    double denominator = 0;
};

// One application of an operation. `inputs` are absent (undefined) where optional.
struct OpContext {
    std::vector<Tensor> inputs;
    std::vector<Tensor> outputs;  // the first OpRow::outputs are results, the rest is kept for backward only
    Attributes attributes;
};

struct TensorSpec {
    Shape shape;
    DType dtype = DType::F32;
    bool wanted = true;
};

// What backward is given: what the row saved (others undefined), the gradients of the results, and for each
// input a place for its gradient. `give` hands over a gradient that needs no place of its own (the incoming
// one, reused).
struct BackwardContext {
    const Attributes& attributes;
    std::span<const Tensor> inputs;
    std::span<const Tensor> outputs;
    std::span<Tensor> outputGrads;  // may be overwritten if `outputGrads[i].isSole()`
    struct InputGrad {
        bool wanted = false;
        bool accumulate = false;  // `place` holds a gradient already: add to it
        Tensor place;             // undefined: none came yet, the rule makes or gives one
        Tensor result;            // set by the rule
        const Shape* shape = nullptr;
    };
    std::span<InputGrad> inputGrads;
};

// A row of the op table: everything that autograd knows about an operation. The kernels are the backend's.
struct OpRow {
    Op op;
    std::string_view name;
    int inputs;
    int outputs;
    // Checks shapes and dtypes and gives what forward writes: results, then what is kept for backward.
    Result<std::vector<TensorSpec>> (*shapes)(std::span<const Tensor> inputs, const Attributes& attributes,
                                              bool training);
    Result<> (*forward)(const OpContext& context);
    Result<> (*backward)(BackwardContext& context);
    std::uint32_t savedInputs;   // bit i: input i is kept until backward is done
    std::uint32_t savedOutputs;  // the same for outputs and what follows them
    // The same operation written plainly in fp64 on host values: the oracle of tests, for every backend.
    std::vector<std::vector<double>> (*reference)(std::span<const std::vector<double>> inputs,
                                                  std::span<const Shape> shapes,
                                                  const Attributes& attributes);
};

const OpRow& opRow(Op op);
std::span<const OpRow> opTable();

}  // namespace lathe::autograd
