// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/loader.h"
#include "nn/model.h"
#include "optim/state.h"
#include "train/recipe.h"

#include <memory>
#include <string_view>
#include <vector>

namespace lathe::train {

// A way of training better that needs no change of the model: it listens to the trainer's events and acts on
// what they carry. One small file each in tricks/; a new one is a row in makeTricks().
class Trick {
public:
    virtual ~Trick() = default;
    virtual std::string_view name() const = 0;

    // Before data is read: how training samples are drawn.
    virtual void configureLoader(data::LoaderConfig&) {}
    // What the batch of `step` (from 0) looks like. Called ahead of training, in order; must depend on step
    // alone.
    virtual void shapeBatch(std::int64_t /*step*/, data::BatchRequest&) const {}

    // Weights are there; `step` were done before.
    virtual Result<> started(nn::Model&, nn::ParameterStore&, std::int64_t /*step*/) { return {}; }
    virtual Result<> beforeStep(std::int64_t /*step*/) { return {}; }
    // Gradients of the step are summed over micro-batches and ranks. True: run the same batch once more.
    virtual Result<bool> afterBackward(double /*gradNorm*/) { return false; }
    // Gradients are final, after the second run if there was one.
    virtual Result<> beforeUpdate() { return {}; }
    virtual Result<> afterUpdate() { return {}; }
    virtual Result<> beforeValidation() { return {}; }
    virtual Result<> afterValidation() { return {}; }

    // What a checkpoint keeps of it, beside the optimiser's state.
    virtual std::vector<optim::NamedShard> state() const { return {}; }
    virtual Json counters() const { return {}; }
    virtual bool setCounters(const Json&) { return true; }  // false if something is missing
};

// Those that the recipe asks for.
std::vector<std::unique_ptr<Trick>> makeTricks(const Recipe& recipe);

// Each gives null if the recipe does not ask for it.
std::unique_ptr<Trick> makeMixup(const Recipe& recipe);
std::unique_ptr<Trick> makeCutmix(const Recipe& recipe);
std::unique_ptr<Trick> makeCutout(const Recipe& recipe);
std::unique_ptr<Trick> makeRandomAugment(const Recipe& recipe);
std::unique_ptr<Trick> makeCropAndFlip(const Recipe& recipe);
std::unique_ptr<Trick> makeProgressiveResizing(const Recipe& recipe);
std::unique_ptr<Trick> makeLengthWarmup(const Recipe& recipe);
std::unique_ptr<Trick> makeLayerFreezing(const Recipe& recipe);
std::unique_ptr<Trick> makeMovingAverage(const Recipe& recipe);
std::unique_ptr<Trick> makeSharpnessAware(const Recipe& recipe);

}  // namespace lathe::train
