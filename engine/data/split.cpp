// SPDX-License-Identifier: Apache-2.0
#include "data/split.h"

#include "data/hash.h"

#include <algorithm>
#include <cmath>

namespace lathe::data {

Split splitByHash(std::uint64_t count, double share,
                  const std::function<std::uint64_t(std::uint64_t)>& hashOf) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order(count);
    for (std::uint64_t i = 0; i < count; ++i)
        order[i] = {mixBits(0, hashOf ? hashOf(i) : i), static_cast<std::uint32_t>(i)};
    auto kept = static_cast<std::uint64_t>(std::llround(share * static_cast<double>(count)));
    if (share > 0 && count > 1)
        kept = std::clamp<std::uint64_t>(kept, 1, count - 1);
    else
        kept = 0;
    std::ranges::nth_element(order, order.begin() + static_cast<std::ptrdiff_t>(kept));
    Split split;
    for (std::uint64_t i = 0; i < count; ++i)
        (i < kept ? split.validation : split.train).push_back(order[i].second);
    std::ranges::sort(split.train);
    std::ranges::sort(split.validation);
    return split;
}

}  // namespace lathe::data
