// SPDX-License-Identifier: Apache-2.0
#include "optim/sgd.h"

namespace lathe::optim {

Result<Sgd> Sgd::create(const nn::ParameterStore& store, const SgdConfig& config) {
    if (!(config.momentum >= 0 && config.momentum < 1 && config.weightDecay >= 0))
        return fail(ErrorCode::Invalid, "momentum must be in [0, 1), weight decay 0 or more", "sgd");
    Sgd made;
    made.m_config = config;
    LATHE_TRY_ASSIGN(made.m_range, FlatRange::of(store, 0, store.elements(), "sgd"));
    if (config.momentum > 0) {
        LATHE_TRY_ASSIGN(made.m_velocity, made.m_range.zeros());
    }
    return made;
}

Result<> Sgd::step(double learningRate, double gradScale) {
    LATHE_TRY(tensor::runKernel(LATHE_OP_SGD,
                                {m_range.values, m_range.grads, m_velocity, m_range.decay, m_range.low},
                                {learningRate, m_config.momentum, m_config.weightDecay, gradScale},
                                {m_steps + 1, m_range.begin, 0, 0, m_config.nesterov ? 1 : 0}));
    ++m_steps;
    return {};
}

std::vector<NamedShard> Sgd::state() const {
    std::vector<NamedShard> shards;
    if (m_velocity.defined())
        m_range.appendState(shards, "sgd.v/", m_velocity);
    return shards;
}

}  // namespace lathe::optim
