// SPDX-License-Identifier: Apache-2.0
#include "optim/lion.h"

namespace lathe::optim {

Result<Lion> Lion::create(const nn::ParameterStore& store, const LionConfig& config) {
    if (!(config.beta1 >= 0 && config.beta1 < 1 && config.beta2 >= 0 && config.beta2 < 1 &&
          config.weightDecay >= 0))
        return fail(ErrorCode::Invalid, "betas must be in [0, 1), weight decay 0 or more", "lion");
    Lion made;
    made.m_config = config;
    LATHE_TRY_ASSIGN(made.m_range, FlatRange::of(store, 0, store.elements(), "lion"));
    LATHE_TRY_ASSIGN(made.m_mean, made.m_range.zeros());
    return made;
}

Result<> Lion::step(double learningRate, double gradScale) {
    LATHE_TRY(
        tensor::runKernel(LATHE_OP_LION, {m_range.values, m_range.grads, m_mean, m_range.decay, m_range.low},
                          {learningRate, m_config.beta1, m_config.beta2, m_config.weightDecay, gradScale},
                          {m_steps + 1, m_range.begin}));
    ++m_steps;
    return {};
}

std::vector<NamedShard> Lion::state() const {
    std::vector<NamedShard> shards;
    m_range.appendState(shards, "lion.m/", m_mean);
    return shards;
}

}  // namespace lathe::optim
