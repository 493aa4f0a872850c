// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/sheet.h"
#include "core/result.h"
#include "host/host.h"

#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace lathe::app {
class Workbench;
}

namespace lathe::hosts {

// Chooses a folder of a host, listing it there. Opens it as the workspace. GUI thread only.
class FolderSheet : public app::Sheet {
    Q_OBJECT
public:
    FolderSheet(app::Workbench& workbench, const QString& host, QWidget* over);

    const std::string& folder() const { return m_folder; }
    bool listing() const { return m_listing; }
    QListWidget* list() const { return m_list; }
    void go(const std::string& folder);
    void openIt();

private:
    void take(Result<std::vector<host::DirEntry>> entries);

    app::Workbench& m_workbench;
    QString m_host;
    std::string m_folder;
    QLineEdit* m_path;
    QListWidget* m_list;
    QLabel* m_message;
    QPushButton* m_open;
    bool m_listing = false;
    int m_request = 0;
};

} // namespace lathe::hosts
