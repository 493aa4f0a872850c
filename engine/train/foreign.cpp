// SPDX-License-Identifier: Apache-2.0
#include "train/foreign.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lathe::train {

using tensor::DType;
using tensor::Shape;
using tensor::Tensor;

namespace {

// config.json of GPT-2: github.com/huggingface/transformers, GPT2Config.
constexpr std::string_view kGpt2 = "gpt2";

void addGpt(const ModelRecipe& model, std::vector<ForeignName>& names) {
    for (const char* name : {"wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias"})
        names.push_back({name, name, false, {}});
    const std::pair<const char*, const char*> parts[] = {
        {"ln_1", "ln_1"}, {"attn.qkv", "attn.c_attn"}, {"attn.out", "attn.c_proj"},
        {"ln_2", "ln_2"}, {"mlp.in", "mlp.c_fc"},      {"mlp.out", "mlp.c_proj"}};
    for (std::int64_t layer = 0; layer < model.layers; ++layer)
        for (const auto& [ours, theirs] : parts)
            for (const char* kind : {"weight", "bias"}) {
                const std::string prefix = fmt::format("h.{}.", layer);
                // GPT-2 keeps its matrices as [in, out] ("Conv1D").
                const bool matrix =
                    std::string_view(ours).find("ln") != 0 && std::string_view(kind) == "weight";
                names.push_back({prefix + ours + "." + kind, prefix + theirs + "." + kind, matrix, {}});
            }
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

// "transformer.h.0…" in files of a model with its head, "h.0…" without.
std::string prefixOf(const SafetensorsFile& file, const std::vector<ForeignName>& names) {
    const std::string& any = names.front().theirs;
    for (const char* prefix : {"", "transformer.", "model."})
        if (file.entries().contains(prefix + any))
            return prefix;
    return {};
}

Result<> give(const Tensor& found, const ForeignName& name, nn::Parameter& parameter, const std::string& on) {
    Tensor value = found;
    if (name.transposed && value.rank() == 2) {
        LATHE_TRY_ASSIGN(value, value.transpose(0, 1).contiguous());
    }
    const bool positions = name.ours == "wpe.weight" && value.rank() == 2 &&
                           value.size(0) > parameter.shape[0] && value.size(1) == parameter.shape[1];
    if (positions)
        value = value.slice(0, 0, parameter.shape[0]);
    if (!(value.shape() == parameter.shape))
        return fail(ErrorCode::Invalid,
                    fmt::format("{} is {} in the file, but {} is {} in this model", name.theirs,
                                value.shape().text(), parameter.name(), parameter.shape.text()),
                    on, "use the model.* keys, and the tokenizer, of the model in the file");
    return parameter.value().copyFrom(value);
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
    if (type != kGpt2)
        return fail(ErrorCode::Unsupported, fmt::format("a model of type `{}`", escapedForDisplay(type, 40)),
                    path, "known: gpt2");
    foreign.model.kind = "gpt";
    foreign.model.layers = getInt(config, "n_layer");
    foreign.model.width = getInt(config, "n_embd");
    foreign.model.heads = getInt(config, "n_head");
    foreign.model.context = getInt(config, "n_positions", getInt(config, "n_ctx"));
    foreign.vocabulary = getInt(config, "vocab_size");
    for (const std::int64_t size : {foreign.model.layers, foreign.model.width, foreign.model.heads,
                                    foreign.model.context, foreign.vocabulary})
        if (size < 1 || size > (1 << 24))
            return fail(ErrorCode::Corrupt, "one of its sizes is missing or makes no sense", path);
    const std::string activation = getString(config, "activation_function", "gelu_new");
    if (activation != "gelu_new" && activation != "gelu_pytorch_tanh")
        return fail(ErrorCode::Unsupported,
                    fmt::format("a GPT-2 with the activation {}", escapedForDisplay(activation, 40)), path,
                    "known: gelu_new");
    return foreign;
}

Result<std::vector<ForeignName>> foreignNames(const ModelRecipe& model) {
    std::vector<ForeignName> names;
    if (model.kind != "gpt")
        return fail(ErrorCode::Unsupported,
                    fmt::format("a {} has no form that other programs read", model.kind), "model.kind",
                    "export it to ONNX");
    addGpt(model, names);
    return names;
}

Result<> readForeign(const SafetensorsFile& file, const ModelRecipe& model, const nn::ParameterStore& store) {
    LATHE_TRY_ASSIGN(const auto names, foreignNames(model));
    const std::string prefix = prefixOf(file, names);
    std::size_t given = 0;
    for (const ForeignName& name : names) {
        nn::Parameter* parameter = store.find(name.ours);
        if (!parameter)
            return fail(ErrorCode::Internal, fmt::format("the model has no parameter {}", name.ours),
                        file.path());
        LATHE_TRY_ASSIGN(const Tensor found, readTensor(file, prefix + name.theirs));
        LATHE_TRY(give(found, name, *parameter, file.path()));
        ++given;
    }
    if (given != store.parameters().size())
        return fail(ErrorCode::Internal,
                    fmt::format("{} of {} parameters have a name there", given, store.parameters().size()),
                    file.path());
    return {};
}

Result<> writeForeign(const std::string& folder, const ModelRecipe& model, const ModelInput& input,
                      const nn::ParameterStore& store) {
    LATHE_TRY_ASSIGN(const auto names, foreignNames(model));
    LATHE_TRY(makeDirs(folder));
    std::vector<NamedTensor> tensors;
    for (const ForeignName& name : names) {
        nn::Parameter* parameter = store.find(name.ours);
        if (!parameter)
            return fail(ErrorCode::Internal, fmt::format("the model has no parameter {}", name.ours), folder);
        LATHE_TRY_ASSIGN(Tensor value,
                         Tensor::empty(parameter->shape, DType::F32, tensor::MemoryClass::Workspace));
        LATHE_TRY(value.copyFrom(parameter->value()));
        if (name.transposed) {
            LATHE_TRY_ASSIGN(value, value.transpose(0, 1).contiguous());
        }
        tensors.push_back({"transformer." + name.theirs, value.shape(), value});
    }
    const Json config = {{"architectures", {"GPT2LMHeadModel"}},
                         {"model_type", kGpt2},
                         {"n_layer", model.layers},
                         {"n_embd", model.width},
                         {"n_head", model.heads},
                         {"n_positions", model.context},
                         {"n_ctx", model.context},
                         {"vocab_size", input.vocabulary},
                         {"activation_function", "gelu_new"},
                         {"layer_norm_epsilon", 1e-5},
                         {"tie_word_embeddings", true},
                         {"torch_dtype", "float32"}};
    LATHE_TRY(writeSafetensors(joinPath(folder, "model.safetensors"), tensors, {{"format", "pt"}}));
    return writeFileAtomic(joinPath(folder, "config.json"), dumpJsonPretty(config) + "\n");
}

}  // namespace lathe::train
