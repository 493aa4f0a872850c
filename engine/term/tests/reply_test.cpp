// SPDX-License-Identifier: Apache-2.0
#include "term/screen.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace lathe::term;

TEST_CASE("questions of the program and their answers") {
    struct Row {
        const char* name;
        std::string bytes, reply;
    };
    const std::vector<Row> rows = {
        {"device attributes", "\x1b[c", "\x1b[?1;2c"},
        {"status", "\x1b[5n", "\x1b[0n"},
        {"cursor position", "ab\r\nc\x1b[6n", "\x1b[2;2R"},
        {"style of the pen", "\x1b[1;31m\x1bP$qm\x1b\\", "\x1bP1$r1;31m\x1b\\"},
        {"colours are told", "\x1b]11;?\x07", "\x1b]11;rgb:1a1a/1d1d/2222\x1b\\"},
        {"reading the clipboard is denied", "\x1b]52;c;?\x07", ""},
        {"writing the clipboard too", "\x1b]52;c;cm0gLXJmIH4=\x07", ""},
        {"the title is not reported", "\x1b]0;rm -rf ~\r\x07\x1b[21t", ""},
        {"setting a colour is ignored", "\x1b]11;rgb:ff/00/00\x07", ""},
        {"an unknown status string echoes nothing", "\x1bP$q\nid\n\x1b\\", "\x1bP0$r\x1b\\"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Screen screen({10, 4});
        screen.setReportedColors(Color::rgb(0xE4, 0xE7, 0xEB), Color::rgb(0x1A, 0x1D, 0x22));
        screen.write(row.bytes);
        CHECK(screen.takeReplies() == row.reply);
        CHECK(screen.takeReplies().empty());
    }
}

TEST_CASE("no bytes make a reply that could type a line") {
    // Every short sequence of a kind that terminals answer, with hostile content inside.
    std::string hostile;
    for (const char* final : {"c", "n", "t", "x", "q", "p", "$p", "m", "u", "y"})
        for (const char* lead : {"", "?", ">", "=", "!"})
            for (const char* number : {"", "0", "5", "6", "14", "18", "20", "21", "99999999999"})
                hostile += std::string("\x1b[") + lead + number + final;
    for (const char* string : {"]4;1;?", "]10;?", "]50;?\r\nid", "]52;c;?", "]l\rid", "P$q\rid\r", "P+q\n", "Z\rid"})
        hostile += std::string("\x1b") + string + "\x1b\\" + "\x1b" + string + "\x07";
    hostile += "\x1b]0;\r\nid\r\n\x07\x1b[20t\x1b[21t\x05";
    Screen screen;
    screen.setReportedColors(Color::rgb(1, 2, 3), Color::rgb(4, 5, 6));
    screen.write(hostile);
    const std::string reply = screen.takeReplies();
    CHECK_FALSE(reply.empty());
    CHECK(std::ranges::all_of(reply, [](char c) {
        return c == '\x1b' || (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F);
    }));
}

TEST_CASE("keys") {
    struct Row {
        const char* name;
        void (*type)(Screen&);
        std::string sent;
    };
    const std::vector<Row> rows = {
        {"a letter", [](Screen& s) { s.character(U'a'); }, "a"},
        {"beyond ASCII", [](Screen& s) { s.character(U'\u00e9'); }, "\xC3\xA9"},
        {"Control+C", [](Screen& s) { s.character(U'c', {.control = true}); }, "\x03"},
        {"Control+I is a tab", [](Screen& s) { s.character(U'i', {.control = true}); }, "\t"},
        {"Control+Space", [](Screen& s) { s.character(U' ', {.control = true}); }, std::string(1, '\0')},
        {"Alt+F", [](Screen& s) { s.character(U'f', {.alt = true}); }, "\x1b" "f"},
        {"Enter", [](Screen& s) { s.key(Key::Enter); }, "\r"},
        {"Shift+Enter is Enter", [](Screen& s) { s.key(Key::Enter, {.shift = true}); }, "\r"},
        {"Backspace", [](Screen& s) { s.key(Key::Backspace); }, "\x7f"},
        {"Up", [](Screen& s) { s.key(Key::Up); }, "\x1b[A"},
        {"Up in application mode", [](Screen& s) { s.write("\x1b[?1h"); s.key(Key::Up); }, "\x1bOA"},
        {"Control+Right", [](Screen& s) { s.key(Key::Right, {.control = true}); }, "\x1b[1;5C"},
        {"Shift+Tab", [](Screen& s) { s.key(Key::Tab, {.shift = true}); }, "\x1b[Z"},
        {"F1", [](Screen& s) { s.key(Key::F1); }, "\x1bOP"},
        {"F12", [](Screen& s) { s.key(Key::F12); }, "\x1b[24~"},
        {"Delete", [](Screen& s) { s.key(Key::Delete); }, "\x1b[3~"},
        {"paste", [](Screen& s) { s.paste("a\nb\tc"); }, "a\rb\tc"},
        {"bracketed paste", [](Screen& s) { s.write("\x1b[?2004h"); s.paste("ls\n"); },
         "\x1b[200~ls\r\x1b[201~"},
        {"a paste cannot leave its brackets",
         [](Screen& s) { s.write("\x1b[?2004h"); s.paste("x\x1b[201~\rid\r\xC2\x9B" "201~"); },
         "\x1b[200~x[201~\rid\r201~\x1b[201~"},
        {"no mouse unless asked for", [](Screen& s) { s.mouse(1, 2, 1, true); }, ""},
        {"mouse in SGR mode", [](Screen& s) { s.write("\x1b[?1000h\x1b[?1006h"); s.mouse(1, 2, 1, true); },
         "\x1b[<0;3;2M"},
        {"wheel", [](Screen& s) { s.write("\x1b[?1000h\x1b[?1006h"); s.mouse(0, 0, 4, true); }, "\x1b[<64;1;1M"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Screen screen;
        row.type(screen);
        CHECK(screen.takeReplies() == row.sent);
    }
}
