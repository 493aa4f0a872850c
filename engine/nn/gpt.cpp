// SPDX-License-Identifier: Apache-2.0
#include "nn/gpt.h"

#include <cmath>
#include <fmt/format.h>

namespace lathe::nn {
namespace {

const Init base = Init::normal(0.02);

class Positions final : public Module {
public:
    Positions(std::int64_t entries, std::int64_t width)
        : m_weight(addParameter("weight", {entries, width}, base, true)) {}
    Var weight(Tape& tape) { return tape.parameter(m_weight.leaf); }

private:
    Parameter& m_weight;
};

}  // namespace

class Gpt::Front final : public BlockModule {
public:
    explicit Front(const GptConfig& c)
        : m_dropout(c.dropout), m_tokens(c.vocab, c.width, base), m_positions(c.context, c.width) {
        addChild("wte", m_tokens);
        addChild("wpe", m_positions);
    }
    Var forward(Tape& tape, const Var& ids) override {
        return tape.dropout(m_tokens.forward(tape, ids, m_positions.weight(tape)), m_dropout);
    }
    Embedding& tokens() { return m_tokens; }

private:
    double m_dropout;
    Embedding m_tokens;
    Positions m_positions;
};

class Gpt::Layer final : public BlockModule {
public:
    explicit Layer(const GptConfig& c)
        : m_norm1(c.width),
          m_attention({.width = c.width, .heads = c.heads, .dropout = c.dropout}, base, residualInit(c)),
          m_norm2(c.width), m_mlp(c.width, 4 * c.width, base, residualInit(c), Activation::Gelu, c.dropout) {
        addChild("ln_1", m_norm1);
        addChild("attn", m_attention);
        addChild("ln_2", m_norm2);
        addChild("mlp", m_mlp);
    }
    Var forward(Tape& tape, const Var& x) override {
        const Var attended = m_attention.forward(tape, m_norm1.forward(tape, x), x);
        return m_mlp.forward(tape, m_norm2.forward(tape, attended), attended);
    }

private:
    static Init residualInit(const GptConfig& c) {
        return Init::normal(base.scale / std::sqrt(2.0 * static_cast<double>(c.layers)));
    }

    LayerNorm m_norm1;
    SelfAttention m_attention;
    LayerNorm m_norm2;
    Mlp m_mlp;
};

class Gpt::Head final : public BlockModule {
public:
    Head(const GptConfig& c, Embedding& tokens) : m_norm(c.width), m_tokens(tokens) {
        addChild("ln_f", m_norm);
    }
    Var forward(Tape& tape, const Var& x) override {
        return tape.linear(m_norm.forward(tape, x), m_tokens.weight(tape));
    }

private:
    LayerNorm m_norm;
    Embedding& m_tokens;
};

Result<std::unique_ptr<Gpt>> Gpt::create(const GptConfig& c) {
    for (const std::int64_t size : {c.layers, c.width, c.heads, c.context, c.vocab})
        if (size < 1)
            return fail(ErrorCode::Invalid, "layers, width, heads, context and vocab must be at least 1",
                        "gpt");
    if (!(c.dropout >= 0 && c.dropout < 1))
        return fail(ErrorCode::Invalid, "dropout must be in [0, 1)", "gpt");
    if (c.width % c.heads != 0)
        return fail(ErrorCode::Invalid,
                    fmt::format("a width of {} cannot be shared by {} heads", c.width, c.heads), "gpt",
                    "choose a width that is a multiple of the heads");
    return std::unique_ptr<Gpt>(new Gpt(c));
}

Gpt::Gpt(const GptConfig& config) : m_config(config), m_front(std::make_unique<Front>(config)) {
    addChild("", *m_front);
    m_row.push_back(m_front.get());
    for (std::int64_t i = 0; i < config.layers; ++i) {
        m_layers.push_back(std::make_unique<Layer>(config));
        addChild(fmt::format("h.{}", i), *m_layers.back());
        m_row.push_back(m_layers.back().get());
    }
    m_head = std::make_unique<Head>(config, m_front->tokens());
    addChild("", *m_head);
    m_row.push_back(m_head.get());
}

Gpt::~Gpt() = default;

std::int64_t Gpt::parameterCount(const GptConfig& c) {
    const std::int64_t layer = 12 * c.width * c.width + 13 * c.width;
    return (c.vocab + c.context) * c.width + c.layers * layer + 2 * c.width;
}

std::int64_t Gpt::parameterCount() const {
    return parameterCount(m_config);
}

double Gpt::flopsPerItem() const {
    return 6.0 * static_cast<double>(parameterCount()) +
           12.0 * static_cast<double>(m_config.layers * m_config.width * m_config.context);
}

}  // namespace lathe::nn
