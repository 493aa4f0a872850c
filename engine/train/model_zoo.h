// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/gpt.h"
#include "train/recipe.h"

#include <memory>
#include <span>
#include <string_view>

namespace lathe::train {

// Bytes as tokens: a vocabulary that needs no file and fits any text.
inline constexpr std::int64_t kByteVocabulary = 256;

struct ModelKind {
    std::string_view name;  // model.kind
    std::string_view doc;
};
std::span<const ModelKind> modelKinds();

nn::GptConfig gptConfig(const ModelRecipe& recipe);
// Without memory for its parameters yet (nn::ParameterStore).
Result<std::unique_ptr<nn::Model>> makeModel(const ModelRecipe& recipe);
std::int64_t parameterCount(const ModelRecipe& recipe);

}  // namespace lathe::train
