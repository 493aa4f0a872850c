// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include "core/text.h"

#include <fmt/format.h>

#include <limits>

namespace lathe::train {

namespace {

constexpr std::int64_t kMany = 1'000'000'000'000;

#define LATHE_FIELD(member)                                                                                  \
    [](Recipe & recipe) -> auto& {                                                                           \
        return recipe.member;                                                                                \
    }

const std::vector<RecipeKey>& keys() {
    static const std::vector<RecipeKey> rows = {
        {"name", TextField{LATHE_FIELD(name), {}}, "Name of the run; empty: one is made up."},
        {"experiment", TextField{LATHE_FIELD(experiment), {}}, "Group of runs that this one belongs to."},

        {"model.kind", TextField{LATHE_FIELD(model.kind), {"gpt"}},
         "Which model; `lathe-train models` lists them."},
        {"model.layers", IntegerField{LATHE_FIELD(model.layers), 1, 1024}, "Transformer blocks."},
        {"model.width", IntegerField{LATHE_FIELD(model.width), 1, 65536},
         "Numbers per token between blocks; a multiple of model.heads."},
        {"model.heads", IntegerField{LATHE_FIELD(model.heads), 1, 1024}, "Attention heads of a block."},
        {"model.context", IntegerField{LATHE_FIELD(model.context), 1, 1 << 20}, "Tokens of one sequence."},

        {"data.path", TextField{LATHE_FIELD(data.path), {}},
         "Folder or file of text. A relative path starts at the workspace (LATHE_WORKSPACE), or else at the "
         "folder "
         "in which the run was started."},
        {"data.validation", RealField{LATHE_FIELD(data.validation), 0, 0.9},
         "Share of the text that is kept out of training to measure val/loss."},

        {"optim.kind", TextField{LATHE_FIELD(optim.kind), {"adamw"}}, "Optimiser."},
        {"optim.lr", RealField{LATHE_FIELD(optim.lr), 0, 1e6, true}, "Highest learning rate."},
        {"optim.weight_decay", RealField{LATHE_FIELD(optim.weightDecay), 0, 10},
         "Decoupled weight decay, on weights of two and more dimensions."},
        {"optim.beta1", RealField{LATHE_FIELD(optim.beta1), 0, 0.9999999}, "Decay of the gradient's mean."},
        {"optim.beta2", RealField{LATHE_FIELD(optim.beta2), 0, 0.9999999},
         "Decay of the squared gradient's mean."},
        {"optim.epsilon", RealField{LATHE_FIELD(optim.epsilon), 0, 1, true},
         "Added to the update's denominator."},
        {"optim.clip", RealField{LATHE_FIELD(optim.clip), 0, 1e9},
         "Largest norm of the whole gradient; longer ones are scaled down. 0: no clipping."},
        {"optim.warmup_steps", IntegerField{LATHE_FIELD(optim.warmupSteps), 0, kMany},
         "Steps in which the learning rate rises from 0."},
        {"optim.schedule", TextField{LATHE_FIELD(optim.schedule), {"constant", "linear", "cosine"}},
         "Course of the learning rate after the warm-up."},
        {"optim.final_lr", RealField{LATHE_FIELD(optim.finalLr), 0, 1},
         "Learning rate of the last step, as a share of optim.lr (linear and cosine)."},

        {"train.steps", IntegerField{LATHE_FIELD(train.steps), 1, kMany}, "Optimiser steps."},
        {"train.batch", IntegerField{LATHE_FIELD(train.batch), 1, 1 << 24},
         "Sequences of one step, over all ranks together."},
        {"train.micro_batch", IntegerField{LATHE_FIELD(train.microBatch), 0, 1 << 24},
         "Sequences a rank works on at once; fewer need less memory and change no result but by rounding. 0: "
         "its "
         "whole share of the batch."},
        {"train.seed", IntegerField{LATHE_FIELD(train.seed), 0, std::numeric_limits<std::int64_t>::max()},
         "Seed of the initial weights, the order of samples and the text samples."},
        {"train.val_every", IntegerField{LATHE_FIELD(train.valEvery), 0, kMany},
         "Steps between two measurements of val/loss; 0: never."},
        {"train.val_sequences", IntegerField{LATHE_FIELD(train.valSequences), 1, 1 << 24},
         "Sequences of one measurement of val/loss, always the same ones."},
        {"train.sample_every", IntegerField{LATHE_FIELD(train.sampleEvery), 0, kMany},
         "Steps between two samples of text; 0: never."},
        {"train.sample_length", IntegerField{LATHE_FIELD(train.sampleLength), 1, 1 << 20},
         "Bytes of one sample."},
        {"train.checkpoint_every", IntegerField{LATHE_FIELD(train.checkpointEvery), 0, kMany},
         "Steps between two checkpoints; 0: only one at the end."},
        {"train.log_every", IntegerField{LATHE_FIELD(train.logEvery), 1, kMany},
         "Steps between two points of train/loss and two lines on the console."},
        {"train.threads", IntegerField{LATHE_FIELD(train.threads), 0, 4096},
         "CPU threads of one rank; 0: the cores divided by the ranks of this machine."},
        {"train.resume", TextField{LATHE_FIELD(train.resume), {}},
         "Checkpoint folder, or run folder (its last checkpoint), to go on from."},

        {"parallel.data", IntegerField{LATHE_FIELD(parallel.data), 1, 65536},
         "Ranks that share each batch; every one holds the whole model."},
    };
    return rows;
}

#undef LATHE_FIELD

}  // namespace

std::span<const RecipeKey> recipeKeys() {
    return keys();
}

std::string RecipeKey::rangeText() const {
    if (const auto* text = std::get_if<TextField>(&field))
        return text->choices.empty() ? "text" : "one of: " + join(text->choices, ", ");
    if (const auto* integer = std::get_if<IntegerField>(&field)) {
        if (integer->most >= kMany)
            return fmt::format("an integer of at least {}", integer->least);
        return fmt::format("an integer from {} to {}", integer->least, integer->most);
    }
    const auto& real = std::get<RealField>(field);
    return fmt::format("a number {} {} and at most {}", real.leastExcluded ? "above" : "of at least",
                       numberText(real.least), numberText(real.most));
}

}  // namespace lathe::train
