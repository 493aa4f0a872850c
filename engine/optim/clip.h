// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/tensor.h"

namespace lathe::optim {

// Sum of squares of all elements, in fp64; the order of summation depends on the length alone. Shards add up:
// the global norm is √ of the sum over shards in rank order.
Result<double> sumOfSquares(const tensor::Tensor& flat);

// Factor that brings a gradient of this norm down to `maxNorm` (0: no clipping), for AdamW::step's gradScale.
// Pascanu et al. 2013, arXiv:1211.5063.
double clipScale(double norm, double maxNorm);

}  // namespace lathe::optim
