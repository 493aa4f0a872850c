// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);

// The candidate nearest to `word` by edit distance (transpositions count one), if near enough to be a typing error.
std::optional<std::string> nearestName(std::string_view word, const std::vector<std::string>& candidates);

// "1.4 GB" (10^9), "312 kB", "14 B".
std::string bytesText(std::uint64_t bytes);
// Four significant digits: "2.931", "0.0003", "1.2e-07", "nan"; integers as they are.
std::string numberText(double value);
// Digits grouped by `separator` from 10 000 on.
std::string groupedText(std::int64_t value, std::string_view separator = " ");

// Bytes from outside made safe for a terminal or a label: control characters, invalid UTF-8 and bidi overrides
// are shown as \xNN; at most `maxBytes`, then "…".
std::string escapedForDisplay(std::string_view bytes, std::size_t maxBytes = 4096);
bool isValidUtf8(std::string_view bytes);

// A POSIX shell word: quoted only if it needs to be.
std::string shellQuote(std::string_view word);
std::string shellCommand(const std::vector<std::string>& argv);
// Splits as a POSIX shell would split words and quotes; no expansion. nullopt on an open quote.
std::optional<std::vector<std::string>> shellSplit(std::string_view line);

std::string hexText(std::string_view bytes);

}  // namespace lathe
