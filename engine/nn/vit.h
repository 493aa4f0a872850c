// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/model.h"

namespace lathe::nn {

struct VitConfig {
    std::int64_t layers = 6;
    std::int64_t width = 192;
    std::int64_t heads = 3;
    std::int64_t hidden = 0;  // of the feed-forward part; 0: 4 · width
    std::int64_t patch = 4;
    std::int64_t side = 32;  // of the images
    std::int64_t channels = 3;
    std::int64_t classes = 10;
    double dropout = 0;
    double depthDrop = 0;  // stochastic depth: chance to leave out the last block, growing linearly
};

// The vision transformer of Dosovitskiy et al. 2020 (arXiv:2010.11929) with a class token, learned positions
// and exact GELU. Parameter names are timm's: cls_token, pos_embed, patch_embed.proj, blocks.N.{norm1,
// attn.qkv, attn.proj, norm2, mlp.fc1, mlp.fc2}, norm, head. Weights start as a normal of deviation 0.02.
class Vit final : public Model {
public:
    static Result<std::unique_ptr<Vit>> create(const VitConfig& config);
    ~Vit() override;

    const VitConfig& config() const { return m_config; }
    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override;
    std::int64_t itemsPerRow() const override { return 1; }

private:
    explicit Vit(const VitConfig& config);
    class Front;
    class Layer;
    class Head;

    VitConfig m_config;
    std::unique_ptr<Front> m_front;
    std::vector<std::unique_ptr<Layer>> m_layers;
    std::unique_ptr<Head> m_head;
    std::vector<BlockModule*> m_row;
};

}  // namespace lathe::nn
