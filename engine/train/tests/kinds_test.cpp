// SPDX-License-Identifier: Apache-2.0
// Every kind of data, optimiser and trick through the program: it learns, it is recorded, it resumes.
#include "train/tests/train_job.h"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>

using namespace lathe;
using namespace lathe::train;
using namespace std::string_literals;

namespace {

// Points within and outside a circle, as a table.
std::string circle(int rows) {
    std::string text = "x,y,place\n";
    unsigned state = 1;
    const auto next = [&] {
        state = state * 1664525u + 1013904223u;
        return static_cast<double>(state >> 8) / (1 << 24) * 2 - 1;
    };
    for (int i = 0; i < rows; ++i) {
        const double x = next(), y = next();
        text += fmt::format("{},{},{}\n", x, y, x * x + y * y < 0.6 ? "inside" : "outside");
    }
    return text;
}

std::string bigEndian(int value) {
    return {'\0', '\0', static_cast<char>(value >> 8), static_cast<char>(value)};
}

// Images of a bright row whose place is the class.
void writeDigits(const std::string& folder, int count) {
    REQUIRE(makeDirs(folder));
    std::string images = "\0\0\x08\x03"s + bigEndian(count) + bigEndian(8) + bigEndian(8);
    std::string labels = "\0\0\x08\x01"s + bigEndian(count);
    unsigned state = 7;
    for (int i = 0; i < count; ++i) {
        const int label = i % 4;
        std::string image(64, '\0');
        for (std::size_t k = 0; k < 64; ++k) {
            state = state * 1664525u + 1013904223u;
            const auto noise = static_cast<unsigned char>(state >> 24) / 4;
            image[k] = static_cast<char>(static_cast<int>(k / 16) == label ? 190 + noise : noise);
        }
        images += image;
        labels += static_cast<char>(label);
    }
    REQUIRE(writeFileAtomic(folder + "/train-images-idx3-ubyte", images));
    REQUIRE(writeFileAtomic(folder + "/train-labels-idx1-ubyte", labels));
}

struct Fixture {
    TempDir dir;
    std::string table = dir / "table.yaml", digits = dir / "digits.yaml", text = dir / "text.yaml";

    Fixture() {
        REQUIRE(writeFileAtomic(dir / "circle.csv", circle(600)));
        REQUIRE(writeFileAtomic(
            table, fmt::format("model: {{kind: mlp, layers: 2, width: 32}}\n"
                               "data: {{path: {}}}\n"
                               "optim: {{lr: 1e-2, warmup_steps: 5}}\n"
                               "train: {{steps: 150, batch: 32, val_every: 50, log_every: 10}}\n",
                               dir / "circle.csv")));
        writeDigits(dir / "digits", 240);
        REQUIRE(writeFileAtomic(digits, fmt::format("model: {{kind: mlp, layers: 1, width: 32}}\n"
                                                    "data: {{path: {}}}\n"
                                                    "optim: {{lr: 3e-3, warmup_steps: 5}}\n"
                                                    "train: {{steps: 20, batch: 16, val_every: 10}}\n",
                                                    dir / "digits")));
        writeText(dir / "text");
        REQUIRE(writeFileAtomic(text, smallRecipe(dir / "text")));
    }
    std::string train(const std::string& recipe, const std::string& run, const std::vector<std::string>& sets,
                      const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = {"train", recipe, "--out", run};
        for (const std::string& set : sets)
            arguments.insert(arguments.end(), {"--set", set});
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto output = runTrainer(arguments);
        CAPTURE(output.err);
        CAPTURE(fmt::format("{}", fmt::join(sets, " ")));
        REQUIRE(output.status.ok());
        return output.out;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a table is learnt, measured and evaluated") {
    const std::string run = dir / "run";
    const std::string out = train(table, run, {});
    CHECK(contains(out, "rows/s"));
    CHECK(series(run, "val/accuracy").at(150) > 0.93);
    CHECK(series(run, "perf/rows_per_second").size() > 5);
    CHECK(series(run, "perf/mfu").rbegin()->second > 0);
    CHECK(events(run, "goal").at(0)["v"]["val/accuracy"] == "max");
    const auto confusion = events(run, "table");
    REQUIRE(!confusion.empty());
    CHECK(confusion.back()["columns"] == Json{"true class", "inside", "outside"});
    std::int64_t counted = 0;
    for (const Json& row : confusion.back()["rows"])
        counted += row[1].get<std::int64_t>() + row[2].get<std::int64_t>();
    CHECK(counted == 60);

    const auto evaluated = parseJson(runTrainer({"eval", run, "--json"}).out);
    REQUIRE(evaluated);
    CHECK(getNumber(*evaluated, "accuracy") == doctest::Approx(series(run, "val/accuracy").at(150)));
    CHECK(getNumber(*evaluated, "loss") == doctest::Approx(series(run, "val/loss").at(150)).epsilon(1e-4));
    const auto other = runTrainer({"eval", run, "--data", dir / "text"});
    CHECK(other.status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(contains(other.err, "learnt from other data"));
    CHECK(contains(runTrainer({"sample", run}).err, "writes no text"));
}

TEST_CASE_FIXTURE(Fixture, "numbers are predicted by regression") {
    std::string csv = "a,b,sum\n";
    for (int i = 0; i < 300; ++i)
        csv += fmt::format("{},{},{}\n", i % 17, i % 23, 2 * (i % 17) - (i % 23) + 0.5);
    REQUIRE(writeFileAtomic(dir / "sum.csv", csv));
    train(table, dir / "run", {"data.path=" + (dir / "sum.csv"), "data.task=regress"});
    CHECK(series(dir / "run", "val/loss").at(150) < 0.02);
    CHECK(series(dir / "run", "val/accuracy").empty());
}

TEST_CASE_FIXTURE(Fixture, "every optimiser learns") {
    for (const char* kind : {"sgd", "adam", "adamw", "lion", "muon"}) {
        CAPTURE(kind);
        const std::string run = dir / kind;
        train(table, run, {"optim.kind="s + kind, kind == "lion"s ? "optim.lr=2e-3" : "optim.lr=1e-2"});
        CHECK(series(run, "val/accuracy").at(150) > 0.8);
    }
}

TEST_CASE_FIXTURE(Fixture, "every way of training goes on bit by bit after a checkpoint") {
    const std::vector<std::vector<std::string>> ways = {
        {"optim.kind=sgd", "augment.mixup=0.3"},
        {"optim.kind=lion", "tricks.ema=0.9", "optim.lr=1e-3"},
        {"optim.kind=muon", "optim.skip_outliers=3", "model.layers=2"},
        {"optim.kind=adam", "tricks.sam=0.05", "optim.schedule=one_cycle"},
        {"optim.loss_scaling=true", "tricks.freeze=layers.0", "tricks.freeze_steps=12", "optim.schedule=wsd"},
        {"augment.crop=1", "augment.flip=true", "augment.cutout=2", "augment.random_ops=1",
         "augment.cutmix=1", "data.workers=2", "tricks.label_smoothing=0.1", "train.micro_batch=5",
         "train.recompute=true"}};
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const std::string straight = dir / fmt::format("straight{}", i),
                          resumed = dir / fmt::format("resumed{}", i);
        std::vector<std::string> sets = ways[i];
        sets.push_back("train.checkpoint_every=10");
        train(digits, straight, sets);
        train(digits, resumed, sets, {"--resume", straight + "/checkpoints/step_10"});
        const auto expected = series(straight, "train/loss"), got = series(resumed, "train/loss");
        CHECK(got.size() == 10);
        for (const auto& [step, loss] : got)
            CHECK(loss == expected.at(step));
        for (const char* file : {"model-0.safetensors", "optimizer-0.safetensors"})
            CHECK(readFile(straight + "/checkpoints/step_20/" + file).value() ==
                  readFile(resumed + "/checkpoints/step_20/" + file).value());
        CHECK(readJsonFile(straight + "/checkpoints/step_20/checkpoint.json")->at("counters") ==
              readJsonFile(resumed + "/checkpoints/step_20/checkpoint.json")->at("counters"));
    }
    // What the checkpoint lacks is an error, not a fresh start.
    const auto lacking = runTrainer({"train", digits, "--out", dir / "x", "--resume", dir / "straight0",
                                     "--set", "optim.kind=sgd", "--set", "tricks.ema=0.9"});
    CHECK(lacking.status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(contains(lacking.err, "ema/"));
}

TEST_CASE_FIXTURE(Fixture, "frozen layers stay, others move") {
    train(digits, dir / "run", {"tricks.freeze=layers.0", "train.checkpoint_every=1", "train.steps=3"});
    const std::string first = dir / "run/checkpoints/step_1", last = dir / "run/checkpoints/step_3";
    const auto bytes = [](const std::string& path) {
        return readFile(path + "/model-0.safetensors").value();
    };
    const std::string a = bytes(first), b = bytes(last);
    REQUIRE(a.size() == b.size());
    CHECK(a != b);
    // layers.0.weight is 32 × 64 numbers behind the head, layers.0.bias 32 more.
    const auto head = static_cast<std::size_t>(static_cast<unsigned char>(a[0])) +
                      (static_cast<std::size_t>(static_cast<unsigned char>(a[1])) << 8) + 8;
    CHECK(a.substr(head, 4 * 32 * 65) == b.substr(head, 4 * 32 * 65));
    const auto unknown = runTrainer({"train", digits, "--set", "tricks.freeze=nothing"});
    CHECK(contains(unknown.err, "no parameter begins with `nothing`"));
}

TEST_CASE_FIXTURE(Fixture, "ranks share augmented and mixed batches as one rank has them") {
    const std::vector<std::string> sets = {"augment.crop=1", "augment.cutmix=1", "augment.mixup=0.2",
                                           "data.workers=1", "train.steps=8"};
    train(digits, dir / "one", sets);
    std::vector<std::string> two = sets;
    two.push_back("parallel.data=2");
    TrainJob job(2, digits, two);
    REQUIRE(job.wait(0).ok());
    REQUIRE(job.wait(1).ok());
    const auto expected = series(dir / "one", "train/loss"), got = series(job.runFolder(), "train/loss");
    REQUIRE(got.size() == 8);
    for (const auto& [step, loss] : got)
        CHECK(std::abs(loss - expected.at(step)) <= 2e-5 * std::abs(loss));
    CHECK(series(job.runFolder(), "val/accuracy").at(8) == series(dir / "one", "val/accuracy").at(8));
}

TEST_CASE_FIXTURE(Fixture, "sequences and images grow, and tokens are counted as they are") {
    const std::string out = train(text, dir / "text-run", {"tricks.length_from=8", "tricks.length_steps=10"});
    CHECK(contains(out, "sequence-length warm-up"));
    train(text, dir / "bpe", {"data.tokenizer=bpe", "data.vocabulary=300", "train.sample_every=20"});
    CHECK(exists(dir / "bpe/tokenizer/vocab.json"));
    CHECK(runTrainer({"sample", dir / "bpe", "--length", "10"}).status.ok());
    CHECK(runTrainer({"eval", dir / "bpe"}).status.ok());
}

TEST_CASE_FIXTURE(Fixture, "predictions, histograms and a trace are there when asked for") {
    train(digits, dir / "run", {"train.histogram_every=10"}, {"--profile", dir / "trace.json"});
    const auto images = events(dir / "run", "image");
    REQUIRE(images.size() == 16);
    CHECK(images[0]["width"] == 8);
    CHECK(exists(dir / ("run/" + getString(images[0], "file"))));
    CHECK(contains(getString(images[0], "caption"), "%"));
    const auto histograms = events(dir / "run", "histogram");
    CHECK(histograms.size() == 2 * 2 * 4);
    CHECK(histograms[0]["edges"].size() == histograms[0]["counts"].size() + 1);
    std::int64_t counted = 0;
    for (const Json& count : histograms[0]["counts"])
        counted += count.get<std::int64_t>();
    CHECK(counted == 32 * 64);
    const auto trace = readJsonFile(dir / "trace.json");
    REQUIRE(trace);
    std::map<std::string, int> names;
    for (const Json& event : (*trace)["traceEvents"])
        ++names[getString(event, "name")];
    CHECK(names["linear"] >= 2 * 2 * 10);
    CHECK(names["step 2"] == 1);
}

TEST_CASE_FIXTURE(Fixture, "old checkpoints go, the last ones and the best one stay") {
    train(digits, dir / "run",
          {"train.checkpoint_every=2", "train.keep_last=2", "train.val_every=2", "optim.lr=1.0",
           "train.steps=12", "optim.clip=0", "optim.warmup_steps=0", "optim.kind=sgd"});
    const auto loss = series(dir / "run", "val/loss");
    const auto best = std::min_element(loss.begin(), loss.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<std::string> expected = {"step_10", "step_12"};
    if (best->first < 10)
        expected.insert(std::ranges::lower_bound(expected, fmt::format("step_{}", best->first)),
                        fmt::format("step_{}", best->first));
    auto kept = listDir(dir / "run/checkpoints").value();
    std::ranges::sort(kept);
    std::ranges::sort(expected);
    CHECK(kept == expected);
}

TEST_CASE_FIXTURE(Fixture, "a pack of the data gives the same accuracy; a damaged one is an error") {
    const auto packed = runTrainer({"pack", digits, dir / "digits.lpk"});
    CAPTURE(packed.err);
    REQUIRE(packed.status.ok());
    train(digits, dir / "run", {"data.path=" + (dir / "digits.lpk"), "train.steps=40"});
    CHECK(series(dir / "run", "val/accuracy").rbegin()->second > 0.9);
    const std::string bytes = readFile(dir / "digits.lpk").value();
    REQUIRE(writeFileAtomic(dir / "cut.lpk", bytes.substr(0, bytes.size() / 2)));
    const auto cut = runTrainer({"train", digits, "--set", "data.path=" + (dir / "cut.lpk")});
    CHECK(cut.status.code == exitCodeOf(ErrorCode::Corrupt));
    CHECK(runTrainer({"pack", text, dir / "text.lpk"}).status.ok());
    train(text, dir / "packed-text", {"data.path=" + (dir / "text.lpk")});
}

TEST_CASE_FIXTURE(Fixture, "what does not fit is said with what to do") {
    const auto fails = [&](std::vector<std::string> sets, ErrorCode code) {
        std::vector<std::string> arguments = {"train", digits};
        for (const std::string& set : sets)
            arguments.insert(arguments.end(), {"--set", set});
        const auto output = runTrainer(arguments, {{"LATHE_CUDA_BACKEND", dir / "none.so"}});
        CAPTURE(output.err);
        CHECK(output.status.code == exitCodeOf(code));
        return output.err;
    };
    CHECK(
        contains(fails({"model.kind=gpt"}, ErrorCode::Invalid), "a gpt reads text, but the data is images"));
    CHECK(contains(fails({"train.device=cuda"}, ErrorCode::Unavailable), "set train.device to cpu"));
    CHECK(contains(fails({"train.device=tpu"}, ErrorCode::Invalid), "auto, cpu, cuda"));
    CHECK(contains(fails({"data.path=" + (dir / "circle.csv"), "data.target=plase"}, ErrorCode::NotFound),
                   "`place`"));
    CHECK(contains(fails({"augment.flip=maybe"}, ErrorCode::Invalid), "true or false"));
    const auto plan = runTrainer({"plan", digits, "--set", "data.path=" + (dir / "gone"), "--json"});
    CHECK(plan.status.code == exitCodeOf(ErrorCode::NotFound));
    CHECK(contains(plan.out, "check data.path"));
    const auto good = parseJson(runTrainer({"plan", digits, "--json"}).out);
    REQUIRE(good);
    CHECK((*good)["data"]["validation_samples"] == 24);
    CHECK(getNumber(*good, "step_seconds") > 0);
    CHECK(getNumber(*good, "flops_per_step") > 1000);
}

TEST_CASE("the schema describes every key") {
    const auto schema = parseJson(runTrainer({"schema"}).out);
    REQUIRE(schema);
    CHECK((*schema)["additionalProperties"] == false);
    const Json& lr = (*schema)["properties"]["optim"]["properties"]["lr"];
    CHECK(lr["type"] == "number");
    CHECK(lr["exclusiveMinimum"] == 0);
    CHECK(lr["default"] == 1e-3);
    CHECK((*schema)["properties"]["model"]["properties"]["kind"]["enum"].size() >= 2);
    CHECK((*schema)["properties"]["augment"]["properties"]["flip"]["type"] == "boolean");
    const auto models = parseJson(runTrainer({"models", "--json"}).out);
    REQUIRE(models);
    CHECK(getString((*models)[0], "name") == "gpt");
}

TEST_CASE_FIXTURE(Fixture, "out of memory names what is held and the smallest change that fits") {
    // A batch that cannot fit beside a limit on the address space.
    ProcessOptions options;
    options.argv = {"/bin/sh",
                    "-c",
                    "ulimit -v 3000000; exec \"$0\" \"$@\"",
                    programPath("lathe-train"),
                    "train",
                    text,
                    "--set",
                    "train.batch=4096",
                    "--set",
                    "model.width=256",
                    "--set",
                    "model.context=128",
                    "--set",
                    "train.steps=1"};
    options.env = {{"WORLD_SIZE", std::nullopt}, {"LATHE_RUN_DIR", std::nullopt}};
    const auto output = runCommand(std::move(options), {}, 120);
    REQUIRE(output);
    CAPTURE(output->err);
    CHECK(output->status.code == exitCodeOf(ErrorCode::Full));
    CHECK(contains(output->err, "held: "));
    CHECK(contains(output->err, "set train.micro_batch to "));
}

TEST_CASE_FIXTURE(Fixture, "every kind of model trains and goes on bit by bit, running statistics included") {
    const std::vector<std::pair<std::string, std::vector<std::string>>> kinds = {
        {digits, {"model.kind=resnet18", "model.width=8", "parallel.data=1"}},
        {digits,
         {"model.kind=vit", "model.layers=2", "model.width=24", "model.heads=2", "model.patch=4",
          "model.dropout=0.1", "model.depth_drop=0.2"}},
        {text, {"model.kind=llama", "model.key_heads=1"}},
        {text, {"model.kind=lstm", "model.dropout=0.2"}}};
    for (const auto& [recipe, sets] : kinds) {
        // What a kind does not have is an error, so each has a recipe of its own.
        std::string own = readFile(recipe).value();
        const auto model = own.find("model:"), end = own.find('\n', model);
        own.replace(model, end - model,
                    recipe == text && sets[0] == "model.kind=llama"
                        ? "model: {layers: 2, width: 32, heads: 2, context: 32}"
                    : recipe == text ? "model: {layers: 2, width: 32, context: 32}"
                                     : "model: {}");
        const std::string path = dir / "own.yaml";
        REQUIRE(writeFileAtomic(path, own));
        const std::string name = sets[0].substr(sets[0].find('=') + 1);
        CAPTURE(name);
        std::vector<std::string> all = sets;
        all.insert(all.end(), {"train.checkpoint_every=4", "train.steps=8", "train.val_every=4"});
        train(path, dir / name, all);
        train(path, dir / (name + "-on"), all, {"--resume", dir / (name + "/checkpoints/step_4")});
        const auto expected = series(dir / name, "train/loss"),
                   got = series(dir / (name + "-on"), "train/loss");
        CHECK(got.size() == 4);
        for (const auto& [step, loss] : got)
            CHECK(loss == expected.at(step));
        CHECK(readFile(dir / (name + "/checkpoints/step_8/model-0.safetensors")).value() ==
              readFile(dir / (name + "-on/checkpoints/step_8/model-0.safetensors")).value());
    }
}

TEST_CASE_FIXTURE(Fixture, "halves train with masters of fp32, and their scaling is kept") {
    for (const char* precision : {"bf16", "fp16"}) {
        CAPTURE(precision);
        const std::string run = dir / precision;
        train(table, run, {"train.precision="s + precision, "optim.loss_scaling=true", "train.steps=60"});
        CHECK(series(run, "val/accuracy").rbegin()->second > 0.7);
        CHECK(series(run, "optim/loss_scale").rbegin()->second >= 1);
    }
}
