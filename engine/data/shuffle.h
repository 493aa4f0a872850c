// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace lathe::data {

// A permutation of [0, size) that is computed, not stored: a four-round Feistel network over the next power
// of four, walked until it lands inside (Black and Rogaway 2002). The same key gives the same order on every
// machine, and any place of it is reached at once, which is what makes a loader seekable.
class Shuffle {
public:
    Shuffle(std::uint64_t size, std::uint64_t key);
    std::uint64_t operator[](std::uint64_t index) const;  // index < size

private:
    std::uint64_t m_size;
    std::uint64_t m_key;
    unsigned m_halfBits;
};

}  // namespace lathe::data
