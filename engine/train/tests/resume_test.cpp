// SPDX-License-Identifier: Apache-2.0
#include "train/tests/train_job.h"

#include <cmath>

using namespace lathe;
using namespace lathe::train;

namespace {

struct Fixture {
    TempDir dir;
    std::string recipe = dir / "small.yaml";

    Fixture() {
        writeText(dir / "text");
        REQUIRE(writeFileAtomic(recipe, smallRecipe(dir / "text")));
    }
    CommandOutput train(const std::string& out, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"train", recipe, "--out", out});
        const auto output = runTrainer(more);
        CAPTURE(output.err);
        return output;
    }
};

void checkSameState(const std::string& a, const std::string& b) {
    for (const char* file : {"model-0.safetensors", "optimizer-0.safetensors"}) {
        const auto one = readFile(joinPath(a, file)), other = readFile(joinPath(b, file));
        REQUIRE((one && other));
        CHECK(*one == *other);
    }
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "ten steps and ten more are twenty, bit by bit") {
    REQUIRE(train(dir / "straight", {"--set", "train.checkpoint_every=10"}).status.ok());
    REQUIRE(train(dir / "resumed", {"--resume", dir / "straight/checkpoints/step_10"}).status.ok());
    const auto straight = series(dir / "straight", "train/loss"),
               resumed = series(dir / "resumed", "train/loss");
    CHECK(resumed.size() == 10);
    for (const auto& [step, loss] : resumed)
        CHECK(loss == straight.at(step));
    CHECK(series(dir / "resumed", "val/loss").at(20) == series(dir / "straight", "val/loss").at(20));
    checkSameState(dir / "straight/checkpoints/step_20", dir / "resumed/checkpoints/step_20");
    CHECK(readJsonFile(dir / "resumed/checkpoints/step_20/checkpoint.json")->at("sample") == 120);
}

TEST_CASE_FIXTURE(Fixture, "SIGTERM writes a checkpoint, ends with 143, and the rest gives the same run") {
    for (const int ranks : {1, 2}) {
        const std::vector<std::string> sets = {"train.steps=3000", "train.val_every=0",
                                               fmt::format("parallel.data={}", ranks)};
        TrainJob job(ranks, recipe, sets);
        job.waitFor("/3000");
        job.signal(0, SIGTERM);  // rank 0 alone: the others must stop after the same step all the same
        for (int rank = 0; rank < ranks; ++rank) {
            CAPTURE(job.err(rank));
            const ExitStatus status = job.wait(rank);
            CHECK(status.code == 143);
            CHECK(job.err(rank) == "");
        }
        CHECK(contains(job.out(0), "stopping after step"));
        const auto checkpoints = events(job.runFolder(), "checkpoint");
        REQUIRE(checkpoints.size() == 1);
        const auto stopped = getInt(checkpoints[0], "s");
        CHECK(series(job.runFolder(), "train/loss").rbegin()->first == stopped);

        // A few steps more from there, against the same steps without a stop.
        const std::string end = fmt::format("train.steps={}", 3000);
        const std::string folder = dir / fmt::format("on{}", ranks);
        TrainJob on(ranks, recipe,
                    {end, "train.val_every=0", fmt::format("parallel.data={}", ranks),
                     "train.resume=" + job.runFolder()});
        on.waitFor(fmt::format("step {:>4}/3000", stopped + 3));
        on.signal(0, SIGINT);
        CHECK(on.wait(0).code == 130);
        TrainJob straight(ranks, recipe, sets);
        straight.waitFor(fmt::format("step {:>4}/3000", stopped + 3));
        straight.signal(0, SIGINT);
        CHECK(straight.wait(0).code == 130);
        const auto expected = series(straight.runFolder(), "train/loss"),
                   got = series(on.runFolder(), "train/loss");
        for (std::int64_t step = stopped + 1; step <= stopped + 3; ++step)
            CHECK(got.at(step) == expected.at(step));
    }
}

TEST_CASE_FIXTURE(Fixture, "a checkpoint of two ranks is gone on from by one and by three") {
    TrainJob two(2, recipe, {"train.checkpoint_every=10", "parallel.data=2"});
    REQUIRE(two.wait(0).ok());
    REQUIRE(two.wait(1).ok());
    const auto expected = series(two.runFolder(), "train/loss");
    const std::string resume = "train.resume=" + two.runFolder() + "/checkpoints/step_10";
    for (const int ranks : {1, 3}) {
        TrainJob job(ranks, recipe, {resume, fmt::format("parallel.data={}", ranks)});
        for (int rank = 0; rank < ranks; ++rank)
            REQUIRE(job.wait(rank).ok());
        const auto loss = series(job.runFolder(), "train/loss");
        CHECK(loss.size() == 10);
        for (const auto& [step, value] : loss)
            CHECK(std::abs(value - expected.at(step)) <= 1e-5 * value);
    }
}

TEST_CASE_FIXTURE(Fixture, "a checkpoint of another model is an error that names both shapes") {
    REQUIRE(train(dir / "run").status.ok());
    const auto output = train(dir / "other", {"--resume", dir / "run", "--set", "model.width=64"});
    CHECK(output.status.code == exitCodeOf(ErrorCode::Invalid));
    CHECK(contains(output.err, "wte.weight is [256, 32] in the checkpoint, but [256, 64] in this model"));
    CHECK(contains(train(dir / "other", {"--resume", dir / "run", "--set", "model.layers=1"}).err, "h.1."));
}

TEST_CASE_FIXTURE(Fixture, "a truncated checkpoint is an error that names the file") {
    REQUIRE(train(dir / "run").status.ok());
    const std::string file = dir / "run/checkpoints/step_20/optimizer-0.safetensors";
    REQUIRE(::truncate(file.c_str(), 5000) == 0);
    const auto output = train(dir / "other", {"--resume", dir / "run"});
    CHECK(output.status.code == exitCodeOf(ErrorCode::Corrupt));
    CHECK(contains(output.err, file));
    CHECK(contains(output.err, "truncated: 5000 of"));
}

TEST_CASE_FIXTURE(Fixture, "going on with other data is said") {
    REQUIRE(train(dir / "run").status.ok());
    writeText(dir / "text", 900);
    const auto output = train(dir / "on", {"--resume", dir / "run", "--set", "train.steps=22"});
    CHECK(output.status.ok());
    CHECK(contains(output.err, "data has changed"));
    CHECK(events(dir / "on", "alert").size() == 1);
}
