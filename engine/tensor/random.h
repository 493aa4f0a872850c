// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lathe::tensor {

// Philox 4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC'11): a bijection of a
// 128-bit counter under a 64-bit key. No state: the number of an element depends on (seed, stream, global
// element index) alone, so that any number of ranks draw what one would.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

// The numbers of one stream. Word i is word i mod 4 of philox({i / 4, stream}, seed).
class CounterRng {
public:
    CounterRng(std::uint64_t seed, std::uint64_t stream) : m_seed(seed), m_stream(stream) {}
    std::uint32_t bits(std::uint64_t index) const;
    double uniform(std::uint64_t index) const;  // [0, 1), 32 bits
    std::uint64_t below(std::uint64_t index,
                        std::uint64_t bound) const;  // [0, bound); bias below bound / 2^64

private:
    std::uint64_t m_seed;
    std::uint64_t m_stream;
};

// A stream number for a name ("init/h.0.attn.qkv.weight"): 64-bit FNV-1a.
std::uint64_t streamOf(std::string_view name);

}  // namespace lathe::tensor
