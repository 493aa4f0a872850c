// SPDX-License-Identifier: Apache-2.0
#include "term/grid.h"

#include <algorithm>

namespace lathe::term {

Grid::Grid(Size size, std::size_t historyLimit) : m_size(size), m_historyLimit(historyLimit) {
    m_first.assign(static_cast<std::size_t>(size.rows), blankLine());
    m_second = m_first;
    m_damage.rows.assign(static_cast<std::size_t>(size.rows), 0);
}

Line Grid::blankLine(const Style& style) const {
    Cell cell;
    cell.style.background = style.background;
    return {std::vector<Cell>(static_cast<std::size_t>(m_size.columns), cell), false};
}

void Grid::damageRow(int row) {
    if (row >= 0 && row < m_size.rows)
        m_damage.rows[static_cast<std::size_t>(row)] = 1;
}

// A write into one half of a wide character leaves nothing of the other half.
void Grid::splitWide(Line& line, int column) {
    const auto at = static_cast<std::size_t>(column);
    if (at < line.cells.size() && line.cells[at].isTail() && at > 0)
        line.cells[at - 1].character = 0;
    if (at + 1 < line.cells.size() && line.cells[at + 1].isTail())
        line.cells[at + 1].character = 0;
}

void Grid::put(int row, int column, char32_t character, int width, const Style& style) {
    if (row < 0 || row >= m_size.rows || column < 0 || column >= m_size.columns)
        return;
    Line& line = mutableRow(row);
    splitWide(line, column);
    line.cells[static_cast<std::size_t>(column)] = {character, style};
    if (width == 2 && column + 1 < m_size.columns) {
        splitWide(line, column + 1);
        line.cells[static_cast<std::size_t>(column)].character = character;
        line.cells[static_cast<std::size_t>(column) + 1] = {Cell::kTail, style};
    }
    if (column + width >= m_size.columns)
        line.wrapped = false;
    damageRow(row);
}

void Grid::erase(const Area& area, const Style& style) {
    Cell blank;
    blank.style.background = style.background;
    const int left = std::max(area.left, 0), right = std::min(area.right, m_size.columns);
    for (int row = std::max(area.top, 0); row < std::min(area.bottom, m_size.rows); ++row) {
        Line& line = mutableRow(row);
        if (left < right) {
            splitWide(line, left);
            splitWide(line, right - 1);
            std::fill(line.cells.begin() + left, line.cells.begin() + right, blank);
        }
        if (right >= m_size.columns)
            line.wrapped = false;
        damageRow(row);
    }
}

void Grid::pushHistory(Line line) {
    if (m_historyLimit == 0)
        return;
    while (!line.cells.empty() && line.cells.back() == Cell{})
        line.cells.pop_back();
    line.cells.shrink_to_fit();
    m_history.push_back(std::move(line));
    ++m_damage.scrolled;
    if (m_history.size() > m_historyLimit) {
        m_history.pop_front();
        ++m_dropped;
    }
}

void Grid::scroll(const Area& area, int down, int right, const Style& style) {
    auto& rows = active();
    const int top = std::clamp(area.top, 0, m_size.rows), bottom = std::clamp(area.bottom, top, m_size.rows);
    const bool fullWidth = area.left <= 0 && area.right >= m_size.columns;
    if (fullWidth && right == 0) {
        const int height = bottom - top;
        const int count = std::min(std::abs(down), height);
        if (down > 0 && top == 0 && !m_alternate)
            for (int i = 0; i < count; ++i)
                pushHistory(rows[static_cast<std::size_t>(i)]);
        if (down > 0)
            std::rotate(rows.begin() + top, rows.begin() + top + count, rows.begin() + bottom);
        else
            std::rotate(rows.begin() + top, rows.begin() + bottom - count, rows.begin() + bottom);
        const int blankFrom = down > 0 ? bottom - count : top;
        for (int i = blankFrom; i < blankFrom + count; ++i) {
            Line& line = rows[static_cast<std::size_t>(i)];
            Cell blank;
            blank.style.background = style.background;
            line.cells.assign(static_cast<std::size_t>(m_size.columns), blank);
            line.wrapped = false;
        }
    } else {
        const std::vector<Line> before(rows.begin() + top, rows.begin() + bottom);
        Cell blank;
        blank.style.background = style.background;
        for (int row = top; row < bottom; ++row)
            for (int column = area.left; column < std::min(area.right, m_size.columns); ++column) {
                const int fromRow = row + down, fromColumn = column + right;
                const bool inside = fromRow >= top && fromRow < bottom && fromColumn >= area.left &&
                                    fromColumn < area.right && fromColumn < m_size.columns;
                rows[static_cast<std::size_t>(row)].cells[static_cast<std::size_t>(column)] =
                    inside ? before[static_cast<std::size_t>(fromRow - top)]
                                 .cells[static_cast<std::size_t>(fromColumn)]
                           : blank;
            }
    }
    for (int row = top; row < bottom; ++row)
        damageRow(row);
}

void Grid::setAlternate(bool on) {
    if (on == m_alternate)
        return;
    m_alternate = on;
    if (on)
        m_second.assign(static_cast<std::size_t>(m_size.rows), blankLine());
    damageAll();
}

int Grid::resize(Size size, int cursorRow) {
    const int oldRows = m_size.rows;
    m_size = size;
    int moved = 0;
    if (size.rows < oldRows) {
        // Rows below the cursor go first, then the top leaves into the history. The first screen has no cursor
        // while the second is shown: then its empty rows at the end go.
        int spare = std::max(0, oldRows - 1 - cursorRow);
        if (m_alternate)
            spare = static_cast<int>(std::find_if(m_first.rbegin(), m_first.rend(), [](const Line& line) {
                                         return !std::ranges::all_of(line.cells, &Cell::isEmpty);
                                     }) -
                                     m_first.rbegin());
        const int fromBottom = std::min(oldRows - size.rows, spare);
        const int fromTop = oldRows - size.rows - fromBottom;
        m_first.resize(m_first.size() - static_cast<std::size_t>(fromBottom));
        for (int i = 0; i < fromTop; ++i)
            pushHistory(std::move(m_first[static_cast<std::size_t>(i)]));
        m_first.erase(m_first.begin(), m_first.begin() + fromTop);
        moved = -fromTop;
    } else if (size.rows > oldRows) {
        const int back = std::min<int>(size.rows - oldRows, static_cast<int>(m_history.size()));
        for (int i = 0; i < back; ++i) {
            m_first.insert(m_first.begin(), std::move(m_history.back()));
            m_history.pop_back();
        }
        moved = back;
    }
    const auto fit = [&](std::vector<Line>& rows) {
        rows.resize(static_cast<std::size_t>(size.rows));
        for (Line& line : rows) {
            if (static_cast<int>(line.cells.size()) > size.columns)
                splitWide(line, size.columns);
            line.cells.resize(static_cast<std::size_t>(size.columns));
        }
    };
    fit(m_first);
    fit(m_second);
    m_damage.rows.assign(static_cast<std::size_t>(size.rows), 1);
    damageAll();
    return m_alternate ? 0 : moved;
}

void Grid::clearHistory() {
    m_dropped += m_history.size();
    m_history.clear();
    damageAll();
}

Damage Grid::takeDamage() {
    Damage damage = std::move(m_damage);
    m_damage = {};
    m_damage.rows.assign(static_cast<std::size_t>(m_size.rows), 0);
    return damage;
}

} // namespace lathe::term
