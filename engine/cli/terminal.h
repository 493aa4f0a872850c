// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace lathe::cli {

// Columns and rows of the terminal behind `file`, or 80 × 24 (COLUMNS and LINES win, as elsewhere).
struct TerminalSize {
    int columns = 80;
    int rows = 24;
};
TerminalSize terminalSize(std::FILE* file);
bool isTerminal(std::FILE* file);
// A terminal that is not "dumb", unless NO_COLOR is set (https://no-color.org).
bool wantsColour(std::FILE* file);

// How a state looks on a terminal of 16 colours.
std::string stateText(std::string_view state, bool colour);
std::string dimText(std::string_view text, bool colour);

// Columns that a UTF-8 text takes, counting one for each code point, and the text cut or padded to that.
std::size_t textWidth(std::string_view text);
std::string fitted(std::string_view text, std::size_t width, bool right = false);

}  // namespace lathe::cli
