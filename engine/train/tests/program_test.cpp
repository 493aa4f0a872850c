// SPDX-License-Identifier: Apache-2.0
#include "train/tests/train_job.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sys/file.h>

using namespace lathe;
using namespace lathe::train;

namespace {

struct Fixture {
    TempDir dir;
    std::string recipe = dir / "small.yaml";
    std::string run = dir / "run";

    Fixture() {
        writeText(dir / "text");
        REQUIRE(writeFileAtomic(recipe, smallRecipe(dir / "text")));
    }
    CommandOutput train(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"train", recipe});
        return runTrainer(arguments);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a training is recorded whole") {
    const auto done =
        train({"--out", run, "--set", "train.sample_every=10", "--set", "train.checkpoint_every=10"});
    CAPTURE(done.err);
    REQUIRE(done.status.ok());
    CHECK(done.err == "");
    CHECK(contains(done.out, "memory   parameters"));
    CHECK(contains(done.out, "step 20/20  loss"));
    // The supervisor would take such a pair for a metric of the console and record it twice.
    CHECK(!contains(done.out, "="));

    for (const char* name :
         {"train/loss", "optim/lr", "optim/grad_norm", "perf/tokens_per_second", "perf/loader_wait"}) {
        CAPTURE(name);
        CHECK(series(run, name).size() == 20);
    }
    const auto loss = series(run, "train/loss");
    CHECK(loss.at(1) > 5.0);
    CHECK(loss.at(20) < 3.5);
    const auto validation = series(run, "val/loss");
    CHECK(validation.size() == 2);
    CHECK(validation.at(20) < validation.at(10));

    const auto params = events(run, "params");
    REQUIRE(params.size() == 1);
    CHECK(params[0]["v"]["model.width"] == 32);
    CHECK(params[0]["v"]["optim.beta2"] == 0.95);
    CHECK(getInt(params[0]["v"], "parameters") > 1000);
    CHECK(events(run, "text").size() == 2);
    CHECK(getString(events(run, "text")[1], "text").size() >= 200);
    CHECK(events(run, "progress").back()["s"] == 20);
    CHECK(events(run, "progress").back()["total"] == 20);
    const auto checkpoints = events(run, "checkpoint");
    REQUIRE(checkpoints.size() == 2);
    CHECK(exists(getString(checkpoints[1], "path") + "/checkpoint.json"));
    CHECK(events(run, "start").at(0)["phases"].contains("step"));
}

TEST_CASE_FIXTURE(Fixture, "the same recipe gives the same run, bit by bit; another seed another one") {
    REQUIRE(train({"--out", dir / "a"}).status.ok());
    REQUIRE(train({"--out", dir / "b", "--set", "name=b"}).status.ok());
    REQUIRE(train({"--out", dir / "c", "--set", "train.seed=2"}).status.ok());
    CHECK(series(dir / "a", "train/loss") == series(dir / "b", "train/loss"));
    CHECK(readFile(dir / "a/checkpoints/step_20/model-0.safetensors").value() ==
          readFile(dir / "b/checkpoints/step_20/model-0.safetensors").value());
    CHECK(series(dir / "a", "train/loss") != series(dir / "c", "train/loss"));
}

TEST_CASE_FIXTURE(Fixture, "micro-batches change a loss by no more than rounding") {
    REQUIRE(train({"--out", dir / "whole"}).status.ok());
    REQUIRE(train({"--out", dir / "parts", "--set", "train.micro_batch=4"}).status.ok());
    const auto whole = series(dir / "whole", "train/loss"), parts = series(dir / "parts", "train/loss");
    REQUIRE(whole.size() == 20);
    for (const auto& [step, loss] : whole)
        CHECK(std::abs(parts.at(step) - loss) <= 1e-5 * loss);
}

TEST_CASE_FIXTURE(Fixture, "the memory plan is what is used, within a fifth") {
    REQUIRE(writeFileAtomic(recipe, smallRecipe(dir / "text") + "parallel: {data: 1}\n"));
    const std::vector<std::string> sizes = {"--set",          "model.layers=3", "--set",
                                            "model.width=64", "--set",          "train.steps=2"};
    std::vector<std::string> arguments = {"--out", run};
    arguments.insert(arguments.end(), sizes.begin(), sizes.end());
    REQUIRE(train(arguments).status.ok());
    arguments = {"plan", recipe, "--json"};
    arguments.insert(arguments.end(), sizes.begin(), sizes.end());
    const auto plan = parseJson(runTrainer(arguments).out);
    REQUIRE(plan);
    const double planned = getNumber((*plan)["memory"], "total"),
                 used = series(run, "perf/memory_peak").at(2);
    CAPTURE(planned);
    CAPTURE(used);
    CHECK(planned > used * 0.8);
    CHECK(planned < used * 1.2);
}

TEST_CASE_FIXTURE(Fixture, "a plan says what a run will be") {
    const auto planned = runTrainer({"plan", recipe, "--json", "--set", "parallel.data=2"});
    REQUIRE(planned.status.ok());
    const auto plan = parseJson(planned.out);
    REQUIRE(plan);
    CHECK((*plan)["ranks"] == 2);
    CHECK((*plan)["steps"] == 20);
    CHECK((*plan)["params"]["model.kind"] == "gpt");
    CHECK((*plan)["main_metric"] == "val/loss");
    CHECK(getInt(*plan, "parameters") > 1000);
    CHECK(getInt((*plan)["memory"], "total") > 4 * 4 * getInt(*plan, "parameters"));
    CHECK(contains(runTrainer({"plan", recipe}).out, "parameters"));
    const auto untested = parseJson(runTrainer({"plan", recipe, "--json", "--set", "data.validation=0"}).out);
    CHECK((*untested)["main_metric"] == "train/loss");
}

TEST_CASE_FIXTURE(Fixture, "bad input is one line that says what to do, and an exit code") {
    const auto failing = [&](const std::vector<std::string>& arguments, ErrorCode code) {
        const auto output = runTrainer(arguments);
        CAPTURE(output.err);
        CHECK(output.status.code == exitCodeOf(code));
        CHECK(output.status.signal == 0);
        CHECK(std::ranges::count(output.err, '\n') == 1);
        return output.err;
    };
    CHECK(contains(failing({"train", dir / "missing.yaml"}, ErrorCode::NotFound), "no such recipe"));

    REQUIRE(writeFileAtomic(dir / "bad.yaml", "model:\n  layers: 4\n width: 3\n"));
    CHECK(contains(failing({"train", dir / "bad.yaml"}, ErrorCode::Invalid), "bad.yaml:3:2"));
    REQUIRE(writeFileAtomic(dir / "bad.yaml", "model:\n  lajers: 4\n"));
    CHECK(contains(failing({"train", dir / "bad.yaml"}, ErrorCode::Invalid), "did you mean `model.layers`?"));
    CHECK(contains(failing({"train", recipe, "--set", "optim.lr=-1"}, ErrorCode::Invalid),
                   "must be a number above 0"));

    const auto plan = runTrainer({"plan", dir / "bad.yaml", "--json"});
    CHECK(plan.status.code == exitCodeOf(ErrorCode::Invalid));
    const auto error = parseJson(plan.out);
    REQUIRE(error);
    CHECK((*error)["error"]["code"] == "invalid");
    CHECK(contains(getString((*error)["error"], "on"), "bad.yaml:2:3"));

    REQUIRE(makeDirs(dir / "empty"));
    CHECK(contains(failing({"train", recipe, "--set", "data.path=" + (dir / "empty")}, ErrorCode::Invalid),
                   dir / "empty"));
    CHECK(contains(failing({"train", recipe, "--set", "data.path=" + (dir / "none")}, ErrorCode::NotFound),
                   dir / "none"));
    CHECK(contains(failing({"train", recipe, "--set", "model.context=60000"}, ErrorCode::Invalid), "60001"));
    CHECK(contains(failing({"train", recipe, "--set", "parallel.data=2"}, ErrorCode::Invalid), "lathe run"));
    CHECK(contains(failing({"train", recipe, "--resume", dir / "none"}, ErrorCode::NotFound), dir / "none"));
    CHECK(contains(failing({"sample", dir / "none"}, ErrorCode::NotFound), dir / "none"));
    CHECK(runTrainer({"train"}).status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(runTrainer({"unknown"}).status.code == exitCodeOf(ErrorCode::Invalid));
}

TEST_CASE_FIXTURE(Fixture, "a relative data.path starts at the workspace") {
    REQUIRE(writeFileAtomic(recipe, smallRecipe("text")));
    const auto output =
        runTrainer({"train", recipe, "--set", "train.steps=1"}, {{"LATHE_WORKSPACE", dir.path()}});
    CAPTURE(output.err);
    CHECK(output.status.ok());
}

TEST_CASE_FIXTURE(
    Fixture, "a loss that is no number stops the run, says where, and the last good checkpoint is kept") {
    REQUIRE(train({"--out", run, "--set", "train.checkpoint_every=1", "--set", "train.steps=3"}).status.ok());
    const std::vector<std::string> wild = {
        "--set", "optim.lr=1e6", "--set", "optim.clip=0", "--set", "optim.schedule=constant", "--resume",
        run};
    for (const char* every : {"0", "1"}) {
        std::vector<std::string> arguments = {"--out", dir / every, "--set",
                                              std::string("train.checkpoint_every=") + every};
        arguments.insert(arguments.end(), wild.begin(), wild.end());
        const auto output = train(arguments);
        CHECK(output.status.code == 1);
        CAPTURE(output.err);
        CHECK(std::ranges::count(output.err, '\n') == 1);
        CHECK(contains(output.err, "lathe-train: step "));
        CHECK(contains(output.err, "Lower optim.lr"));
        const auto kept = output.err.find("the last good checkpoint is ");
        REQUIRE(kept != std::string::npos);
        const std::string path = output.err.substr(kept + 28, output.err.find(". Lower") - kept - 28);
        CHECK(exists(path + "/checkpoint.json"));
        CHECK(runTrainer({"sample", path, "--length", "5"}).status.ok());
        CHECK(events(dir / every, "alert").size() == 1);
        CHECK(series(dir / every, "train/loss").size() < 17);
    }
    CHECK(train({"--out", dir / "again", "--resume", run}).status.ok());
}

TEST_CASE_FIXTURE(Fixture, "the parameter whose gradient is not finite first is named") {
    REQUIRE(train({"--out", run, "--set", "train.steps=1"}).status.ok());
    const std::string file = run + "/checkpoints/step_1/model-0.safetensors";
    std::string bytes = readFile(file).value();
    const float nan = std::nanf("");
    std::memcpy(bytes.data() + bytes.size() - sizeof nan, &nan, sizeof nan);
    REQUIRE(writeFileAtomic(file, bytes));
    const auto output = train({"--out", dir / "on", "--resume", run});
    CHECK(output.status.code == 1);
    CAPTURE(output.err);
    CHECK(contains(output.err, "step 2: the loss is nan"));
    CHECK(contains(output.err, "is that of wte.weight"));
}

TEST_CASE_FIXTURE(Fixture, "a disk that is full while logging costs one warning, and the training goes on") {
    REQUIRE(makeDirs(run));
    REQUIRE(::symlink("/dev/full", (run + "/journal.0.jsonl").c_str()) == 0);
    const auto output = train({"--out", run});
    CHECK(output.status.ok());
    CHECK(contains(output.out, "step 20/20"));
    CHECK(std::ranges::count(output.err, '\n') == 1);
    CHECK(contains(output.err, "No space left"));
}

TEST_CASE_FIXTURE(Fixture, "a checkpoint that cannot be written stops nothing; the last one is an error") {
    REQUIRE(makeDirs(run));
    REQUIRE(writeFileAtomic(run + "/checkpoints", "a file where the folder should be"));
    const auto output = train({"--out", run, "--set", "train.checkpoint_every=10"});
    CHECK(!output.status.ok());
    CHECK(contains(output.out, "step 20/20"));
    CHECK(contains(output.err, "no checkpoint of step 10"));
    CHECK(contains(output.err, "lathe-train: " + run + "/checkpoints"));
    CHECK(events(run, "alert").size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "two trainings do not write one journal") {
    REQUIRE(makeDirs(run));
    const UniqueFd held(::open((run + "/journal.0.jsonl").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    REQUIRE(::flock(held.get(), LOCK_EX | LOCK_NB) == 0);
    const auto output = train({"--out", run});
    CHECK(output.status.code == exitCodeOf(ErrorCode::Exists));
    CHECK(contains(output.err, "journal.0.jsonl"));
}

TEST_CASE_FIXTURE(Fixture, "a trained model writes text, the same for the same seed") {
    REQUIRE(train({"--out", run}).status.ok());
    const auto sample = [&](const std::string& seed) {
        const auto output =
            runTrainer({"sample", run, "--length", "60", "--prompt", "the model", "--seed", seed});
        REQUIRE(output.status.ok());
        return output.out;
    };
    CHECK(sample("1").starts_with("the model"));
    CHECK(sample("1") == sample("1"));
    CHECK(sample("1") != sample("2"));
}

TEST_CASE("the program tells what it can do") {
    const auto help = runTrainer({"--help"});
    CHECK(help.status.ok());
    for (const char* word : {"train", "plan", "doctor", "sample", "Examples", "Exit codes"})
        CHECK(contains(help.out, word));
    CHECK(contains(runTrainer({"models"}).out, "gpt"));
    CHECK(contains(runTrainer({"keys"}).out, "optim.lr: 0.001"));
    const auto doctor = parseJson(runTrainer({"doctor", "--json"}).out);
    REQUIRE(doctor);
    CHECK(getNumber(*doctor, "gemm_gflops") > 0);
    CHECK(getInt(*doctor, "threads") > 0);
}
