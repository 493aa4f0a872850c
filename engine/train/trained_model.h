// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/tokenizer.h"
#include "nn/model.h"
#include "train/model_zoo.h"
#include "train/recipe.h"

#include <memory>
#include <optional>
#include <string>

namespace lathe::train {

// A model with its weights, from a checkpoint, a run folder (its last checkpoint) or a Hugging Face folder.
struct TrainedModel {
    std::string path;  // what was opened
    Recipe recipe;     // defaults but for the model, if it comes from elsewhere
    ModelInput input;
    Json data = Json::object();  // facts of the data that it learnt from
    std::unique_ptr<nn::Model> model;
    std::optional<nn::ParameterStore> store;

    // `average`: the moving average of the weights, if the run kept one.
    static Result<TrainedModel> open(const std::string& path, bool average = true);
    // The tokenizer that the run read its text with. NotFound if it is gone.
    Result<std::shared_ptr<const data::Tokenizer>> tokenizer() const;
};

}  // namespace lathe::train
