// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "code_editor.h"

#include <QFrame>

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace lathe::editor {

// Find and replace above the text. GUI thread only.
class FindBar : public QFrame {
    Q_OBJECT
public:
    explicit FindBar(CodeEditor* editor, QWidget* parent = nullptr);
    void open(bool withReplace);
    void closeBar();
    void next(bool backwards);
    void refresh(); // after the text changed
    SearchOptions options() const;

    QLineEdit* findField() const { return m_find; }
    QLineEdit* replaceField() const { return m_replace; }
    void setOptions(const SearchOptions& options);
    void replaceAll();
    void replaceOne();

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void show(const SearchState& state);
    QToolButton* toggle(const QString& text, const QString& toolTip);

    CodeEditor* m_editor;
    QLineEdit *m_find, *m_replace;
    QToolButton *m_case, *m_word, *m_regex;
    QLabel* m_count;
    QWidget* m_replaceRow;
};

} // namespace lathe::editor
