// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "terminal_palette.h"
#include "terminal_session.h"

#include <QPoint>
#include <QRawFont>
#include <QWidget>

#include <optional>
#include <vector>

class QScrollBar;

namespace lathe::terminal {

class TerminalFindBar;

// Draws a session's screen and types into it. Only rows that changed are drawn again. GUI thread only.
class TerminalView : public QWidget {
    Q_OBJECT
public:
    explicit TerminalView(TerminalSession* session, QWidget* parent = nullptr); // takes the session over
    ~TerminalView() override;

    TerminalSession& session() { return *m_session; }
    void copySelection();
    void paste();
    void find(); // opens the find bar
    void clear();
    void selectAll();
    bool hasSelection() const { return m_selection.has_value(); }
    QString selectedText();

    // For the find bar.
    void search(const QString& needle); // starts anew; empty ends it
    int matchCount() const { return static_cast<int>(m_matches.size()); }
    int goToMatch(int step);           // index of the one now shown, -1: none

Q_SIGNALS:
    void linkActivated(const QString& target); // Ctrl+click; http or https
    void message(const QString& text);         // one line for the status bar

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool) override { return false; }
    void leaveEvent(QEvent* event) override;

private:
    // A place that stays with its text while lines scroll: counted from the first line ever.
    struct Place {
        qint64 line = 0;
        int column = 0;
        auto operator<=>(const Place&) const = default;
    };
    struct Selection {
        Place from, to; // to excluded
    };

    static constexpr int kMargin = 12; // left of the first column

    void refreshFonts();
    void findMatches();
    void takeDamage(const term::Damage& damage);
    void updateScrollBar();
    void drawRow(QPainter& painter, const term::Screen& screen, int viewRow, int lineIndex);
    void drawCursor(QPainter& painter, const term::Screen& screen);
    QRectF rowRect(int viewRow) const;
    Place placeAt(const QPoint& at);
    QPoint cellAt(const QPoint& at) const; // column, row of the view
    void extendSelection(const Place& to);
    std::optional<Selection> wordAt(const Place& place);
    void updateHover(const QPoint& at, Qt::KeyboardModifiers modifiers);
    bool programTakesMouse(Qt::KeyboardModifiers modifiers);
    bool belongsToProgram(const QKeyEvent* event);
    void keepSelectionAlive();
    int topLine() const; // line index shown in the view's first row

    TerminalSession* m_session;
    QScrollBar* m_scroll;
    TerminalFindBar* m_find = nullptr;
    TerminalPalette m_palette;
    QFont m_font;
    QRawFont m_rawFonts[4]; // bold 1, italic 2
    qreal m_cellWidth = 8, m_cellHeight = 18, m_ascent = 13;
    term::Size m_size;
    std::optional<Selection> m_selection;
    Place m_anchor;
    int m_clicks = 0;
    bool m_selecting = false, m_atEnd = true, m_focused = false;
    int m_pressedButton = 0;
    int m_wheelRest = 0;
    std::optional<term::Link> m_hover;
    std::vector<Selection> m_matches;
    QString m_needle;
    int m_match = -1;
    qint64 m_dropped = 0;
};

} // namespace lathe::terminal
