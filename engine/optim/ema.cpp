// SPDX-License-Identifier: Apache-2.0
#include "optim/ema.h"

#include "optim/optimizer.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::optim {

using tensor::MemoryClass;

Result<Ema> Ema::create(const nn::ParameterStore& store, double decay) {
    if (!(decay > 0 && decay < 1))
        return fail(ErrorCode::Invalid, fmt::format("a decay of {} is not between 0 and 1", decay), "ema");
    Ema ema;
    ema.m_store = &store;
    ema.m_decay = decay;
    LATHE_TRY_ASSIGN(ema.m_average, store.masters().clone(MemoryClass::Optimizer));
    return ema;
}

Result<> Ema::update() {
    const auto n = static_cast<double>(m_updates);
    const double decay = std::min(m_decay, (1 + n) / (10 + n));
    LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND, {m_store->masters(), m_average}, {1 - decay, decay}));
    ++m_updates;
    return {};
}

Result<> Ema::swap() {
    LATHE_TRY_ASSIGN(const tensor::Tensor weights, m_store->masters().clone(MemoryClass::Workspace));
    LATHE_TRY(m_store->masters().copyFrom(m_average));
    LATHE_TRY(m_average.copyFrom(weights));
    return m_store->roundValues();
}

std::vector<NamedShard> Ema::state() const {
    std::vector<NamedShard> shards;
    FlatRange{.parameters = {m_store->parameters().begin(), m_store->parameters().end()},
              .begin = 0,
              .end = m_store->elements()}
        .appendState(shards, "ema/", m_average);
    return shards;
}

}  // namespace lathe::optim
