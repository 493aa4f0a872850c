// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model_zoo.h"

#include <string>

namespace lathe::train {

// Writes the model as ONNX, operator set 17: input "input" ([batch, T] int32, or [batch, …] float), output
// "logits". It runs the model once on zeros and writes down its operations, so every model can be exported
// whose operations have a counterpart there. The length of sequences is model.context; the batch is free.
Result<> exportOnnx(const std::string& path, nn::Model& model, const ModelRecipe& recipe,
                    const ModelInput& input);

}  // namespace lathe::train
