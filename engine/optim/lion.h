// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "optim/optimizer.h"

namespace lathe::optim {

struct LionConfig {
    double beta1 = 0.9;
    double beta2 = 0.99;
    double weightDecay = 0.1;
};

// The sign of an interpolated momentum (Chen et al. 2023, arXiv:2302.06675), with decoupled weight decay.
// Half of AdamW's memory; learning rates are three to ten times smaller than AdamW's.
class Lion final : public Optimizer {
public:
    static Result<Lion> create(const nn::ParameterStore& store, const LionConfig& config);

    Result<> step(double learningRate, double gradScale = 1.0) override;
    std::vector<NamedShard> state() const override;

private:
    Lion() = default;

    LionConfig m_config;
    FlatRange m_range;
    tensor::Tensor m_mean;
};

}  // namespace lathe::optim
