// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace lathe::interop {

// CRC-32C (Castagnoli, RFC 3720 B.4), as event files use it, and that sum as they mask it.
std::uint32_t crc32c(std::string_view bytes);
std::uint32_t maskedCrc32c(std::string_view bytes);

// CRC-32 (IEEE 802.3), as .wandb files use it; `seed` is the sum of what came before.
std::uint32_t crc32(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace lathe::interop
