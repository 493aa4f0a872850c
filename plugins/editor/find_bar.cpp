// SPDX-License-Identifier: GPL-3.0-or-later
#include "find_bar.h"

#include "app/theme.h"
#include "app/widgets.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

namespace lathe::editor {

FindBar::FindBar(CodeEditor* editor, QWidget* parent) : QFrame(parent), m_editor(editor) {
    setProperty("surface", "panel");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 6, 8, 6);
    column->setSpacing(6);

    m_find = new QLineEdit;
    m_find->setPlaceholderText(tr("Find"));
    m_find->setAccessibleName(tr("Find"));
    m_case = toggle(QStringLiteral("Aa"), tr("Match case"));
    m_word = toggle(QStringLiteral("ab"), tr("Whole word"));
    m_regex = toggle(QStringLiteral(".*"), tr("Regular expression"));
    m_count = app::makeLabel({}, "hint");
    m_count->setMinimumWidth(84);
    auto* previous = new app::IconButton("up", tr("Previous (Shift+Enter)"));
    auto* next = new app::IconButton("down", tr("Next (Enter)"));
    auto* close = new app::IconButton("close", tr("Close (Esc)"));
    auto* first = new QHBoxLayout;
    first->setSpacing(4);
    first->addWidget(m_find, 1);
    for (QWidget* widget : {static_cast<QWidget*>(m_case), static_cast<QWidget*>(m_word),
                            static_cast<QWidget*>(m_regex), static_cast<QWidget*>(m_count),
                            static_cast<QWidget*>(previous), static_cast<QWidget*>(next),
                            static_cast<QWidget*>(close)})
        first->addWidget(widget);
    column->addLayout(first);

    m_replaceRow = new QWidget;
    auto* second = new QHBoxLayout(m_replaceRow);
    second->setContentsMargins(0, 0, 0, 0);
    second->setSpacing(4);
    m_replace = new QLineEdit;
    m_replace->setPlaceholderText(tr("Replace with"));
    m_replace->setAccessibleName(tr("Replace with"));
    auto* one = new QPushButton(tr("Replace"));
    auto* all = new QPushButton(tr("Replace all"));
    second->addWidget(m_replace, 1);
    second->addWidget(one);
    second->addWidget(all);
    column->addWidget(m_replaceRow);

    m_find->installEventFilter(this);
    m_replace->installEventFilter(this);
    connect(m_find, &QLineEdit::textChanged, this,
            [this](const QString& text) { show(m_editor->findNext(text, options(), false, true)); });
    for (QToolButton* button : {m_case, m_word, m_regex})
        connect(button, &QToolButton::toggled, this, &FindBar::refresh);
    connect(previous, &QAbstractButton::clicked, this, [this] { this->next(true); });
    connect(next, &QAbstractButton::clicked, this, [this] { this->next(false); });
    connect(close, &QAbstractButton::clicked, this, &FindBar::closeBar);
    connect(one, &QPushButton::clicked, this, &FindBar::replaceOne);
    connect(all, &QPushButton::clicked, this, &FindBar::replaceAll);
    hide();
}

QToolButton* FindBar::toggle(const QString& text, const QString& toolTip) {
    auto* button = new QToolButton;
    button->setText(text);
    button->setProperty("role", "quiet");
    button->setCheckable(true);
    button->setFixedSize(28, 26);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    return button;
}

SearchOptions FindBar::options() const { return {m_case->isChecked(), m_word->isChecked(), m_regex->isChecked()}; }

void FindBar::setOptions(const SearchOptions& options) {
    m_case->setChecked(options.matchCase);
    m_word->setChecked(options.wholeWord);
    m_regex->setChecked(options.regex);
}

void FindBar::open(bool withReplace) {
    m_replaceRow->setVisible(withReplace && !m_editor->isReadOnly());
    QFrame::show();
    const QString selected = m_editor->selectedText();
    if (!selected.isEmpty() && !selected.contains(QLatin1Char('\n')))
        m_find->setText(selected);
    m_find->selectAll();
    m_find->setFocus();
    refresh();
}

void FindBar::closeBar() {
    m_editor->clearSearch();
    hide();
    m_editor->setFocus();
}

void FindBar::next(bool backwards) { show(m_editor->findNext(m_find->text(), options(), backwards)); }

void FindBar::refresh() {
    if (isVisible())
        show(m_editor->search(m_find->text(), options()));
}

void FindBar::replaceOne() { show(m_editor->replaceOne(m_find->text(), m_replace->text(), options())); }

void FindBar::replaceAll() {
    const int count = m_editor->replaceAll(m_find->text(), m_replace->text(), options());
    m_count->setText(tr("%1 replaced").arg(count));
}

void FindBar::show(const SearchState& state) {
    const bool none = state.count == 0 && !m_find->text().isEmpty();
    QString text;
    if (state.badPattern)
        text = tr("Not a pattern");
    else if (none)
        text = tr("None");
    else if (state.count >= CodeEditor::kMaxMatches)
        text = tr("Over %1").arg(CodeEditor::kMaxMatches);
    else if (state.count > 0)
        text = state.current > 0 ? tr("%1 of %2").arg(state.current).arg(state.count) : tr("%1").arg(state.count);
    m_count->setText(text);
    const QByteArray role = none || state.badPattern ? "error" : "hint";
    if (m_count->property("role").toByteArray() != role) {
        m_count->setProperty("role", QString::fromLatin1(role));
        m_count->setStyleSheet(QString()); // asks for the role's style again
        m_count->setStyle(m_count->style());
    }
}

bool FindBar::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape) {
            closeBar();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            if (object == m_replace)
                replaceOne();
            else
                next(key->modifiers().testFlag(Qt::ShiftModifier));
            return true;
        }
    }
    return QFrame::eventFilter(object, event);
}

} // namespace lathe::editor
