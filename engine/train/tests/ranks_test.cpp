// SPDX-License-Identifier: Apache-2.0
#include "train/tests/train_job.h"

#include "core/clock.h"

#include <cmath>

using namespace lathe;
using namespace lathe::train;

namespace {

// Ranks add the same numbers in another order. Twenty steps of AdamW at a high learning rate keep such
// differences of the last bits small; measured, they are below 1e-6.
constexpr double kRelativeBound = 1e-5;

struct Fixture {
    TempDir dir;
    std::string recipe = dir / "small.yaml";

    Fixture() {
        writeText(dir / "text");
        REQUIRE(writeFileAtomic(recipe, smallRecipe(dir / "text")));
    }

    void finished(TrainJob& job, int ranks) {
        for (int rank = 0; rank < ranks; ++rank) {
            CAPTURE(rank);
            const ExitStatus status = job.wait(rank);
            CAPTURE(job.err(rank));
            CHECK(status.ok());
            CHECK(job.err(rank) == "");
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "two and three ranks give the losses of one, also where the batch does not divide") {
    for (const int batch : {6, 7}) {
        const std::string size = fmt::format("train.batch={}", batch);
        TrainJob one(1, recipe, {size});
        finished(one, 1);
        const auto expected = series(one.runFolder(), "train/loss");
        const auto expectedNorm = series(one.runFolder(), "optim/grad_norm");
        const auto expectedValidation = series(one.runFolder(), "val/loss");
        REQUIRE(expected.size() == 20);
        for (const int ranks : {2, 3})
            for (const int microBatch : {0, 2}) {
                TrainJob job(ranks, recipe,
                             {size, fmt::format("parallel.data={}", ranks),
                              fmt::format("train.micro_batch={}", microBatch)});
                finished(job, ranks);
                const auto loss = series(job.runFolder(), "train/loss");
                REQUIRE(loss.size() == 20);
                double largest = 0;
                for (const auto& [step, value] : expected)
                    largest = std::max(largest, std::abs(loss.at(step) - value) / value);
                for (const auto& [step, value] : expectedValidation)
                    largest = std::max(
                        largest, std::abs(series(job.runFolder(), "val/loss").at(step) - value) / value);
                MESSAGE(batch << " sequences over " << ranks << " ranks: largest relative difference "
                              << largest);
                CHECK(largest <= kRelativeBound);
                const auto norm = series(job.runFolder(), "optim/grad_norm");
                for (const auto& [step, value] : expectedNorm)
                    CHECK(std::abs(norm.at(step) - value) <= 1e-3 * value);
            }
    }
}

TEST_CASE_FIXTURE(Fixture, "a rank that is killed is named by the others, which stop") {
    for (const int killed : {0, 1, 2}) {
        TrainJob job(3, recipe, {"train.steps=100000", "parallel.data=3", "train.val_every=0"});
        job.waitFor("/100000");
        job.signal(killed, SIGKILL);
        CHECK(job.wait(killed).signal == SIGKILL);
        for (int rank = 0; rank < 3; ++rank) {
            if (rank == killed)
                continue;
            CHECK(job.wait(rank).code == exitCodeOf(ErrorCode::Unavailable));
            CAPTURE(job.err(rank));
            CHECK(contains(job.err(rank), fmt::format("rank {} died", killed)));
            CHECK(contains(job.err(rank), fmt::format("rank {} was in the all-reduce of", rank)));
            CHECK(events(job.runFolder(), "alert", rank).size() == 1);
        }
    }
}

TEST_CASE_FIXTURE(Fixture, "a rank that fails stops the others with its reason") {
    TrainJob job(2, recipe, {"parallel.data=2"}, [](const std::string& runFolder) {
        // In the place of its journal, so that rank 1 alone cannot begin.
        REQUIRE(makeDirs(runFolder + "/journal.1.jsonl"));
    });
    CHECK(!job.wait(1).ok());
    CHECK(contains(job.err(1), "journal.1.jsonl"));
    CHECK(!job.wait(0).ok());
    CAPTURE(job.err(0));
    CHECK(contains(job.err(0), "rank 1 stopped: "));
    CHECK(contains(job.err(0), "journal.1.jsonl"));
}

TEST_CASE_FIXTURE(Fixture, "ranks that are not those of the recipe are an error") {
    TrainJob job(2, recipe, {"parallel.data=3"});
    for (int rank = 0; rank < 2; ++rank) {
        CHECK(job.wait(rank).code == exitCodeOf(ErrorCode::Invalid));
        CHECK(contains(job.err(rank), "2 ranks were started, but parallel.data is 3"));
    }
}
