// SPDX-License-Identifier: Apache-2.0
#include "train/memory_plan.h"

#include "core/text.h"
#include "train/model_zoo.h"

#include <fmt/format.h>

#include <algorithm>

namespace lathe::train {

namespace {

constexpr std::int64_t kFloat = sizeof(float);
// Gloo's ring reduces through two segments of a mebibyte.
constexpr std::int64_t kRingScratch = 2 << 20;

std::int64_t activationBytes(const ModelRecipe& model, std::int64_t sequences) {
    const std::int64_t tokens = sequences * model.context;
    // Kept by a block, in units of width: two norms' inputs, which are the residual stream (2), their outputs
    // (2), q, k, v (3), the attention's output (1), the hidden layer before and after its activation (8); and
    // a few numbers a row.
    const std::int64_t block = tokens * (16 * model.width + 4 + model.heads);
    const std::int64_t head = tokens * (2 * model.width + kByteVocabulary + 3);
    // Backward's largest moment: the gradient of the hidden layer beside those of its input and of the
    // residual.
    const std::int64_t backward = tokens * std::max(6 * model.width, kByteVocabulary);
    return kFloat * (model.layers * block + head + backward);
}

std::string sizeText(std::int64_t bytes) {
    return bytesText(static_cast<std::uint64_t>(bytes));
}

}  // namespace

std::int64_t microBatch(const Recipe& recipe) {
    const std::int64_t share = (recipe.train.batch + recipe.parallel.data - 1) / recipe.parallel.data;
    return recipe.train.microBatch > 0 ? std::min(recipe.train.microBatch, share) : share;
}

MemoryPlan planMemory(const Recipe& recipe) {
    const std::int64_t weights = parameterCount(recipe.model) * kFloat;
    return {.parameters = weights,
            .gradients = weights,
            .optimizer = 2 * weights,
            .activations = activationBytes(recipe.model, microBatch(recipe)),
            .communication = recipe.parallel.data > 1 ? kRingScratch : 0};
}

std::string MemoryPlan::text() const {
    return fmt::format(
        "parameters {}, gradients {}, optimiser {}, activations {}, communication {}; in all {}",
        sizeText(parameters), sizeText(gradients), sizeText(optimizer), sizeText(activations),
        sizeText(communication), sizeText(total()));
}

Json MemoryPlan::json() const {
    return {{"parameters", parameters},   {"gradients", gradients},         {"optimizer", optimizer},
            {"activations", activations}, {"communication", communication}, {"total", total()}};
}

}  // namespace lathe::train
