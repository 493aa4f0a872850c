// SPDX-License-Identifier: Apache-2.0
#include "term/links.h"

#include <algorithm>
#include <cctype>

namespace lathe::term {

namespace {

struct Place {
    int line;
    int column;
};

// A line as the program wrote it: wrapped rows joined, with the cell of each byte.
struct Joined {
    std::string text;
    std::vector<Place> places;
    int first = 0;
    int last = 0;
};

constexpr int kMaxJoined = 200;

Joined joinedAt(const Screen& screen, int line) {
    Joined joined;
    joined.first = joined.last = line;
    while (joined.first > 0 && line - joined.first < kMaxJoined && screen.line(joined.first - 1).wrapped)
        --joined.first;
    while (joined.last + 1 < screen.lineCount() && joined.last - line < kMaxJoined &&
           screen.line(joined.last).wrapped)
        ++joined.last;
    for (int index = joined.first; index <= joined.last; ++index) {
        const auto& cells = screen.line(index).cells;
        for (std::size_t column = 0; column < cells.size(); ++column) {
            if (cells[column].isTail())
                continue;
            const std::string text = cells[column].character == 0 ? " " : screen.text(cells[column]);
            joined.text += text;
            joined.places.insert(joined.places.end(), text.size(), {index, static_cast<int>(column)});
        }
    }
    return joined;
}

Span spanOf(const Screen& screen, const Joined& joined, std::size_t from, std::size_t to) {
    const Place first = joined.places[from], last = joined.places[to - 1];
    const auto& cells = screen.line(last.line).cells;
    const auto next = static_cast<std::size_t>(last.column) + 1;
    const int width = next < cells.size() && cells[next].isTail() ? 2 : 1;
    return {first.line, first.column, last.line, last.column + width};
}

bool isWebAddress(std::string_view target) {
    if (!target.starts_with("http://") && !target.starts_with("https://"))
        return false;
    return target.size() < 4096 && std::ranges::all_of(target, [](char c) {
               return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) != 0x7F;
           });
}

bool isAddressByte(char c) {
    return static_cast<unsigned char>(c) > 0x20 && std::string_view("\"<>`{}|\\^").find(c) == std::string_view::npos &&
           static_cast<unsigned char>(c) != 0x7F;
}

} // namespace

std::optional<Link> linkAt(const Screen& screen, int line, int column) {
    if (line < 0 || line >= screen.lineCount())
        return {};
    const auto& cells = screen.line(line).cells;
    if (column < 0 || column >= static_cast<int>(cells.size()))
        return {};
    if (const int id = cells[static_cast<std::size_t>(column)].style.link) {
        if (!isWebAddress(screen.linkTarget(id)))
            return {};
        const auto linked = [&](int at) { return cells[static_cast<std::size_t>(at)].style.link == id; };
        int from = column, to = column + 1;
        while (from > 0 && linked(from - 1))
            --from;
        while (to < static_cast<int>(cells.size()) && linked(to))
            ++to;
        return Link{{line, from, line, to}, screen.linkTarget(id)};
    }
    const Joined joined = joinedAt(screen, line);
    for (std::size_t at = joined.text.find("http"); at != std::string::npos; at = joined.text.find("http", at + 1)) {
        std::size_t end = at;
        while (end < joined.text.size() && isAddressByte(joined.text[end]))
            ++end;
        // Punctuation of the sentence around it, and a bracket that was opened before it.
        while (end > at && (std::string_view(".,;:!?'").find(joined.text[end - 1]) != std::string_view::npos ||
                            ((joined.text[end - 1] == ')' || joined.text[end - 1] == ']') &&
                             joined.text.substr(at, end - at).find(joined.text[end - 1] == ')' ? '(' : '[') ==
                                 std::string::npos)))
            --end;
        const std::string target = joined.text.substr(at, end - at);
        if (!isWebAddress(target) || target.size() < 11)
            continue;
        for (std::size_t i = at; i < end; ++i)
            if (joined.places[i].line == line && joined.places[i].column == column)
                return Link{spanOf(screen, joined, at, end), target};
    }
    return {};
}

std::vector<Span> findText(const Screen& screen, std::string_view needle, std::size_t limit) {
    std::vector<Span> found;
    if (needle.empty())
        return found;
    const bool exact = std::ranges::any_of(needle, [](char c) { return c >= 'A' && c <= 'Z'; });
    const auto folded = [&](std::string text) {
        if (!exact)
            for (char& c : text)
                if (c >= 'A' && c <= 'Z')
                    c = static_cast<char>(c + 32);
        return text;
    };
    const std::string sought = folded(std::string(needle));
    for (int line = 0; line < screen.lineCount() && found.size() < limit;) {
        const Joined joined = joinedAt(screen, line);
        const std::string text = folded(joined.text);
        for (std::size_t at = text.find(sought); at != std::string::npos && found.size() < limit;
             at = text.find(sought, at + sought.size()))
            found.push_back(spanOf(screen, joined, at, at + sought.size()));
        line = joined.last + 1;
    }
    return found;
}

} // namespace lathe::term
