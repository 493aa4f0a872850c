// SPDX-License-Identifier: Apache-2.0
// Attention and what goes with it, LSTM.
#include "autograd/op_rows.h"
#include "autograd/reference.h"

#include <cmath>

namespace lathe::autograd::rows {
namespace {

// --- attention; the input holds queries, keys and values of each position beside each other

struct Parts {
    std::int64_t heads, keyHeads, depth;

    Parts(const Shape& x, const Attributes& a)
        : heads(a.heads), keyHeads(a.keyHeads > 0 ? a.keyHeads : a.heads),
          depth(x[2] / (heads + 2 * keyHeads)) {}
    double scale() const { return 1 / std::sqrt(static_cast<double>(depth)); }

    Tensor all(const Tensor& x) const {
        return x.reshape({x.size(0), x.size(1), heads + 2 * keyHeads, depth});
    }
    Tensor queries(const Tensor& x) const { return all(x).slice(2, 0, heads); }
    Tensor keys(const Tensor& x) const { return all(x).slice(2, heads, heads + keyHeads); }
    Tensor values(const Tensor& x) const { return all(x).slice(2, heads + keyHeads, heads + 2 * keyHeads); }
    Tensor result(const Tensor& y) const { return y.reshape({y.size(0), y.size(1), heads, depth}); }
};

Result<Specs> attentionShapes(Inputs in, const Attributes& a, bool training) {
    const Tensor& x = in[0];
    const std::int64_t keyHeads = a.keyHeads > 0 ? a.keyHeads : a.heads;
    if (x.rank() != 3 || a.heads < 1 || a.heads % keyHeads != 0 || x.size(2) % (a.heads + 2 * keyHeads) != 0)
        return mismatch("attention: [B, T, (H + 2·K)·D] with H = " + std::to_string(a.heads) +
                            " and K = " + std::to_string(keyHeads) + " wanted",
                        x);
    const Parts parts(x.shape(), a);
    return Specs{{Shape{x.size(0), x.size(1), a.heads * parts.depth}, x.dtype()},
                 {Shape{x.size(0), a.heads, x.size(1)}, statistics(x.dtype()), training}};
}

Result<> attentionForward(OpContext& c) {
    const Tensor& x = c.inputs[0];
    const Parts parts(x.shape(), c.attributes);
    return runKernel(
        LATHE_OP_ATTENTION,
        {parts.queries(x), parts.keys(x), parts.values(x), parts.result(c.outputs[0]), c.outputs[1]},
        {parts.scale()}, {flag(c.attributes.causal)});
}

Result<> attentionBackward(BackwardContext& c) {
    const Tensor &dy = c.outputGrads[0], &x = c.inputs[0];
    const Parts parts(x.shape(), c.attributes);
    LATHE_TRY_ASSIGN(Tensor dx, made(dy, x.shape()));
    LATHE_TRY(runKernel(LATHE_OP_ATTENTION_BACKWARD,
                        {parts.result(dy), parts.queries(x), parts.keys(x), parts.values(x),
                         parts.result(c.outputs[0]), c.outputs[1], parts.queries(dx), parts.keys(dx),
                         parts.values(dx)},
                        {parts.scale()}, {flag(c.attributes.causal)}));
    return give(c.inputGrads[0], dx);
}

// --- rotary positions

Result<Specs> ropeShapes(Inputs in, const Attributes& a, bool) {
    const Tensor &x = in[0], &table = in[1];
    if (x.rank() != 3 || a.heads < 1 || x.size(2) % (2 * a.heads) != 0 || a.turned > a.heads ||
        table.rank() != 3 || table.size(1) != x.size(2) / a.heads / 2 || table.size(2) != 2 ||
        table.dtype() != statistics(x.dtype()))
        return mismatch("rope: [B, T, H·D] with H = " + std::to_string(a.heads) +
                            " and a table [T, D/2, 2] wanted; " + table.text(),
                        x);
    if (table.size(0) < a.first + x.size(1))
        return mismatch("rope: a sequence of " + std::to_string(a.first + x.size(1)) +
                            " is longer than the " + std::to_string(table.size(0)) +
                            " positions of the model",
                        x);
    return Specs{{x.shape(), x.dtype()}};
}

Result<> turn(const Tensor& x, const Tensor& table, const Tensor& y, const Attributes& a, bool back) {
    const Shape shape{x.size(0), x.size(1), a.heads, x.size(2) / a.heads};
    return runKernel(LATHE_OP_ROPE, {x.reshape(shape), table, y.reshape(shape)}, {},
                     {a.turned, flag(back), a.first});
}

Result<> ropeForward(OpContext& c) {
    return turn(c.inputs[0], c.inputs[1], c.outputs[0], c.attributes, false);
}

Result<> ropeBackward(BackwardContext& c) {
    LATHE_TRY_ASSIGN(Tensor dx, reuse(c.outputGrads[0]));
    LATHE_TRY(turn(c.outputGrads[0], c.inputs[1], dx, c.attributes, true));
    return give(c.inputGrads[0], dx);
}

// --- embedding

Result<Specs> embeddingShapes(Inputs in, const Attributes& a, bool) {
    const Tensor &ids = in[0], &table = in[1], &positions = in[2];
    if (ids.rank() != 2 || ids.dtype() != DType::I32)
        return mismatch("embedding: ids [B, T] of i32 wanted", ids);
    if (table.rank() != 2)
        return mismatch("embedding: table [V, C] wanted", table);
    if (positions.defined() && (positions.rank() != 2 || positions.size(1) != table.size(1)))
        return mismatch("embedding: positions do not fit table " + table.text(), positions);
    if (positions.defined() && positions.size(0) < a.first + ids.size(1))
        return mismatch("embedding: a sequence of " + std::to_string(a.first + ids.size(1)) +
                            " is longer than the " + std::to_string(positions.size(0)) +
                            " positions of the model",
                        ids);
    return Specs{{Shape{ids.size(0), ids.size(1), table.size(1)}, table.dtype()}};
}

Result<> embeddingForward(OpContext& c) {
    return runKernel(LATHE_OP_EMBEDDING, {c.inputs[0], c.inputs[1], c.inputs[2], c.outputs[0]}, {},
                     {c.attributes.first});
}

Result<> embeddingBackward(BackwardContext& c) {
    const Tensor& dy = c.outputGrads[0];
    LATHE_TRY_ASSIGN(Tensor dtable, addingTarget(c.inputGrads[1], dy));
    LATHE_TRY_ASSIGN(Tensor dpositions, addingTarget(c.inputGrads[2], dy));
    return runKernel(LATHE_OP_EMBEDDING_BACKWARD, {dy, c.inputs[0], dtable, dpositions}, {},
                     {c.attributes.first});
}

// --- LSTM; results are the outputs and the cell states, through which no gradient comes back

Result<Specs> lstmShapes(Inputs in, const Attributes&, bool) {
    const Tensor &gates = in[0], &w = in[1], &h0 = in[2], &c0 = in[3];
    if (gates.rank() != 3 || w.rank() != 2 || w.size(0) != 4 * w.size(1) || gates.size(2) != w.size(0))
        return mismatch("LSTM: gates [B, T, 4·H] and weight [4·H, H] wanted; weight is " + w.text(), gates);
    for (const Tensor& state : {h0, c0})
        if (state.defined() && !(state.shape() == Shape{gates.size(0), w.size(1)}))
            return mismatch("LSTM: a state [B, H] wanted", state);
    const Shape out{gates.size(0), gates.size(1), w.size(1)};
    return Specs{{out, gates.dtype()}, {out, gates.dtype()}, {gates.shape(), gates.dtype()}};
}

Result<> lstmForward(OpContext& c) {
    return runKernel(LATHE_OP_LSTM, {c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.outputs[0],
                                     c.outputs[1], c.outputs[2]});
}

Result<> lstmBackward(BackwardContext& c) {
    const Tensor &dy = c.outputGrads[0], &act = c.outputs[2];
    if (!dy.defined())
        return fail(ErrorCode::Unsupported, "LSTM: no gradient comes back through the cell states");
    LATHE_TRY_ASSIGN(Tensor dgates, reuse(act));
    LATHE_TRY_ASSIGN(Tensor dw, addingTarget(c.inputGrads[1], dy));
    std::array<Tensor, 2> states;
    for (std::size_t i = 0; i < 2; ++i)
        if (c.inputGrads[2 + i].wanted) {
            LATHE_TRY_ASSIGN(states[i], made(dy, *c.inputGrads[2 + i].shape));
        }
    LATHE_TRY(runKernel(LATHE_OP_LSTM_BACKWARD, {dy,
                                                 {},
                                                 act,
                                                 c.inputs[1],
                                                 c.outputs[0],
                                                 c.outputs[1],
                                                 c.inputs[2],
                                                 c.inputs[3],
                                                 dgates,
                                                 dw,
                                                 states[0],
                                                 states[1]}));
    for (std::size_t i = 0; i < 2; ++i)
        if (states[i].defined())
            LATHE_TRY(give(c.inputGrads[2 + i], states[i]));
    return give(c.inputGrads[0], dgates);
}

}  // namespace

const OpRow rope{Op::Rope, "rope", 2, 1, ropeShapes, ropeForward, ropeBackward, 0b10, 0, reference::rope};
const OpRow attention{Op::Attention,    "attention",       1,   1,    attentionShapes,
                      attentionForward, attentionBackward, 0b1, 0b11, reference::attention};
const OpRow embedding{Op::Embedding,    "embedding",       3,     1, embeddingShapes,
                      embeddingForward, embeddingBackward, 0b001, 0, reference::embedding};
const OpRow lstm{Op::Lstm,    "LSTM",       4,      2,     lstmShapes,
                 lstmForward, lstmBackward, 0b1110, 0b111, reference::lstm};

}  // namespace lathe::autograd::rows
