// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "optim/optimizer.h"

namespace lathe::optim {

struct SgdConfig {
    double momentum = 0.9;  // 0: none, and no velocity is kept
    bool nesterov = true;
    double weightDecay = 0;  // added to the gradient
};

// Stochastic gradient descent with momentum (Sutskever et al. 2013), as PyTorch writes it: the learning rate
// scales the velocity when it is applied, not when it gathers.
class Sgd final : public Optimizer {
public:
    static Result<Sgd> create(const nn::ParameterStore& store, const SgdConfig& config);

    Result<> step(double learningRate, double gradScale = 1.0) override;
    std::vector<NamedShard> state() const override;

private:
    Sgd() = default;

    SgdConfig m_config;
    FlatRange m_range;
    tensor::Tensor m_velocity;  // undefined without momentum
};

}  // namespace lathe::optim
