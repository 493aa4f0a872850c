// SPDX-License-Identifier: Apache-2.0
#include "train/foreign.h"

#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace lathe::train {

using tensor::DType;
using tensor::Shape;
using tensor::Tensor;

namespace {

// config.json: github.com/huggingface/transformers, GPT2Config and LlamaConfig.
constexpr std::string_view kGpt2 = "gpt2", kLlama = "llama";
constexpr double kLlamaEpsilon = 1e-5;  // of nn/llama.h

bool isGpt(const ModelRecipe& model) {
    return model.kind.starts_with("gpt");
}
bool isImageModel(const ModelRecipe& model) {
    return model.kind.starts_with("resnet") || model.kind == "vit";
}

std::vector<ForeignName> gptNames(const ModelRecipe& model) {
    std::vector<ForeignName> names;
    for (const char* name : {"wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias"})
        names.push_back({name, std::string("transformer.") + name});
    const std::pair<const char*, const char*> parts[] = {
        {"ln_1", "ln_1"}, {"attn.qkv", "attn.c_attn"}, {"attn.out", "attn.c_proj"},
        {"ln_2", "ln_2"}, {"mlp.in", "mlp.c_fc"},      {"mlp.out", "mlp.c_proj"}};
    for (std::int64_t layer = 0; layer < model.integer("layers"); ++layer)
        for (const auto& [ours, theirs] : parts)
            for (const char* kind : {"weight", "bias"}) {
                // GPT-2 keeps its matrices as [in, out] ("Conv1D").
                const bool matrix =
                    !std::string_view(ours).starts_with("ln") && std::string_view(kind) == "weight";
                names.push_back({fmt::format("h.{}.{}.{}", layer, ours, kind),
                                 fmt::format("transformer.h.{}.{}.{}", layer, theirs, kind), matrix});
            }
    return names;
}

std::vector<ForeignName> llamaNames(const ModelRecipe& model, const nn::ParameterStore& store) {
    std::vector<ForeignName> names = {{"embed_tokens.weight", "model.embed_tokens.weight"},
                                      {"norm.weight", "model.norm.weight"}};
    if (store.find("lm_head.weight"))
        names.push_back({"lm_head.weight", "lm_head.weight"});
    const std::int64_t heads = model.integer("heads");
    const std::int64_t keyHeads = model.integer("key_heads") > 0 ? model.integer("key_heads") : heads;
    for (std::int64_t layer = 0; layer < model.integer("layers"); ++layer) {
        const std::string ours = fmt::format("layers.{}.", layer), theirs = "model." + ours;
        for (const char* name :
             {"input_layernorm", "self_attn.o_proj", "post_attention_layernorm", "mlp.down_proj"})
            names.push_back({ours + name + ".weight", theirs + name + ".weight"});
        const nn::Parameter* qkv = store.find(ours + "self_attn.qkv.weight");
        const nn::Parameter* gateUp = store.find(ours + "mlp.gate_up.weight");
        if (!qkv || !gateUp)
            continue;
        const std::int64_t depth = qkv->shape[0] / (heads + 2 * keyHeads), hidden = gateUp->shape[0] / 2;
        names.push_back({qkv->leaf.name,
                         {},
                         false,
                         {{theirs + "self_attn.q_proj.weight", heads * depth},
                          {theirs + "self_attn.k_proj.weight", keyHeads * depth},
                          {theirs + "self_attn.v_proj.weight", keyHeads * depth}}});
        names.push_back(
            {gateUp->leaf.name,
             {},
             false,
             {{theirs + "mlp.gate_proj.weight", hidden}, {theirs + "mlp.up_proj.weight", hidden}}});
    }
    return names;
}

// Parameters and buffers by name, as one list.
struct Place {
    Shape shape;
    Tensor value;
};
std::optional<Place> placeOf(const nn::ParameterStore& store, std::string_view name) {
    if (nn::Parameter* parameter = store.find(name))
        return Place{parameter->shape, store.masters().window(parameter->offset, parameter->shape)};
    for (nn::Buffer* buffer : store.buffers())
        if (buffer->name == name)
            return Place{buffer->shape, buffer->value};
    return {};
}

// A tensor of the file as fp32 on the host.
Result<Tensor> readTensor(const SafetensorsFile& file, const std::string& name) {
    const auto found = file.entries().find(name);
    if (found == file.entries().end())
        return fail(ErrorCode::Invalid, fmt::format("it has no tensor {}", name), file.path(),
                    "is it a model of another kind or size?");
    const auto& entry = found->second;
    LATHE_TRY_ASSIGN(const Tensor flat,
                     Tensor::empty({entry.shape.elements()}, entry.dtype, tensor::MemoryClass::Workspace));
    LATHE_TRY(file.read(entry, 0, flat));
    return flat.reshape(entry.shape).to(DType::F32);
}

// Files of a model without its head leave the first part of the names away.
std::string lookedUp(const SafetensorsFile& file, const std::string& name) {
    if (file.entries().contains(name))
        return name;
    for (const std::string_view prefix : {"transformer.", "model."})
        if (name.starts_with(prefix) && file.entries().contains(name.substr(prefix.size())))
            return name.substr(prefix.size());
    return name;
}

Result<Tensor> readNamed(const SafetensorsFile& file, const ForeignName& name) {
    if (name.parts.empty()) {
        LATHE_TRY_ASSIGN(Tensor value, readTensor(file, lookedUp(file, name.theirs)));
        return name.transposed && value.rank() == 2 ? value.transpose(0, 1).contiguous()
                                                    : Result<Tensor>(value);
    }
    std::vector<Tensor> parts;
    Shape shape;
    for (const auto& [theirs, rows] : name.parts) {
        LATHE_TRY_ASSIGN(const Tensor part, readTensor(file, lookedUp(file, theirs)));
        const bool fits =
            part.rank() == 2 && part.size(0) == rows && (parts.empty() || part.size(1) == shape[1]);
        if (!fits)
            return fail(ErrorCode::Invalid,
                        fmt::format("{} is {} in the file, but has {} rows in this model", theirs,
                                    part.shape().text(), rows),
                        file.path(), "use the model.* keys of the model in the file");
        shape = Shape{(parts.empty() ? 0 : shape[0]) + rows, part.size(1)};
        parts.push_back(part);
    }
    LATHE_TRY_ASSIGN(const Tensor whole, Tensor::empty(shape, DType::F32, tensor::MemoryClass::Workspace));
    std::int64_t row = 0;
    for (const Tensor& part : parts) {
        LATHE_TRY(whole.slice(0, row, row + part.size(0)).copyFrom(part));
        row += part.size(0);
    }
    return whole;
}

// Whether it was taken.
Result<bool> give(Tensor value, const ForeignName& name, const ModelRecipe& model, const Place& place,
                  const std::string& on) {
    const bool longer = name.ours == "wpe.weight" && value.rank() == 2 && value.size(0) > place.shape[0] &&
                        value.size(1) == place.shape[1];
    if (longer)
        value = value.slice(0, 0, place.shape[0]);
    if (value.shape() == place.shape) {
        LATHE_TRY(place.value.copyFrom(value));
        return true;
    }
    const std::string shapes = fmt::format("{} is {} in the file, but {} is {} in this model", name.theirs,
                                           value.shape().text(), name.ours, place.shape.text());
    if (isImageModel(model) && (name.ours.starts_with("fc.") || name.ours.starts_with("head."))) {
        logWarn("train", "{}: the head begins anew", shapes);
        return false;
    }
    return fail(ErrorCode::Invalid, shapes, on,
                "use the model.* keys, and the tokenizer, of the model in the file");
}

}  // namespace

bool isForeign(const std::string& path) {
    return exists(joinPath(path, "config.json")) && exists(joinPath(path, "model.safetensors"));
}

Result<ForeignModel> openForeign(const std::string& folder) {
    const std::string path = joinPath(folder, "config.json");
    LATHE_TRY_ASSIGN(const Json config, readJsonFile(path));
    const std::string type = getString(config, "model_type");
    ForeignModel foreign{.model = {}, .weights = joinPath(folder, "model.safetensors")};
    const auto unsupported = [&](const std::string& what) {
        return fail(ErrorCode::Unsupported, escapedForDisplay(what, 100), path, "known: gpt2 and llama");
    };
    foreign.vocabulary = getInt(config, "vocab_size");
    Json values;
    if (type == kGpt2) {
        const std::string activation = getString(config, "activation_function", "gelu_new");
        if (activation != "gelu_new" && activation != "gelu_pytorch_tanh")
            return unsupported("a GPT-2 with the activation " + activation);
        values = {{"layers", getInt(config, "n_layer")},
                  {"width", getInt(config, "n_embd")},
                  {"heads", getInt(config, "n_head")},
                  {"context", getInt(config, "n_positions", getInt(config, "n_ctx"))}};
    } else if (type == kLlama) {
        if (config.contains("rope_scaling") && !config["rope_scaling"].is_null())
            return unsupported("a Llama whose rotary positions are scaled");
        if (getNumber(config, "rms_norm_eps", kLlamaEpsilon) != kLlamaEpsilon)
            return unsupported(
                fmt::format("a Llama with rms_norm_eps of {}", getNumber(config, "rms_norm_eps")));
        if (getBool(config, "attention_bias") || getBool(config, "mlp_bias") ||
            getString(config, "hidden_act", "silu") != "silu")
            return unsupported("a Llama with biases, or without SiLU");
        values = {{"layers", getInt(config, "num_hidden_layers")},
                  {"width", getInt(config, "hidden_size")},
                  {"heads", getInt(config, "num_attention_heads")},
                  {"key_heads", getInt(config, "num_key_value_heads")},
                  {"hidden", getInt(config, "intermediate_size")},
                  {"context", getInt(config, "max_position_embeddings")},
                  {"rope_base", getNumber(config, "rope_theta", 10000)},
                  {"tied", getBool(config, "tie_word_embeddings")}};
    } else {
        return unsupported(fmt::format("a model of type `{}`", type));
    }
    auto completed = completeModel(type == kGpt2 ? "gpt" : "llama", values);
    if (!completed || foreign.vocabulary < 1 || foreign.vocabulary > (1 << 24))
        return fail(ErrorCode::Corrupt,
                    completed ? "vocab_size is missing or makes no sense"
                              : "one of its sizes is missing or makes no sense: " + completed.error().text(),
                    path);
    foreign.model = std::move(*completed);
    return foreign;
}

Result<std::vector<ForeignName>> foreignNames(const ModelRecipe& model, const nn::ParameterStore& store) {
    if (isGpt(model))
        return gptNames(model);
    if (model.kind == "llama")
        return llamaNames(model, store);
    if (!isImageModel(model))
        return fail(ErrorCode::Unsupported,
                    fmt::format("a {} has no form that other programs read", model.kind), "model.kind",
                    "export it to ONNX");
    std::vector<ForeignName> names;
    for (const nn::Parameter* parameter : store.parameters())
        names.push_back({parameter->leaf.name, parameter->leaf.name});
    for (const nn::Buffer* buffer : store.buffers())
        names.push_back({buffer->name, buffer->name});
    return names;
}

Result<> readForeign(const SafetensorsFile& file, const ModelRecipe& model, const nn::ParameterStore& store) {
    LATHE_TRY_ASSIGN(const auto names, foreignNames(model, store));
    for (const ForeignName& name : names) {
        const auto place = placeOf(store, name.ours);
        if (!place)
            return fail(ErrorCode::Internal, fmt::format("the model has no tensor {}", name.ours),
                        file.path());
        LATHE_TRY_ASSIGN(const Tensor found, readNamed(file, name));
        LATHE_TRY(give(found, name, model, *place, file.path()));
    }
    if (names.size() != store.parameters().size() + store.buffers().size())
        return fail(ErrorCode::Internal,
                    fmt::format("{} of {} tensors have a name there", names.size(),
                                store.parameters().size() + store.buffers().size()),
                    file.path());
    return store.roundValues();
}

Result<> writeForeign(const std::string& folder, const ModelRecipe& model, const ModelInput& input,
                      const nn::ParameterStore& store) {
    if (isImageModel(model))
        return fail(ErrorCode::Unsupported, fmt::format("transformers has no {} in this form", model.kind),
                    folder, "export it to .onnx or .safetensors; the latter has timm's names");
    LATHE_TRY_ASSIGN(const auto names, foreignNames(model, store));
    LATHE_TRY(makeDirs(folder));
    std::vector<NamedTensor> tensors;
    for (const ForeignName& name : names) {
        const auto place = placeOf(store, name.ours);
        if (!place)
            return fail(ErrorCode::Internal, fmt::format("the model has no tensor {}", name.ours), folder);
        LATHE_TRY_ASSIGN(Tensor value,
                         Tensor::empty(place->shape, DType::F32, tensor::MemoryClass::Workspace));
        LATHE_TRY(value.copyFrom(place->value));
        if (name.transposed) {
            LATHE_TRY_ASSIGN(value, value.transpose(0, 1).contiguous());
        }
        if (name.parts.empty())
            tensors.push_back({name.theirs, value.shape(), value});
        std::int64_t row = 0;
        for (const auto& [theirs, rows] : name.parts) {
            LATHE_TRY_ASSIGN(const Tensor part, value.slice(0, row, row + rows).contiguous());
            tensors.push_back({theirs, part.shape(), part});
            row += rows;
        }
    }
    const std::int64_t context = model.integer("context");
    Json config = {{"vocab_size", input.vocabulary}, {"torch_dtype", "float32"}};
    if (isGpt(model)) {
        config.update(Json{{"architectures", {"GPT2LMHeadModel"}},
                           {"model_type", kGpt2},
                           {"n_layer", model.integer("layers")},
                           {"n_embd", model.integer("width")},
                           {"n_head", model.integer("heads")},
                           {"n_positions", context},
                           {"n_ctx", context},
                           {"activation_function", "gelu_new"},
                           {"layer_norm_epsilon", 1e-5},
                           {"tie_word_embeddings", true}});
    } else {
        const std::int64_t heads = model.integer("heads");
        const nn::Parameter* down = store.find("layers.0.mlp.down_proj.weight");
        config.update(
            Json{{"architectures", {"LlamaForCausalLM"}},
                 {"model_type", kLlama},
                 {"num_hidden_layers", model.integer("layers")},
                 {"hidden_size", model.integer("width")},
                 {"intermediate_size", down ? down->shape[1] : 0},
                 {"num_attention_heads", heads},
                 {"num_key_value_heads", model.integer("key_heads") > 0 ? model.integer("key_heads") : heads},
                 {"max_position_embeddings", context},
                 {"rms_norm_eps", kLlamaEpsilon},
                 {"rope_theta", getNumber(model.values, "rope_base", 10000)},
                 {"hidden_act", "silu"},
                 {"tie_word_embeddings", getBool(model.values, "tied")}});
    }
    LATHE_TRY(writeSafetensors(joinPath(folder, "model.safetensors"), tensors, {{"format", "pt"}}));
    return writeFileAtomic(joinPath(folder, "config.json"), dumpJsonPretty(config) + "\n");
}

}  // namespace lathe::train
