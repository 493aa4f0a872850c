// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace lathe::parallel {

// How a job is spread over its ranks.
struct Plan {
    int data = 1;  // ranks that share each batch and hold the whole model each

    int ranks() const { return data; }
};

struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t size() const { return end - begin; }
};

// Part `index` of `count` of `total` things: parts differ by one at most and follow each other. A batch that
// ranks do not divide evenly is shared so; every sequence still weighs the same, since losses are divided by
// the whole batch.
inline Range share(std::int64_t total, std::int64_t index, std::int64_t count) {
    return {total * index / count, total * (index + 1) / count};
}

}  // namespace lathe::parallel
