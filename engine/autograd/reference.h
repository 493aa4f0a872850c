// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "autograd/op.h"

#include <span>
#include <vector>

// Each operation written plainly, in fp64 on host values in row-major order: the oracle that every backend's
// kernels are tested against. Absent inputs are empty; integer inputs come as doubles.
namespace lathe::autograd::reference {

using Values = std::vector<double>;
using Form = std::vector<Values>(std::span<const Values> inputs, std::span<const Shape> shapes,
                                 const Attributes& attributes);

Form linear, add, multiply, scale, activation, swiGlu, dropout;
Form layerNorm, rmsNorm, groupNorm, batchNorm, conv2d, pool2d;
Form rope, attention, embedding, lstm, sum, slice, concat, permute, convert;
Form crossEntropy, meanSquares, binaryCrossEntropy;

}  // namespace lathe::autograd::reference
