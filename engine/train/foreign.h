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
    // Instead of `theirs`: tensors there, and their rows, that lie one below the other here.
    std::vector<std::pair<std::string, std::int64_t>> parts = {};
};

struct ForeignModel {
    ModelRecipe model;  // kind and sizes
    std::int64_t vocabulary = 0;
    std::string weights;  // path of the .safetensors file
};

// A folder with config.json. Unsupported for other architectures, naming those that are known.
Result<ForeignModel> openForeign(const std::string& folder);
bool isForeign(const std::string& path);

// Every tensor of a model of this kind and its name in the file: GPT-2 and Llama as transformers has them,
// ResNet and ViT as torchvision and timm.
Result<std::vector<ForeignName>> foreignNames(const ModelRecipe& model, const nn::ParameterStore& store);
// Fills parameters and buffers from the file, whatever floating type it holds. A position table may be longer
// there; the head of an image classifier of other classes stays as it is, with a warning. Invalid, naming
// both shapes, where they differ, and naming the first that is missing.
Result<> readForeign(const SafetensorsFile& file, const ModelRecipe& model, const nn::ParameterStore& store);
// config.json and model.safetensors for transformers. Unsupported for models that it does not have.
Result<> writeForeign(const std::string& folder, const ModelRecipe& model, const ModelInput& input,
                      const nn::ParameterStore& store);

}  // namespace lathe::train
