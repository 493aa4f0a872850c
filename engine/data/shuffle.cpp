// SPDX-License-Identifier: Apache-2.0
#include "data/shuffle.h"

#include <bit>

namespace lathe::data {

namespace {

std::uint64_t finalise(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

}  // namespace

std::uint64_t mixBits(std::uint64_t a, std::uint64_t b) {
    return finalise(finalise(a) ^ b);
}

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
