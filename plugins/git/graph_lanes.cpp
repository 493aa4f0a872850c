// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_lanes.h"

#include <algorithm>
#include <string>

namespace lathe::gitpane {

std::vector<LaneRow> layLanes(const std::vector<git::Commit>& commits) {
    std::vector<LaneRow> rows;
    std::vector<std::string> lanes; // the commit that each lane waits for; empty: free
    const auto freeLane = [&lanes] {
        const auto at = std::ranges::find(lanes, std::string());
        if (at != lanes.end())
            return static_cast<std::size_t>(at - lanes.begin());
        lanes.emplace_back();
        return lanes.size() - 1;
    };
    for (const git::Commit& commit : commits) {
        LaneRow row;
        const auto waiting = std::ranges::find(lanes, commit.id);
        row.startsHere = waiting == lanes.end();
        const std::size_t lane = row.startsHere ? freeLane() : static_cast<std::size_t>(waiting - lanes.begin());
        row.lane = static_cast<int>(lane);
        for (std::size_t l = 0; l < lanes.size(); ++l) {
            if (lanes[l].empty())
                continue;
            const bool joins = lanes[l] == commit.id; // several children: their lanes meet here
            row.above.push_back({static_cast<int>(l), joins ? row.lane : static_cast<int>(l), static_cast<int>(l)});
            if (joins)
                lanes[l].clear();
        }
        for (std::size_t l = 0; l < lanes.size(); ++l) {
            if (!lanes[l].empty())
                row.below.push_back({static_cast<int>(l), static_cast<int>(l), static_cast<int>(l)});
        }
        for (std::size_t p = 0; p < commit.parents.size(); ++p) {
            std::size_t target = lane;
            if (p == 0) {
                // Keeps its lane also when another lane waits for the same parent: the two meet at the parent's row.
                lanes[lane] = commit.parents[p];
            } else if (const auto known = std::ranges::find(lanes, commit.parents[p]); known != lanes.end()) {
                target = static_cast<std::size_t>(known - lanes.begin());
            } else {
                target = freeLane();
                lanes[target] = commit.parents[p];
            }
            row.below.push_back({row.lane, static_cast<int>(target), static_cast<int>(target)});
        }
        while (!lanes.empty() && lanes.back().empty())
            lanes.pop_back();
        row.width = row.lane + 1;
        for (const auto* lines : {&row.above, &row.below}) {
            for (const LaneRow::Line& line : *lines)
                row.width = std::max({row.width, line.from + 1, line.to + 1});
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace lathe::gitpane
