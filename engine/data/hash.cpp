// SPDX-License-Identifier: Apache-2.0
#include "data/hash.h"

#include <cstring>

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

std::uint64_t hashBytes(std::uint64_t hash, std::string_view bytes) {
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), 8);
        hash = (hash ^ word) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
        bytes.remove_prefix(8);
    }
    std::uint64_t tail = bytes.size();
    for (const char byte : bytes)
        tail = tail << 8 | static_cast<unsigned char>(byte);
    return mixBits(hash, tail);
}

}  // namespace lathe::data
