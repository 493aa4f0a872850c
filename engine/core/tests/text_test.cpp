// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"

#include "core/clock.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;

TEST_CASE("the nearest name is found for typing errors and not for other words") {
    const std::vector<std::string> keys{"train.steps", "train.seed", "optim.lr", "parallel.data"};
    CHECK(nearestName("train.setps", keys) == "train.steps");
    CHECK(nearestName("optm.lr", keys) == "optim.lr");
    CHECK(nearestName("lr", keys) == "optim.lr");
    CHECK_FALSE(nearestName("banana", keys));
}

TEST_CASE("sizes, numbers, groups and durations read as in the interface") {
    CHECK(bytesText(14) == "14 B");
    CHECK(bytesText(312000) == "312 kB");
    CHECK(bytesText(1'420'000'000) == "1.4 GB");
    CHECK(numberText(2.93149) == "2.931");
    CHECK(numberText(0.0003) == "0.0003");
    CHECK(numberText(20000) == "20000");
    CHECK(numberText(2.5) == "2.5");
    CHECK(numberText(1.2e-7) == "1.2e-07");
    CHECK(numberText(std::nan("")) == "nan");
    CHECK(groupedText(9999) == "9999");
    CHECK(groupedText(14200, " ") == "14 200");
    CHECK(groupedText(-1234567, ",") == "-1,234,567");
    CHECK(durationText(0.42) == "0.4 s");
    CHECK(durationText(59.6) == "1 m 00 s");
    CHECK(durationText(11520) == "3 h 12 m");
    CHECK(durationText(INFINITY) == "unknown");
}

TEST_CASE("what could deceive a reader is shown escaped") {
    CHECK(escapedForDisplay("plain ä 日本") == "plain ä 日本");
    CHECK(escapedForDisplay("a\x1b[31m\n") == "a\\x1b[31m\\x0a");
    CHECK(escapedForDisplay("x\xff") == "x\\xff");
    CHECK(escapedForDisplay("txt.\xe2\x80\xae" "exe") == "txt.\\xe2\\x80\\xaeexe");  // right-to-left override
    CHECK(escapedForDisplay("\xc0\xaf") == "\\xc0\\xaf");                            // overlong slash
    CHECK(escapedForDisplay("\xed\xa0\x80") == "\\xed\\xa0\\x80");                   // surrogate
    CHECK(escapedForDisplay(std::string(100, 'x'), 10) == std::string(10, 'x') + "…");
    CHECK(isValidUtf8("日本"));
    CHECK_FALSE(isValidUtf8("\x80"));
}

TEST_CASE("shell words quote and split back to the same words") {
    const std::vector<std::string> words{"python3", "a b", "it's", "", "$HOME", "x\"y", "\\", "--lr=1e-3", "nl\nx"};
    CHECK(shellSplit(shellCommand(words)).value() == words);
    CHECK(shellQuote("train.py") == "train.py");
    CHECK(shellSplit("a \"b \\\" c\" 'd e'f g\\ h").value() ==
          std::vector<std::string>{"a", "b \" c", "d ef", "g h"});
    CHECK_FALSE(shellSplit("echo 'open"));
}

TEST_CASE("splitting and trimming keep what is between") {
    CHECK(split("a,,b", ',') == std::vector<std::string>{"a", "", "b"});
    CHECK(split("", ',').size() == 1);
    CHECK(join({"a", "b"}, ", ") == "a, b");
    CHECK(trim(" \t x y \n") == "x y");
    CHECK(trim("  ").empty());
    CHECK(hexText("\x01\xff") == "01ff");
}
