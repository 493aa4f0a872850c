// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "term/screen.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::term {

// A stretch of cells in lines of Screen; `toColumn` excluded.
struct Span {
    int fromLine = 0;
    int fromColumn = 0;
    int toLine = 0;
    int toColumn = 0;
    bool operator==(const Span&) const = default;
};

struct Link {
    Span span;
    std::string target; // where it truly leads: http or https, printable
};

// The link at a cell: one the program marked (OSC 8), else a web address in the text, across wrapped lines. Only
// http and https: nothing a terminal shows may open a file or start a program.
std::optional<Link> linkAt(const Screen& screen, int line, int column);

// Every place of `needle` (UTF-8), oldest first, at most `limit`. Case counts only if `needle` holds a capital letter.
std::vector<Span> findText(const Screen& screen, std::string_view needle, std::size_t limit = 10'000);

} // namespace lathe::term
