// SPDX-License-Identifier: Apache-2.0
#include "term/tests/terminal.h"

#include <doctest/doctest.h>

#include <vector>

using namespace lathe::term;

namespace {

struct Row {
    const char* name;
    std::string bytes;
    std::string screen;
    int cursorRow, cursorColumn;
};

const std::vector<Row> rows = {
    {"plain text", "hello", "hello", 0, 5},
    {"line breaks", "a\r\nb\nc", "a|b| c", 2, 2},
    {"wrap at the last column", "0123456789ab", "0123456789|ab", 1, 2},
    {"the last column holds the cursor", "0123456789", "0123456789", 0, 9},
    {"no wrap with DECAWM off", "\x1b[?7l0123456789ab", "012345678b", 0, 9},
    {"backspace and overwrite", "abc\b\bX", "aXc", 0, 2},
    {"tab stops", "a\tb", "a       b", 0, 9},
    {"cursor position", "\x1b[3;4Hx", "||   x", 2, 4},
    {"position out of bounds is clamped", "\x1b[99;99Hx", "|||         x", 3, 9},
    {"cursor moves", "abc\x1b[A\x1b[2D\x1b[BX", "abc| X", 1, 2},
    {"erase to end of line", "abcdef\x1b[3D\x1b[K", "abc", 0, 3},
    {"erase to start of line", "abcdef\x1b[3D\x1b[1K", "    ef", 0, 3},
    {"erase display", "a\r\nb\r\nc\x1b[2J", "", 2, 1},
    {"erase below", "aa\r\nbb\r\ncc\x1b[2;2H\x1b[J", "aa|b", 1, 1},
    {"insert characters", "abc\x1b[1G\x1b[2@", "  abc", 0, 0},
    {"delete characters", "abcdef\x1b[2G\x1b[3P", "aef", 0, 1},
    {"insert lines", "a\r\nb\x1b[1;1H\x1b[L", "|a|b", 0, 0},
    {"delete lines", "a\r\nb\r\nc\x1b[1;1H\x1b[2M", "c", 0, 0},
    {"scroll region", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n", "1|3||4", 2, 0},
    {"reverse index scrolls down", "a\r\nb\x1b[1;1H\x1bM", "|a|b", 0, 0},
    {"scroll up", "a\r\nb\r\nc\x1b[S", "b|c", 2, 1},
    {"save and restore cursor", "ab\x1b" "7\x1b[4;4Hx\x1b" "8c", "abc|||   x", 0, 3},
    {"wide characters take two cells", "\xE4\xB8\xAD\xE6\x96\x87x", "\xE4\xB8\xAD\xE6\x96\x87x", 0, 5},
    {"a wide character does not fit the last column", "012345678\xE4\xB8\xAD", "012345678|\xE4\xB8\xAD", 1, 2},
    {"overwriting half of a wide one clears it", "\xE4\xB8\xAD\x1b[1;2Hx", " x", 0, 2},
    {"combining characters share a cell", "e\xCC\x81x", "e\xCC\x81x", 0, 2},
    {"invalid UTF-8 becomes the replacement", "a\xFF" "b", "a\xEF\xBF\xBD" "b", 0, 3},
    {"line drawing", "\x1b(0lqk\x1b(B", "\xE2\x94\x8C\xE2\x94\x80\xE2\x94\x90", 0, 3},
    {"the second screen hides the first", "one\x1b[?1049htwo", "   two", 0, 6},
    {"and gives it back", "one\x1b[?1049htwo\x1b[?1049l", "one", 0, 3},
    {"unknown sequences are dropped", "a\x1b[?9999h\x1b[5;5;5~\x1b_apc\x1b\\b", "ab", 0, 2},
    {"full reset", "abc\x1b" "c", "", 0, 0},
    {"NUL and DEL show nothing", std::string("a\0\x7f" "b", 4), "ab", 0, 2},
};

} // namespace

TEST_CASE("bytes in, screen out") {
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Screen screen({10, 4});
        screen.write(row.bytes);
        CHECK(shown(screen) == row.screen);
        CHECK(screen.cursor().row == row.cursorRow);
        CHECK(screen.cursor().column == row.cursorColumn);
    }
}

TEST_CASE("a stream cut at every byte gives the same screen") {
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Screen screen({10, 4});
        for (const char byte : row.bytes)
            screen.write({&byte, 1});
        CHECK(shown(screen) == row.screen);
        CHECK(screen.cursor().column == row.cursorColumn);
    }
}

TEST_CASE("attributes and colours") {
    Screen screen({20, 2});
    screen.write("\x1b[1;3;4;7;9;31mA\x1b[0;38;5;208;48;2;1;2;3mB\x1b[0;94mC\x1b[0mD\x1b[4:3mE");
    const auto& cells = screen.row(0).cells;
    CHECK(cells[0].style.has(Style::Bold));
    CHECK(cells[0].style.has(Style::Italic));
    CHECK(cells[0].style.has(Style::Underline));
    CHECK(cells[0].style.has(Style::Reverse));
    CHECK(cells[0].style.has(Style::Strike));
    CHECK(cells[0].style.foreground == Color::indexed(1));
    CHECK(cells[1].style.foreground == Color::indexed(208));
    CHECK(cells[1].style.background == Color::rgb(1, 2, 3));
    CHECK(cells[2].style.foreground == Color::indexed(12));
    CHECK(cells[3].style == Style{});
    CHECK(cells[4].style.has(Style::CurlyUnderline));
}

TEST_CASE("erasing takes the background of the pen") {
    Screen screen({4, 1});
    screen.write("\x1b[44m\x1b[K");
    CHECK(screen.row(0).cells[3].style.background == Color::indexed(4));
}

TEST_CASE("title, folder, bell, cursor shape, modes") {
    Screen screen;
    screen.write("\x1b]0;a title\x07\x1b]7;file://gpu-a/home/me\x1b\\\x07\x1b[5 q\x1b[?25l\x1b[?1002h\x1b[?5h");
    CHECK(screen.title() == "a title");
    CHECK(screen.workingFolder() == "file://gpu-a/home/me");
    CHECK(screen.takeBell());
    CHECK_FALSE(screen.takeBell());
    CHECK(screen.cursor().shape == CursorShape::Bar);
    CHECK_FALSE(screen.cursor().visible);
    CHECK(screen.mouseMode() == MouseMode::Drag);
    CHECK(screen.reversed());
}

TEST_CASE("damage names the rows that changed") {
    Screen screen({10, 4});
    screen.takeDamage();
    screen.write("\x1b[3;1Hx");
    const Damage damage = screen.takeDamage();
    CHECK_FALSE(damage.all);
    CHECK(damage.rows == std::vector<std::uint8_t>{1, 0, 1, 0});
    CHECK(screen.takeDamage().rows == std::vector<std::uint8_t>{0, 0, 0, 0});
}
