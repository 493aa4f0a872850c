// SPDX-License-Identifier: Apache-2.0
#include "term/tests/terminal.h"

#include <doctest/doctest.h>

using namespace lathe::term;

namespace {
void writeLines(Screen& screen, int from, int to) {
    for (int i = from; i < to; ++i)
        screen.write("line " + std::to_string(i) + "\r\n");
}
} // namespace

TEST_CASE("lines that scroll off are kept up to the limit") {
    Screen screen({20, 4}, 10);
    writeLines(screen, 0, 8);
    CHECK(screen.historyLines() == 5);
    CHECK(screen.lineText(0) == "line 0");
    CHECK(screen.droppedLines() == 0);
    writeLines(screen, 8, 100);
    CHECK(screen.historyLines() == 10);
    CHECK(screen.droppedLines() == 87);
    CHECK(screen.lineText(0) == "line 87");
    CHECK(shown(screen) == "line 97|line 98|line 99");
    screen.clearHistory();
    CHECK(screen.historyLines() == 0);
    CHECK(screen.droppedLines() == 97);
}

TEST_CASE("100 000 lines leave the last ones, whole") {
    Screen screen({80, 24}, 10'000);
    writeLines(screen, 0, 100'000);
    CHECK(screen.historyLines() == 10'000);
    for (int i = 0; i < 10'000; ++i)
        REQUIRE(screen.lineText(i) == "line " + std::to_string(89'977 + i));
}

TEST_CASE("a scroll region and the second screen leave no history") {
    Screen screen({20, 4}, 10);
    screen.write("\x1b[2;4r\x1b[4;1Ha\r\nb\r\nc\r\nd\r\n");
    CHECK(screen.historyLines() == 0);
    screen.write("\x1b[r\x1b[?1049h");
    writeLines(screen, 0, 50);
    CHECK(screen.historyLines() == 0);
}

TEST_CASE("a smaller screen pushes its top into the history, a larger one takes it back") {
    Screen screen({20, 6}, 100);
    writeLines(screen, 0, 5);
    screen.write("$ ");
    screen.resize({20, 3});
    CHECK(shown(screen) == "line 3|line 4|$ ");
    CHECK(screen.cursor().row == 2);
    CHECK(screen.historyLines() == 3);
    screen.resize({20, 6});
    CHECK(shown(screen) == "line 0|line 1|line 2|line 3|line 4|$ ");
    CHECK(screen.cursor().row == 5);
    CHECK(screen.historyLines() == 0);
}

TEST_CASE("empty rows below the cursor go before anything else") {
    Screen screen({20, 6}, 100);
    screen.write("one\r\ntwo");
    screen.resize({20, 3});
    CHECK(shown(screen) == "one|two");
    CHECK(screen.historyLines() == 0);
}

TEST_CASE("any size is survived") {
    Screen screen({20, 6}, 100);
    writeLines(screen, 0, 20);
    screen.write("\xE4\xB8\xAD\xE6\x96\x87");
    for (const Size size : {Size{1, 1}, Size{3, 2}, Size{0, 0}, Size{-5, -5}, Size{5000, 5000}, Size{80, 24}}) {
        screen.resize(size);
        screen.write("abc\r\n\x1b[5;5Hx\xE4\xB8\xAD\r\n\x1b[?1049hq\x1b[?1049l");
        CHECK(screen.cursor().row < screen.size().rows);
        CHECK(screen.cursor().column < screen.size().columns);
        CHECK(screen.row(0).cells.size() == static_cast<std::size_t>(screen.size().columns));
    }
}

TEST_CASE("copied text joins what the terminal wrapped and keeps what the program broke") {
    Screen screen({5, 4}, 100);
    screen.write("abcdefgh\r\nxy\r\n12345\r\nz");
    const int last = screen.lineCount() - 1;
    CHECK(screen.text(0, 0, last, 5) == "abcdefgh\nxy\n12345\nz");
    CHECK(screen.line(0).wrapped);
    CHECK_FALSE(screen.line(3).wrapped);
    CHECK(screen.text(0, 2, 1, 1) == "cdef");
}
