// SPDX-License-Identifier: Apache-2.0
#include "tensor/random.h"

namespace lathe::tensor {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) {
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57} * c[2];
        c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
             static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
        k[0] += 0x9E3779B9;
        k[1] += 0xBB67AE85;
    }
    return c;
}

std::uint32_t CounterRng::bits(std::uint64_t index) const {
    const std::uint64_t block = index / 4;
    const auto words =
        philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
                static_cast<std::uint32_t>(m_stream), static_cast<std::uint32_t>(m_stream >> 32)},
               {static_cast<std::uint32_t>(m_seed), static_cast<std::uint32_t>(m_seed >> 32)});
    return words[index % 4];
}

double CounterRng::uniform(std::uint64_t index) const {
    return bits(index) * 0x1p-32;
}

std::uint64_t CounterRng::below(std::uint64_t index, std::uint64_t bound) const {
    const std::uint64_t word = (std::uint64_t{bits(2 * index)} << 32) | bits(2 * index + 1);
    // The high half of a 128-bit product (Lemire 2019, arXiv:1805.10941, without the rejection).
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(word) * bound) >> 64);
}

std::uint64_t streamOf(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

}  // namespace lathe::tensor
