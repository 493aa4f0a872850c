// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "nn/model.h"
#include "train/model_zoo.h"
#include "train/recipe.h"

#include <cstdint>
#include <string>

namespace lathe::train {

// Bytes that one rank will hold at most, by class, before the training's own tensors are allocated.
// Parameters, gradients and optimiser are exact but for alignment. Activations of a GPT are worked out from
// its sizes; those of other models are measured on one and two samples of zeros and drawn out to a
// micro-batch.
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

Result<MemoryPlan> planMemory(const Recipe& recipe, const ModelInput& input);
// Samples that a rank works on at once.
std::int64_t microBatch(const Recipe& recipe);

// After memory ran out with `used` bytes held: the smallest change of the recipe that the plan says fits into
// that, "set train.micro_batch=2 (planned: …)"; or what to shrink if none does.
std::string memoryAdvice(const Recipe& recipe, const ModelInput& input, std::int64_t used);
// What is held on the device by class now: "parameters 1.2 GB, …".
std::string ledgerText(tensor::Device device);

}  // namespace lathe::train
