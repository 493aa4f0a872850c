// SPDX-License-Identifier: Apache-2.0
#include "launch/console_metrics.h"

#include <cmath>
#include <doctest/doctest.h>

using lathe::launch::ConsoleMetrics;
using lathe::launch::withoutEscapes;

namespace {

std::string found(std::string_view text, std::size_t piece = std::string_view::npos) {
    std::string all;
    ConsoleMetrics metrics([&](const ConsoleMetrics::Line& line) {
        all += std::to_string(line.step) + ":";
        for (const auto& [name, value] : line.values) {
            char number[64];
            std::snprintf(number, sizeof number, "%g", value);
            all += name + "=" + number + " ";
        }
    });
    for (; piece < text.size(); text.remove_prefix(piece))
        metrics.feed(text.substr(0, piece));
    metrics.feed(text);
    metrics.finish();
    return all;
}

}  // namespace

TEST_CASE("numbers after a key are metrics, at the step that the line names") {
    CHECK(found("loss=0.31 step=20\n") == "20:loss=0.31 ");
    CHECK(found("step=20, loss=0.31, acc=9e-1;\n") == "20:loss=0.31 acc=0.9 ");
    CHECK(found("[12:00:01] INFO global_step=7 train/loss=-1.5e3 top-1=+4\n") == "7:train/loss=-1500 top-1=4 ");
    CHECK(found("loss=nan step=1\nloss=inf step=2\nloss=-inf step=3") == "1:loss=nan 2:loss=inf 3:loss=-inf ");
}

TEST_CASE("a line without a step takes the last one, or counts up while none was seen") {
    CHECK(found("a=1\na=2\na=3\n") == "0:a=1 1:a=2 2:a=3 ");
    CHECK(found("step=10 a=1\nval=2\nstep=20\nval=3\n") == "10:a=1 10:val=2 20:val=3 ");
}

TEST_CASE("what is no number is no metric") {
    for (const char* line : {"lr=fast", "shape=3x4", "t=0.3s", "x=", "=3", "--lr=0.1", "url?a=1", "loss = 3", "p=12%", "a=1.2.3",
                             "x=0x10", "f(x)=3", "no pairs here", "loss=tensor(3)"})
        CHECK_MESSAGE(found(std::string(line) + "\n") == "", line);
}

TEST_CASE("a progress bar's redraws and colours are read as lines") {
    CHECK(found("\r 50%|###   | 10/20 [00:01<00:01, 9.9it/s, loss=0.5, step=10]\r100%|######| 20/20 [loss=0.25, step=20]\n") ==
          "10:loss=0.5 20:loss=0.25 ");
    CHECK(found("\x1b[32mloss\x1b[0m=\x1b[1m0.5\x1b[0m step=3\n") == "3:loss=0.5 ");
    CHECK(withoutEscapes("\x1b]0;title\x07" "a\x1b]8;;http://x\x1b\\b\x1b(c\x1b[1;2Hd\x1b") == "ab" "cd");
}

TEST_CASE("the cut between two reads changes nothing") {
    const std::string text = "loss=0.125 step=1\r\nnoise\nloss=0.25 step=2\n";
    for (std::size_t piece = 1; piece < 10; ++piece)
        CHECK(found(text, piece) == "1:loss=0.125 2:loss=0.25 ");
}

TEST_CASE("hostile lines are bounded and harm no later line") {
    const std::string longLine(10 << 20, 'x');
    CHECK(found("a=1 step=1 " + longLine + " b=2\nc=3 step=2\n", 4096) == "1:a=1 2:c=3 ");
    std::string many = "step=5";
    for (int i = 0; i < 1000; ++i)
        many += " k" + std::to_string(i) + "=1";
    const std::string pairs = found(many + "\n");
    CHECK(std::count(pairs.begin(), pairs.end(), '=') == 64);
    CHECK(found(std::string(200, 'k') + "=1\n") == "");
    CHECK(found(std::string("\xff\xfe\0=1 ok=2\n", 10)) == "0:ok=2 ");
    CHECK(found("step=1e300 a=1\nstep=0.5 a=2\n") == "0:a=1 1:a=2 ");
}
