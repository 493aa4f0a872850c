// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "changes_model.h"
#include "git_session.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QCheckBox;
class QStackedWidget;
class QTreeView;
class QVBoxLayout;

namespace lathe::app {
class EmptyState;
class ErrorState;
}  // namespace lathe::app

namespace lathe::gitpane {

// The side panel: branch, message, commit, and the tree of changes.
class ChangesPane final : public app::Pane {
    Q_OBJECT
public:
    explicit ChangesPane(GitSession& session);

    QWidget* createHeaderTools() override;
    void activate() override;
    QJsonObject saveState() const override;  // the message not yet committed
    void restoreState(const QJsonObject& state) override;

    void commit();
    // Of the selected files, by section: staging the unstaged, unstaging the staged.
    void stageSelected();
    void unstageSelected();
    void discardSelected();
    void stageAll();
    void unstageAll();
    void openFile();
    void openSelected();

private:
    void refresh();
    void refreshCommit();
    void toggleStaged(const QModelIndex& index);
    void showMenu(const QPoint& at);
    std::vector<std::string> selected(std::initializer_list<Section> sections) const;
    bool eventFilter(QObject* object, QEvent* event) override;

    GitSession& m_session;
    ChangesModel m_model;
    QStackedWidget* m_stack;
    app::EmptyState* m_empty;
    QPushButton* m_emptyButton;
    app::ErrorState* m_failed;
    QLabel *m_branchIcon, *m_branch, *m_upstream, *m_operation, *m_counter, *m_clean;
    QPlainTextEdit* m_message;
    QPushButton* m_commit;
    QCheckBox* m_amend;
    QTreeView* m_tree;
    QVBoxLayout* m_column;
    bool m_working = false;
};

}  // namespace lathe::gitpane
