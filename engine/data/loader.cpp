// SPDX-License-Identifier: Apache-2.0
#include "data/loader.h"

#include "data/hash.h"
#include "data/shuffle.h"

#include <algorithm>

namespace lathe::data {

Result<TokenBatch> Loader::read(std::uint64_t firstSample, std::int64_t count) const {
    TokenBatch batch;
    batch.rows = count;
    batch.columns = m_windows.context();
    batch.inputs.reserve(static_cast<std::size_t>(count * batch.columns));
    batch.targets.reserve(static_cast<std::size_t>(count * batch.columns));

    std::vector<char> window(static_cast<std::size_t>(batch.columns) + 1);
    const auto token = [](char byte) { return std::int32_t{static_cast<unsigned char>(byte)}; };
    for (std::int64_t row = 0; row < count; ++row) {
        const std::uint64_t sample = firstSample + static_cast<std::uint64_t>(row);
        const std::uint64_t epoch = sample / m_windows.size();
        const std::uint64_t epochKey = mixBits(m_seed, epoch);
        const Shuffle shuffle(m_windows.size(), epochKey);
        LATHE_TRY(m_windows.read(shuffle[sample % m_windows.size()], epochKey >> 1, window));
        std::ranges::transform(window.begin(), window.end() - 1, std::back_inserter(batch.inputs), token);
        std::ranges::transform(window.begin() + 1, window.end(), std::back_inserter(batch.targets), token);
    }
    return batch;
}

}  // namespace lathe::data
