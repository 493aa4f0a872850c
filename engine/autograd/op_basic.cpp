// SPDX-License-Identifier: Apache-2.0
// Linear layers and what works element by element.
#include "autograd/op_rows.h"
#include "autograd/reference.h"

#include <algorithm>

namespace lathe::autograd::rows {
namespace {

// --- linear

Result<Specs> linearShapes(Inputs in, const Attributes& attributes, bool training) {
    const Tensor &x = in[0], &w = in[1], &b = in[2], &residual = in[3];
    if (x.rank() < 1 || w.rank() != 2 || w.size(1) != x.shape().back())
        return mismatch("linear: weight " + w.text() + " does not fit x", x);
    Shape out = x.shape().without(x.rank() - 1);
    out.append(w.size(0));
    if (b.defined() && !(b.shape() == Shape{w.size(0)}))
        return mismatch("linear: bias does not fit weight " + w.text(), b);
    if (residual.defined() && !(residual.shape() == out))
        return mismatch("linear: residual is not of the shape " + out.text(), residual);
    return Specs{{out, x.dtype()}, {out, x.dtype(), training && attributes.activation != Activation::None}};
}

Result<> linearForward(OpContext& c) {
    return runKernel(LATHE_OP_LINEAR,
                     {c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.outputs[0], c.outputs[1]}, {},
                     {code(c.attributes.activation)});
}

Result<> linearBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    Tensor dpre;
    if (c.attributes.activation != Activation::None) {
        LATHE_TRY_ASSIGN(dpre, c.inputGrads[3].wanted ? made(dy, dy.shape()) : reuse(dy));
    }
    LATHE_TRY_ASSIGN(Tensor dx, target(c.inputGrads[0], dy));
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor db, addingTarget(c.inputGrads[2], dy));
    LATHE_TRY(runKernel(LATHE_OP_LINEAR_BACKWARD,
                        {dy, c.inputs[0], c.inputs[1], c.outputs[1], dx, dw, db, dpre}, {},
                        {code(c.attributes.activation), flag(c.inputGrads[0].accumulate)}));
    return give(c.inputGrads[3], dy);
}

// --- sums and products of two, broadcast

// The common shape of two, extents of 1 repeated as in NumPy; nothing if they do not fit.
bool broadcast(const Shape& a, const Shape& b, Shape& out) {
    const int rank = std::max(a.rank(), b.rank());
    out = a.rank() == rank ? a : b;
    for (int i = 0; i < rank; ++i) {
        const std::int64_t x = i < rank - a.rank() ? 1 : a[i - (rank - a.rank())];
        const std::int64_t y = i < rank - b.rank() ? 1 : b[i - (rank - b.rank())];
        if (x != y && x != 1 && y != 1)
            return false;
        out[i] = x == 1 ? y : x;
    }
    return true;
}

Result<Specs> pairShapes(Inputs in, const Attributes&, bool) {
    Shape out;
    if (!in[0].defined() || !in[1].defined() || in[0].dtype() != in[1].dtype() ||
        !broadcast(in[0].shape(), in[1].shape(), out))
        return mismatch("the terms differ in shape or type: " + in[1].text(), in[0]);
    return Specs{{out, in[0].dtype()}};
}

// Adds up what was broadcast.
Result<> giveReduced(InputGrad& grad, const Tensor& gradient) {
    if (!grad.wanted)
        return {};
    if (gradient.shape() == *grad.shape)
        return give(grad, gradient);
    Shape kept = gradient.shape();
    const int added = kept.rank() - grad.shape->rank();
    for (int i = 0; i < kept.rank(); ++i)
        kept[i] = i < added ? 1 : (*grad.shape)[i - added];
    if (grad.accumulate)
        return runKernel(LATHE_OP_SUM, {gradient, grad.place.reshape(kept)}, {1}, {1});
    LATHE_TRY_ASSIGN(Tensor reduced, made(gradient, kept));
    LATHE_TRY(runKernel(LATHE_OP_SUM, {gradient, reduced}, {1}, {0}));
    return give(grad, reduced);
}

Result<> addForward(OpContext& c) {
    const Shape shape = c.outputs[0].shape();
    return runKernel(LATHE_OP_ADD, {c.inputs[0].expand(shape), c.inputs[1].expand(shape), c.outputs[0]});
}

Result<> addBackward(BackwardContext& c) {
    LATHE_TRY(giveReduced(c.inputGrads[0], c.outputGrads[0]));
    return giveReduced(c.inputGrads[1], c.outputGrads[0]);
}

Result<> multiplyForward(OpContext& c) {
    const Shape shape = c.outputs[0].shape();
    return runKernel(LATHE_OP_MUL, {c.inputs[0].expand(shape), c.inputs[1].expand(shape), c.outputs[0]});
}

Result<> multiplyBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    for (std::size_t i = 0; i < 2; ++i) {
        if (!c.inputGrads[i].wanted)
            continue;
        LATHE_TRY_ASSIGN(Tensor product, made(dy, dy.shape()));
        LATHE_TRY(runKernel(LATHE_OP_MUL, {dy, c.inputs[1 - i].expand(dy.shape()), product}));
        LATHE_TRY(giveReduced(c.inputGrads[i], product));
    }
    return {};
}

// --- one input, one output of its shape

Result<Specs> sameShape(Inputs in, const Attributes&, bool) {
    return Specs{{in[0].shape(), in[0].dtype()}};
}

Result<> scaleForward(OpContext& c) {
    return runKernel(LATHE_OP_SCALE, {c.inputs[0], c.outputs[0]}, {c.attributes.factor});
}

Result<> scaleBackward(BackwardContext& c) {
    LATHE_TRY_ASSIGN(Tensor dx, reuse(c.outputGrads[0]));
    LATHE_TRY(runKernel(LATHE_OP_SCALE, {c.outputGrads[0], dx}, {c.attributes.factor}));
    return give(c.inputGrads[0], dx);
}

Result<> activateForward(OpContext& c) {
    return runKernel(LATHE_OP_ACTIVATION, {c.inputs[0], c.outputs[0]}, {}, {code(c.attributes.activation)});
}

Result<> activateBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, reuse(dy));
    LATHE_TRY(runKernel(LATHE_OP_ACTIVATION_BACKWARD, {dy, c.inputs[0].reshape(dy.shape()), dx}, {},
                        {code(c.attributes.activation)}));
    return give(c.inputGrads[0], dx);
}

Result<> dropoutForward(OpContext& c) {
    const Attributes& a = c.attributes;
    return runKernel(LATHE_OP_DROPOUT, {c.inputs[0], {}, c.outputs[0]}, {a.share},
                     {a.seed, a.stream, a.first, a.group});
}

Result<> dropoutBackward(BackwardContext& c) {
    const Attributes& a = c.attributes;
    LATHE_TRY_ASSIGN(Tensor dx, reuse(c.outputGrads[0]));
    LATHE_TRY(runKernel(LATHE_OP_DROPOUT, {c.outputGrads[0], {}, dx}, {a.share},
                        {a.seed, a.stream, a.first, a.group}));
    return give(c.inputGrads[0], dx);
}

// --- swiglu

Result<Specs> swiGluShapes(Inputs in, const Attributes&, bool) {
    Shape out = in[0].shape();
    if (out.rank() < 1 || out.back() % 2 != 0)
        return mismatch("swiglu: [..., 2·C] wanted", in[0]);
    out[out.rank() - 1] /= 2;
    return Specs{{out, in[0].dtype()}};
}

Result<> swiGluForward(OpContext& c) {
    return runKernel(LATHE_OP_SWIGLU, {c.inputs[0], c.outputs[0]});
}

Result<> swiGluBackward(BackwardContext& c) {
    const Tensor &dy = c.outputGrads[0], &x = c.inputs[0];
    LATHE_TRY_ASSIGN(Tensor dx, reuse(x));
    LATHE_TRY(runKernel(LATHE_OP_SWIGLU_BACKWARD, {dy, x, dx}));
    return give(c.inputGrads[0], dx);
}

}  // namespace

const OpRow linear{Op::Linear,    "linear",       4,      1,    linearShapes,
                   linearForward, linearBackward, 0b0011, 0b10, reference::linear};
const OpRow add{Op::Add, "add", 2, 1, pairShapes, addForward, addBackward, 0, 0, reference::add};
const OpRow multiply{Op::Multiply,    "multiply",       2,    1, pairShapes,
                     multiplyForward, multiplyBackward, 0b11, 0, reference::multiply};
const OpRow scale{Op::Scale, "scale", 1, 1, sameShape, scaleForward, scaleBackward, 0, 0, reference::scale};
const OpRow activate{Op::Activate,    "activation",     1,   1, sameShape,
                     activateForward, activateBackward, 0b1, 0, reference::activation};
const OpRow swiGlu{Op::SwiGlu,    "swiglu",       1,   1, swiGluShapes,
                   swiGluForward, swiGluBackward, 0b1, 0, reference::swiGlu};
const OpRow dropout{Op::Dropout,    "dropout",       1, 1, sameShape,
                    dropoutForward, dropoutBackward, 0, 0, reference::dropout};

}  // namespace lathe::autograd::rows
