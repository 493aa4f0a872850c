// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include "core/file.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace lathe;
using namespace lathe::train;

namespace {

Recipe good(std::string_view text, const std::vector<std::string>& sets = {}) {
    auto recipe = parseRecipe(text, "r.yaml", sets);
    if (!recipe)
        FAIL(recipe.error().text());
    return *recipe;
}

Error bad(std::string_view text, const std::vector<std::string>& sets = {}) {
    const auto recipe = parseRecipe(text, "r.yaml", sets);
    REQUIRE(!recipe);
    CHECK(recipe.error().code == ErrorCode::Invalid);
    return recipe.error();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every key has a default, so nothing needs to be said") {
    const Recipe recipe = good("");
    CHECK(recipe.model.kind == "gpt");
    CHECK(recipe.parallel.data == 1);
    CHECK(good("# only a comment\n").train.steps == recipe.train.steps);
    CHECK(good("model:\noptim:\n").model.integer("layers") == recipe.model.integer("layers"));
}

TEST_CASE("what is said is taken, and --set wins over it") {
    const Recipe recipe = good("name: demo\nmodel: {layers: 6, width: 384, heads: 6}\noptim:\n  lr: 3e-4\n"
                               "  schedule: linear\ntrain:\n  steps: 1_000\n  batch: 1e2\n",
                               {"optim.lr=1e-2", "data.path = /a=b "});
    CHECK(recipe.name == "demo");
    CHECK(recipe.model.integer("layers") == 6);
    CHECK(recipe.optim.lr == 0.01);
    CHECK(recipe.optim.schedule == "linear");
    CHECK(recipe.train.steps == 1000);
    CHECK(recipe.train.batch == 100);
    CHECK(recipe.data.path == "/a=b");
}

TEST_CASE("the environment is filled in where it is asked for") {
    ::setenv("LATHE_TEST_DIR", "/data", 1);
    CHECK(good("data: {path: '${LATHE_TEST_DIR}/text'}").data.path == "/data/text");
    CHECK(good("", {"data.path=${LATHE_TEST_DIR}"}).data.path == "/data");
    ::unsetenv("LATHE_TEST_DIR");
    CHECK(has(bad("data: {path: '${LATHE_TEST_DIR}/text'}").what, "LATHE_TEST_DIR is not set"));
    CHECK(has(bad("data: {path: '${LATHE'}").what, "without its"));
}

TEST_CASE("YAML that does not parse is an error with line and column") {
    const Error error = bad("model:\n  layers: 4\n  width: [1, 2\noptim:\n  lr: 1\n");
    CHECK(error.on.starts_with("r.yaml:"));
    CHECK(has(error.what, "does not parse"));
    CHECK(bad("model:\n  layers: 4\n width: 3\n").on == "r.yaml:3:2");
    CHECK(bad("- a\n- b\n").on == "r.yaml:1:1");
    CHECK(bad("\tmodel: 3\n").on.starts_with("r.yaml:1:"));
}

TEST_CASE("an unknown key is an error with the nearest known one") {
    const Error error = bad("train:\n  stepps: 4\n");
    CHECK(error.on == "r.yaml:2:3");
    CHECK(has(error.what, "`train.stepps`"));
    CHECK(has(error.hint, "`train.steps`"));
    CHECK(has(bad("lr: 3\n").hint, "`optim.lr`"));
    CHECK(has(bad("zebra: 3\n").hint, "lathe-train keys"));
    CHECK(has(bad("", {"model.layer=3"}).hint, "`model.layers`"));
    CHECK(has(bad("", {"model.layers"}).what, "key=value"));
}

TEST_CASE("an impossible value is an error that says which ones are possible") {
    CHECK(has(bad("model: {layers: -1}").what, "an integer from 0 to"));
    CHECK(has(bad("model: {layers: 0}").on, "model.layers"));
    CHECK(has(bad("model: {kind: mlp, heads: 2}").what, "mlp has no parameter heads"));
    CHECK(has(bad("model: {layers: 2.5}").what, "`2.5`"));
    CHECK(has(bad("model: {layers: [1]}").what, "an integer"));
    CHECK(has(bad("model: 4").what, "section"));
    CHECK(has(bad("optim: {lr: 0}").what, "above 0"));
    CHECK(has(bad("optim: {lr: nan}").what, "above 0"));
    CHECK(has(bad("optim: {lr: .inf}").what, "at most"));
    CHECK(has(bad("data: {validation: -0.1}").what, "at least 0"));
    const Error error = bad("optim:\n  schedule: cosin\n");
    CHECK(error.on == "r.yaml:2:13");
    CHECK(has(error.what, "one of: constant, linear, cosine, wsd, one_cycle"));
    CHECK(has(error.hint, "`cosine`"));
}

TEST_CASE("what contradicts itself is an error") {
    CHECK(has(bad("train: {steps: 4}\ntrain: {steps: 5}\n").what, "`train.steps` is given twice"));
    CHECK(has(bad("model: {width: 100, heads: 3}").what, "3 heads"));
    CHECK(has(bad("train: {batch: 2}\nparallel: {data: 3}").what, "3 ranks"));
    CHECK(has(bad("train: {batch: 2, micro_batch: 3}").what, "train.micro_batch"));
}

TEST_CASE("a recipe survives the way through JSON") {
    const Recipe recipe =
        good("name: 'a: \"b\" # c'\noptim: {lr: 3.1e-4}\ntrain: {seed: 9223372036854775807}\n");
    const Json json = recipeJson(recipe);
    CHECK(json["optim"]["lr"] == 3.1e-4);
    CHECK(flattenJson(json).contains("train.batch"));
    const auto again = recipeFromJson(json, "checkpoint");
    REQUIRE(again);
    CHECK(again->name == recipe.name);
    CHECK(again->train.seed == recipe.train.seed);
    CHECK(recipeJson(*again) == json);
}

TEST_CASE("a recipe that is not there or no file") {
    const TempDir dir;
    CHECK(readRecipe(dir / "missing.yaml").error().code == ErrorCode::NotFound);
    CHECK(readRecipe(dir.path()).error().code == ErrorCode::Invalid);
    REQUIRE(writeFileAtomic(dir / "r.yaml", "train: {steps: 3}"));
    CHECK(readRecipe(dir / "r.yaml")->train.steps == 3);
}

TEST_CASE("the sample recipes are good ones, each under its own name") {
    const std::string folder = std::string(std::getenv("LATHE_SOURCE_DIR")) + "/resources/samples";
    const auto names = listDir(folder);
    REQUIRE(names);
    CHECK(names->size() >= 4);
    for (const std::string& name : *names) {
        const auto recipe = readRecipe(folder + "/" + name);
        if (!recipe)
            FAIL(recipe.error().text());
        CHECK(recipe->name + ".yaml" == name);
    }
}
