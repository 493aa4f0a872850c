// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace lathe::term {

// A colour as the program asked for it; what it looks like is the viewer's palette.
struct Color {
    enum Kind : std::uint8_t { Default, Indexed, Rgb };
    Kind kind = Default;
    std::uint8_t r = 0; // Indexed: 0–255, the xterm palette (0–15 named, 16–231 cube, 232–255 greys)
    std::uint8_t g = 0;
    std::uint8_t b = 0;

    static Color indexed(std::uint8_t index) { return {Indexed, index, 0, 0}; }
    static Color rgb(std::uint8_t r, std::uint8_t g, std::uint8_t b) { return {Rgb, r, g, b}; }
    bool operator==(const Color&) const = default;
};

// How a cell is drawn: SGR (ECMA-48, 8.3.117) with xterm's colours.
struct Style {
    enum Flag : std::uint16_t {
        Bold = 1,
        Italic = 2,
        Underline = 4,
        DoubleUnderline = 8,
        CurlyUnderline = 16,
        Blink = 32,
        Reverse = 64,
        Strike = 128,
    };
    Color foreground;
    Color background;
    std::uint16_t flags = 0;
    std::uint16_t link = 0; // Screen::linkTarget(); 0: none

    bool has(Flag flag) const { return (flags & flag) != 0; }
    bool operator==(const Style&) const = default;
};

// One place of the grid. A wide character fills two: the second is a Tail and has no character of its own.
struct Cell {
    static constexpr char32_t kTail = 0xFFFFFFFF;
    static constexpr char32_t kCluster = 0x110000; // from here on: Screen's table of combined characters

    char32_t character = 0; // 0: empty
    Style style;

    bool isTail() const { return character == kTail; }
    bool isEmpty() const { return character == 0 || character == U' '; }
    bool operator==(const Cell&) const = default;
};

struct Line {
    std::vector<Cell> cells; // of the history: without empty cells at the end
    bool wrapped = false;    // goes on in the next line: the program wrote no line break between
};

} // namespace lathe::term
