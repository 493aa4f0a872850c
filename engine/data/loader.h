// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/text_windows.h"

#include <cstdint>
#include <vector>

namespace lathe::data {

// Sequences of tokens, row after row: `rows` × `columns`. Row i of `targets` is row i of `inputs` one token
// later.
struct TokenBatch {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::vector<std::int32_t> inputs;
    std::vector<std::int32_t> targets;
};

// The endless sequence of samples of a part, shuffled anew each epoch. Sample i is a pure function of (seed,
// i): ranks and micro-batches that together read [a, b) read exactly what one rank reads, and the state of a
// training's data is one integer, the next i. Thread-safe, as nothing in it changes.
class Loader {
public:
    Loader(TextWindows windows, std::uint64_t seed) : m_windows(std::move(windows)), m_seed(seed) {}

    Result<TokenBatch> read(std::uint64_t firstSample, std::int64_t count) const;

    const TextWindows& windows() const { return m_windows; }

private:
    TextWindows m_windows;
    std::uint64_t m_seed;
};

}  // namespace lathe::data
