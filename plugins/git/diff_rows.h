// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/diff.h"

#include <QString>

#include <vector>

namespace lathe::gitpane {

// Columns [from, to) of a line that differ from its partner, in UTF-16 units; empty if from == to.
struct WordSpan {
    int from = 0, to = 0;
};

struct DiffCell {
    int number = 0; // of the line on its side; 0: nothing stands here
    bool changed = false;
    QString text;
    WordSpan word;
};

// One line of the side-by-side view. `positions` are the indices of its changes in Hunk::lines: what staging this
// row takes.
struct DiffRow {
    DiffCell left, right;
    std::vector<std::size_t> positions;
    bool changed() const { return !positions.empty(); }
};

// Lays a hunk side by side: a run of removed lines stands beside the run of added lines that follows it.
std::vector<DiffRow> alignHunk(const git::Hunk& hunk);

} // namespace lathe::gitpane
