// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"

#include <cstdint>

namespace lathe::optim {

// Dynamic loss scaling for fp16 (Micikevicius et al. 2018, arXiv:1710.03740): the loss is multiplied by
// scale() so that small gradients do not vanish; a step whose gradients overflow is left out and the scale
// halved; after `interval` good steps it is doubled.
class LossScaler {
public:
    explicit LossScaler(double scale = 65536, std::int64_t interval = 2000)
        : m_scale(scale), m_interval(interval) {}

    double scale() const { return m_scale; }
    // Says whether the step counts.
    bool accept(bool finite);

    Json state() const;
    bool setState(const Json& state);  // false if a field is missing

private:
    double m_scale;
    std::int64_t m_interval;
    std::int64_t m_good = 0;
};

// Leaves out steps whose gradient is far longer than lately: above mean + `sigmas` deviations of the
// logarithm of the norm, both running averages over about 100 steps. It learns from accepted steps alone, so
// that a spike does not move the bar; after `kPatience` refusals in a row it takes the new level for normal.
class OutlierGuard {
public:
    static constexpr int kWarmup = 20;
    static constexpr int kPatience = 10;

    explicit OutlierGuard(double sigmas) : m_sigmas(sigmas) {}
    bool accept(double gradNorm);

    Json state() const;
    bool setState(const Json& state);

private:
    double m_sigmas;
    double m_mean = 0, m_variance = 0;
    std::int64_t m_seen = 0, m_refused = 0;
};

}  // namespace lathe::optim
