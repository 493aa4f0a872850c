// SPDX-License-Identifier: Apache-2.0
#include "autograd/op.h"

#include "autograd/op_rows.h"

#include <array>

namespace lathe::autograd {
namespace rows {

Result<Tensor> made(const Tensor& like, const Shape& shape) {
    return Tensor::emptyAs(like, shape, like.dtype(), MemoryClass::Activations);
}

Result<Tensor> reuse(const Tensor& gradient) {
    if (gradient.isSole())
        return gradient;
    return made(gradient, gradient.shape());
}

Result<Tensor> target(InputGrad& grad, const Tensor& like) {
    if (!grad.wanted)
        return Tensor{};
    if (grad.accumulate)
        return grad.place;
    LATHE_TRY_ASSIGN(grad.result, made(like, *grad.shape));
    return grad.result;
}

Result<Tensor> addingTarget(InputGrad& grad, const Tensor& like) {
    LATHE_TRY_ASSIGN(Tensor place, target(grad, like));
    if (place.defined() && !grad.accumulate)
        LATHE_TRY(place.fill(0));
    return place;
}

Result<> give(InputGrad& grad, const Tensor& gradient) {
    if (!grad.wanted)
        return {};
    LATHE_TRY_ASSIGN(const Tensor shaped, gradient.reshaped(*grad.shape));
    if (grad.accumulate)
        return runKernel(LATHE_OP_ADD, {grad.place, shaped, grad.place});
    grad.result = shaped;
    return {};
}

}  // namespace rows

namespace {

const std::array<const OpRow*, opCount>& table() {
    using namespace rows;
    static const std::array<const OpRow*, opCount> rowsInOrder{
        &linear,    &add,     &multiply,     &scale,       &activate,
        &swiGlu,    &dropout, &layerNorm,    &rmsNorm,     &groupNorm,
        &batchNorm, &conv2d,  &pool2d,       &rope,        &attention,
        &embedding, &lstm,    &sum,          &slice,       &concat,
        &permute,   &convert, &crossEntropy, &meanSquares, &binaryCrossEntropy};
    return rowsInOrder;
}

}  // namespace

const OpRow& opRow(Op op) {
    return *table()[static_cast<std::size_t>(op)];
}
std::span<const OpRow* const> opTable() {
    return table();
}

}  // namespace lathe::autograd
