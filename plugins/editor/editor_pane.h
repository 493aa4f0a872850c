// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "document.h"

class QFrame;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace lathe::app {
class ErrorState;
struct OpenOptions;
class Workbench;
}  // namespace lathe::app

namespace lathe::editor {

class CodeEditor;
class FindBar;

// A file in a tab: breadcrumb, notices, find bar, text. GUI thread only.
class EditorPane : public app::Pane {
    Q_OBJECT
public:
    static constexpr auto kKind = "editor.file";

    EditorPane(app::Workbench& workbench, const host::Location& location, QWidget* parent = nullptr);
    ~EditorPane() override;

    Document& document() { return *m_document; }
    CodeEditor& editor() { return *m_editor; }
    FindBar& findBar() { return *m_findBar; }
    void open(const app::OpenOptions& options);  // goes to the line once loaded
    void save();
    void saveAs();
    void revert();
    void compare();
    void find(bool replace);
    void goToLine();
    void setReadOnlyView(const QString& title);

    QJsonObject saveState() const override;
    void restoreState(const QJsonObject& state) override;
    bool canClose(app::Closing what) override;
    void activate() override;

Q_SIGNALS:
    void statusChanged();  // line, column, language, encoding

private:
    void refreshTitle();
    void refreshNotice();
    void refreshBreadcrumb();
    void applySettings();
    QPushButton* noticeButton(const QString& text, void (EditorPane::*run)());
    void discardRecovered();
    void replaceRefused();
    void overwrite();

    app::Workbench& m_workbench;
    CodeEditor* m_editor;
    Document* m_document;
    FindBar* m_findBar;
    QLabel* m_breadcrumb;
    QFrame* m_notice;
    QLabel* m_noticeText;
    QHBoxLayout* m_noticeRow;
    QList<QPushButton*> m_noticeButtons;
    QStackedWidget* m_stack;
    app::ErrorState* m_error;
    QString m_ownTitle;
    int m_line = 0, m_column = 0, m_firstVisible = -1;
    bool m_closeWhenSaved = false, m_working = false, m_discarded = false, m_readOnlyView = false;
};

}  // namespace lathe::editor
