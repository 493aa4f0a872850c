// SPDX-License-Identifier: Apache-2.0
#include "nn/registry.h"

#include "core/text.h"
#include "nn/gpt.h"
#include "nn/llama.h"
#include "nn/lstm.h"
#include "nn/mlp_classifier.h"
#include "nn/plugin.h"
#include "nn/resnet.h"
#include "nn/vit.h"

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lathe::nn {
namespace {

using Made = Result<std::unique_ptr<Model>>;

template <class T> Made asModel(Result<std::unique_ptr<T>> made) {
    LATHE_TRY_ASSIGN(std::unique_ptr<T> model, std::move(made));
    return std::unique_ptr<Model>(std::move(model));
}

ModelParameter size(std::string name, std::int64_t fallback, std::string doc, double least = 1) {
    return {.name = std::move(name),
            .fallback = fallback,
            .doc = std::move(doc),
            .least = least,
            .most = 1 << 24};
}
ModelParameter share(std::string name, std::string doc) {
    return {.name = std::move(name), .fallback = 0.0, .doc = std::move(doc), .least = 0, .most = 0.99};
}
ModelParameter yesNo(std::string name, bool fallback, std::string doc) {
    return {.name = std::move(name), .fallback = fallback, .doc = std::move(doc)};
}

const std::string dropoutDoc = "Share of values that dropout leaves out.";
const std::string depthDoc = "Stochastic depth: chance to leave out the last block, less before it.";

ModelKind gptKind(std::string name, std::string doc, const GptConfig& c) {
    return {.name = std::move(name),
            .input = ModelInput::Kind::Tokens,
            .doc = std::move(doc),
            .parameters = {size("layers", c.layers, "Decoder blocks."),
                           size("width", c.width, "Width of the residual."),
                           size("heads", c.heads, "Attention heads; they divide the width."),
                           size("context", c.context, "Tokens a sequence holds at most."),
                           share("dropout", dropoutDoc)},
            .make = [](const Json& v, const ModelInput& input) {
                return asModel(Gpt::create({.layers = getInt(v, "layers"),
                                            .width = getInt(v, "width"),
                                            .heads = getInt(v, "heads"),
                                            .context = getInt(v, "context"),
                                            .vocab = input.vocabulary,
                                            .dropout = getNumber(v, "dropout")}));
            }};
}

ModelKind resnetKind(int depth) {
    return {.name = fmt::format("resnet{}", depth),
            .input = ModelInput::Kind::Images,
            .doc = fmt::format("Residual network of {} layers.", depth),
            .parameters = {{.name = "stem",
                            .fallback = "auto",
                            .doc = "First layer: 3×3 for small images, 7×7 with pooling for large ones.",
                            .choices = {"auto", "small", "large"}},
                           size("width", 64, "Channels after the first layer."),
                           yesNo("channels_last", true, "Images lie as [B, H, W, C] in memory."),
                           yesNo("zero_last", false, "The last norm of each block starts at zero."),
                           share("depth_drop", depthDoc)},
            .make = [depth](const Json& v, const ModelInput& input) {
                constexpr std::int64_t smallSide = 64;
                const std::string stem = getString(v, "stem");
                return asModel(Resnet::create(
                    {.depth = depth,
                     .classes = input.outputs,
                     .channels = input.channels,
                     .side = input.side,
                     .width = getInt(v, "width"),
                     .smallStem = stem == "small" || (stem == "auto" && input.side <= smallSide),
                     .channelsLast = getBool(v, "channels_last"),
                     .zeroLast = getBool(v, "zero_last"),
                     .depthDrop = getNumber(v, "depth_drop")}));
            }};
}

ModelKind llamaKind() {
    return {.name = "llama",
            .input = ModelInput::Kind::Tokens,
            .doc = "Decoder with RMS norm, rotary positions, grouped queries and gated layers.",
            .parameters = {size("layers", 6, "Decoder blocks."),
                           size("width", 384, "Width of the residual."),
                           size("heads", 6, "Heads of queries; twice as many divide the width."),
                           size("key_heads", 0, "Heads of keys and values; 0: as many as heads.", 0),
                           size("hidden", 0,
                                "Width of the gated layer; 0: 8/3 of the width, to a multiple of 64.", 0),
                           size("context", 256, "Tokens a sequence holds at most."),
                           {.name = "rope_base",
                            .fallback = 10000.0,
                            .doc = "Base of the rotary positions' wavelengths.",
                            .least = 2,
                            .most = 1e9},
                           yesNo("tied", false, "The head is the token table.")},
            .make = [](const Json& v, const ModelInput& input) {
                return asModel(Llama::create({.layers = getInt(v, "layers"),
                                              .width = getInt(v, "width"),
                                              .heads = getInt(v, "heads"),
                                              .keyHeads = getInt(v, "key_heads"),
                                              .hidden = getInt(v, "hidden"),
                                              .context = getInt(v, "context"),
                                              .vocab = input.vocabulary,
                                              .ropeBase = getNumber(v, "rope_base"),
                                              .tied = getBool(v, "tied")}));
            }};
}

ModelKind lstmKind() {
    return {.name = "lstm",
            .input = ModelInput::Kind::Tokens,
            .doc = "Recurrent language model.",
            .parameters = {size("layers", 2, "LSTM layers."),
                           size("width", 256, "Width of embedding and states."),
                           size("context", 128, "Tokens of a training sequence."),
                           share("dropout", dropoutDoc)},
            .make = [](const Json& v, const ModelInput& input) {
                return asModel(LstmModel::create({.layers = getInt(v, "layers"),
                                                  .width = getInt(v, "width"),
                                                  .context = getInt(v, "context"),
                                                  .vocab = input.vocabulary,
                                                  .dropout = getNumber(v, "dropout")}));
            }};
}

ModelKind vitKind() {
    return {.name = "vit",
            .input = ModelInput::Kind::Images,
            .doc = "Vision transformer over patches, with a class token.",
            .parameters = {size("layers", 6, "Encoder blocks."), size("width", 192, "Width of the residual."),
                           size("heads", 3, "Attention heads; they divide the width."),
                           size("hidden", 0, "Width of the feed-forward part; 0: four times the width.", 0),
                           size("patch", 4, "Side of a patch; it divides the images' side."),
                           share("dropout", dropoutDoc), share("depth_drop", depthDoc)},
            .make = [](const Json& v, const ModelInput& input) {
                return asModel(Vit::create({.layers = getInt(v, "layers"),
                                            .width = getInt(v, "width"),
                                            .heads = getInt(v, "heads"),
                                            .hidden = getInt(v, "hidden"),
                                            .patch = getInt(v, "patch"),
                                            .side = input.side,
                                            .channels = input.channels,
                                            .classes = input.outputs,
                                            .dropout = getNumber(v, "dropout"),
                                            .depthDrop = getNumber(v, "depth_drop")}));
            }};
}

ModelKind mlpKind() {
    return {.name = "mlp",
            .input = ModelInput::Kind::Flat,
            .doc = "Fully connected net for tables, arrays and small images.",
            .parameters = {size("layers", 2, "Hidden layers.", 0),
                           size("width", 512, "Width of the hidden layers."),
                           {.name = "activation",
                            .fallback = "relu",
                            .doc = "What follows each hidden layer.",
                            .choices = {"relu", "gelu", "silu", "tanh"}}},
            .make = [](const Json& v, const ModelInput& input) {
                MlpConfig config;
                config.widths.push_back(input.kind == ModelInput::Kind::Images
                                            ? input.channels * input.side * input.side
                                            : input.features);
                config.widths.insert(config.widths.end(), static_cast<std::size_t>(getInt(v, "layers")),
                                     getInt(v, "width"));
                config.widths.push_back(input.outputs);
                const std::string name = getString(v, "activation");
                config.activation = name == "gelu"   ? Activation::Gelu
                                    : name == "silu" ? Activation::Silu
                                    : name == "tanh" ? Activation::Tanh
                                                     : Activation::Relu;
                return asModel(MlpClassifier::create(config));
            }};
}

// The value in the parameter's type, or nothing.
std::optional<Json> typed(const Json& value, const Json& fallback) {
    if (fallback.is_boolean() || fallback.is_string())
        return value.type() == fallback.type() ? std::optional(value) : std::nullopt;
    if (!value.is_number())
        return {};
    if (fallback.is_number_float())
        return Json(value.get<double>());
    const double number = value.get<double>();
    return number == static_cast<double>(static_cast<std::int64_t>(number))
               ? std::optional(Json(static_cast<std::int64_t>(number)))
               : std::nullopt;
}

std::string wanted(const ModelParameter& p) {
    if (p.fallback.is_boolean())
        return "true or false";
    if (p.fallback.is_string())
        return p.choices.empty() ? "a text" : fmt::format("one of: {}", fmt::join(p.choices, ", "));
    return fmt::format("{} from {} to {}", p.fallback.is_number_float() ? "a number" : "an integer", p.least,
                       p.most);
}

}  // namespace

ModelRegistry& ModelRegistry::instance() {
    static ModelRegistry registry;
    return registry;
}

ModelRegistry::ModelRegistry() {
    const auto own = [&](ModelKind kind) { m_kinds.push_back(std::make_unique<ModelKind>(std::move(kind))); };
    own(gptKind("gpt", "Decoder of the GPT-2 family, small by default.",
                {.layers = 4, .width = 128, .heads = 4, .context = 128}));
    own(gptKind("gpt2", "GPT-2 of 124 million parameters.",
                {.layers = 12, .width = 768, .heads = 12, .context = 1024}));
    own(gptKind("gpt2-medium", "GPT-2 of 355 million parameters.",
                {.layers = 24, .width = 1024, .heads = 16, .context = 1024}));
    own(gptKind("gpt2-large", "GPT-2 of 774 million parameters.",
                {.layers = 36, .width = 1280, .heads = 20, .context = 1024}));
    own(gptKind("gpt2-xl", "GPT-2 of 1,558 million parameters.",
                {.layers = 48, .width = 1600, .heads = 25, .context = 1024}));
    own(llamaKind());
    own(lstmKind());
    own(mlpKind());
    own(resnetKind(18));
    own(resnetKind(34));
    own(resnetKind(50));
    own(vitKind());
}

Result<> ModelRegistry::add(ModelKind kind) {
    const bool named = !kind.name.empty() && std::ranges::all_of(kind.name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!named || !kind.make)
        return fail(ErrorCode::Invalid, "a model needs a name of a-z, 0-9, - and _, and a way to make it",
                    kind.name);
    if (std::ranges::any_of(m_kinds, [&](const auto& known) { return known->name == kind.name; }))
        return fail(ErrorCode::Invalid, "a model of this name is there already", kind.name,
                    "choose another name");
    kind.source = m_loading;
    m_kinds.push_back(std::make_unique<ModelKind>(std::move(kind)));
    return {};
}

Result<> ModelRegistry::load(const std::string& libraryPath) {
    // Never closed: the models it made may live until the process ends.
    void* library = dlopen(libraryPath.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(ErrorCode::Unavailable, fmt::format("cannot load the models: {}", dlerror()),
                    libraryPath);
    using Entry = Result<> (*)(ModelRegistry&);
    const auto entry = reinterpret_cast<Entry>(dlsym(library, LATHE_MODELS_ABI));
    if (!entry)
        return fail(ErrorCode::Unsupported,
                    "this library holds no models for this version: it lacks " LATHE_MODELS_ABI, libraryPath,
                    "build it again with the headers of this version");
    m_loading = libraryPath;
    auto done = entry(*this);
    m_loading.clear();
    if (!done) {
        Error error = std::move(done).error();
        error.what = fmt::format("{}: {}", error.on, error.what);
        error.on = libraryPath;
        return std::unexpected(std::move(error));
    }
    return {};
}

Result<> ModelRegistry::loadFolder(const std::string& folder) {
    std::error_code bad;
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder, bad))
        if (entry.path().extension() == ".so")
            paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    Result<> first;
    for (const std::string& path : paths)
        if (auto done = load(path); !done && first)
            first = std::move(done);
    return first;
}

std::vector<const ModelKind*> ModelRegistry::kinds() const {
    std::vector<const ModelKind*> all;
    for (const auto& kind : m_kinds)
        all.push_back(kind.get());
    return all;
}

Result<const ModelKind*> ModelRegistry::find(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& kind : m_kinds) {
        if (kind->name == name)
            return kind.get();
        names.push_back(kind->name);
    }
    const auto near = nearestName(name, names);
    return fail(ErrorCode::NotFound, "there is no such model", std::string(name),
                near ? fmt::format("did you mean {}?", *near)
                     : fmt::format("one of {}", fmt::join(names, ", ")));
}

Result<Json> ModelRegistry::complete(const ModelKind& kind, const Json& values) {
    Json all = Json::object();
    std::vector<std::string> names;
    for (const ModelParameter& p : kind.parameters) {
        names.push_back(p.name);
        all[p.name] = p.fallback;
    }
    for (const auto& [name, value] : values.items()) {
        const auto found = std::ranges::find(kind.parameters, name, &ModelParameter::name);
        if (found == kind.parameters.end()) {
            const auto near = nearestName(name, names);
            return fail(ErrorCode::Invalid, fmt::format("{} has no parameter {}", kind.name, name),
                        "model." + name,
                        near ? fmt::format("did you mean {}?", *near)
                             : fmt::format("it has {}", fmt::join(names, ", ")));
        }
        const auto right = typed(value, found->fallback);
        const bool inRange = right && (!right->is_number() || (right->get<double>() >= found->least &&
                                                               right->get<double>() <= found->most));
        const bool chosen =
            right && (!right->is_string() || found->choices.empty() ||
                      std::ranges::find(found->choices, right->get<std::string>()) != found->choices.end());
        if (!inRange || !chosen)
            return fail(ErrorCode::Invalid, fmt::format("{} is not {}", dumpJson(value), wanted(*found)),
                        "model." + name);
        all[name] = *right;
    }
    return all;
}

Result<std::unique_ptr<Model>> ModelRegistry::make(std::string_view name, const Json& values,
                                                   const ModelInput& input) const {
    LATHE_TRY_ASSIGN(const ModelKind* kind, find(name));
    LATHE_TRY_ASSIGN(const Json all, complete(*kind, values));
    return kind->make(all, input);
}

}  // namespace lathe::nn
