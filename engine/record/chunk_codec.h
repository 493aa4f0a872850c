// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/store.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::record {

// Points as the index keeps them, without loss of a bit. Three columns, each turned into small integers where
// that can be undone exactly (steps: second differences; times: differences in 1/10^k s; values: decimals, or
// floats that were float32), cut into byte planes, and packed by zstd with its checksum. A damaged blob gives
// Corrupt.
std::string encodePoints(std::span<const Point> points);
Result<> decodePoints(std::string_view blob, std::vector<Point>& appendTo);

// What a stretch of points in order of arrival amounts to. first … max are of the finite values, NaN if there
// are none.
struct Node {
    std::int64_t stepMin = 0, stepMax = 0;
    double timeMin = 0, timeMax = 0;
    double first = 0, last = 0, min = 0, max = 0;
    std::uint32_t count = 0, nonFinite = 0;
    double sum = 0;  // of the finite values
};

Node nodeOf(std::span<const Point> points);
Node nodeOf(std::span<const Node> nodes);

// Text that is kept as it is, or packed where that is shorter.
std::string packText(std::string_view text);
Result<std::string> unpackText(std::string_view blob);

std::string encodeNodes(std::span<const Node> nodes);
Result<std::vector<Node>> decodeNodes(std::string_view blob);

}  // namespace lathe::record
