// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/model.h"

namespace lathe::nn {

struct GptConfig {
    std::int64_t layers = 6;
    std::int64_t width = 384;
    std::int64_t heads = 6;
    std::int64_t context = 256;  // positions; sequences may be shorter
    std::int64_t vocab = 256;    // bytes
    double dropout = 0;          // of the embedding and of what each part adds
};

// The decoder of Radford et al. 2019 ("GPT-2"): learned positions, layer norm before each part, tanh GELU,
// head tied to the token table. Initialised as there: normal 0.02, the two projections into the residual
// divided by √(2·layers). Parameter names: wte.weight, wpe.weight,
// h.N.{ln_1,attn.qkv,attn.out,ln_2,mlp.in,mlp.out}.{weight,bias}, ln_f.
class Gpt final : public Model {
public:
    // Fails with Invalid on sizes that are not positive or a width that heads do not divide.
    static Result<std::unique_ptr<Gpt>> create(const GptConfig& config);
    ~Gpt() override;

    const GptConfig& config() const { return m_config; }
    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override;
    std::int64_t itemsPerRow() const override { return m_config.context; }
    std::int64_t parameterCount() const;
    static std::int64_t parameterCount(const GptConfig& config);

private:
    explicit Gpt(const GptConfig& config);
    class Front;
    class Layer;
    class Head;

    GptConfig m_config;
    std::unique_ptr<Front> m_front;
    std::vector<std::unique_ptr<Layer>> m_layers;
    std::unique_ptr<Head> m_head;
    std::vector<BlockModule*> m_row;
};

}  // namespace lathe::nn
