// SPDX-License-Identifier: GPL-3.0-or-later
#include "line_diff.h"

#include <algorithm>

namespace lathe::editor {

namespace {

std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

void add(std::vector<LineChange>& changes, const LineChange& change) {
    if (!changes.empty() && changes.back().oldTo == change.oldFrom && changes.back().newTo == change.newFrom) {
        changes.back().oldTo = change.oldTo;
        changes.back().newTo = change.newTo;
    } else {
        changes.push_back(change);
    }
}

} // namespace

std::vector<LineChange> diffLines(std::string_view before, std::string_view after, int maxEdits) {
    const auto a = linesOf(before), b = linesOf(after);
    int head = 0, endA = static_cast<int>(a.size()), endB = static_cast<int>(b.size());
    const auto same = [&](int x, int y) { return a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]; };
    while (head < endA && head < endB && same(head, head))
        ++head;
    while (endA > head && endB > head && same(endA - 1, endB - 1)) {
        --endA;
        --endB;
    }
    const int n = endA - head, m = endB - head;
    if (n == 0 && m == 0)
        return {};
    if (n == 0 || m == 0)
        return {{head, endA, head, endB}};

    // Furthest x on each diagonal k = x - y, one copy for each number of edits, to walk back along.
    const int limit = std::min(n + m, maxEdits);
    std::vector<int> furthest(static_cast<std::size_t>(2 * limit + 3), 0);
    std::vector<std::vector<int>> trail;
    const auto at = [limit](int k) { return static_cast<std::size_t>(k + limit + 1); };
    int edits = -1;
    for (int d = 0; d <= limit && edits < 0; ++d) {
        trail.push_back(furthest);
        for (int k = -d; k <= d; k += 2) {
            int x = k == -d || (k != d && furthest[at(k - 1)] < furthest[at(k + 1)]) ? furthest[at(k + 1)]
                                                                                     : furthest[at(k - 1)] + 1;
            while (x < n && x - k < m && same(head + x, head + x - k))
                ++x;
            furthest[at(k)] = x;
            if (x >= n && x - k >= m) {
                edits = d;
                break;
            }
        }
    }
    if (edits < 0)
        return {{head, endA, head, endB}};

    std::vector<LineChange> reversed;
    int x = n, y = m;
    for (int d = edits; d > 0; --d) {
        const auto& previous = trail[static_cast<std::size_t>(d)];
        const int k = x - y;
        const bool down = k == -d || (k != d && previous[at(k - 1)] < previous[at(k + 1)]);
        const int fromK = down ? k + 1 : k - 1;
        const int fromX = previous[at(fromK)], fromY = fromX - fromK;
        if (down)
            reversed.push_back({head + fromX, head + fromX, head + fromY, head + fromY + 1});
        else
            reversed.push_back({head + fromX, head + fromX + 1, head + fromY, head + fromY});
        x = fromX;
        y = fromY;
    }
    std::vector<LineChange> changes;
    for (auto change = reversed.rbegin(); change != reversed.rend(); ++change)
        add(changes, *change);
    return changes;
}

} // namespace lathe::editor
