// SPDX-License-Identifier: Apache-2.0
#include "nn/layers.h"

#include <cmath>

namespace lathe::nn {

Var matching(Tape& tape, const Var& x, const Parameter& parameter) {
    if (!x.defined() || !tensor::isFloating(x.value().dtype()) ||
        x.value().dtype() == parameter.leaf.value.dtype())
        return x;
    return tape.convert(x, parameter.leaf.value.dtype());
}

Linear::Linear(std::int64_t inputs, std::int64_t outputs, Init weight, bool bias)
    : m_weight(addParameter("weight", {outputs, inputs}, weight, true)),
      m_bias(bias ? &addParameter("bias", {outputs}, Init::zeros(), false) : nullptr) {}

Linear::Linear(std::int64_t inputs, std::int64_t outputs, Init weight, Init bias)
    : m_weight(addParameter("weight", {outputs, inputs}, weight, true)),
      m_bias(&addParameter("bias", {outputs}, bias, false)) {}

Var Linear::forward(Tape& tape, const Var& x, Activation activation, const Var& residual) {
    return tape.linear(matching(tape, x, m_weight), tape.parameter(m_weight.leaf),
                       m_bias ? tape.parameter(m_bias->leaf) : Var{}, activation, residual);
}

Var Linear::forwardDropped(Tape& tape, const Var& x, const Var& residual, double dropout) {
    if (dropout <= 0 || !tape.training())
        return forward(tape, x, Activation::None, residual);
    const Var dropped = tape.dropout(forward(tape, x), dropout);
    return residual.defined() ? tape.add(residual, dropped) : dropped;
}

LayerNorm::LayerNorm(std::int64_t width, double epsilon)
    : m_epsilon(epsilon), m_weight(addParameter("weight", {width}, Init::ones(), false)),
      m_bias(addParameter("bias", {width}, Init::zeros(), false)) {}

Var LayerNorm::forward(Tape& tape, const Var& x) {
    return tape.layerNorm(x, tape.parameter(m_weight.leaf), tape.parameter(m_bias.leaf), m_epsilon);
}

RmsNorm::RmsNorm(std::int64_t width, double epsilon)
    : m_epsilon(epsilon), m_weight(addParameter("weight", {width}, Init::ones(), false)) {}

Var RmsNorm::forward(Tape& tape, const Var& x) {
    return tape.rmsNorm(x, tape.parameter(m_weight.leaf), m_epsilon);
}

GroupNorm::GroupNorm(std::int64_t channels, std::int64_t groups, double epsilon)
    : m_groups(groups), m_epsilon(epsilon), m_weight(addParameter("weight", {channels}, Init::ones(), false)),
      m_bias(addParameter("bias", {channels}, Init::zeros(), false)) {}

Var GroupNorm::forward(Tape& tape, const Var& x) {
    return tape.groupNorm(x, tape.parameter(m_weight.leaf), tape.parameter(m_bias.leaf), m_groups, m_epsilon);
}

BatchNorm::BatchNorm(std::int64_t channels, bool startAtZero, double momentum, double epsilon)
    : m_momentum(momentum), m_epsilon(epsilon),
      m_weight(addParameter("weight", {channels}, startAtZero ? Init::zeros() : Init::ones(), false)),
      m_bias(addParameter("bias", {channels}, Init::zeros(), false)),
      m_mean(addBuffer("running_mean", {channels}, Init::zeros())),
      m_variance(addBuffer("running_var", {channels}, Init::ones())) {}

Var BatchNorm::forward(Tape& tape, const Var& x, Activation activation, const Var& residual) {
    return tape.batchNorm(x, tape.parameter(m_weight.leaf), tape.parameter(m_bias.leaf),
                          {m_mean.value, m_variance.value}, activation, residual, m_momentum, m_epsilon);
}

Conv2d::Conv2d(std::int64_t inputs, std::int64_t outputs, const ConvForm& form, Init weight)
    : m_form(form),
      m_weight(addParameter("weight", {outputs, inputs / form.groups, form.kernel[0], form.kernel[1]}, weight,
                            true)),
      m_bias(form.bias ? &addParameter("bias", {outputs}, Init::zeros(), false) : nullptr) {}

Var Conv2d::forward(Tape& tape, const Var& x) {
    return tape.conv2d(matching(tape, x, m_weight), tape.parameter(m_weight.leaf),
                       m_bias ? tape.parameter(m_bias->leaf) : Var{},
                       {m_form.stride, m_form.padding, m_form.dilation, m_form.groups});
}

Embedding::Embedding(std::int64_t entries, std::int64_t width, Init init)
    : m_weight(addParameter("weight", {entries, width}, init, true)) {}

Var Embedding::forward(Tape& tape, const Var& ids, const Var& positions) {
    return tape.embedding(ids, weight(tape), positions);
}

Var Embedding::weight(Tape& tape) {
    return tape.parameter(m_weight.leaf);
}

SelfAttention::SelfAttention(const AttentionForm& form, Init in, Init out)
    : m_form(form), m_keyHeads(form.keyHeads > 0 ? form.keyHeads : form.heads),
      m_depth(form.width / form.heads),
      m_qkv(form.width, (form.heads + 2 * m_keyHeads) * m_depth, in, form.bias),
      m_out(form.width, form.width, out, form.bias) {
    addChild(std::string(form.in), m_qkv);
    addChild(std::string(form.out), m_out);
}

Result<Tensor> SelfAttention::angles(const Tensor& like) {
    const DType type = like.dtype() == DType::F64 ? DType::F64 : DType::F32;
    if (m_angles.defined() && m_angles.dtype() == type && m_angles.device() == like.device())
        return m_angles;
    const std::int64_t half = m_depth / 2;
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(2 * m_form.context * half));
    for (std::int64_t t = 0; t < m_form.context; ++t)
        for (std::int64_t d = 0; d < half; ++d) {
            const double angle =
                static_cast<double>(t) *
                std::pow(m_form.ropeBase, -static_cast<double>(d) / static_cast<double>(half));
            values.push_back(std::cos(angle));
            values.push_back(std::sin(angle));
        }
    LATHE_TRY_ASSIGN(const Tensor wide, Tensor::of<double>(values, {m_form.context, half, 2}));
    LATHE_TRY_ASSIGN(const Tensor typed, wide.to(type));
    LATHE_TRY_ASSIGN(m_angles,
                     Tensor::empty(typed.shape(), type, tensor::MemoryClass::Parameters, like.device()));
    LATHE_TRY(m_angles.copyFrom(typed));
    return m_angles;
}

Var SelfAttention::forward(Tape& tape, const Var& x, const Var& residual) {
    Var qkv = m_qkv.forward(tape, x);
    if (m_form.ropeBase > 0 && qkv.defined()) {
        const auto table = angles(qkv.value());
        if (!table)
            return tape.failed(table.error());
        qkv = tape.rope(qkv, *table, m_form.heads + 2 * m_keyHeads, m_form.heads + m_keyHeads);
    }
    const Var mixed = tape.attention(qkv, m_form.heads, m_keyHeads, m_form.causal);
    return m_out.forwardDropped(tape, mixed, residual, m_form.dropout);
}

Mlp::Mlp(std::int64_t width, std::int64_t hidden, Init in, Init out, Activation activation, double dropout,
         std::string_view inName, std::string_view outName)
    : m_activation(activation), m_dropout(dropout), m_in(width, hidden, in), m_out(hidden, width, out) {
    addChild(std::string(inName), m_in);
    addChild(std::string(outName), m_out);
}

Var Mlp::forward(Tape& tape, const Var& x, const Var& residual) {
    return m_out.forwardDropped(tape, m_in.forward(tape, x, m_activation), residual, m_dropout);
}

}  // namespace lathe::nn
