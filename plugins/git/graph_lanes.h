// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <utility>
#include <vector>

namespace lathe::gitpane {

// How one row of the graph is drawn: the commit's dot, and the lines that cross the row from a lane at its top to one at
// its bottom. Lane numbers are columns and choose the colour.
struct LaneRow {
    struct Line {
        int from = 0, to = 0;
        int colour = 0;
        bool operator==(const Line&) const = default;
    };
    int lane = 0;
    bool startsHere = false; // no child above: the dot has no line into it
    std::vector<Line> above; // top edge → middle
    std::vector<Line> below; // middle → bottom edge
    int width = 1;           // lanes in use
};

// For commits in the order of git's log: no commit before its children.
std::vector<LaneRow> layLanes(const std::vector<git::Commit>& commits);

} // namespace lathe::gitpane
