// SPDX-License-Identifier: Apache-2.0
#include "optim/clip.h"

namespace lathe::optim {

Result<double> sumOfSquares(const tensor::Tensor& flat) {
    LATHE_TRY_ASSIGN(
        tensor::Tensor total,
        tensor::Tensor::empty({1}, tensor::DType::F64, tensor::MemoryClass::Workspace, flat.device()));
    LATHE_TRY(tensor::runKernel(LATHE_OP_SUM_SQUARES, {flat, total}));
    return total.item();
}

double clipScale(double norm, double maxNorm) {
    // Written so that a norm of NaN gives 1: the caller sees the NaN in the norm it logs, not a hidden zero
    // step.
    return maxNorm > 0 && norm > maxNorm ? maxNorm / norm : 1.0;
}

}  // namespace lathe::optim
