// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workspace.h"

#include "core/text.h"

#include <utility>

namespace lathe::app {

QString Workspace::hostId() const {
    return m_folder ? toQString(m_folder->host) : QStringLiteral("local");
}

QString Workspace::name() const {
    return m_folder ? toQString(escapedForDisplay(m_folder->name())) : QString();
}

void Workspace::set(std::optional<host::Location> folder) {
    if (m_folder == folder)
        return;
    m_folder = std::move(folder);
    Q_EMIT changed();
}

void Selection::setRuns(const QStringList& ids) {
    if (m_runs == ids)
        return;
    m_runs = ids;
    Q_EMIT runsChanged();
}

void Selection::setFile(std::optional<host::Location> file) {
    if (m_file == file)
        return;
    m_file = std::move(file);
    Q_EMIT fileChanged();
}

}  // namespace lathe::app
