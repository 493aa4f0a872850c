// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include "core/text.h"
#include "nn/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace lathe::train {

namespace {

constexpr std::int64_t kMany = 1'000'000'000'000;

#define LATHE_FIELD(member)                                                                                  \
    [](Recipe & recipe) -> auto& {                                                                           \
        return recipe.member;                                                                                \
    }

std::vector<std::string> modelKindNames() {
    std::vector<std::string> names;
    for (const nn::ModelKind* kind : nn::ModelRegistry::instance().kinds())
        names.push_back(kind->name);
    return names;
}

// One key for each name that some kind of model has; its range is what any of them takes.
std::vector<RecipeKey> modelKeys() {
    std::vector<RecipeKey> keys;
    for (const nn::ModelKind* kind : nn::ModelRegistry::instance().kinds())
        for (const nn::ModelParameter& parameter : kind->parameters) {
            const std::string name = "model." + parameter.name;
            const auto known = std::ranges::find(keys, name, &RecipeKey::name);
            if (known == keys.end()) {
                keys.push_back(
                    {name, ModelField{parameter.fallback, parameter.least, parameter.most, parameter.choices},
                     parameter.doc});
                continue;
            }
            auto& field = std::get<ModelField>(known->field);
            field.least = std::min(field.least, parameter.least);
            field.most = std::max(field.most, parameter.most);
            if (known->doc.find(parameter.doc) == std::string::npos)
                known->doc += " Or: " + parameter.doc;
        }
    return keys;
}

std::vector<RecipeKey> declared() {
    return {
        {"name", TextField{LATHE_FIELD(name), {}}, "Name of the run; empty: one is made up."},
        {"experiment", TextField{LATHE_FIELD(experiment), {}}, "Group of runs that this one belongs to."},

        {"model.kind", TextField{LATHE_FIELD(model.kind), modelKindNames()},
         "Which model; `lathe-train models` lists them."},
        {"model.from", TextField{LATHE_FIELD(model.from), {}},
         "Weights to begin with: a folder with config.json and model.safetensors as Hugging Face keeps them, "
         "or a "
         "checkpoint of Lathe. Empty: random ones."},

        {"data.path", TextField{LATHE_FIELD(data.path), {}},
         "File or folder to learn from. A relative path starts at the workspace (LATHE_WORKSPACE), or else "
         "at the "
         "folder in which the run was started."},
        {"data.kind",
         TextField{LATHE_FIELD(data.kind),
                   {"auto", "text", "images", "mnist", "cifar", "table", "arrays", "pack"}},
         "What lies there; auto looks."},
        {"data.validation", RealField{LATHE_FIELD(data.validation), 0, 0.9},
         "Share that is kept out of training to measure val/loss, if the data does not come with such a "
         "part."},
        {"data.tokenizer", TextField{LATHE_FIELD(data.tokenizer), {}},
         "How text becomes tokens: bytes, bpe (learnt from the text), or a folder with GPT-2's vocab.json "
         "and "
         "merges.txt."},
        {"data.vocabulary", IntegerField{LATHE_FIELD(data.vocabulary), 257, 1'000'000},
         "Tokens of a tokenizer that is learnt."},
        {"data.image_size", IntegerField{LATHE_FIELD(data.imageSize), 0, 4096},
         "Side to which images are brought; 0: as stored, and 224 where they differ."},
        {"data.target", TextField{LATHE_FIELD(data.target), {}},
         "Column of a table that is to be predicted; empty: the last one."},
        {"data.task", TextField{LATHE_FIELD(data.task), {"auto", "classify", "regress"}},
         "What is predicted of a table or array: a class or numbers; auto looks."},
        {"data.workers", IntegerField{LATHE_FIELD(data.workers), -1, 256},
         "Threads that read, decode and augment ahead; 0: none; -1: as many as the data is worth."},
        {"data.ahead", IntegerField{LATHE_FIELD(data.ahead), 1, 1024}, "Batches that are read ahead."},

        {"augment.crop", IntegerField{LATHE_FIELD(augment.crop), 0, 256},
         "Pixels by which training images of one size are padded before a random crop."},
        {"augment.flip", FlagField{LATHE_FIELD(augment.flip)}, "Mirror every second training image."},
        {"augment.cutout", IntegerField{LATHE_FIELD(augment.cutout), 0, 1024},
         "Side of a square that is blanked in each training image; 0: none."},
        {"augment.random_ops", IntegerField{LATHE_FIELD(augment.randomOps), 0, 16},
         "Random operations on each training image (RandAugment); 0: none."},
        {"augment.magnitude", RealField{LATHE_FIELD(augment.magnitude), 0, 30}, "How strong those are."},
        {"augment.mixup", RealField{LATHE_FIELD(augment.mixup), 0, 10},
         "Alpha of mixup, which blends pairs of samples; 0: off."},
        {"augment.cutmix", RealField{LATHE_FIELD(augment.cutmix), 0, 10},
         "Alpha of cutmix, which pastes a part of one image into another; 0: off."},

        {"optim.kind", TextField{LATHE_FIELD(optim.kind), {"adamw", "adam", "sgd", "lion", "muon"}},
         "Optimiser."},
        {"optim.lr", RealField{LATHE_FIELD(optim.lr), 0, 1e6, true}, "Highest learning rate."},
        {"optim.weight_decay", RealField{LATHE_FIELD(optim.weightDecay), 0, 10},
         "Weight decay, on weights of two and more dimensions; decoupled but with sgd and adam."},
        {"optim.beta1", RealField{LATHE_FIELD(optim.beta1), 0, 0.9999999}, "Decay of the gradient's mean."},
        {"optim.beta2", RealField{LATHE_FIELD(optim.beta2), 0, 0.9999999},
         "Decay of the squared gradient's mean."},
        {"optim.epsilon", RealField{LATHE_FIELD(optim.epsilon), 0, 1, true},
         "Added to the update's denominator."},
        {"optim.momentum", RealField{LATHE_FIELD(optim.momentum), 0, 0.9999999}, "Momentum of sgd and muon."},
        {"optim.nesterov", FlagField{LATHE_FIELD(optim.nesterov)},
         "Look ahead along the momentum (sgd and muon)."},
        {"optim.clip", RealField{LATHE_FIELD(optim.clip), 0, 1e9},
         "Largest norm of the whole gradient; longer ones are scaled down. 0: no clipping."},
        {"optim.warmup_steps", IntegerField{LATHE_FIELD(optim.warmupSteps), 0, kMany},
         "Steps in which the learning rate rises from 0."},
        {"optim.schedule",
         TextField{LATHE_FIELD(optim.schedule), {"constant", "linear", "cosine", "wsd", "one_cycle"}},
         "Course of the learning rate after the warm-up."},
        {"optim.final_lr", RealField{LATHE_FIELD(optim.finalLr), 0, 1},
         "Learning rate of the last step, as a share of optim.lr (all schedules but constant)."},
        {"optim.decay_share", RealField{LATHE_FIELD(optim.decayShare), 0, 1},
         "Share of the steps in which wsd falls at the end."},
        {"optim.skip_outliers", RealField{LATHE_FIELD(optim.skipOutliers), 0, 100},
         "Leave out steps whose gradient is so many deviations longer than lately; 0: none."},
        {"optim.loss_scaling", FlagField{LATHE_FIELD(optim.lossScaling)},
         "Scale the loss so that small gradients survive in fp16, and leave out steps that overflow."},

        {"tricks.label_smoothing", RealField{LATHE_FIELD(tricks.labelSmoothing), 0, 0.9},
         "Share of each label that is spread over all classes; 0: none."},
        {"tricks.ema", RealField{LATHE_FIELD(tricks.ema), 0, 0.9999999},
         "Decay of a moving average of the weights, which validation then uses; 0: none."},
        {"tricks.sam", RealField{LATHE_FIELD(tricks.sam), 0, 10},
         "Radius of sharpness-aware minimisation; each step then costs two. 0: off."},
        {"tricks.freeze", TextField{LATHE_FIELD(tricks.freeze), {}},
         "Parameters that stay as they are: beginnings of their names, separated by commas."},
        {"tricks.freeze_steps", IntegerField{LATHE_FIELD(tricks.freezeSteps), 0, kMany},
         "Steps after which they thaw; 0: never."},
        {"tricks.resize_from", IntegerField{LATHE_FIELD(tricks.resizeFrom), 0, 4096},
         "Side of the images at first, growing to the full one; 0: always the full one."},
        {"tricks.resize_steps", IntegerField{LATHE_FIELD(tricks.resizeSteps), 0, kMany},
         "Steps until images have their full size; 0: half of all."},
        {"tricks.length_from", IntegerField{LATHE_FIELD(tricks.lengthFrom), 0, 1 << 20},
         "Tokens of a sequence at first, growing to model.context; 0: always that."},
        {"tricks.length_steps", IntegerField{LATHE_FIELD(tricks.lengthSteps), 0, kMany},
         "Steps until sequences have their full length; 0: a quarter of all."},

        {"train.steps", IntegerField{LATHE_FIELD(train.steps), 1, kMany}, "Optimiser steps."},
        {"train.batch", IntegerField{LATHE_FIELD(train.batch), 1, 1 << 24},
         "Samples of one step, over all ranks together."},
        {"train.micro_batch", IntegerField{LATHE_FIELD(train.microBatch), 0, 1 << 24},
         "Samples a rank works on at once; fewer need less memory and change no result but by rounding. 0: "
         "its "
         "whole share of the batch."},
        {"train.recompute", FlagField{LATHE_FIELD(train.recompute)},
         "Keep only what lies between blocks and run them again in backward: less memory, a third more "
         "work."},
        {"train.device", TextField{LATHE_FIELD(train.device), {}},
         "Where to compute: auto, cpu, cuda or cuda:1. auto takes a GPU if the machine can."},
        {"train.precision", TextField{LATHE_FIELD(train.precision), {"fp32", "bf16", "fp16"}},
         "What weights and activations are computed in; updates are fp32. Halves are for GPUs: a CPU takes "
         "longer "
         "with them."},
        {"train.seed", IntegerField{LATHE_FIELD(train.seed), 0, std::numeric_limits<std::int64_t>::max()},
         "Seed of the initial weights, the order of samples, augmentation and the text samples."},
        {"train.val_every", IntegerField{LATHE_FIELD(train.valEvery), 0, kMany},
         "Steps between two measurements of val/loss; 0: never."},
        {"train.val_sequences", IntegerField{LATHE_FIELD(train.valSequences), 0, 1 << 24},
         "Samples of one measurement of val/loss, always the same ones; 0: 64 texts, or all of other data up "
         "to 10 000."},
        {"train.sample_every", IntegerField{LATHE_FIELD(train.sampleEvery), 0, kMany},
         "Steps between two samples of text; 0: never."},
        {"train.sample_length", IntegerField{LATHE_FIELD(train.sampleLength), 1, 1 << 20},
         "Tokens of one sample."},
        {"train.checkpoint_every", IntegerField{LATHE_FIELD(train.checkpointEvery), 0, kMany},
         "Steps between two checkpoints; 0: only one at the end."},
        {"train.keep_last", IntegerField{LATHE_FIELD(train.keepLast), 0, 1'000'000},
         "How many checkpoints are kept, the newest ones; 0: all."},
        {"train.keep_best", FlagField{LATHE_FIELD(train.keepBest)},
         "Keep the checkpoint of the lowest val/loss whatever its age."},
        {"train.log_every", IntegerField{LATHE_FIELD(train.logEvery), 1, kMany},
         "Steps between two points of train/loss and two lines on the console."},
        {"train.histogram_every", IntegerField{LATHE_FIELD(train.histogramEvery), 0, kMany},
         "Steps between two histograms of every layer's weights and gradients; 0: never."},
        {"train.threads", IntegerField{LATHE_FIELD(train.threads), 0, 4096},
         "CPU threads of one rank; 0: the cores divided by the ranks of this machine."},
        {"train.resume", TextField{LATHE_FIELD(train.resume), {}},
         "Checkpoint folder, or run folder (its last checkpoint), to go on from."},

        {"parallel.data", IntegerField{LATHE_FIELD(parallel.data), 1, 65536},
         "Ranks that share each batch; every one holds the whole model."},
    };
}

const std::vector<RecipeKey>& keys() {
    static const std::vector<RecipeKey> rows = [] {
        std::vector<RecipeKey> all = declared();
        const auto from = std::ranges::find(all, "model.from", &RecipeKey::name);
        std::vector<RecipeKey> models = modelKeys();
        all.insert(from, std::make_move_iterator(models.begin()), std::make_move_iterator(models.end()));
        return all;
    }();
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
    if (std::holds_alternative<FlagField>(field))
        return "true or false";
    if (const auto* integer = std::get_if<IntegerField>(&field)) {
        if (integer->most >= kMany)
            return fmt::format("an integer of at least {}", integer->least);
        return fmt::format("an integer from {} to {}", integer->least, integer->most);
    }
    if (const auto* model = std::get_if<ModelField>(&field)) {
        if (model->type.is_boolean())
            return "true or false";
        if (model->type.is_string())
            return model->choices.empty() ? "text" : "one of: " + join(model->choices, ", ");
        return fmt::format("{} from {} to {}", model->type.is_number_float() ? "a number" : "an integer",
                           numberText(model->least), numberText(model->most));
    }
    const auto& real = std::get<RealField>(field);
    return fmt::format("a number {} {} and at most {}", real.leastExcluded ? "above" : "of at least",
                       numberText(real.least), numberText(real.most));
}

}  // namespace lathe::train
