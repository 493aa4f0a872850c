// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/model.h"

namespace lathe::nn {

struct ResnetConfig {
    int depth = 18;  // 18, 34 or 50
    std::int64_t classes = 10;
    std::int64_t channels = 3;  // of the images
    std::int64_t side = 32;     // of the images that flopsPerItem counts; others work too
    std::int64_t width = 64;    // channels after the stem
    bool smallStem = true;  // 3×3 without pooling, for images of up to about 64 pixels (CIFAR); else 7×7
                            // with stride 2 and max pooling (ImageNet)
    bool channelsLast = true;
    bool zeroLast =
        false;             // the last norm of each block starts at zero (Goyal et al. 2017, arXiv:1706.02677)
    double depthDrop = 0;  // stochastic depth: chance to leave out the last block, growing linearly
};

// The residual networks of He et al. 2015 (arXiv:1512.03385), with the stride of bottlenecks in their 3×3
// convolution as torchvision has it. Parameter names are torchvision's: conv1, bn1,
// layerN.M.{convK,bnK,downsample}, fc.
class Resnet final : public Model {
public:
    static Result<std::unique_ptr<Resnet>> create(const ResnetConfig& config);
    ~Resnet() override;

    const ResnetConfig& config() const { return m_config; }
    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override { return m_flops; }
    std::int64_t itemsPerRow() const override { return 1; }

private:
    explicit Resnet(const ResnetConfig& config);
    class Stem;
    class Residual;
    class Head;

    ResnetConfig m_config;
    double m_flops = 0;
    std::unique_ptr<Stem> m_stem;
    std::vector<std::unique_ptr<Residual>> m_residuals;
    std::unique_ptr<Head> m_head;
    std::vector<BlockModule*> m_row;
};

}  // namespace lathe::nn
