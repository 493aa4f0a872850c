// SPDX-License-Identifier: Apache-2.0
#include "optim/step_guards.h"

#include <algorithm>
#include <cmath>

namespace lathe::optim {

bool LossScaler::accept(bool finite) {
    if (!finite) {
        m_scale = std::max(1.0, m_scale / 2);
        m_good = 0;
        return false;
    }
    if (++m_good >= m_interval) {
        m_scale = std::min(m_scale * 2, 0x1p24);
        m_good = 0;
    }
    return true;
}

Json LossScaler::state() const {
    return {{"scale", m_scale}, {"good", m_good}};
}

bool LossScaler::setState(const Json& state) {
    if (!state.is_object() || !state.contains("scale") || !state.contains("good"))
        return false;
    m_scale = getNumber(state, "scale", m_scale);
    m_good = getInt(state, "good");
    return true;
}

bool OutlierGuard::accept(double gradNorm) {
    if (!std::isfinite(gradNorm) || gradNorm <= 0)
        return true;  // what is not finite is the divergence check's to report
    const double level = std::log(gradNorm);
    const bool outlier = m_seen >= kWarmup && level > m_mean + m_sigmas * std::sqrt(m_variance) + 1e-3;
    if (outlier && ++m_refused < kPatience)
        return false;
    if (outlier)
        m_seen = 0;
    m_refused = 0;
    const double weight = std::max(0.01, 1.0 / static_cast<double>(m_seen + 1));
    const double shift = level - m_mean;
    m_mean += weight * shift;
    m_variance = m_seen == 0 ? 0 : (1 - weight) * (m_variance + weight * shift * shift);
    ++m_seen;
    return true;
}

Json OutlierGuard::state() const {
    return {{"mean", m_mean}, {"variance", m_variance}, {"seen", m_seen}, {"refused", m_refused}};
}

bool OutlierGuard::setState(const Json& state) {
    for (const char* key : {"mean", "variance", "seen", "refused"})
        if (!state.is_object() || !state.contains(key))
            return false;
    m_mean = getNumber(state, "mean");
    m_variance = getNumber(state, "variance");
    m_seen = getInt(state, "seen");
    m_refused = getInt(state, "refused");
    return true;
}

}  // namespace lathe::optim
