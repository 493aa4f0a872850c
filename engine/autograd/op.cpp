// SPDX-License-Identifier: Apache-2.0
#include "autograd/op.h"

#include "autograd/reference.h"
#include "tensor/backend.h"

#include <array>
#include <cmath>

namespace lathe::autograd {
namespace {

using tensor::MemoryClass;
using tensor::runKernel;
using Specs = std::vector<TensorSpec>;
using Inputs = std::span<const Tensor>;
using InputGrad = BackwardContext::InputGrad;

auto mismatch(std::string what, const Tensor& tensor) {
    return fail(ErrorCode::Invalid, std::move(what), tensor.text());
}

std::int64_t code(Activation activation) {
    return static_cast<std::int64_t>(activation);
}

// Where the rule writes an input's gradient: the place there is, or a new tensor; undefined if none is
// wanted.
Result<Tensor> target(InputGrad& grad, const Tensor& like) {
    if (!grad.wanted)
        return Tensor{};
    if (grad.accumulate)
        return grad.place;
    LATHE_TRY_ASSIGN(grad.result,
                     Tensor::empty(*grad.shape, like.dtype(), MemoryClass::Activations, like.device()));
    return grad.result;
}

// The same for kernels that only add.
Result<Tensor> addingTarget(InputGrad& grad, const Tensor& like) {
    LATHE_TRY_ASSIGN(Tensor made, target(grad, like));
    if (made.defined() && !grad.accumulate)
        LATHE_TRY(made.fill(0));
    return made;
}

// Hands `gradient` on as an input's own.
Result<> give(InputGrad& grad, const Tensor& gradient) {
    if (!grad.wanted)
        return {};
    const Tensor shaped = gradient.reshape(*grad.shape);
    if (grad.accumulate)
        return runKernel(LATHE_OP_ADD, {grad.place, shaped, grad.place});
    grad.result = shaped;
    return {};
}

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

Result<> linearForward(const OpContext& c) {
    return runKernel(LATHE_OP_LINEAR,
                     {c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.outputs[0], c.outputs[1]}, {},
                     {code(c.attributes.activation)});
}

Result<> linearBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    Tensor dpre;
    if (c.attributes.activation != Activation::None) {
        if (dy.isSole() && !c.inputGrads[3].wanted) {
            dpre = dy;
        } else {
            LATHE_TRY_ASSIGN(dpre,
                             Tensor::empty(dy.shape(), dy.dtype(), MemoryClass::Activations, dy.device()));
        }
    }
    LATHE_TRY_ASSIGN(Tensor dx, target(c.inputGrads[0], dy));
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor db, addingTarget(c.inputGrads[2], dy));
    LATHE_TRY(runKernel(LATHE_OP_LINEAR_BACKWARD,
                        {dy, c.inputs[0], c.inputs[1], c.outputs[1], dx, dw, db, dpre}, {},
                        {code(c.attributes.activation), c.inputGrads[0].accumulate ? 1 : 0}));
    return give(c.inputGrads[3], dy);
}

// --- add

Result<Specs> addShapes(Inputs in, const Attributes&, bool) {
    if (!(in[0].shape() == in[1].shape()) || in[0].dtype() != in[1].dtype())
        return mismatch("add: the terms differ in shape or type: " + in[1].text(), in[0]);
    return Specs{{in[0].shape(), in[0].dtype()}};
}

Result<> addForward(const OpContext& c) {
    return runKernel(LATHE_OP_ADD, {c.inputs[0], c.inputs[1], c.outputs[0]});
}

Result<> addBackward(BackwardContext& c) {
    LATHE_TRY(give(c.inputGrads[0], c.outputGrads[0]));
    return give(c.inputGrads[1], c.outputGrads[0]);
}

// --- activation

Result<Specs> activateShapes(Inputs in, const Attributes&, bool) {
    return Specs{{in[0].shape(), in[0].dtype()}};
}

Result<> activateForward(const OpContext& c) {
    return runKernel(LATHE_OP_ACTIVATION, {c.inputs[0], c.outputs[0]}, {}, {code(c.attributes.activation)});
}

Result<> activateBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dx, Tensor::empty(dy.shape(), dy.dtype(), MemoryClass::Activations, dy.device()));
    LATHE_TRY(runKernel(LATHE_OP_ACTIVATION_BACKWARD, {dy, c.inputs[0].reshape(dy.shape()), dx}, {},
                        {code(c.attributes.activation)}));
    return give(c.inputGrads[0], dx);
}

// --- layer norm

Result<Specs> layerNormShapes(Inputs in, const Attributes&, bool training) {
    const Tensor &x = in[0], &w = in[1], &b = in[2];
    if (x.rank() < 1 || x.elements() == 0 || !(w.shape() == Shape{x.shape().back()}) ||
        (b.defined() && !(b.shape() == w.shape())))
        return mismatch("layer norm: weight " + w.text() + " does not fit x", x);
    const Shape rows{x.elements() / x.shape().back()};
    return Specs{{x.shape(), x.dtype()}, {rows, x.dtype(), training}, {rows, x.dtype(), training}};
}

Result<> layerNormForward(const OpContext& c) {
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
                     {c.inputGrads[0].accumulate ? 1 : 0});
}

// --- causal attention

Shape headsShape(const Shape& qkv, std::int64_t heads) {
    return {qkv[0], qkv[1], heads, qkv[2] / (3 * heads)};
}
// Queries, keys or values of [B, T, 3·H·D] as [B, T, H, D].
Tensor part(const Tensor& qkv, std::int64_t heads, int which) {
    const Shape s = qkv.shape();
    return qkv.reshape({s[0], s[1], 3, heads, s[2] / (3 * heads)}).select(2, which);
}
double attentionScale(const Shape& qkv, std::int64_t heads) {
    return 1 / std::sqrt(static_cast<double>(qkv[2] / (3 * heads)));
}

Result<Specs> attentionShapes(Inputs in, const Attributes& attributes, bool training) {
    const Tensor& qkv = in[0];
    if (qkv.rank() != 3 || attributes.heads < 1 || qkv.size(2) % (3 * attributes.heads) != 0)
        return mismatch("attention: [B, T, 3·H·D] with H = " + std::to_string(attributes.heads) + " wanted",
                        qkv);
    const Shape s = qkv.shape();
    return Specs{{Shape{s[0], s[1], s[2] / 3}, qkv.dtype()},
                 {Shape{s[0], attributes.heads, s[1]}, qkv.dtype(), training}};
}

Result<> attentionForward(const OpContext& c) {
    const Tensor& qkv = c.inputs[0];
    const std::int64_t heads = c.attributes.heads;
    return runKernel(LATHE_OP_ATTENTION,
                     {part(qkv, heads, 0), part(qkv, heads, 1), part(qkv, heads, 2),
                      c.outputs[0].reshape(headsShape(qkv.shape(), heads)), c.outputs[1]},
                     {attentionScale(qkv.shape(), heads)}, {1});
}

Result<> attentionBackward(BackwardContext& c) {
    const Tensor &dy = c.outputGrads[0], &qkv = c.inputs[0];
    const Shape s = qkv.shape();
    const std::int64_t heads = c.attributes.heads;
    LATHE_TRY_ASSIGN(Tensor dqkv, Tensor::empty(s, dy.dtype(), MemoryClass::Activations, dy.device()));
    LATHE_TRY(runKernel(LATHE_OP_ATTENTION_BACKWARD,
                        {dy.reshape(headsShape(s, heads)), part(qkv, heads, 0), part(qkv, heads, 1),
                         part(qkv, heads, 2), c.outputs[0].reshape(headsShape(s, heads)), c.outputs[1],
                         part(dqkv, heads, 0), part(dqkv, heads, 1), part(dqkv, heads, 2)},
                        {attentionScale(s, heads)}, {1}));
    return give(c.inputGrads[0], dqkv);
}

// --- embedding

Result<Specs> embeddingShapes(Inputs in, const Attributes&, bool) {
    const Tensor &ids = in[0], &table = in[1], &positions = in[2];
    if (ids.rank() != 2 || ids.dtype() != DType::I32)
        return mismatch("embedding: ids [B, T] of i32 wanted", ids);
    if (table.rank() != 2)
        return mismatch("embedding: table [V, C] wanted", table);
    if (positions.defined() && (positions.rank() != 2 || positions.size(1) != table.size(1)))
        return mismatch("embedding: positions do not fit table " + table.text(), positions);
    if (positions.defined() && positions.size(0) < ids.size(1))
        return mismatch("embedding: a sequence of " + std::to_string(ids.size(1)) + " is longer than the " +
                            std::to_string(positions.size(0)) + " positions of the model",
                        ids);
    return Specs{{Shape{ids.size(0), ids.size(1), table.size(1)}, table.dtype()}};
}

Result<> embeddingForward(const OpContext& c) {
    return runKernel(LATHE_OP_EMBEDDING, {c.inputs[0], c.inputs[1], c.inputs[2], c.outputs[0]});
}

Result<> embeddingBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dtable, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor dpositions, addingTarget(c.inputGrads[2], dy));
    return runKernel(LATHE_OP_EMBEDDING_BACKWARD, {dy, c.inputs[0], dtable, dpositions});
}

// --- cross entropy

Result<Specs> crossEntropyShapes(Inputs in, const Attributes&, bool) {
    const Tensor &logits = in[0], &targets = in[1];
    if (logits.rank() < 2 || targets.dtype() != DType::I32 ||
        !(targets.shape() == logits.shape().without(logits.rank() - 1)))
        return mismatch("cross entropy: logits [..., V] and i32 targets [...] wanted; targets are " +
                            targets.text(),
                        logits);
    return Specs{{Shape{}, logits.dtype()}, {Shape{targets.elements()}, logits.dtype()}};
}

Result<> crossEntropyForward(const OpContext& c) {
    return runKernel(LATHE_OP_CROSS_ENTROPY, {c.inputs[0], c.inputs[1], c.outputs[0], c.outputs[1]},
                     {c.attributes.denominator});
}

Result<> crossEntropyBackward(BackwardContext& c) {
    const Tensor& logits = c.inputs[0];
    LATHE_TRY_ASSIGN(Tensor dlogits, Tensor::empty(logits.shape(), logits.dtype(), MemoryClass::Activations,
                                                   logits.device()));
    LATHE_TRY(runKernel(LATHE_OP_CROSS_ENTROPY_BACKWARD,
                        {c.outputGrads[0], logits, c.inputs[1], c.outputs[1], dlogits},
                        {c.attributes.denominator}));
    return give(c.inputGrads[0], dlogits);
}

constexpr std::array<OpRow, opCount> table{{
    {Op::Linear, "linear", 4, 1, linearShapes, linearForward, linearBackward, 0b0011, 0b10,
     reference::linear},
    {Op::Add, "add", 2, 1, addShapes, addForward, addBackward, 0, 0, reference::add},
    {Op::Activate, "activation", 1, 1, activateShapes, activateForward, activateBackward, 0b1, 0,
     reference::activation},
    {Op::LayerNorm, "layer norm", 3, 1, layerNormShapes, layerNormForward, layerNormBackward, 0b011, 0b110,
     reference::layerNorm},
    {Op::CausalAttention, "causal attention", 1, 1, attentionShapes, attentionForward, attentionBackward, 0b1,
     0b11, reference::causalAttention},
    {Op::Embedding, "embedding", 3, 1, embeddingShapes, embeddingForward, embeddingBackward, 0b001, 0,
     reference::embedding},
    {Op::CrossEntropy, "cross entropy", 2, 1, crossEntropyShapes, crossEntropyForward, crossEntropyBackward,
     0b11, 0b10, reference::crossEntropy},
}};

}  // namespace

const OpRow& opRow(Op op) {
    return table[static_cast<std::size_t>(op)];
}
std::span<const OpRow> opTable() {
    return table;
}

}  // namespace lathe::autograd
