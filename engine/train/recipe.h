// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lathe::train {

struct ModelRecipe {
    std::string kind = "gpt";
    std::string from;
    // What the kind is made from, by the names that nn::ModelRegistry knows: complete once a recipe is read.
    Json values = Json::object();

    std::int64_t integer(std::string_view name, std::int64_t fallback = 0) const {
        return getInt(values, name, fallback);
    }
};

struct DataRecipe {
    std::string path = ".";
    std::string kind = "auto";
    double validation = 0.1;
    std::string tokenizer = "bytes";
    std::int64_t vocabulary = 4096;
    std::int64_t imageSize = 0;
    std::string target;
    std::string task = "auto";
    std::int64_t workers = -1;
    std::int64_t ahead = 4;
};

struct AugmentRecipe {
    std::int64_t crop = 0;
    bool flip = false;
    std::int64_t cutout = 0;
    std::int64_t randomOps = 0;
    double magnitude = 9;
    double mixup = 0;
    double cutmix = 0;
};

struct OptimRecipe {
    std::string kind = "adamw";
    double lr = 1e-3;
    double weightDecay = 0.1;
    double beta1 = 0.9;
    double beta2 = 0.95;
    double epsilon = 1e-8;
    double momentum = 0.9;
    bool nesterov = true;
    double clip = 1.0;
    std::int64_t warmupSteps = 20;
    std::string schedule = "cosine";
    double finalLr = 0.1;
    double decayShare = 0.2;
    double skipOutliers = 0;
    bool lossScaling = false;
};

struct TricksRecipe {
    double labelSmoothing = 0;
    double ema = 0;
    double sam = 0;
    std::string freeze;
    std::int64_t freezeSteps = 0;
    std::int64_t resizeFrom = 0;
    std::int64_t resizeSteps = 0;
    std::int64_t lengthFrom = 0;
    std::int64_t lengthSteps = 0;
};

struct TrainRecipe {
    std::int64_t steps = 400;
    std::int64_t batch = 16;
    std::int64_t microBatch = 0;
    bool recompute = false;
    std::string device = "auto";
    std::string precision = "fp32";
    std::int64_t seed = 1;
    std::int64_t valEvery = 50;
    std::int64_t valSequences = 0;
    std::int64_t sampleEvery = 0;
    std::int64_t sampleLength = 200;
    std::int64_t checkpointEvery = 0;
    std::int64_t keepLast = 0;
    bool keepBest = true;
    std::int64_t logEvery = 1;
    std::int64_t histogramEvery = 0;
    std::int64_t threads = 0;
    std::string resume;
};

struct ParallelRecipe {
    std::int64_t data = 1;
};

// A native training job: model, data, optimiser, parallel plan. Every key has a default, so an empty file is
// a valid recipe. The keys, their ranges and their meaning are declared once, in recipe_keys.cpp.
struct Recipe {
    std::string name;
    std::string experiment;
    ModelRecipe model;
    DataRecipe data;
    AugmentRecipe augment;
    OptimRecipe optim;
    TricksRecipe tricks;
    TrainRecipe train;
    ParallelRecipe parallel;
};

struct TextField {
    std::string& (*of)(Recipe&);
    std::vector<std::string> choices;  // empty: any text
};
struct IntegerField {
    std::int64_t& (*of)(Recipe&);
    std::int64_t least, most;
};
struct RealField {
    double& (*of)(Recipe&);
    double least, most;
    bool leastExcluded = false;
};

struct FlagField {
    bool& (*of)(Recipe&);
};
// A value of the model; which kinds have it, and what each falls back on, the registry says.
struct ModelField {
    Json type;  // a value of its type
    double least, most;
    std::vector<std::string> choices;
};

struct RecipeKey {
    std::string name;  // dotted: "optim.lr"
    std::variant<TextField, IntegerField, RealField, FlagField, ModelField> field;
    std::string doc;  // one sentence

    std::string rangeText() const;  // "an integer from 1 to 512", "one of: adamw"
};

// Those of model.* are what the kinds of nn::ModelRegistry have between them, so models of one's own must be
// loaded before the first call.
std::span<const RecipeKey> recipeKeys();

// `text` is YAML, `on` names it in errors, which carry "on:line:column". In values, ${NAME} stands for the
// environment variable. `sets` are "a.b=value" and win over the file. Errors: Invalid for YAML that does not
// parse, an unknown or repeated key (with the nearest known one), a value of the wrong type or out of range,
// keys that contradict.
Result<Recipe> parseRecipe(std::string_view text, std::string_view on,
                           const std::vector<std::string>& sets = {});
Result<Recipe> readRecipe(const std::string& path, const std::vector<std::string>& sets = {});

// JSON Schema (draft 2020-12) of a recipe, made from recipeKeys(): what editors complete from and forms are
// built from. Keys come in their order, each with title, description, default and range.
Json recipeSchema();

// The recipe with every key written out, nested as in YAML; flattenJson gives a run's parameters.
Json recipeJson(const Recipe& recipe);
// The inverse, for what a checkpoint carries.
Result<Recipe> recipeFromJson(const Json& json, std::string_view on);

}  // namespace lathe::train
