// SPDX-License-Identifier: Apache-2.0
#include "autograd/op_rows.h"
#include "autograd/reference.h"

namespace lathe::autograd::rows {
namespace {

Shape rowsOf(const Tensor& x) {
    return {x.elements() / x.shape().back()};
}

// --- layer norm, RMS norm

Result<Specs> layerNormShapes(Inputs in, const Attributes&, bool training) {
    const Tensor &x = in[0], &w = in[1], &b = in[2];
    if (x.rank() < 1 || x.elements() == 0 || !(w.shape() == Shape{x.shape().back()}) ||
        (b.defined() && !(b.shape() == w.shape())))
        return mismatch("layer norm: weight " + w.text() + " does not fit x", x);
    const DType type = statistics(x.dtype());
    return Specs{{x.shape(), x.dtype()}, {rowsOf(x), type, training}, {rowsOf(x), type, training}};
}

Result<> layerNormForward(OpContext& c) {
    return runKernel(LATHE_OP_LAYER_NORM,
                     {c.inputs[0], c.inputs[1], c.inputs[2], c.outputs[0], c.outputs[1], c.outputs[2]},
                     {c.attributes.epsilon});
}

Result<> layerNormBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, target(c.inputGrads[0], dy));
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor db, addingTarget(c.inputGrads[2], dy));
    return runKernel(LATHE_OP_LAYER_NORM_BACKWARD,
                     {dy, c.inputs[0], c.inputs[1], c.outputs[1], c.outputs[2], dx, dw, db}, {},
                     {flag(c.inputGrads[0].accumulate)});
}

Result<Specs> rmsNormShapes(Inputs in, const Attributes&, bool training) {
    const Tensor &x = in[0], &w = in[1];
    if (x.rank() < 1 || x.elements() == 0 || !(w.shape() == Shape{x.shape().back()}))
        return mismatch("RMS norm: weight " + w.text() + " does not fit x", x);
    return Specs{{x.shape(), x.dtype()}, {rowsOf(x), statistics(x.dtype()), training}};
}

Result<> rmsNormForward(OpContext& c) {
    return runKernel(LATHE_OP_RMS_NORM, {c.inputs[0], c.inputs[1], c.outputs[0], c.outputs[1]},
                     {c.attributes.epsilon});
}

Result<> rmsNormBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, target(c.inputGrads[0], dy));
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    return runKernel(LATHE_OP_RMS_NORM_BACKWARD, {dy, c.inputs[0], c.inputs[1], c.outputs[1], dx, dw}, {},
                     {flag(c.inputGrads[0].accumulate)});
}

// --- norms of images

bool fitsChannels(const Tensor& x, const Tensor& t) {
    return t.shape() == Shape{x.size(1)};
}

Result<Specs> groupNormShapes(Inputs in, const Attributes& a, bool) {
    const Tensor &x = in[0], &w = in[1], &b = in[2];
    if (x.rank() < 2 || x.elements() == 0 || !fitsChannels(x, w) || !fitsChannels(x, b) || a.groups < 1 ||
        x.size(1) % a.groups != 0)
        return mismatch("group norm: " + std::to_string(a.groups) + " groups and weight " + w.text() +
                            " do not fit x",
                        x);
    const Shape each{x.size(0), a.groups};
    return Specs{{x.shape(), x.dtype()}, {each, statistics(x.dtype())}, {each, statistics(x.dtype())}};
}

Result<> groupNormForward(OpContext& c) {
    return runKernel(LATHE_OP_GROUP_NORM,
                     {c.inputs[0], c.inputs[1], c.inputs[2], c.outputs[0], c.outputs[1], c.outputs[2]},
                     {c.attributes.epsilon}, {c.attributes.groups});
}

Result<> groupNormBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    Tensor dx;
    if (c.inputGrads[0].wanted) {
        LATHE_TRY_ASSIGN(dx, made(c.inputs[0], *c.inputGrads[0].shape));
    }
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor db, addingTarget(c.inputGrads[2], dy));
    LATHE_TRY(runKernel(LATHE_OP_GROUP_NORM_BACKWARD,
                        {dy, c.inputs[0], c.inputs[1], c.outputs[1], c.outputs[2], dx, dw, db}, {},
                        {c.attributes.groups}));
    return c.inputGrads[0].wanted ? give(c.inputGrads[0], dx) : Result<>{};
}

// Inputs: x, weight, bias, residual?, running mean?, running variance?
Result<Specs> batchNormShapes(Inputs in, const Attributes& a, bool training) {
    const Tensor &x = in[0], &w = in[1], &b = in[2], &residual = in[3];
    if (x.rank() < 2 || x.elements() == 0 || !fitsChannels(x, w) || !fitsChannels(x, b))
        return mismatch("batch norm: weight " + w.text() + " does not fit x", x);
    for (const Tensor& running : {in[4], in[5]})
        if (running.defined() ? !fitsChannels(x, running) : !a.training)
            return mismatch("batch norm: running values do not fit", x);
    if (residual.defined() && !(residual.shape() == x.shape()))
        return mismatch("batch norm: residual is not of the shape " + x.shape().text(), residual);
    if (a.activation != Activation::None && a.activation != Activation::Relu)
        return mismatch("batch norm: no activation but relu can follow", x);
    const DType type = statistics(x.dtype());
    return Specs{{x.shape(), x.dtype(), true, a.activation == Activation::Relu},
                 {Shape{x.size(1)}, type, training},
                 {Shape{x.size(1)}, type, training}};
}

Result<> batchNormForward(OpContext& c) {
    const Attributes& a = c.attributes;
    return runKernel(LATHE_OP_BATCH_NORM,
                     {c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.inputs[4], c.inputs[5],
                      c.outputs[0], c.outputs[1], c.outputs[2]},
                     {a.epsilon, a.momentum}, {flag(a.training), code(a.activation)});
}

Result<> batchNormBackward(BackwardContext& c) {
    const Attributes& a = c.attributes;
    const Tensor& dy = c.outputGrads[0];
    Tensor dx, dresidual;
    const bool masks = a.activation == Activation::Relu && c.inputGrads[3].wanted;
    if (masks) {
        LATHE_TRY_ASSIGN(dresidual, reuse(dy));
    }
    if (c.inputGrads[0].wanted) {
        LATHE_TRY_ASSIGN(dx, masks ? made(dy, dy.shape()) : reuse(dy));
        // Without a mask the residual gets the incoming gradient itself.
        if (c.inputGrads[3].wanted && !masks && dx.sharesStorage(dy)) {
            LATHE_TRY_ASSIGN(dx, made(dy, dy.shape()));
        }
    }
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor db, addingTarget(c.inputGrads[2], dy));
    LATHE_TRY(runKernel(
        LATHE_OP_BATCH_NORM_BACKWARD,
        {dy, c.inputs[0], c.inputs[1], c.outputs[0], c.outputs[1], c.outputs[2], dx, dw, db, dresidual}, {},
        {flag(a.training), code(a.activation)}));
    if (c.inputGrads[0].wanted)
        LATHE_TRY(give(c.inputGrads[0], dx));
    return give(c.inputGrads[3], masks ? dresidual : dy);
}

}  // namespace

const OpRow layerNorm{Op::LayerNorm,    "layer norm",      3,     1,     layerNormShapes,
                      layerNormForward, layerNormBackward, 0b011, 0b110, reference::layerNorm};
const OpRow rmsNorm{Op::RmsNorm,    "RMS norm",      2,    1,    rmsNormShapes,
                    rmsNormForward, rmsNormBackward, 0b11, 0b10, reference::rmsNorm};
const OpRow groupNorm{Op::GroupNorm,    "group norm",      3,     1,     groupNormShapes,
                      groupNormForward, groupNormBackward, 0b011, 0b110, reference::groupNorm};
const OpRow batchNorm{Op::BatchNorm,    "batch norm",      6,        1,     batchNormShapes,
                      batchNormForward, batchNormBackward, 0b000011, 0b111, reference::batchNorm};

}  // namespace lathe::autograd::rows
