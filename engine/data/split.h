// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace lathe::data {

struct Split {
    std::vector<std::uint32_t> train, validation;
};

// Keeps out the round(share · count) samples of the lowest hashes, at least one and never all if share > 0.
// By hash, so that adding samples moves few others. `hashOf` is of something that stays with a sample, such
// as its file's name; the default is its index.
Split splitByHash(std::uint64_t count, double share,
                  const std::function<std::uint64_t(std::uint64_t)>& hashOf = {});

}  // namespace lathe::data
