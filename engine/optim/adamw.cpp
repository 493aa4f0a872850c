// SPDX-License-Identifier: Apache-2.0
#include "optim/adamw.h"

namespace lathe::optim {

Result<AdamW> AdamW::create(const nn::ParameterStore& store, const AdamWConfig& config) {
    return create(store, config, 0, store.elements());
}

Result<AdamW> AdamW::create(const nn::ParameterStore& store, const AdamWConfig& config, std::int64_t begin,
                            std::int64_t end) {
    if (!(config.beta1 >= 0 && config.beta1 < 1 && config.beta2 >= 0 && config.beta2 < 1 &&
          config.epsilon > 0 && config.weightDecay >= 0))
        return fail(ErrorCode::Invalid, "betas must be in [0, 1), epsilon above 0, weight decay 0 or more",
                    "adamw");
    AdamW made;
    made.m_config = config;
    LATHE_TRY_ASSIGN(made.m_range, FlatRange::of(store, begin, end, "adamw"));
    LATHE_TRY_ASSIGN(made.m_first, made.m_range.zeros());
    LATHE_TRY_ASSIGN(made.m_second, made.m_range.zeros());
    return made;
}

Result<> AdamW::step(double learningRate, double gradScale) {
    const AdamWConfig& c = m_config;
    double decay = c.weightDecay;
    if (!c.decoupled && decay > 0) {
        // The kernel scales the gradient, decay included, so what is added is scaled back before.
        for (const nn::Parameter* parameter : m_range.parameters)
            if (parameter->decay)
                LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND,
                                            {m_range.master(*parameter), parameter->leaf.grad},
                                            {decay / gradScale, 1.0}));
        decay = 0;
    }
    LATHE_TRY(tensor::runKernel(
        LATHE_OP_ADAMW, {m_range.values, m_range.grads, m_first, m_second, m_range.decay, m_range.low},
        {learningRate, c.beta1, c.beta2, c.epsilon, decay, gradScale}, {m_steps + 1, m_range.begin}));
    ++m_steps;
    return {};
}

std::vector<NamedShard> AdamW::state() const {
    const std::string name = m_config.decoupled ? "adamw" : "adam";
    std::vector<NamedShard> shards;
    m_range.appendState(shards, name + ".m/", m_first);
    m_range.appendState(shards, name + ".v/", m_second);
    return shards;
}

}  // namespace lathe::optim
