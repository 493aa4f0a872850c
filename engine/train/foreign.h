// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"
#include "train/model_zoo.h"
#include "train/recipe.h"
#include "train/safetensors.h"

#include <string>
#include <vector>

namespace lathe::train {

// Models of other programs: folders with config.json and model.safetensors as Hugging Face's transformers
// reads and writes them, and single .safetensors files of timm or torchvision.

// A tensor here and there.
struct ForeignName {
    std::string ours, theirs;
    bool transposed = false;  // [in, out] there, [out, in] here
    // Rows of theirs, one below the other, that make ours; used where they keep apart what is one here.
    std::vector<std::string> parts;
};

struct ForeignModel {
    ModelRecipe model;  // kind and sizes
    std::int64_t vocabulary = 0;
    std::string weights;  // path of the .safetensors file
};

// A folder with config.json. Unsupported for other architectures, naming those that are known.
Result<ForeignModel> openForeign(const std::string& folder);
bool isForeign(const std::string& path);

// Every parameter of a model of this kind and its name in the file.
Result<std::vector<ForeignName>> foreignNames(const ModelRecipe& model);
// Fills the parameters from the file, whatever floating type it holds. A position table may be longer there.
// Invalid, naming both shapes, where they differ, and naming the first that is missing.
Result<> readForeign(const SafetensorsFile& file, const ModelRecipe& model, const nn::ParameterStore& store);
// config.json and model.safetensors for transformers. Unsupported for models that it does not have.
Result<> writeForeign(const std::string& folder, const ModelRecipe& model, const ModelInput& input,
                      const nn::ParameterStore& store);

}  // namespace lathe::train
