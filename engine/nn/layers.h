// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"

namespace lathe::nn {

using autograd::Activation;
using autograd::Pair;

// x in the type of a parameter's values: what comes from data is fp32 whatever the model computes in.
Var matching(Tape& tape, const Var& x, const Parameter& parameter);

class Linear final : public Module {
public:
    Linear(std::int64_t inputs, std::int64_t outputs, Init weight, bool bias = true);
    // The same with a bias drawn too (PyTorch's default does).
    Linear(std::int64_t inputs, std::int64_t outputs, Init weight, Init bias);
    // x [..., inputs] → [..., outputs], plus `residual` if it is defined.
    Var forward(Tape& tape, const Var& x, Activation activation = Activation::None, const Var& residual = {});
    // residual + dropout(linear(x)).
    Var forwardDropped(Tape& tape, const Var& x, const Var& residual, double dropout);

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

class RmsNorm final : public Module {
public:
    explicit RmsNorm(std::int64_t width, double epsilon = 1e-5);
    Var forward(Tape& tape, const Var& x);

private:
    double m_epsilon;
    Parameter& m_weight;
};

class GroupNorm final : public Module {
public:
    GroupNorm(std::int64_t channels, std::int64_t groups, double epsilon = 1e-5);
    Var forward(Tape& tape, const Var& x);  // [B, C, …]

private:
    std::int64_t m_groups;
    double m_epsilon;
    Parameter& m_weight;
    Parameter& m_bias;
};

// Names as in PyTorch: weight, bias, running_mean, running_var.
class BatchNorm final : public Module {
public:
    explicit BatchNorm(std::int64_t channels, bool startAtZero = false, double momentum = 0.1,
                       double epsilon = 1e-5);
    // x [B, C, …] → act(norm(x) + residual); act none or relu.
    Var forward(Tape& tape, const Var& x, Activation activation = Activation::None, const Var& residual = {});

private:
    double m_momentum;
    double m_epsilon;
    Parameter& m_weight;
    Parameter& m_bias;
    Buffer& m_mean;
    Buffer& m_variance;
};

struct ConvForm {
    Pair kernel{3, 3};
    Pair stride{1, 1}, padding{0, 0}, dilation{1, 1};
    std::int64_t groups = 1;
    bool bias = false;
};

class Conv2d final : public Module {
public:
    Conv2d(std::int64_t inputs, std::int64_t outputs, const ConvForm& form, Init weight);
    Var forward(Tape& tape, const Var& x);  // [B, C, H, W]
    const Parameter& weight() const { return m_weight; }

private:
    ConvForm m_form;
    Parameter& m_weight;  // [outputs, inputs/groups, kh, kw]
    Parameter* m_bias;
};

class Embedding final : public Module {
public:
    Embedding(std::int64_t entries, std::int64_t width, Init init);
    Var forward(Tape& tape, const Var& ids, const Var& positions = {});
    Var weight(Tape& tape);  // for a tied head

private:
    Parameter& m_weight;
};

struct AttentionForm {
    std::int64_t width = 0;
    std::int64_t heads = 1;
    std::int64_t keyHeads = 0;  // 0: as many as heads
    bool causal = true;
    bool bias = true;
    double dropout = 0;                        // of the result
    double ropeBase = 0;                       // 0: no rotary positions
    std::int64_t context = 0;                  // positions that the angles of rope are made for
    std::string_view in = "qkv", out = "out";  // names of the two linear layers
};

// One linear layer makes queries, keys and values of each position, another mixes what the heads found.
class SelfAttention final : public Module {
public:
    SelfAttention(const AttentionForm& form, Init in, Init out);
    // x [B, T, width] → residual + attention(x).
    Var forward(Tape& tape, const Var& x, const Var& residual);

private:
    Result<Tensor> angles(const Tensor& like);

    AttentionForm m_form;
    std::int64_t m_keyHeads;
    std::int64_t m_depth;
    Linear m_qkv;
    Linear m_out;
    Tensor m_angles;  // [context, D/2, 2], made at first use
};

class Mlp final : public Module {
public:
    Mlp(std::int64_t width, std::int64_t hidden, Init in, Init out, Activation activation = Activation::Gelu,
        double dropout = 0, std::string_view inName = "in", std::string_view outName = "out");
    // x [..., width] → residual + dropout(out(act(in(x)))).
    Var forward(Tape& tape, const Var& x, const Var& residual);

private:
    Activation m_activation;
    double m_dropout;
    Linear m_in;
    Linear m_out;
};

}  // namespace lathe::nn
