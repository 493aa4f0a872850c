// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_find_bar.h"

#include "app/widgets.h"
#include "terminal_view.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>

namespace lathe::terminal {

TerminalFindBar::TerminalFindBar(TerminalView* view) : QFrame(view), m_view(view) {
    setProperty("role", "card");
    setProperty("surface", "raised");
    setAutoFillBackground(true);
    setCursor(Qt::ArrowCursor);
    m_edit = new QLineEdit(this);
    m_edit->setPlaceholderText(tr("Find in terminal"));
    m_edit->setAccessibleName(tr("Find in terminal"));
    m_edit->installEventFilter(this);
    m_count = app::makeLabel({}, "hint", this);
    m_count->setMinimumWidth(64);
    auto* previous = new app::IconButton("up", tr("Previous (Shift+Enter)"), this);
    auto* next = new app::IconButton("down", tr("Next (Enter)"), this);
    auto* close = new app::IconButton("close", tr("Close (Esc)"), this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 4, 4, 4);
    row->setSpacing(4);
    row->addWidget(m_edit, 1);
    row->addWidget(m_count);
    row->addWidget(previous);
    row->addWidget(next);
    row->addWidget(close);
    connect(m_edit, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_view->search(text);
        if (text.isEmpty())
            m_count->clear();
        else
            go(-1);
    });
    connect(previous, &QAbstractButton::clicked, this, [this] { go(-1); });
    connect(next, &QAbstractButton::clicked, this, [this] { go(1); });
    connect(close, &QAbstractButton::clicked, this, &TerminalFindBar::closeBar);
}

void TerminalFindBar::open(const QString& text) {
    show();
    raise();
    place();
    if (!text.isEmpty())
        m_edit->setText(text);
    m_edit->selectAll();
    m_edit->setFocus();
}

void TerminalFindBar::place() {
    const int width = std::min(360, m_view->width() - 40);
    setGeometry(m_view->width() - width - 20, 6, width, 36);
}

void TerminalFindBar::go(int step) {
    const int index = m_view->goToMatch(step);
    m_count->setText(index < 0 ? tr("none") : tr("%1 of %2").arg(index + 1).arg(m_view->matchCount()));
}

void TerminalFindBar::closeBar() {
    hide();
    m_view->search({});
    m_view->setFocus();
}

bool TerminalFindBar::eventFilter(QObject* object, QEvent* event) {
    if (object == m_edit && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape) {
            closeBar();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            go(key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
            return true;
        }
    }
    return QFrame::eventFilter(object, event);
}

} // namespace lathe::terminal
