// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "host/location.h"

#include <QPersistentModelIndex>
#include <QTreeView>

namespace lathe::app {
class EmptyState;
class ErrorState;
class Workbench;
}
class QLabel;
class QStackedWidget;

namespace lathe::editor {

class FileModel;

// The Files panel: the tree of the workspace's folder on its host. GUI thread only.
class FilesPane : public app::Pane {
    Q_OBJECT
public:
    explicit FilesPane(app::Workbench& workbench, QWidget* parent = nullptr);

    FileModel& model() { return *m_model; }
    QTreeView& view() { return *m_view; }
    void newFile();
    void newFolder();
    void renameSelected();
    void deleteSelected(); // asks
    void copyPath(bool relative);
    // Opens the folders on the way and selects it.
    void reveal(const host::Location& location);

    QWidget* createHeaderTools() override;
    QJsonObject saveState() const override;
    void restoreState(const QJsonObject& state) override;
    void activate() override;

private:
    void takeWorkspace();
    void refreshPage();
    void open(const QModelIndex& index, bool preview, bool otherGroup = false);
    void showMenu(const QPoint& at);
    void askName(const QString& title, const QString& button, std::function<void(const std::string&)> then);
    host::Location targetFolder() const;
    void step();
    bool eventFilter(QObject* object, QEvent* event) override;

    app::Workbench& m_workbench;
    FileModel* m_model;
    QTreeView* m_view;
    QStackedWidget* m_stack;
    QWidget* m_root;
    QLabel *m_name, *m_tag;
    app::EmptyState* m_empty;
    app::ErrorState* m_error;
    std::optional<host::Location> m_revealing;
    QStringList m_toExpand;
    bool m_working = false;
};

} // namespace lathe::editor
