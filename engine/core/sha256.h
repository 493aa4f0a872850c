// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lathe {

// SHA-256 (FIPS 180-4), fed in pieces. Not thread-safe.
class Sha256 {
public:
    void add(std::string_view bytes);
    std::string hex();  // 64 lower-case digits; the object is spent

private:
    void block(const unsigned char* bytes);

    std::array<std::uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<unsigned char, 64> m_buffer{};
    std::uint64_t m_bytes = 0;
};

std::string sha256Hex(std::string_view bytes);
// HMAC with it (RFC 2104), as 64 digits.
std::string hmacSha256Hex(std::string_view key, std::string_view text);
// Reads the file in pieces, so that its size does not matter.
Result<std::string> sha256OfFile(const std::string& path);

}  // namespace lathe
