// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare_pane.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "code_editor.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollBar>
#include <QVBoxLayout>

namespace lathe::editor {

namespace {
constexpr int kMarker = 4;

QWidget* side(const QString& heading, CodeEditor* editor) {
    auto* widget = new QWidget;
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* label = app::makeLabel(heading, "dim");
    label->setFixedHeight(28);
    label->setContentsMargins(14, 0, 12, 0);
    column->addWidget(label);
    column->addWidget(editor, 1);
    return widget;
}

void fill(CodeEditor* editor, const std::string& bytes, Language language, const char* token) {
    editor->setBytes(bytes, examine(bytes));
    editor->setLanguage(language);
    editor->setReadOnly(true);
    editor->setCaretLineVisible(false);
    editor->markerDefine(QsciScintilla::Background, kMarker);
    editor->setMarkerBackgroundColor(app::theme().color(QLatin1String(token)), kMarker);
}

} // namespace

ComparePane::ComparePane(const QString& title, const std::string& left, const std::string& right, Language language)
    : Pane(QStringLiteral("editor.compare")) {
    setTitle(title);
    setIconName(QStringLiteral("columns"));
    auto* before = new CodeEditor;
    auto* after = new CodeEditor;
    fill(before, left, language, "diff.del");
    fill(after, right, language, "diff.add");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(side(tr("On disk"), before), 1);
    row->addWidget(app::makeRule(Qt::Vertical));
    row->addWidget(side(tr("Here, not saved"), after), 1);
    const auto changes = diffLines(left, right);
    for (const LineChange& change : changes) {
        for (int line = change.oldFrom; line < change.oldTo; ++line)
            before->markerAdd(line, kMarker);
        for (int line = change.newFrom; line < change.newTo; ++line)
            after->markerAdd(line, kMarker);
    }
    // Both sides show the same place: a line of one scrolls the other to its partner.
    const auto partner = [changes](int line, bool fromOld) {
        int shift = 0;
        for (const LineChange& change : changes) {
            if (line < (fromOld ? change.oldFrom : change.newFrom))
                break;
            shift = change.newTo - change.oldTo;
        }
        return fromOld ? line + shift : line - shift;
    };
    connect(before->verticalScrollBar(), &QScrollBar::valueChanged, this, [=](int value) {
        const QSignalBlocker block(after->verticalScrollBar());
        after->setFirstVisible(partner(value, true));
    });
    connect(after->verticalScrollBar(), &QScrollBar::valueChanged, this, [=](int value) {
        const QSignalBlocker block(before->verticalScrollBar());
        before->setFirstVisible(partner(value, false));
    });
    if (!changes.empty()) {
        before->goTo(changes.front().oldFrom + 1, 1);
        after->goTo(changes.front().newFrom + 1, 1);
    }
}

} // namespace lathe::editor
