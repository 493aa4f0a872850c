// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/hash.h"

#include <cstdint>

namespace lathe::data {

// The random choices for one sample: a function of (seed, sample) alone, so that ranks, workers and resumed
// runs make the same ones.
class SampleRng {
public:
    SampleRng(std::uint64_t seed, std::uint64_t sample) : m_key(mixBits(seed, sample)) {}

    std::uint64_t bits() { return mixBits(m_key, m_next++); }
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // [0, 1)
    double between(double low, double high) { return low + (high - low) * uniform(); }
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(uniform() * static_cast<double>(bound));
    }
    bool chance(double probability) { return uniform() < probability; }

private:
    std::uint64_t m_key;
    std::uint64_t m_next = 0;
};

}  // namespace lathe::data
