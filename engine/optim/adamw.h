// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"
#include "optim/state.h"

#include <vector>

namespace lathe::optim {

struct AdamWConfig {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.01;
};

// Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv:1711.05101), one fused pass over
// elements [begin, end) of a store's flat buffers: all of them, or a ZeRO shard. Holds two moments of that
// size.
class AdamW {
public:
    static Result<AdamW> create(const nn::ParameterStore& store, const AdamWConfig& config);
    static Result<AdamW> create(const nn::ParameterStore& store, const AdamWConfig& config,
                                std::int64_t begin, std::int64_t end);

    // One update with this learning rate; gradients are read as gradScale · grad (clipping, loss scaling,
    // averaging).
    Result<> step(double learningRate, double gradScale = 1.0);

    std::int64_t steps() const { return m_steps; }
    void setSteps(std::int64_t steps) { m_steps = steps; }  // on resume
    // Moments of every parameter that the shard touches, as views.
    std::vector<NamedShard> state() const;
    const AdamWConfig& config() const { return m_config; }

private:
    AdamW() = default;

    AdamWConfig m_config;
    std::vector<nn::Parameter*> m_parameters;
    std::int64_t m_begin = 0;
    std::int64_t m_end = 0;
    std::int64_t m_steps = 0;
    tensor::Tensor m_values, m_grads, m_decay, m_first, m_second;
};

// The values of a store's parameters in the same form, whole.
std::vector<NamedShard> parameterState(const nn::ParameterStore& store);

}  // namespace lathe::optim
