// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "optim/optimizer.h"

namespace lathe::optim {

struct AdamWConfig {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.01;
    bool decoupled = true;  // false: Adam, where the decay is a part of the gradient
};

// Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv:1711.05101), one fused pass. Holds two
// moments of the shard's size.
class AdamW final : public Optimizer {
public:
    static Result<AdamW> create(const nn::ParameterStore& store, const AdamWConfig& config);
    static Result<AdamW> create(const nn::ParameterStore& store, const AdamWConfig& config,
                                std::int64_t begin, std::int64_t end);

    Result<> step(double learningRate, double gradScale = 1.0) override;
    std::vector<NamedShard> state() const override;
    const AdamWConfig& config() const { return m_config; }

private:
    AdamW() = default;

    AdamWConfig m_config;
    FlatRange m_range;
    tensor::Tensor m_first, m_second;
};

}  // namespace lathe::optim
