// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "train/recipe.h"

#include <cstdint>
#include <string>

namespace lathe::train {

// Bytes that one rank will hold at most, by class, worked out from the recipe before anything is allocated.
// Parameters, gradients and optimiser are exact but for alignment; activations are what the GPT's forward
// keeps for its backward, for one micro-batch, and what backward needs at its peak.
struct MemoryPlan {
    std::int64_t parameters = 0;
    std::int64_t gradients = 0;
    std::int64_t optimizer = 0;
    std::int64_t activations = 0;
    std::int64_t communication = 0;

    std::int64_t total() const { return parameters + gradients + optimizer + activations + communication; }
    std::string text() const;  // "parameters 3.3 MB, gradients …, in all 61 MB"
    Json json() const;
};

MemoryPlan planMemory(const Recipe& recipe);
// Sequences that a rank works on at once.
std::int64_t microBatch(const Recipe& recipe);

}  // namespace lathe::train
