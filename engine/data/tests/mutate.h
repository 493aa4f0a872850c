// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/sample_rng.h"

#include <string>

namespace lathe::data {

// Every truncation of short data (some of long), then `rounds` copies with a few bytes changed, always the
// same ones; `read` must come back from each, whatever it says.
template <class Read> void readDamaged(const std::string& good, int rounds, Read read) {
    const std::size_t step = good.size() / 400 + 1;
    for (std::size_t length = 0; length < good.size(); length += step)
        read(good.substr(0, length));
    for (int round = 0; round < rounds; ++round) {
        SampleRng rng(1, static_cast<std::uint64_t>(round));
        std::string bad = good;
        const std::int64_t changes = 1 + rng.below(4);
        for (std::int64_t i = 0; i < changes; ++i) {
            // Heads matter most.
            const auto reach = static_cast<std::int64_t>(
                rng.chance(0.7) ? std::min<std::size_t>(bad.size(), 128) : bad.size());
            bad[static_cast<std::size_t>(rng.below(reach))] =
                static_cast<char>(rng.chance(0.3) ? 0xff : rng.below(256));
        }
        read(bad);
    }
}

}  // namespace lathe::data
