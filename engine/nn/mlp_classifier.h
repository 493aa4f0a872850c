// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/model.h"

namespace lathe::nn {

struct MlpConfig {
    std::vector<std::int64_t> widths;  // features, hidden layers…, classes
    Activation activation = Activation::Relu;
};

// Fully connected classifier. Weights uniform in ±√(6/inputs) (He et al. 2015, arXiv:1502.01852), biases
// zero.
class MlpClassifier final : public Model {
public:
    static Result<std::unique_ptr<MlpClassifier>> create(const MlpConfig& config);
    ~MlpClassifier() override;

    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override;
    std::int64_t itemsPerRow() const override { return 1; }

private:
    explicit MlpClassifier(const MlpConfig& config);
    class Layer;

    MlpConfig m_config;
    std::vector<std::unique_ptr<Layer>> m_layers;
    std::vector<BlockModule*> m_row;
};

}  // namespace lathe::nn
