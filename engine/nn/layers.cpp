// SPDX-License-Identifier: Apache-2.0
#include "nn/layers.h"

namespace lathe::nn {

Linear::Linear(std::int64_t inputs, std::int64_t outputs, Init weight, bool bias)
    : m_weight(addParameter("weight", {outputs, inputs}, weight, true)),
      m_bias(bias ? &addParameter("bias", {outputs}, Init::zeros(), false) : nullptr) {}

Var Linear::forward(Tape& tape, const Var& x, Activation activation, const Var& residual) {
    return tape.linear(x, tape.parameter(m_weight.leaf), m_bias ? tape.parameter(m_bias->leaf) : Var{},
                       activation, residual);
}

LayerNorm::LayerNorm(std::int64_t width, double epsilon)
    : m_epsilon(epsilon), m_weight(addParameter("weight", {width}, Init::ones(), false)),
      m_bias(addParameter("bias", {width}, Init::zeros(), false)) {}

Var LayerNorm::forward(Tape& tape, const Var& x) {
    return tape.layerNorm(x, tape.parameter(m_weight.leaf), tape.parameter(m_bias.leaf), m_epsilon);
}

Embedding::Embedding(std::int64_t entries, std::int64_t width, Init init)
    : m_weight(addParameter("weight", {entries, width}, init, true)) {}

Var Embedding::forward(Tape& tape, const Var& ids, const Var& positions) {
    return tape.embedding(ids, weight(tape), positions);
}

Var Embedding::weight(Tape& tape) {
    return tape.parameter(m_weight.leaf);
}

CausalSelfAttention::CausalSelfAttention(std::int64_t width, std::int64_t heads, Init in, Init out)
    : m_heads(heads), m_qkv(width, 3 * width, in), m_out(width, width, out) {
    addChild("qkv", m_qkv);
    addChild("out", m_out);
}

Var CausalSelfAttention::forward(Tape& tape, const Var& x, const Var& residual) {
    const Var mixed = tape.causalAttention(m_qkv.forward(tape, x), m_heads);
    return m_out.forward(tape, mixed, Activation::None, residual);
}

Mlp::Mlp(std::int64_t width, std::int64_t hidden, Init in, Init out)
    : m_in(width, hidden, in), m_out(hidden, width, out) {
    addChild("in", m_in);
    addChild("out", m_out);
}

Var Mlp::forward(Tape& tape, const Var& x, const Var& residual) {
    return m_out.forward(tape, m_in.forward(tape, x, Activation::Gelu), Activation::None, residual);
}

}  // namespace lathe::nn
