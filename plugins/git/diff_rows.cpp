// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_rows.h"

#include "core/text.h"

#include <algorithm>

namespace lathe::gitpane {
namespace {

constexpr int kTab = 4;
constexpr std::size_t kMaxLine = 5000; // bytes shown of one line

QString shownText(const std::string& bytes) {
    // Tabs are layout, not danger: they are spread before control characters are made visible.
    std::string spread;
    for (const char c : std::string_view(bytes).substr(0, kMaxLine)) {
        if (c == '\t')
            spread.append(kTab - spread.size() % kTab, ' ');
        else if (c != '\r')
            spread += c;
    }
    const std::string shown = escapedForDisplay(spread, kMaxLine);
    return QString::fromUtf8(shown.data(), static_cast<qsizetype>(shown.size()));
}

void markWords(DiffCell& left, DiffCell& right) {
    const int shorter = static_cast<int>(std::min(left.text.size(), right.text.size()));
    int prefix = 0;
    while (prefix < shorter && left.text[prefix] == right.text[prefix])
        ++prefix;
    int suffix = 0;
    while (suffix < shorter - prefix &&
           left.text[left.text.size() - 1 - suffix] == right.text[right.text.size() - 1 - suffix])
        ++suffix;
    // Lines with little in common were not edited into one another: marking most of both says nothing.
    if ((prefix + suffix) * 3 < shorter)
        return;
    left.word = {prefix, static_cast<int>(left.text.size()) - suffix};
    right.word = {prefix, static_cast<int>(right.text.size()) - suffix};
}

} // namespace

std::vector<DiffRow> alignHunk(const git::Hunk& hunk) {
    std::vector<DiffRow> rows;
    const auto& lines = hunk.lines;
    for (std::size_t i = 0; i < lines.size();) {
        if (lines[i].kind == git::LineKind::Context) {
            DiffRow row;
            row.left = {lines[i].oldNumber, false, shownText(lines[i].text), {}};
            row.right = {lines[i].newNumber, false, row.left.text, {}};
            rows.push_back(std::move(row));
            ++i;
            continue;
        }
        std::size_t removedEnd = i;
        while (removedEnd < lines.size() && lines[removedEnd].kind == git::LineKind::Removed)
            ++removedEnd;
        std::size_t addedEnd = removedEnd;
        while (addedEnd < lines.size() && lines[addedEnd].kind == git::LineKind::Added)
            ++addedEnd;
        const std::size_t removed = removedEnd - i;
        const std::size_t added = addedEnd - removedEnd;
        for (std::size_t k = 0; k < std::max(removed, added); ++k) {
            DiffRow row;
            if (k < removed) {
                row.left = {lines[i + k].oldNumber, true, shownText(lines[i + k].text), {}};
                row.positions.push_back(i + k);
            }
            if (k < added) {
                row.right = {lines[removedEnd + k].newNumber, true, shownText(lines[removedEnd + k].text), {}};
                row.positions.push_back(removedEnd + k);
            }
            if (k < removed && k < added)
                markWords(row.left, row.right);
            rows.push_back(std::move(row));
        }
        i = addedEnd;
    }
    return rows;
}

} // namespace lathe::gitpane
