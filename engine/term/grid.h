// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "term/screen.h"

#include <deque>

namespace lathe::term {

// Rectangle of cells, ends excluded.
struct Area {
    int top = 0;
    int bottom = 0;
    int left = 0;
    int right = 0;
};

// The two screens and the history of one terminal, and what changed in them. Scrolling moves whole rows by
// exchanging them, never cell by cell, since it is what a busy program does most.
class Grid {
public:
    Grid(Size size, std::size_t historyLimit);

    Size size() const { return m_size; }
    const std::deque<Line>& history() const { return m_history; }
    std::uint64_t dropped() const { return m_dropped; }
    const Line& row(int index) const { return active()[static_cast<std::size_t>(index)]; }
    bool alternate() const { return m_alternate; }

    void put(int row, int column, char32_t character, int width, const Style& style);
    void markWrapped(int row) { mutableRow(row).wrapped = true; }
    void erase(const Area& area, const Style& style);
    // Content moves up by `down` rows (negative: down) and left by `right` columns; the rest is erased.
    void scroll(const Area& area, int down, int right, const Style& style);
    void setAlternate(bool on);
    // Returns by how many rows the content moved down (negative: up), for the cursor to follow.
    int resize(Size size, int cursorRow);
    void clearHistory();

    void damageRow(int row);
    void damageAll() { m_damage.all = true; }
    Damage takeDamage();

private:
    std::vector<Line>& active() { return m_alternate ? m_second : m_first; }
    const std::vector<Line>& active() const { return m_alternate ? m_second : m_first; }
    Line& mutableRow(int index) { return active()[static_cast<std::size_t>(index)]; }
    Line blankLine(const Style& style = {}) const;
    void splitWide(Line& line, int column);
    void pushHistory(Line line);

    Size m_size;
    std::size_t m_historyLimit;
    std::vector<Line> m_first, m_second;
    std::deque<Line> m_history;
    std::uint64_t m_dropped = 0;
    bool m_alternate = false;
    Damage m_damage;
};

} // namespace lathe::term
