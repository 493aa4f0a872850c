// SPDX-License-Identifier: Apache-2.0
#include "train/trained_model.h"

#include "core/file.h"
#include "core/paths.h"
#include "optim/optimizer.h"
#include "train/checkpoint.h"
#include "train/foreign.h"
#include "train/initial_weights.h"

namespace lathe::train {

Result<TrainedModel> TrainedModel::open(const std::string& path, bool average) {
    TrainedModel opened;
    if (isForeign(path)) {
        LATHE_TRY_ASSIGN(const ForeignModel foreign, openForeign(path));
        opened.path = path;
        opened.recipe.model = foreign.model;
        opened.input = ModelInput::text(foreign.vocabulary);
        LATHE_TRY_ASSIGN(opened.model, makeModel(opened.recipe.model, opened.input));
        LATHE_TRY_ASSIGN(auto store, nn::ParameterStore::create(*opened.model, 0));
        opened.store.emplace(std::move(store));
        LATHE_TRY(loadInitialWeights(path, opened.recipe.model, *opened.store));
        return opened;
    }
    LATHE_TRY_ASSIGN(opened.path, findCheckpoint(path));
    LATHE_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::open(opened.path));
    LATHE_TRY_ASSIGN(opened.recipe, recipeFromJson(checkpoint.info().recipe, opened.path));
    LATHE_TRY_ASSIGN(opened.input, ModelInput::fromJson(checkpoint.info().input, opened.path));
    opened.data = checkpoint.info().data;
    LATHE_TRY_ASSIGN(opened.model, makeModel(opened.recipe.model, opened.input));
    LATHE_TRY_ASSIGN(auto store, nn::ParameterStore::create(*opened.model, 0));
    opened.store.emplace(std::move(store));
    std::vector<optim::NamedShard> weights = optim::parameterState(*opened.store);
    LATHE_TRY(checkpoint.readParameters(weights));
    if (average && opened.recipe.tricks.ema > 0) {
        // Buffers have no average.
        std::erase_if(weights,
                      [&](const optim::NamedShard& shard) { return !opened.store->find(shard.name); });
        for (optim::NamedShard& shard : weights)
            shard.name = "ema/" + shard.name;
        LATHE_TRY(checkpoint.readOptimizer(weights));
    }
    return opened;
}

Result<std::shared_ptr<const data::Tokenizer>> TrainedModel::tokenizer() const {
    if (exists(joinPath(path, "vocab.json")))  // Hugging Face keeps it beside the weights
        return data::loadBpe(path);
    const std::string& said = recipe.data.tokenizer;
    if (getString(data, "tokenizer", "bytes") == "bytes" && input.vocabulary == 256)
        return data::byteTokenizer();
    if (said != "bpe" && said != "bytes")
        return data::loadBpe(expandHome(said));
    // RUN/checkpoints/step_N → RUN/tokenizer
    return data::loadBpe(joinPath(parentPath(parentPath(path)), "tokenizer"));
}

}  // namespace lathe::train
