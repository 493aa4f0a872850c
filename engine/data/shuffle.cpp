// SPDX-License-Identifier: Apache-2.0
#include "data/shuffle.h"

#include "data/hash.h"

#include <bit>

namespace lathe::data {

Shuffle::Shuffle(std::uint64_t size, std::uint64_t key)
    : m_size(size), m_key(key), m_halfBits((static_cast<unsigned>(std::bit_width(size)) + 1) / 2) {}

std::uint64_t Shuffle::operator[](std::uint64_t index) const {
    const std::uint64_t mask = (std::uint64_t{1} << m_halfBits) - 1;
    do {
        std::uint64_t left = index >> m_halfBits;
        std::uint64_t right = index & mask;
        for (std::uint64_t round = 0; round < 4; ++round) {
            const std::uint64_t next = left ^ (mixBits(m_key + round, right) & mask);
            left = right;
            right = next;
        }
        index = (left << m_halfBits) | right;
    } while (index >= m_size);
    return index;
}

}  // namespace lathe::data
