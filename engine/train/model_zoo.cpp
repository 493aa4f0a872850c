// SPDX-License-Identifier: Apache-2.0
#include "train/model_zoo.h"

#include "nn/gpt.h"
#include "nn/mlp_classifier.h"

#include <fmt/format.h>

#include <algorithm>

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
std::string_view suggestion(ModelInputKind data) {
    for (const ModelKind& kind : modelKinds())
        if (reads(kind.input, data))
            return kind.name;
    return "";
}

}  // namespace

std::span<const ModelKind> modelKinds() {
    static constexpr ModelKind kinds[] = {
        {"gpt", ModelInputKind::Tokens,
         "Decoder of the GPT-2 family for text: model.layers, model.width, model.heads, model.context"},
        {"mlp", ModelInputKind::Flat,
         "Fully connected net for tables, arrays and small images: model.layers hidden layers of "
         "model.width"},
    };
    return kinds;
}

const ModelKind* findModelKind(std::string_view name) {
    const auto kinds = modelKinds();
    const auto found = std::ranges::find(kinds, name, &ModelKind::name);
    return found == kinds.end() ? nullptr : &*found;
}

bool readsText(std::string_view kind) {
    const ModelKind* found = findModelKind(kind);
    return found && found->input == ModelInputKind::Tokens;
}

ModelInput ModelInput::of(const data::OpenedData& data) {
    const data::DatasetInfo& info = data.train->info();
    ModelInput input{.outputs = info.classes > 0 ? info.classes : info.outputs, .classify = info.classes > 0};
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
    ModelInput input{.vocabulary = getInt(json, "vocabulary"),
                     .channels = getInt(json, "channels"),
                     .side = getInt(json, "side"),
                     .features = getInt(json, "features"),
                     .outputs = getInt(json, "outputs"),
                     .classify = getBool(json, "classify", true)};
    const std::string name = getString(json, "kind");
    for (const ModelInputKind kind : {ModelInputKind::Tokens, ModelInputKind::Images, ModelInputKind::Flat})
        if (nameOf(kind) == name) {
            input.kind = kind;
            return input;
        }
    return fail(ErrorCode::Corrupt, "it does not say what the model reads", on);
}

Result<std::unique_ptr<nn::Model>> makeModel(const ModelRecipe& recipe, const ModelInput& input) {
    const ModelKind* kind = findModelKind(recipe.kind);
    if (!kind)
        return fail(ErrorCode::Invalid, fmt::format("there is no model `{}`", recipe.kind), "model.kind",
                    "`lathe-train models` lists them");
    if (!reads(kind->input, input.kind))
        return fail(ErrorCode::Invalid,
                    fmt::format("a {} reads {}, but the data is {}", kind->name, nameOf(kind->input),
                                nameOf(input.kind)),
                    "model.kind",
                    fmt::format("set model.kind to {}, or data.path to other data", suggestion(input.kind)));
    if (recipe.kind == "mlp") {
        nn::MlpConfig config;
        config.widths.push_back(
            input.kind == ModelInputKind::Images ? input.channels * input.side * input.side : input.features);
        config.widths.insert(config.widths.end(), static_cast<std::size_t>(recipe.layers), recipe.width);
        config.widths.push_back(input.outputs);
        LATHE_TRY_ASSIGN(auto made, nn::MlpClassifier::create(config));
        return std::unique_ptr<nn::Model>(std::move(made));
    }
    LATHE_TRY_ASSIGN(auto made, nn::Gpt::create({.layers = recipe.layers,
                                                 .width = recipe.width,
                                                 .heads = recipe.heads,
                                                 .context = recipe.context,
                                                 .vocab = input.vocabulary}));
    return std::unique_ptr<nn::Model>(std::move(made));
}

std::int64_t parameterCount(nn::Model& model) {
    std::int64_t count = 0;
    for (const nn::Parameter* parameter : model.parameters())
        count += parameter->elements();
    return count;
}

}  // namespace lathe::train
