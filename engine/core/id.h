// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lathe {

// A run id: 26 characters of Crockford base32, 48 bits of milliseconds then 80 random bits (the ULID layout), in
// lower case, so that ids sort by time of creation and are safe in file names. Unique without coordination; ids
// made by one process in one millisecond still ascend. Thread-safe.
std::string newId();

bool isId(std::string_view text);

// Milliseconds since 1970 held in an id; 0 if it is none.
std::int64_t idMilliseconds(std::string_view id);

// "amber-otter-42", derived from the id's random part, so that the same id always reads the same.
std::string readableName(std::string_view id);

// `bytes` random bytes of the kernel's generator, as lower-case hex.
std::string randomHex(std::size_t bytes);

}  // namespace lathe
