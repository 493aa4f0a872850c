// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace lathe::data {

// The bytes of a file, unpacked if it is gzip (RFC 1952), told by its first bytes. Fails with Corrupt if the
// gzip data is truncated or damaged, with Invalid beyond `most` bytes.
Result<std::string> readPlainOrGzip(const std::string& path, std::size_t most = std::size_t{8} << 30);

// Raw deflate data (RFC 1951) of a known size, as zip archives hold it.
Result<std::string> inflateRaw(std::string_view bytes, std::size_t size, std::string_view on);

}  // namespace lathe::data
