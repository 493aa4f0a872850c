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

Form linear, add, activation, layerNorm, causalAttention, embedding, crossEntropy;

}  // namespace lathe::autograd::reference
