// SPDX-License-Identifier: Apache-2.0
#include "train/model_zoo.h"

namespace lathe::train {

std::span<const ModelKind> modelKinds() {
    static constexpr ModelKind kinds[] = {
        {"gpt",
         "Decoder of the GPT-2 family over bytes: model.layers, model.width, model.heads, model.context"},
    };
    return kinds;
}

nn::GptConfig gptConfig(const ModelRecipe& recipe) {
    return {.layers = recipe.layers,
            .width = recipe.width,
            .heads = recipe.heads,
            .context = recipe.context,
            .vocab = kByteVocabulary};
}

Result<std::unique_ptr<nn::Model>> makeModel(const ModelRecipe& recipe) {
    return nn::Gpt::create(gptConfig(recipe));
}

std::int64_t parameterCount(const ModelRecipe& recipe) {
    return nn::Gpt::parameterCount(gptConfig(recipe));
}

}  // namespace lathe::train
