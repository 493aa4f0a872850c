// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/loader.h"
#include "nn/model.h"
#include "train/model_zoo.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lathe::train {

// A loader's batch as tensors. Mixed batches keep their second labels.
struct DeviceBatch {
    nn::Batch batch;
    tensor::Tensor otherTargets;  // undefined unless mixed
    double share = 1;             // of the first targets
    std::int64_t items = 0;       // targets: tokens, or rows
};
Result<DeviceBatch> toDevice(const data::HostBatch& batch, tensor::Device device);

// A batch of zeros of the shape that the model takes, to measure on.
Result<nn::Batch> zeroBatch(const ModelRecipe& recipe, const ModelInput& input, std::int64_t rows);

// Mean loss over `denominator` targets (rows of a regression), so that parts of a batch add up to the whole.
// A mixed batch's is the mean of the losses of its two labels, weighted by their shares. Regressions have the
// mean squared error.
struct LossForm {
    double denominator = 0;
    double smoothing = 0;  // label smoothing (Szegedy et al. 2015, arXiv:1512.00567)
    bool recompute = false;
    bool classify = true;
};
nn::Var trainingLoss(nn::Tape& tape, nn::Model& model, const DeviceBatch& batch, const LossForm& form);

// What validation adds up over its batches, and over ranks.
struct Score {
    double loss = 0;                // sum over targets
    double items = 0;               // targets
    double correct = 0;             // classifiers: rows whose likeliest class is right
    std::vector<double> confusion;  // [classes][classes], true class first; empty beyond kMostConfused

    static constexpr std::int64_t kMostConfused = 200;
};
// Adds a batch to `score`; `logits`, if given, receives the rows' outputs.
Result<> addScore(nn::Model& model, const DeviceBatch& batch, const ModelInput& input, Score& score,
                  std::vector<float>* logits = nullptr);

}  // namespace lathe::train
