// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"
#include "optim/state.h"

#include <vector>

namespace lathe::optim {

// The exponential moving average of a store's weights (Polyak and Juditsky 1992), which often generalises
// better than the last ones. update() after each optimiser step; swap() puts it into the store and back for
// validation.
class Ema {
public:
    // `decay` in (0, 1): 0.999 averages about a thousand steps. Early on the average moves faster, by
    // min(decay, (1 + n) / (10 + n)), so that it does not keep the initial weights.
    static Result<Ema> create(const nn::ParameterStore& store, double decay);

    Result<> update();
    // Exchanges the store's values and the average.
    Result<> swap();
    std::vector<NamedShard> state() const;  // "ema/NAME"

    std::int64_t updates() const { return m_updates; }
    void setUpdates(std::int64_t updates) { m_updates = updates; }  // on resume

private:
    const nn::ParameterStore* m_store = nullptr;
    double m_decay = 0;
    tensor::Tensor m_average;
    std::int64_t m_updates = 0;
};

}  // namespace lathe::optim
