// SPDX-License-Identifier: Apache-2.0
#include "train/model_zoo.h"

#include "core/log.h"
#include "core/paths.h"

#include <fmt/format.h>

namespace lathe::train {

namespace {

std::string_view nameOf(ModelInputKind kind) {
    switch (kind) {
    case ModelInputKind::Tokens: return "text";
    case ModelInputKind::Images: return "images";
    case ModelInputKind::Flat: return "rows of numbers";
    }
    return "";
}

bool reads(ModelInputKind model, ModelInputKind data) {
    return model == data || (model == ModelInputKind::Flat && data == ModelInputKind::Images);
}

// The first kind that reads such data.
std::string suggestion(ModelInputKind data) {
    if (data == ModelInputKind::Images)
        return "resnet18";
    for (const nn::ModelKind* kind : nn::ModelRegistry::instance().kinds())
        if (reads(kind->input, data))
            return kind->name;
    return {};
}

}  // namespace

void loadModelPlugins() {
    for (const std::string& folder :
         {cleanPath(joinPath(programDir(), "../lib/lathe/models")), joinPath(dataDir(), "models")})
        if (const auto loaded = nn::ModelRegistry::instance().loadFolder(folder); !loaded)
            logWarn("train", "a model of one's own is left out: {}", loaded.error().text());
}

bool readsText(std::string_view kind) {
    const auto found = nn::ModelRegistry::instance().find(kind);
    return found && (*found)->input == ModelInputKind::Tokens;
}

Result<ModelRecipe> completeModel(std::string kind, const Json& values) {
    LATHE_TRY_ASSIGN(const nn::ModelKind* found, nn::ModelRegistry::instance().find(kind));
    ModelRecipe recipe{.kind = std::move(kind)};
    LATHE_TRY_ASSIGN(recipe.values, nn::ModelRegistry::complete(*found, values));
    return recipe;
}

ModelInput ModelInput::text(std::int64_t vocabulary) {
    ModelInput input;
    input.kind = ModelInputKind::Tokens;
    input.vocabulary = input.outputs = vocabulary;
    return input;
}

ModelInput ModelInput::of(const data::OpenedData& data) {
    const data::DatasetInfo& info = data.train->info();
    ModelInput input;
    input.outputs = info.classes > 0 ? info.classes : info.outputs;
    input.classify = info.classes > 0;
    switch (info.input) {
    case data::DatasetInfo::Input::Tokens:
        input.kind = ModelInputKind::Tokens;
        input.vocabulary = input.outputs = info.vocabulary;
        input.classify = true;
        break;
    case data::DatasetInfo::Input::Image:
        input.kind = ModelInputKind::Images;
        input.channels = data.image.channels;
        input.side = data.image.size;
        break;
    case data::DatasetInfo::Input::Numbers:
        input.kind = ModelInputKind::Flat;
        input.features = info.features;
        break;
    }
    return input;
}

Json ModelInput::json() const {
    return {{"kind", nameOf(kind)}, {"vocabulary", vocabulary}, {"channels", channels}, {"side", side},
            {"features", features}, {"outputs", outputs},       {"classify", classify}};
}

Result<ModelInput> ModelInput::fromJson(const Json& json, const std::string& on) {
    ModelInput input;
    input.vocabulary = getInt(json, "vocabulary");
    input.channels = getInt(json, "channels");
    input.side = getInt(json, "side");
    input.features = getInt(json, "features");
    input.outputs = getInt(json, "outputs");
    input.classify = getBool(json, "classify", true);
    const std::string name = getString(json, "kind");
    for (const ModelInputKind kind : {ModelInputKind::Tokens, ModelInputKind::Images, ModelInputKind::Flat})
        if (nameOf(kind) == name) {
            input.kind = kind;
            return input;
        }
    return fail(ErrorCode::Corrupt, "it does not say what the model reads", on);
}

Result<std::unique_ptr<nn::Model>> makeModel(const ModelRecipe& recipe, const ModelInput& input) {
    LATHE_TRY_ASSIGN(const nn::ModelKind* kind, nn::ModelRegistry::instance().find(recipe.kind));
    if (!reads(kind->input, input.kind))
        return fail(ErrorCode::Invalid,
                    fmt::format("a {} reads {}, but the data is {}", kind->name, nameOf(kind->input),
                                nameOf(input.kind)),
                    "model.kind",
                    fmt::format("set model.kind to {}, or data.path to other data", suggestion(input.kind)));
    return kind->make(recipe.values, input);
}

std::int64_t parameterCount(nn::Model& model) {
    std::int64_t count = 0;
    for (const nn::Parameter* parameter : model.parameters())
        count += parameter->elements();
    return count;
}

}  // namespace lathe::train
