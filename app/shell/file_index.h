// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/engine_bridge.h"
#include "host/location.h"

#include <QObject>
#include <QStringList>

#include <vector>

namespace lathe::app {

// Names of the workspace's files for quick open, relative to it: listed on a worker from the workspace's
// host, kept while the workspace is open and looked up afresh (in the background) at each use. At most 30 000
// files, 32 levels deep; folders that hold what tools made (.git, __pycache__, build trees, run stores) are
// left out.
class FileIndex final : public QObject {
    Q_OBJECT
public:
    explicit FileIndex(EngineBridge& bridge, QObject* parent = nullptr);
    void setFolder(std::optional<host::Location> folder);
    void refresh();
    const QStringList& files() const { return m_files; }
    bool truncated() const { return m_truncated; }
    bool loading() const { return m_loading; }
    const QString& error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    EngineBridge& m_bridge;
    std::optional<host::Location> m_folder;
    QStringList m_files;
    QString m_error;
    bool m_truncated = false, m_loading = false;
    struct Listing {
        QStringList files;
        bool truncated = false;
    };
    Task<Listing> m_task;
};

}  // namespace lathe::app
