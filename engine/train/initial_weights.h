// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"
#include "train/recipe.h"

#include <string>

namespace lathe::train {

// Fills the weights from what model.from names: a Hugging Face folder, a .safetensors file with its names, or
// a checkpoint (or run) of Lathe. Wrong shapes are Invalid and name both.
Result<> loadInitialWeights(const std::string& path, const ModelRecipe& model,
                            const nn::ParameterStore& store);

// Takes kind and sizes of the model from model.from, if that is a Hugging Face folder; a shorter context
// stays.
Result<> takeForeignSizes(Recipe& recipe);

}  // namespace lathe::train
