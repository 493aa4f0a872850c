// SPDX-License-Identifier: Apache-2.0
#include "interop/crc.h"

#include <array>

namespace lathe::interop {
namespace {

using Table = std::array<std::uint32_t, 256>;

constexpr Table tableOf(std::uint32_t reflectedPolynomial) {
    Table table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit)
            sum = sum & 1 ? sum >> 1 ^ reflectedPolynomial : sum >> 1;
        table[byte] = sum;
    }
    return table;
}

constexpr Table kCastagnoli = tableOf(0x82F63B78);
constexpr Table kIeee = tableOf(0xEDB88320);

std::uint32_t sumOf(const Table& table, std::string_view bytes, std::uint32_t seed) {
    std::uint32_t sum = ~seed;
    for (const char byte : bytes)
        sum = sum >> 8 ^ table[(sum ^ static_cast<unsigned char>(byte)) & 0xFF];
    return ~sum;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
    return sumOf(kCastagnoli, bytes, 0);
}

std::uint32_t maskedCrc32c(std::string_view bytes) {
    const std::uint32_t sum = crc32c(bytes);
    return (sum >> 15 | sum << 17) + 0xa282ead8U;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t seed) {
    return sumOf(kIeee, bytes, seed);
}

}  // namespace lathe::interop
