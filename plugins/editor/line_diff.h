// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace lathe::editor {

// One stretch of lines that differ: [oldFrom, oldTo) became [newFrom, newTo), counted from 0.
struct LineChange {
    int oldFrom = 0, oldTo = 0;
    int newFrom = 0, newTo = 0;
    bool operator==(const LineChange&) const = default;
};

// The changed stretches, in order. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986); texts that
// differ in more than `maxEdits` lines are given as one change from the first to the last difference.
std::vector<LineChange> diffLines(std::string_view before, std::string_view after, int maxEdits = 2000);

} // namespace lathe::editor
