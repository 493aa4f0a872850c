// SPDX-License-Identifier: Apache-2.0
#include "autograd/op_rows.h"
#include "autograd/reference.h"

namespace lathe::autograd::rows {
namespace {

// --- cross entropy; targets are classes (i32) or probabilities

Result<Specs> crossEntropyShapes(Inputs in, const Attributes& a, bool) {
    const Tensor &logits = in[0], &targets = in[1];
    const bool hard = targets.dtype() == DType::I32;
    const bool fits =
        logits.rank() >= 1 &&
        (hard ? targets.shape() == logits.shape().without(logits.rank() - 1)
              : targets.shape() == logits.shape() && targets.dtype() == statistics(logits.dtype()));
    if (logits.rank() < 2 || !fits)
        return mismatch(
            "cross entropy: logits [..., V] and i32 targets [...], or probabilities [..., V], wanted; "
            "targets are " +
                targets.text(),
            logits);
    if (!(a.smoothing >= 0 && a.smoothing < 1))
        return mismatch("cross entropy: smoothing must be in [0, 1)", logits);
    const DType type = statistics(logits.dtype());
    return Specs{{Shape{}, type}, {Shape{logits.elements() / logits.shape().back()}, type}};
}

Result<> crossEntropyForward(OpContext& c) {
    return runKernel(LATHE_OP_CROSS_ENTROPY, {c.inputs[0], c.inputs[1], c.outputs[0], c.outputs[1]},
                     {c.attributes.denominator, c.attributes.smoothing});
}

Result<> crossEntropyBackward(BackwardContext& c) {
    const Tensor& logits = c.inputs[0];
    LATHE_TRY_ASSIGN(Tensor dlogits, reuse(logits));
    LATHE_TRY(runKernel(LATHE_OP_CROSS_ENTROPY_BACKWARD,
                        {c.outputGrads[0], logits, c.inputs[1], c.outputs[1], dlogits},
                        {c.attributes.denominator, c.attributes.smoothing}));
    return give(c.inputGrads[0], dlogits);
}

// --- losses of two tensors of one shape

double denominatorOf(const Attributes& a, const Tensor& x) {
    return a.denominator > 0 ? a.denominator : static_cast<double>(x.elements());
}

Result<Specs> pairLossShapes(Inputs in, const Attributes&, bool) {
    if (!(in[0].shape() == in[1].shape()) || in[0].elements() == 0)
        return mismatch("the target has another shape: " + in[1].text(), in[0]);
    return Specs{{Shape{}, statistics(in[0].dtype())}};
}

template <LatheOp op> Result<> pairLossForward(OpContext& c) {
    return runKernel(op, {c.inputs[0], c.inputs[1], c.outputs[0]},
                     {denominatorOf(c.attributes, c.inputs[0])});
}

template <LatheOp op> Result<> pairLossBackward(BackwardContext& c) {
    const Tensor& x = c.inputs[0];
    LATHE_TRY_ASSIGN(Tensor dx, reuse(x));
    LATHE_TRY(runKernel(op, {c.outputGrads[0], x, c.inputs[1], dx}, {denominatorOf(c.attributes, x)}));
    return give(c.inputGrads[0], dx);
}

}  // namespace

const OpRow crossEntropy{Op::CrossEntropy,    "cross entropy",      2,    1,    crossEntropyShapes,
                         crossEntropyForward, crossEntropyBackward, 0b11, 0b10, reference::crossEntropy};
const OpRow meanSquares{Op::MeanSquares,
                        "mean squared error",
                        2,
                        1,
                        pairLossShapes,
                        pairLossForward<LATHE_OP_MSE>,
                        pairLossBackward<LATHE_OP_MSE_BACKWARD>,
                        0b11,
                        0,
                        reference::meanSquares};
const OpRow binaryCrossEntropy{Op::BinaryCrossEntropy,
                               "binary cross entropy",
                               2,
                               1,
                               pairLossShapes,
                               pairLossForward<LATHE_OP_BCE>,
                               pairLossBackward<LATHE_OP_BCE_BACKWARD>,
                               0b11,
                               0,
                               reference::binaryCrossEntropy};

}  // namespace lathe::autograd::rows
