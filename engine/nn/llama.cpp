// SPDX-License-Identifier: Apache-2.0
#include "nn/llama.h"

#include <fmt/format.h>

namespace lathe::nn {
namespace {

const Init base = Init::normal(0.02);

}  // namespace

class Llama::Front final : public BlockModule {
public:
    explicit Front(const LlamaConfig& c) : m_tokens(c.vocab, c.width, base) {
        addChild("embed_tokens", m_tokens);
    }
    Var forward(Tape& tape, const Var& ids) override { return m_tokens.forward(tape, ids); }
    Embedding& tokens() { return m_tokens; }

private:
    Embedding m_tokens;
};

class Llama::Layer final : public BlockModule {
public:
    explicit Layer(const LlamaConfig& c)
        : m_norm1(c.width, c.epsilon), m_attention({.width = c.width,
                                                    .heads = c.heads,
                                                    .keyHeads = c.keyHeads,
                                                    .bias = false,
                                                    .ropeBase = c.ropeBase,
                                                    .context = c.context,
                                                    .out = "o_proj"},
                                                   base, base),
          m_norm2(c.width, c.epsilon), m_gateUp(c.width, 2 * c.hidden, base, false),
          m_down(c.hidden, c.width, base, false) {
        addChild("input_layernorm", m_norm1);
        addChild("self_attn", m_attention);
        addChild("post_attention_layernorm", m_norm2);
        addChild("mlp.gate_up", m_gateUp);
        addChild("mlp.down_proj", m_down);
    }
    Var forward(Tape& tape, const Var& x) override {
        const Var attended = m_attention.forward(tape, m_norm1.forward(tape, x), x);
        const Var gated = tape.swiGlu(m_gateUp.forward(tape, m_norm2.forward(tape, attended)));
        return m_down.forward(tape, gated, Activation::None, attended);
    }

private:
    RmsNorm m_norm1;
    SelfAttention m_attention;
    RmsNorm m_norm2;
    Linear m_gateUp;
    Linear m_down;
};

class Llama::Head final : public BlockModule {
public:
    Head(const LlamaConfig& c, Embedding& tokens) : m_norm(c.width, c.epsilon), m_tokens(tokens) {
        addChild("norm", m_norm);
        if (!c.tied) {
            m_head = std::make_unique<Linear>(c.width, c.vocab, base, false);
            addChild("lm_head", *m_head);
        }
    }
    Var forward(Tape& tape, const Var& x) override {
        const Var normal = m_norm.forward(tape, x);
        return m_head ? m_head->forward(tape, normal) : tape.linear(normal, m_tokens.weight(tape));
    }

private:
    RmsNorm m_norm;
    Embedding& m_tokens;
    std::unique_ptr<Linear> m_head;
};

Result<std::unique_ptr<Llama>> Llama::create(const LlamaConfig& given) {
    LlamaConfig c = given;
    if (c.keyHeads == 0)
        c.keyHeads = c.heads;
    if (c.hidden == 0)
        c.hidden = (8 * c.width / 3 + 63) / 64 * 64;
    for (const std::int64_t size : {c.layers, c.width, c.heads, c.keyHeads, c.hidden, c.context, c.vocab})
        if (size < 1)
            return fail(ErrorCode::Invalid,
                        "layers, width, heads, key_heads, hidden, context and vocab must be at least 1",
                        "llama");
    if (c.heads % c.keyHeads != 0)
        return fail(ErrorCode::Invalid,
                    fmt::format("{} heads cannot share {} heads of keys", c.heads, c.keyHeads), "llama",
                    "choose heads that are a multiple of key_heads");
    if (c.width % (2 * c.heads) != 0)
        return fail(ErrorCode::Invalid,
                    fmt::format("a width of {} gives {} heads no even share to turn", c.width, c.heads),
                    "llama", "choose a width that is a multiple of twice the heads");
    if (!(c.ropeBase > 1) || !(c.epsilon > 0))
        return fail(ErrorCode::Invalid, "rope_base must be above 1, epsilon above 0", "llama");
    return std::unique_ptr<Llama>(new Llama(c));
}

Llama::Llama(const LlamaConfig& config) : m_config(config), m_front(std::make_unique<Front>(config)) {
    addChild("", *m_front);
    m_row.push_back(m_front.get());
    for (std::int64_t i = 0; i < config.layers; ++i) {
        m_layers.push_back(std::make_unique<Layer>(config));
        addChild(fmt::format("layers.{}", i), *m_layers.back());
        m_row.push_back(m_layers.back().get());
    }
    m_head = std::make_unique<Head>(config, m_front->tokens());
    addChild("", *m_head);
    m_row.push_back(m_head.get());
}

Llama::~Llama() = default;

double Llama::flopsPerItem() const {
    const LlamaConfig& c = m_config;
    const std::int64_t depth = c.width / c.heads;
    const std::int64_t layer = c.width * (c.heads + 2 * c.keyHeads) * depth + c.width * c.width +
                               3 * c.width * c.hidden + 2 * c.width;
    const std::int64_t count = c.layers * layer + c.vocab * c.width * (c.tied ? 1 : 2) + c.width;
    return 6.0 * static_cast<double>(count) + 12.0 * static_cast<double>(c.layers * c.width * c.context);
}

}  // namespace lathe::nn
