// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_rows.h"
#include "git/diff.h"

#include <QWidget>

#include <vector>

class QPushButton;

namespace lathe::gitpane {

// What may be done with a hunk.
enum class HunkUse { Read, Stage, Unstage };

// The lines of one hunk, old at the left, new at the right; between them a gutter with a box per changed line that
// stages (or unstages) that line alone. Paints only what is exposed. GUI thread only.
class HunkLines final : public QWidget {
    Q_OBJECT
public:
    HunkLines(const git::Hunk& hunk, HunkUse use, QWidget* parent = nullptr);

    void setScrollX(int pixels); // both sides together
    int contentWidth() const { return m_contentWidth; } // of the widest text
    static int gutterWidth(); // of everything in a half that is not text

Q_SIGNALS:
    void linesClicked(const std::vector<std::size_t>& positions);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void applyTheme();
    int rowAt(int y) const;
    QRect boxRect(int row) const;
    void paintCell(QPainter& painter, const DiffCell& cell, QRect rect, bool left) const;

    std::vector<DiffRow> m_rows;
    HunkUse m_use;
    int m_rowHeight = 20, m_scrollX = 0, m_contentWidth = 0, m_hovered = -1;
};

// Header and lines of one hunk.
class HunkView final : public QWidget {
    Q_OBJECT
public:
    HunkView(const git::Hunk& hunk, HunkUse use, QWidget* parent = nullptr);

    HunkLines* lines() const { return m_lines; }
    const git::Hunk& hunk() const { return m_hunk; }
    HunkUse use() const { return m_use; }
    void setCurrent(bool current); // an accent bar: what S, U and Discard mean

Q_SIGNALS:
    void staged();    // or unstaged
    void discarded();
    void picked(const std::vector<std::size_t>& positions); // these lines alone

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    git::Hunk m_hunk;
    HunkUse m_use;
    HunkLines* m_lines;
    bool m_current = false;
};

} // namespace lathe::gitpane
