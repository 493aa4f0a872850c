// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_file.h"

#include "core/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lathe::editor {

namespace {

void guessIndent(std::string_view bytes, TextFacts& facts) {
    int tabLines = 0, spaceLines = 0, smallest = 9;
    std::size_t at = 0;
    for (int line = 0; line < 2000 && at < bytes.size(); ++line) {
        std::size_t spaces = 0;
        if (bytes[at] == '\t')
            ++tabLines;
        while (at + spaces < bytes.size() && bytes[at + spaces] == ' ')
            ++spaces;
        if (spaces >= 2 && spaces <= 8) {
            ++spaceLines;
            smallest = std::min(smallest, static_cast<int>(spaces));
        }
        const std::size_t end = bytes.find('\n', at);
        if (end == std::string_view::npos)
            break;
        at = end + 1;
    }
    facts.tabs = tabLines > spaceLines;
    if (smallest == 2 || smallest == 3 || smallest == 4 || smallest == 8)
        facts.indent = smallest;
}

} // namespace

TextFacts examine(std::string_view bytes) {
    TextFacts facts;
    facts.binary = bytes.find('\0') != std::string_view::npos;
    facts.byteOrderMark = bytes.starts_with("\xEF\xBB\xBF");
    facts.validUtf8 = isValidUtf8(bytes);
    std::size_t unixEnds = 0, windowsEnds = 0, macEnds = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\n') {
            ++unixEnds;
        } else if (bytes[i] == '\r') {
            if (i + 1 < bytes.size() && bytes[i + 1] == '\n') {
                ++windowsEnds;
                ++i;
            } else {
                ++macEnds;
            }
        }
    }
    if (windowsEnds > unixEnds && windowsEnds >= macEnds)
        facts.dominant = LineEnds::Windows;
    else if (macEnds > unixEnds)
        facts.dominant = LineEnds::Mac;
    const int kinds = (unixEnds > 0) + (windowsEnds > 0) + (macEnds > 0);
    facts.lineEnds = kinds > 1 ? LineEnds::Mixed : facts.dominant;
    guessIndent(bytes, facts);
    return facts;
}

std::string hexDump(std::string_view bytes, std::size_t maxBytes) {
    std::string out;
    const std::string_view shown = bytes.substr(0, maxBytes);
    for (std::size_t row = 0; row < shown.size(); row += 16) {
        out += fmt::format("{:08x}  ", row);
        std::string text;
        for (std::size_t i = row; i < row + 16; ++i) {
            if (i < shown.size()) {
                const auto byte = static_cast<unsigned char>(shown[i]);
                out += fmt::format("{:02x} ", byte);
                text += byte >= 0x20 && byte < 0x7F ? shown[i] : '.';
            } else {
                out += "   ";
            }
            if (i == row + 7)
                out += ' ';
        }
        out += " " + text + "\n";
    }
    if (bytes.size() > maxBytes)
        out += fmt::format("… {} more\n", bytesText(bytes.size() - maxBytes));
    return out;
}

} // namespace lathe::editor
