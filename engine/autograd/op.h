// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/tensor.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lathe::autograd {

using tensor::DType;
using tensor::Shape;
using tensor::Tensor;

enum class Op : std::uint8_t {
    Linear,
    Add,
    Multiply,
    Scale,
    Activate,
    SwiGlu,
    Dropout,
    LayerNorm,
    RmsNorm,
    GroupNorm,
    BatchNorm,
    Conv2d,
    Pool2d,
    Rope,
    Attention,
    Embedding,
    Lstm,
    Sum,
    Slice,
    Concat,
    Permute,
    Convert,
    CrossEntropy,
    MeanSquares,
    BinaryCrossEntropy
};
inline constexpr int opCount = 25;

enum class Activation : std::int64_t {
    None = LATHE_ACT_NONE,
    Gelu = LATHE_ACT_GELU,  // the tanh form
    Relu = LATHE_ACT_RELU,
    GeluExact = LATHE_ACT_GELU_EXACT,
    Silu = LATHE_ACT_SILU,
    Sigmoid = LATHE_ACT_SIGMOID,
    Tanh = LATHE_ACT_TANH
};
enum class Pool : std::int64_t {
    Max = LATHE_POOL_MAX,
    Average = LATHE_POOL_AVERAGE,              // padding counts
    AverageInside = LATHE_POOL_AVERAGE_INSIDE  // it does not
};

// Height, then width.
using Pair = std::array<std::int64_t, 2>;

// What an operation is told besides its inputs; each reads what concerns it.
struct Attributes {
    Activation activation = Activation::None;
    std::int64_t heads = 1;
    std::int64_t keyHeads = 0;  // Attention: heads of keys and values; 0: as many as heads
    bool causal = true;
    std::int64_t turned = 0;  // Rope: heads that turn
    std::int64_t first =
        0;  // Rope, Embedding: position of the first column; Dropout: index of the first draw
    double epsilon = 1e-5;
    double denominator = 0;
    double smoothing = 0;
    double factor = 1;  // Scale, Sum
    double share = 0;   // Dropout: of what is dropped
    std::int64_t seed = 0;
    std::int64_t stream = 0;
    std::int64_t group = 1;   // Dropout: elements that share a draw
    std::int64_t groups = 1;  // GroupNorm, Conv2d
    double momentum = 0.1;
    bool training = true;  // BatchNorm
    Pool pool = Pool::Max;
    Pair kernel{1, 1}, stride{1, 1}, padding{0, 0}, dilation{1, 1};
    std::uint32_t dims = 0;  // Sum: bit i, dimension i is summed and keeps extent 1
    int dim = 0;             // Slice, Concat
    std::int64_t begin = 0, end = 0;
    std::array<int, tensor::maxRank> order{};  // Permute
    DType dtype = DType::F32;                  // Convert
    bool channelsLast = false;                 // Convert: of four dimensions
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
    bool wanted = true;  // false: not allocated; forward leaves it undefined or makes it a view
    bool kept = true;    // false: not needed by backward, whatever OpRow::savedOutputs says
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
        DType dtype = DType::F32;  // of the input
    };
    std::span<InputGrad> inputGrads;
};

// A row of the op table: everything that autograd knows about an operation. The kernels are the backend's.
struct OpRow {
    Op op;
    std::string_view name;
    int inputs;  // at most; -1: any number
    int outputs;
    // Checks shapes and dtypes and gives what forward writes: results, then what is kept for backward.
    Result<std::vector<TensorSpec>> (*shapes)(std::span<const Tensor> inputs, const Attributes& attributes,
                                              bool training);
    Result<> (*forward)(OpContext& context);
    Result<> (*backward)(BackwardContext& context);
    std::uint32_t savedInputs;   // bit i: input i is kept until backward is done
    std::uint32_t savedOutputs;  // the same for outputs and what follows them
    // The same operation written plainly in fp64 on host values: the oracle of tests, for every backend.
    std::vector<std::vector<double>> (*reference)(std::span<const std::vector<double>> inputs,
                                                  std::span<const Shape> shapes,
                                                  const Attributes& attributes);
};

const OpRow& opRow(Op op);
std::span<const OpRow* const> opTable();  // in the order of Op

}  // namespace lathe::autograd
