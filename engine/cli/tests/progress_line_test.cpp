// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include "core/clock.h"

#include <doctest/doctest.h>

using lathe::cli::ProgressLine;

TEST_CASE("the line says step, loss and tokens a second, and nothing while nothing is known") {
    ProgressLine line(400, "val/loss");
    const double now = lathe::wallSeconds();
    CHECK(line.text(now).empty());
    line.metric(0, "system/cpu", 99, lathe::wallSeconds());
    CHECK(line.text(now).empty());
    line.metric(20, "train/loss", 2.5, lathe::wallSeconds());
    line.metric(20, "perf/tokens_per_second", 48'200, lathe::wallSeconds());
    CHECK(line.text(now) == "step 20/400  train/loss 2.5  48.2k tokens/s");
    line.metric(20, "val/loss", 2.75, lathe::wallSeconds());
    CHECK(line.text(now).find("train/loss 2.5  val/loss 2.75") != std::string::npos);
    line.metric(10, "train/loss", 3,
                lathe::wallSeconds());  // a step that goes back does not turn the count back
    CHECK(line.text(now).starts_with("step 20/400"));
}

TEST_CASE("without a total there is no end to promise, and without a loss any metric serves") {
    ProgressLine line(0, "");
    line.metric(7, "acc", 0.5, lathe::wallSeconds());
    CHECK(line.text(lathe::wallSeconds()) == "step 7  acc 0.5");
    line.progress(8, 16, lathe::wallSeconds());
    CHECK(line.text(lathe::wallSeconds()).starts_with("step 8/16"));
}

TEST_CASE("the rate goes by when steps were logged, not by when they were read") {
    ProgressLine line(0, "");
    for (int step = 1; step <= 41;
         ++step)  // all read at once, as what a script prints is for its first second
        line.metric(step, "loss", 1, 1000 + step * 0.05);
    CHECK(line.text(1002.05).ends_with("20 steps/s"));
}
