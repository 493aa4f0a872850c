// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QLineEdit;

namespace lathe::terminal {

class TerminalView;

// The small bar at a terminal's top right: text, count, previous, next, close.
class TerminalFindBar : public QFrame {
    Q_OBJECT
public:
    explicit TerminalFindBar(TerminalView* view);
    void open(const QString& text);
    void place();

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void go(int step);
    void closeBar();

    TerminalView* m_view;
    QLineEdit* m_edit;
    QLabel* m_count;
};

} // namespace lathe::terminal
