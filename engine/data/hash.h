// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

// Hashes that decide splits and orders: the same on every machine, and never to change, as recorded runs rest
// on them.
namespace lathe::data {

// A well-mixed hash of two words: the finaliser of splitmix64 (Steele et al. 2014) applied in sequence.
std::uint64_t mixBits(std::uint64_t a, std::uint64_t b);

// Of bytes, continuing from `hash`. Quick, and no defence against bytes chosen to collide.
std::uint64_t hashBytes(std::uint64_t hash, std::string_view bytes);

}  // namespace lathe::data
