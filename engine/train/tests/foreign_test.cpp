// SPDX-License-Identifier: Apache-2.0
// Files of other programs: round trips, and files that lie.
#include "core/file.h"
#include "data/tests/mutate.h"
#include "optim/optimizer.h"
#include "train/foreign.h"
#include "train/onnx_export.h"

#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::train;

namespace {

const ModelRecipe kSmall =
    completeModel("gpt", {{"layers", 2}, {"width", 16}, {"heads", 2}, {"context", 12}}).value();
const ModelInput kInput = ModelInput::text(50);

struct Made {
    std::unique_ptr<nn::Model> model = makeModel(kSmall, kInput).value();
    nn::ParameterStore store;
    explicit Made(std::uint64_t seed) : store(nn::ParameterStore::create(*model, seed).value()) {}
};

std::vector<float> weights(const nn::ParameterStore& store) {
    return store.values().toVector<float>().value();
}

}  // namespace

TEST_CASE("a GPT goes to Hugging Face's form and comes back bit by bit") {
    const TempDir dir;
    const Made one(1), other(2);
    REQUIRE(writeForeign(dir / "hf", kSmall, kInput, one.store));
    CHECK(isForeign(dir / "hf"));
    const auto foreign = openForeign(dir / "hf");
    REQUIRE(foreign);
    CHECK(foreign->model.integer("width") == 16);
    CHECK(foreign->vocabulary == 50);
    const auto file = SafetensorsFile::open(foreign->weights);
    REQUIRE(file);
    // GPT-2 keeps its matrices the other way round.
    CHECK(file->entries().at("transformer.h.0.attn.c_attn.weight").shape == tensor::Shape{16, 48});
    REQUIRE(readForeign(*file, kSmall, other.store));
    CHECK(weights(one.store) == weights(other.store));

    ModelRecipe wider = kSmall;
    wider.values["width"] = 32;
    const auto model = makeModel(wider, kInput).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    const auto wrong = readForeign(*file, wider, store);
    REQUIRE(!wrong);
    CHECK(wrong.error().what.find("[50, 16]") != std::string::npos);
    CHECK(wrong.error().what.find("[50, 32]") != std::string::npos);
    // A shorter context takes the first positions.
    ModelRecipe shorter = kSmall;
    shorter.values["context"] = 5;
    const auto few = makeModel(shorter, kInput).value();
    const auto fewStore = nn::ParameterStore::create(*few, 3).value();
    REQUIRE(readForeign(*file, shorter, fewStore));
}

TEST_CASE("a configuration that lies is an error") {
    const TempDir dir;
    for (const char* text :
         {"{", "[]", R"({"model_type":"bert"})", R"({"model_type":"gpt2"})",
          R"({"model_type":"gpt2","n_layer":-1,"n_embd":4,"n_head":2,"n_positions":4,"vocab_size":9})",
          R"({"model_type":"gpt2","n_layer":1,"n_embd":99999999999,"n_head":2,"n_positions":4})"}) {
        REQUIRE(writeFileAtomic(dir / "config.json", text));
        CHECK(!openForeign(dir.path()));
    }
}

TEST_CASE("damaged safetensors are errors, never crashes") {
    const TempDir dir;
    const Made made(1);
    REQUIRE(writeForeign(dir / "hf", kSmall, kInput, made.store));
    const std::string good = readFile(dir / "hf/model.safetensors").value();
    const Made other(2);
    data::readDamaged(good, 400, [&](const std::string& bad) {
        REQUIRE(writeFileAtomic(dir / "bad.safetensors", bad));
        if (const auto file = SafetensorsFile::open(dir / "bad.safetensors"))
            (void)readForeign(*file, kSmall, other.store);
    });
}

TEST_CASE("a Llama's joined matrices are parted for Hugging Face, and joined again") {
    const TempDir dir;
    const ModelRecipe recipe =
        completeModel("llama",
                      {{"layers", 2}, {"width", 32}, {"heads", 4}, {"key_heads", 2}, {"context", 12}})
            .value();
    const auto model = makeModel(recipe, kInput).value(), other = makeModel(recipe, kInput).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    const auto read = nn::ParameterStore::create(*other, 2).value();
    REQUIRE(writeForeign(dir / "hf", recipe, kInput, store));
    const auto foreign = openForeign(dir / "hf");
    if (!foreign)
        FAIL(foreign.error().text());
    CHECK(foreign->model.integer("key_heads") == 2);
    const auto file = SafetensorsFile::open(foreign->weights);
    REQUIRE(file);
    CHECK(file->entries().at("model.layers.1.self_attn.k_proj.weight").shape == tensor::Shape{16, 32});
    CHECK(file->entries().contains("lm_head.weight"));
    const auto done = readForeign(*file, foreign->model, read);
    if (!done)
        FAIL(done.error().text());
    CHECK(weights(store) == weights(read));
}

TEST_CASE("weights of a ResNet come by torchvision's names; a head of other classes begins anew") {
    const TempDir dir;
    ModelInput ten, four;
    ten.kind = four.kind = ModelInputKind::Images;
    four.outputs = 4;
    const ModelRecipe recipe = completeModel("resnet18", {{"width", 8}}).value();
    const auto model = makeModel(recipe, ten).value(), other = makeModel(recipe, four).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    const auto read = nn::ParameterStore::create(*other, 2).value();
    REQUIRE(store.buffers().front()->value.fill(0.25));
    std::vector<NamedTensor> tensors;
    for (const optim::NamedShard& shard : optim::parameterState(store))
        tensors.push_back({shard.name, shard.global, shard.local});
    REQUIRE(writeSafetensors(dir / "resnet.safetensors", tensors, Json::object()));
    const auto file = SafetensorsFile::open(dir / "resnet.safetensors");
    REQUIRE(file);
    CHECK(file->entries().contains("layer1.0.bn1.running_mean"));
    const auto done = readForeign(*file, recipe, read);
    if (!done)
        FAIL(done.error().text());
    CHECK(read.buffers().front()->value.toVector<float>().value().front() == 0.25f);
    const auto vector = [](nn::Parameter* p) { return p->value().toVector<float>().value(); };
    CHECK(vector(read.find("layer2.0.conv1.weight")) == vector(store.find("layer2.0.conv1.weight")));
    CHECK(read.find("fc.weight")->shape == tensor::Shape{4, 64});
}

TEST_CASE("ONNX files are written for every kind of model") {
    const TempDir dir;
    for (const nn::ModelKind* kind : nn::ModelRegistry::instance().kinds()) {
        if (kind->name.starts_with("gpt2"))
            continue;  // as gpt, but large
        Json values = Json::object();
        for (const nn::ModelParameter& parameter : kind->parameters)
            if (parameter.name == "width")
                values["width"] = kind->name == "vit" ? 24 : kind->name == "llama" ? 24 : 16;
        for (const nn::ModelParameter& parameter : kind->parameters)
            if (parameter.name == "context")
                values["context"] = 8;
        CAPTURE(kind->name);
        ModelInput input = kInput;
        input.kind = kind->input;
        if (kind->input != ModelInputKind::Tokens) {
            input.features = 7;
            input.channels = 1;
            input.side = 16;
            input.outputs = 5;
        }
        const auto recipe = completeModel(kind->name, values);
        REQUIRE(recipe);
        const auto model = makeModel(*recipe, input);
        if (!model)
            FAIL(model.error().text());
        const auto store = nn::ParameterStore::create(**model, 1);
        REQUIRE(store);
        const auto written = exportOnnx(dir / "model.onnx", **model, *recipe, input);
        if (!written)
            FAIL(written.error().text());
        const std::string bytes = readFile(dir / "model.onnx").value();
        for (const char* part : {"lathe", "logits", "batch"})
            CHECK(bytes.find(part) != std::string::npos);
    }
}
