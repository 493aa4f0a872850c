// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include "core/clock.h"

#include <doctest/doctest.h>

using lathe::cli::ProgressLine;

TEST_CASE("the line says step, loss and tokens a second, and nothing while nothing is known") {
    ProgressLine line(400, "val/loss");
    const double now = lathe::monotonicSeconds();
    CHECK(line.text(now).empty());
    line.metric(0, "system/cpu", 99);
    CHECK(line.text(now).empty());
    line.metric(20, "train/loss", 2.5);
    line.metric(20, "perf/tokens_per_second", 48'200);
    CHECK(line.text(now) == "step 20/400  train/loss 2.5  48.2k tokens/s");
    line.metric(20, "val/loss", 2.75);
    CHECK(line.text(now).find("train/loss 2.5  val/loss 2.75") != std::string::npos);
    line.metric(10, "train/loss", 3);  // a step that goes back does not turn the count back
    CHECK(line.text(now).starts_with("step 20/400"));
}

TEST_CASE("without a total there is no end to promise, and without a loss any metric serves") {
    ProgressLine line(0, "");
    line.metric(7, "acc", 0.5);
    CHECK(line.text(lathe::monotonicSeconds()) == "step 7  acc 0.5");
    line.progress(8, 16);
    CHECK(line.text(lathe::monotonicSeconds()).starts_with("step 8/16"));
}
