// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/open_data.h"
#include "nn/registry.h"
#include "train/recipe.h"

#include <memory>

namespace lathe::train {

using ModelInputKind = nn::ModelInput::Kind;

// What a model is fed and asked for; from a data set, or from what a checkpoint says of it.
struct ModelInput : nn::ModelInput {
    bool classify = true;  // outputs are classes, not numbers to predict

    static ModelInput of(const data::OpenedData& data);
    static ModelInput text(std::int64_t vocabulary);
    Json json() const;
    static Result<ModelInput> fromJson(const Json& json, const std::string& on);
    bool operator==(const ModelInput& other) const { return json() == other.json(); }
};

// Models of one's own, from ../lib/lathe/models beside the program and from the user's folder of data. A
// library that cannot be loaded is a warning.
void loadModelPlugins();

bool readsText(std::string_view kind);
// Without memory for its parameters yet (nn::ParameterStore). Invalid if the model does not read such data.
Result<std::unique_ptr<nn::Model>> makeModel(const ModelRecipe& recipe, const ModelInput& input);
std::int64_t parameterCount(nn::Model& model);
// A kind of model with these values, the others as they fall back.
Result<ModelRecipe> completeModel(std::string kind, const Json& values);

}  // namespace lathe::train
