// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/open_data.h"
#include "nn/model.h"
#include "train/model_kinds.h"
#include "train/recipe.h"

#include <memory>

namespace lathe::train {

// What a model is fed and asked for; from a data set, or from what a checkpoint says of it.
struct ModelInput {
    ModelInputKind kind = ModelInputKind::Tokens;
    std::int64_t vocabulary = 256;
    std::int64_t channels = 0, side = 0;  // Images
    std::int64_t features = 0;            // Flat, of rows of numbers
    std::int64_t outputs = 0;             // classes, or numbers to predict
    bool classify = true;

    static ModelInput of(const data::OpenedData& data);
    Json json() const;
    static Result<ModelInput> fromJson(const Json& json, const std::string& on);
};

// Without memory for its parameters yet (nn::ParameterStore). Invalid if the model does not read such data.
Result<std::unique_ptr<nn::Model>> makeModel(const ModelRecipe& recipe, const ModelInput& input);
std::int64_t parameterCount(nn::Model& model);

}  // namespace lathe::train
