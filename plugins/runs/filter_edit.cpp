// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_edit.h"

#include "app/theme.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace lathe::runs {

namespace {

constexpr int kSettleMs = 120;  // between two keys of someone who types on

}  // namespace

FilterEdit::FilterEdit(QWidget* parent)
    : QLineEdit(parent), m_settle(new QTimer(this)), m_completer(new QCompleter(this)),
      m_candidates(new QStandardItemModel(this)) {
    m_settle->setSingleShot(true);
    m_settle->setInterval(kSettleMs);
    connect(m_settle, &QTimer::timeout, this, &FilterEdit::ask);
    connect(this, &QLineEdit::textEdited, m_settle, qOverload<>(&QTimer::start));
    m_completer->setModel(m_candidates);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setCompletionRole(Qt::UserRole);
    m_completer->setMaxVisibleItems(10);
    m_completer->setWidget(this);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, &FilterEdit::take);
}

void FilterEdit::setCompletionSource(Source source) {
    m_source = std::move(source);
}

void FilterEdit::setWrong(int at, int length) {
    m_wrongAt = at;
    m_wrongLength = length;
    update();
}

void FilterEdit::ask() {
    if (!m_source || !hasFocus())
        return;
    m_source(text(), cursorPosition(),
             [this, asked = text(), cursor = cursorPosition()](FilterCompletion completion) {
                 if (asked == text() && cursor == cursorPosition() && hasFocus())
                     offer(completion);
             });
}

void FilterEdit::offer(const FilterCompletion& completion) {
    m_completion = completion;
    m_candidates->clear();
    const QString typed = text().mid(completion.from, completion.to - completion.from);
    for (const auto& candidate : completion.candidates) {
        if (candidate.text == typed)
            continue;
        auto* item = new QStandardItem(candidate.detail.isEmpty()
                                           ? candidate.text
                                           : candidate.text + QStringLiteral("   ") + candidate.detail);
        item->setData(candidate.text, Qt::UserRole);
        m_candidates->appendRow(item);
    }
    if (m_candidates->rowCount() == 0) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->popup()->setProperty("mono", true);
    QRect at = cursorRect();
    at.setWidth(std::min(width(), 420));
    m_completer->complete(at);
}

void FilterEdit::take(const QString& candidate) {
    QString whole = text();
    const bool opens = candidate.endsWith(QLatin1Char('('));
    const QString put = opens ? candidate : candidate + QLatin1Char(' ');
    whole.replace(m_completion.from, m_completion.to - m_completion.from, put);
    setText(whole);
    setCursorPosition(m_completion.from + static_cast<int>(put.size()));
    m_settle->start();
}

void FilterEdit::keyPressEvent(QKeyEvent* event) {
    if (m_completer->popup()->isVisible()) {
        switch (event->key()) {
        case Qt::Key_Tab:
        case Qt::Key_Return:
        case Qt::Key_Enter: {
            // Enter takes what was chosen with the arrows; with nothing chosen it is the line's own.
            const QModelIndex chosen = m_completer->popup()->currentIndex();
            m_completer->popup()->hide();
            if (chosen.isValid() || event->key() == Qt::Key_Tab) {
                take((chosen.isValid() ? chosen : m_candidates->index(0, 0)).data(Qt::UserRole).toString());
                return;
            }
            break;
        }
        case Qt::Key_Escape: m_completer->popup()->hide(); return;
        default: break;
        }
    }
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier) {
        ask();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterEdit::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (m_wrongAt < 0)
        return;
    // The text scrolls with the cursor: whatever stands before it tells where a character is.
    const auto widthTo = [&](int position) { return fontMetrics().horizontalAdvance(text().left(position)); };
    const int origin = cursorRect().center().x() - widthTo(cursorPosition());
    const int left = origin + widthTo(m_wrongAt);
    const int right = m_wrongLength > 0 ? origin + widthTo(m_wrongAt + m_wrongLength)
                                        : left + fontMetrics().averageCharWidth();
    const int y = (height() + fontMetrics().height()) / 2;
    QPainter painter(this);
    painter.setClipRect(contentsRect());
    painter.fillRect(QRect(left, std::min(y, height() - 3), std::max(right - left, 3), 2),
                     app::theme().color(QStringLiteral("error")));
}

}  // namespace lathe::runs
