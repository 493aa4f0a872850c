// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/model.h"

namespace lathe::nn {

struct LlamaConfig {
    std::int64_t layers = 6;
    std::int64_t width = 384;
    std::int64_t heads = 6;
    std::int64_t keyHeads = 0;  // heads of keys and values; 0: as many as heads
    std::int64_t hidden = 0;    // of the gated layer; 0: ⅔ · 4 · width, to a multiple of 64
    std::int64_t context = 256;
    std::int64_t vocab = 256;
    double ropeBase = 10000;
    double epsilon = 1e-5;
    bool tied = false;  // the head is the token table
};

// The decoder of Touvron et al. 2023 (arXiv:2302.13971): RMS norm before each part, rotary positions, gated
// layers with SiLU, no biases; grouped queries as in arXiv:2307.09288. Initialised with normal 0.02 as
// Hugging Face's. Parameter names: embed_tokens, layers.N.{input_layernorm, self_attn.qkv, self_attn.o_proj,
// post_attention_layernorm, mlp.gate_up, mlp.down_proj}, norm, lm_head; qkv and gate_up hold the rows of
// Hugging Face's q_proj, k_proj, v_proj and gate_proj, up_proj in that order.
class Llama final : public Model {
public:
    static Result<std::unique_ptr<Llama>> create(const LlamaConfig& config);
    ~Llama() override;

    const LlamaConfig& config() const { return m_config; }  // with what 0 stood for
    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override;
    std::int64_t itemsPerRow() const override { return m_config.context; }

private:
    explicit Llama(const LlamaConfig& config);
    class Front;
    class Layer;
    class Head;

    LlamaConfig m_config;
    std::unique_ptr<Front> m_front;
    std::vector<std::unique_ptr<Layer>> m_layers;
    std::unique_ptr<Head> m_head;
    std::vector<BlockModule*> m_row;
};

}  // namespace lathe::nn
