// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace lathe::nn {

// One micro-batch. Language models: inputs and targets i32 [B, T]; a target below 0 does not count.
// Classifiers: inputs fp32 [B, features…] or [B, C, H, W], targets i32 [B], or probabilities fp32 [B,
// classes] (mixup). Regression: targets fp32 of the form of the outputs.
struct Batch {
    Tensor inputs;
    Tensor targets;
};

enum class Loss { CrossEntropy, MeanSquares, BinaryCrossEntropy };

struct LossOptions {
    double denominator =
        0;  // above 0: what the sum is divided by, so that parts of a batch add up to the whole
    bool recompute = false;  // blocks run again in backward instead of keeping what is inside them
    double smoothing = 0;    // of labels
    Loss kind = Loss::CrossEntropy;
};

// A part of a model that maps one value to one value: the unit of recompute, of ZeRO's storage policy, and of
// the pipeline.
class BlockModule : public Module {
public:
    virtual Var forward(Tape& tape, const Var& x) = 0;
};

// A model is a row of blocks followed by a loss. It holds no parallel code.
class Model : public Module {
public:
    // In order; the first takes Batch::inputs, the last gives logits.
    virtual std::span<BlockModule* const> blocks() const = 0;
    // Multiplications and additions of forward and backward, a token (or a sample): 6N + 12·L·H·Q·T for
    // decoders.
    virtual double flopsPerItem() const = 0;
    // Batch rows times this are the items of flopsPerItem (tokens in a row; 1 for classifiers).
    virtual std::int64_t itemsPerRow() const = 0;

    Var logits(Tape& tape, const Tensor& inputs, bool recompute = false);
    // Mean loss over the targets that count.
    Var loss(Tape& tape, const Batch& batch, const LossOptions& options);
    Var loss(Tape& tape, const Batch& batch, double denominator = 0, bool recompute = false) {
        return loss(tape, batch, LossOptions{.denominator = denominator, .recompute = recompute});
    }
};

}  // namespace lathe::nn
