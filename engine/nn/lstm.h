// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/model.h"

namespace lathe::nn {

struct LstmConfig {
    std::int64_t layers = 2;
    std::int64_t width = 256;    // of embedding and states
    std::int64_t context = 128;  // tokens that flopsPerItem and sampling count with; any length runs
    std::int64_t vocab = 256;
    double dropout = 0;  // between layers
};

// A recurrent language model: embedding, LSTM layers (Zaremba et al. 2014, arXiv:1409.2329, with dropout
// where it says), linear head. Each sequence starts from states of zero. Parameter names: embedding.weight,
// layers.N.{input.weight, input.bias, recurrent.weight}, head.{weight, bias}; gates in PyTorch's order,
// input.bias is the sum of its two biases. Weights uniform in ±1/√width.
class LstmModel final : public Model {
public:
    static Result<std::unique_ptr<LstmModel>> create(const LstmConfig& config);
    ~LstmModel() override;

    const LstmConfig& config() const { return m_config; }
    std::span<BlockModule* const> blocks() const override { return m_row; }
    double flopsPerItem() const override;
    std::int64_t itemsPerRow() const override { return m_config.context; }

private:
    explicit LstmModel(const LstmConfig& config);
    class Front;
    class Layer;
    class Head;

    LstmConfig m_config;
    std::unique_ptr<Front> m_front;
    std::vector<std::unique_ptr<Layer>> m_layers;
    std::unique_ptr<Head> m_head;
    std::vector<BlockModule*> m_row;
};

}  // namespace lathe::nn
