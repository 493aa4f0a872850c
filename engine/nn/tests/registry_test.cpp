// SPDX-License-Identifier: Apache-2.0
#include "nn/registry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace lathe;
using namespace lathe::nn;

TEST_CASE("the families are there, each with what it is made from") {
    const auto kinds = ModelRegistry::instance().kinds();
    for (const char* name :
         {"gpt", "gpt2", "llama", "lstm", "mlp", "resnet18", "resnet34", "resnet50", "vit"})
        CHECK(std::ranges::any_of(kinds, [&](const ModelKind* kind) { return kind->name == name; }));
    for (const ModelKind* kind : kinds) {
        CAPTURE(kind->name);
        CHECK_FALSE(kind->doc.empty());
        CHECK_FALSE(kind->parameters.empty());
        for (const ModelParameter& p : kind->parameters)
            CHECK(p.doc.ends_with("."));
    }
}

TEST_CASE("every kind is made from its fallbacks, and the known ones have their known sizes") {
    const auto count = [](std::string_view name, const Json& values, const ModelInput& input) {
        std::int64_t total = 0;
        for (const Parameter* p : ModelRegistry::instance().make(name, values, input).value()->parameters())
            total += p->elements();
        return total;
    };
    const Json none = Json::object();
    for (const ModelKind* kind : ModelRegistry::instance().kinds()) {
        CAPTURE(kind->name);
        const auto made =
            kind->make(ModelRegistry::complete(*kind, none).value(), {.kind = kind->input, .features = 20});
        REQUIRE(made.has_value());
        CHECK((*made)->flopsPerItem() > 0);
        CHECK((*made)->blocks().size() >= 2);
    }
    CHECK(count("gpt2", none, {.vocabulary = 50257}) == 124439808);
    // torchvision's counts.
    CHECK(count("resnet18", {{"stem", "large"}}, {.side = 224, .outputs = 1000}) == 11689512);
    CHECK(count("resnet34", {{"stem", "large"}}, {.side = 224, .outputs = 1000}) == 21797672);
    CHECK(count("resnet50", {{"stem", "large"}}, {.side = 224, .outputs = 1000}) == 25557032);
    // timm's vit_small_patch16_224 and Llama 2's 7B.
    CHECK(count("vit", {{"layers", 12}, {"width", 384}, {"heads", 6}, {"patch", 16}},
                {.side = 224, .outputs = 1000}) == 22050664);
    CHECK(count("llama", {{"layers", 32}, {"width", 4096}, {"heads", 32}, {"hidden", 11008}},
                {.vocabulary = 32000}) == 6738415616);
}

TEST_CASE("what a recipe gets wrong is named, with the nearest right name") {
    auto& registry = ModelRegistry::instance();
    const ModelInput text;
    CHECK(registry.make("resnet81", {}, text).error().hint.find("resnet18") != std::string::npos);
    CHECK(registry.make("lama", {}, text).error().hint.find("llama") != std::string::npos);
    const auto wrong = [&](const Json& values) { return registry.make("gpt", values, text).error(); };
    CHECK(wrong({{"layer", 3}}).hint.find("layers") != std::string::npos);
    CHECK(wrong({{"layers", 0}}).on == "model.layers");
    CHECK(wrong({{"layers", 2.5}}).what.find("an integer") != std::string::npos);
    CHECK(wrong({{"layers", "two"}}).on == "model.layers");
    CHECK(wrong({{"dropout", 1.5}}).on == "model.dropout");
    CHECK(wrong({{"heads", 3}}).hint.find("multiple") != std::string::npos);
    CHECK(registry.make("resnet18", {{"stem", "huge"}}, text).error().what.find("small") !=
          std::string::npos);
    CHECK(registry.make("resnet18", {{"channels_last", 1}}, text).error().on == "model.channels_last");
    CHECK(registry.make("gpt", {{"layers", 2.0}}, text).has_value());
}

TEST_CASE("a model of one's own comes from a library, once, and trains") {
    auto& registry = ModelRegistry::instance();
    REQUIRE(registry.load(LATHE_TEST_MODELS).has_value());
    const ModelKind* kind = registry.find("mixer").value();
    CHECK(kind->source == LATHE_TEST_MODELS);
    const auto again = registry.load(LATHE_TEST_MODELS);
    CHECK(again.error().what.find("mixer") != std::string::npos);
    CHECK(again.error().on == LATHE_TEST_MODELS);

    const auto model = registry.make("mixer", {{"layers", 2}, {"width", 16}}, {.vocabulary = 11}).value();
    const auto store = ParameterStore::create(*model, 1).value();
    std::vector<std::int32_t> ids(12), targets(12);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ids[i] = static_cast<std::int32_t>(i % 11);
        targets[i] = static_cast<std::int32_t>((i + 1) % 11);
    }
    double first = 0, last = 0;
    for (int step = 0; step < 30; ++step) {
        REQUIRE(store.zeroGrads().has_value());
        Tape tape;
        const Var loss = model->loss(tape, {Tensor::of<std::int32_t>(ids, {2, 6}).value(),
                                            Tensor::of<std::int32_t>(targets, {2, 6}).value()});
        REQUIRE(tape.backward(loss).has_value());
        last = loss.value().item().value();
        first = step == 0 ? last : first;
        for (Parameter* p : store.parameters())
            for (std::int64_t i = 0; i < p->elements(); ++i)
                p->value().data<float>()[i] -= 0.5f * p->grad().data<float>()[i];
    }
    CHECK(last < 0.5 * first);
}

TEST_CASE("libraries that hold no models are refused with their reason") {
    auto& registry = ModelRegistry::instance();
    CHECK(registry.load("/nowhere/models.so").error().code == ErrorCode::Unavailable);
    CHECK(registry.load("libm.so.6").error().code == ErrorCode::Unsupported);
    CHECK(registry.loadFolder("/nowhere").has_value());
    const auto folder = std::filesystem::temp_directory_path() / ("lathe-models-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "broken.so") << "no library";
    std::ofstream(folder / "notes.txt") << "left alone";
    CHECK(registry.loadFolder(folder.string()).error().on.find("broken.so") != std::string::npos);
    std::filesystem::remove_all(folder);
    const auto make = [](const Json&, const ModelInput&) -> Result<std::unique_ptr<Model>> {
        return fail(ErrorCode::Invalid, "never made");
    };
    CHECK(registry.add({.name = "GPT!", .make = make}).error().code == ErrorCode::Invalid);
    CHECK(registry.add({.name = "gpt", .make = make}).error().hint.find("another") != std::string::npos);
}
