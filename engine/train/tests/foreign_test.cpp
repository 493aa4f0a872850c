// SPDX-License-Identifier: Apache-2.0
// Files of other programs: round trips, and files that lie.
#include "core/file.h"
#include "data/tests/mutate.h"
#include "nn/gpt.h"
#include "train/foreign.h"
#include "train/onnx_export.h"

#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::train;

namespace {

const ModelRecipe kSmall{.kind = "gpt", .layers = 2, .width = 16, .heads = 2, .context = 12};
const ModelInput kInput{.kind = ModelInputKind::Tokens, .vocabulary = 50, .outputs = 50};

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
    CHECK(foreign->model.width == 16);
    CHECK(foreign->vocabulary == 50);
    const auto file = SafetensorsFile::open(foreign->weights);
    REQUIRE(file);
    // GPT-2 keeps its matrices the other way round.
    CHECK(file->entries().at("transformer.h.0.attn.c_attn.weight").shape == tensor::Shape{16, 48});
    REQUIRE(readForeign(*file, kSmall, other.store));
    CHECK(weights(one.store) == weights(other.store));

    ModelRecipe wider = kSmall;
    wider.width = 32;
    const auto model = makeModel(wider, kInput).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    const auto wrong = readForeign(*file, wider, store);
    REQUIRE(!wrong);
    CHECK(wrong.error().what.find("[50, 16]") != std::string::npos);
    CHECK(wrong.error().what.find("[50, 32]") != std::string::npos);
    // A shorter context takes the first positions.
    ModelRecipe shorter = kSmall;
    shorter.context = 5;
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

TEST_CASE("ONNX files are written for models of each kind") {
    const TempDir dir;
    const Made made(1);
    REQUIRE(exportOnnx(dir / "gpt.onnx", *made.model, kSmall, kInput));
    const std::string bytes = readFile(dir / "gpt.onnx").value();
    for (const char* part : {"lathe", "LayerNormalization", "Softmax", "wte.weight", "logits", "batch"})
        CHECK(bytes.find(part) != std::string::npos);
    const ModelInput rows{.kind = ModelInputKind::Flat, .features = 5, .outputs = 3};
    const ModelRecipe mlp{.kind = "mlp", .layers = 2, .width = 8};
    const auto model = makeModel(mlp, rows).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    REQUIRE(exportOnnx(dir / "mlp.onnx", *model, mlp, rows));
}
