// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"

namespace lathe::nn {

using autograd::Activation;

class Linear final : public Module {
public:
    Linear(std::int64_t inputs, std::int64_t outputs, Init weight, bool bias = true);
    // x [..., inputs] → [..., outputs], plus `residual` if it is defined.
    Var forward(Tape& tape, const Var& x, Activation activation = Activation::None, const Var& residual = {});

private:
    Parameter& m_weight;  // [outputs, inputs]
    Parameter* m_bias;
};

class LayerNorm final : public Module {
public:
    explicit LayerNorm(std::int64_t width, double epsilon = 1e-5);
    Var forward(Tape& tape, const Var& x);

private:
    double m_epsilon;
    Parameter& m_weight;
    Parameter& m_bias;
};

class Embedding final : public Module {
public:
    Embedding(std::int64_t entries, std::int64_t width, Init init);
    Var forward(Tape& tape, const Var& ids, const Var& positions = {});
    Var weight(Tape& tape);  // for a tied head

private:
    Parameter& m_weight;
};

class CausalSelfAttention final : public Module {
public:
    CausalSelfAttention(std::int64_t width, std::int64_t heads, Init in, Init out);
    // x [B, T, width] → residual + attention(x).
    Var forward(Tape& tape, const Var& x, const Var& residual);

private:
    std::int64_t m_heads;
    Linear m_qkv;
    Linear m_out;
};

class Mlp final : public Module {
public:
    Mlp(std::int64_t width, std::int64_t hidden, Init in, Init out);
    // x [..., width] → residual + out(gelu(in(x))).
    Var forward(Tape& tape, const Var& x, const Var& residual);

private:
    Linear m_in;
    Linear m_out;
};

}  // namespace lathe::nn
