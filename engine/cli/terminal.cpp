// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lathe::cli {
namespace {

int numberIn(const char* variable) {
    const char* text = std::getenv(variable);
    return text ? std::atoi(text) : 0;
}

bool startsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

TerminalSize terminalSize(std::FILE* file) {
    TerminalSize size;
    winsize window{};
    if (::ioctl(::fileno(file), TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        size = {window.ws_col, window.ws_row};
    if (const int columns = numberIn("COLUMNS"); columns > 0)
        size.columns = columns;
    if (const int rows = numberIn("LINES"); rows > 0)
        size.rows = rows;
    return {std::clamp(size.columns, 20, 1000), std::clamp(size.rows, 8, 1000)};
}

bool isTerminal(std::FILE* file) { return ::isatty(::fileno(file)) != 0; }

bool wantsColour(std::FILE* file) {
    const char* none = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return isTerminal(file) && !(none && *none) && !(term && std::string_view(term) == "dumb");
}

std::string stateText(std::string_view state, bool colour) {
    if (!colour)
        return std::string(state);
    const int code = state == "running" ? 36 : state == "finished" ? 32 : state == "failed" || state == "lost" ? 31 : 33;
    return fmt::format("\x1b[{}m{}\x1b[0m", code, state);
}

std::string dimText(std::string_view text, bool colour) {
    return colour ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

std::size_t textWidth(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, startsCharacter));
}

std::string fitted(std::string_view text, std::size_t width, bool right) {
    const std::size_t has = textWidth(text);
    if (has <= width)
        return right ? std::string(width - has, ' ').append(text) : std::string(text).append(width - has, ' ');
    std::string cut;
    std::size_t used = 0;
    for (const char c : text) {
        if (startsCharacter(c) && ++used >= width)
            break;
        cut += c;
    }
    return width > 0 ? cut + "…" : std::string();
}

}  // namespace lathe::cli
