// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "autograd/op.h"
#include "tensor/backend.h"

#include <string>

// What the rows of the op table share; each op_*.cpp writes some of them.
namespace lathe::autograd::rows {

using tensor::MemoryClass;
using tensor::runKernel;
using Specs = std::vector<TensorSpec>;
using Inputs = std::span<const Tensor>;
using InputGrad = BackwardContext::InputGrad;

inline auto mismatch(std::string what, const Tensor& tensor) {
    return fail(ErrorCode::Invalid, std::move(what), tensor.text());
}

inline std::int64_t code(Activation activation) {
    return static_cast<std::int64_t>(activation);
}
inline std::int64_t flag(bool value) {
    return value ? 1 : 0;
}

// The type of statistics and losses beside tensors of `type` (S of backend_abi.h).
inline DType statistics(DType type) {
    return type == DType::F64 ? DType::F64 : DType::F32;
}

// Where the rule writes an input's gradient: the place there is, or a new tensor; undefined if none is
// wanted.
Result<Tensor> target(InputGrad& grad, const Tensor& like);
// The same for kernels that only add.
Result<Tensor> addingTarget(InputGrad& grad, const Tensor& like);
// Hands `gradient` on as an input's own.
Result<> give(InputGrad& grad, const Tensor& gradient);
// A new activation, laid out as `like` is.
Result<Tensor> made(const Tensor& like, const Shape& shape);
// The incoming gradient if it may be overwritten, else a new tensor of its form.
Result<Tensor> reuse(const Tensor& gradient);

extern const OpRow linear, add, multiply, scale, activate, swiGlu, dropout;
extern const OpRow layerNorm, rmsNorm, groupNorm, batchNorm, conv2d, pool2d;
extern const OpRow rope, attention, embedding, lstm;
extern const OpRow sum, slice, concat, permute, convert;
extern const OpRow crossEntropy, meanSquares, binaryCrossEntropy;

}  // namespace lathe::autograd::rows
