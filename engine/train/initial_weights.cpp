// SPDX-License-Identifier: Apache-2.0
#include "train/initial_weights.h"

#include "core/paths.h"
#include "optim/optimizer.h"
#include "train/checkpoint.h"
#include "train/foreign.h"

#include <algorithm>

namespace lathe::train {

Result<> loadInitialWeights(const std::string& path, const ModelRecipe& model,
                            const nn::ParameterStore& store) {
    if (isForeign(path) || path.ends_with(".safetensors")) {
        const std::string file = isForeign(path) ? joinPath(path, "model.safetensors") : path;
        LATHE_TRY_ASSIGN(const auto weights, SafetensorsFile::open(file));
        return readForeign(weights, model, store);
    }
    LATHE_TRY_ASSIGN(const std::string found, findCheckpoint(path));
    LATHE_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::open(found));
    return checkpoint.readParameters(optim::parameterState(store));
}

Result<> takeForeignSizes(Recipe& recipe) {
    const std::string path = expandHome(recipe.model.from);
    if (path.empty() || !isForeign(path))
        return {};
    LATHE_TRY_ASSIGN(const ForeignModel foreign, openForeign(path));
    const std::int64_t longest = foreign.model.integer("context");
    const std::int64_t context = std::min(recipe.model.integer("context", longest), longest);
    recipe.model = foreign.model;
    recipe.model.values["context"] = context;
    recipe.model.from = path;
    return {};
}

}  // namespace lathe::train
