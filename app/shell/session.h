// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "host/location.h"

#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace lathe::app {

struct RecentWorkspace {
    host::Location folder;
    double opened = 0;  // unix seconds
};

// What is kept between starts, in one folder: window.json (geometry, last workspace), recent.json and one
// file per workspace (tabs, regions, what plugins keep). Losing any of them costs nothing but convenience: a
// damaged file reads as empty and is told by problems(). GUI thread; files are small, writes go to a worker
// unless `now`.
class Session {
public:
    explicit Session(QString folder) : m_folder(std::move(folder)) {}

    QJsonObject window();
    void setWindow(const QJsonObject& window, bool now);
    QJsonObject workspace(const std::optional<host::Location>& folder);
    void setWorkspace(const std::optional<host::Location>& folder, const QJsonObject& state, bool now);

    QList<RecentWorkspace> recent();
    void addRecent(const host::Location& folder);
    void removeRecent(const host::Location& folder);

    QStringList takeProblems();

private:
    QJsonObject read(const QString& name);
    void write(const QString& name, const QJsonObject& object, bool now);
    static QString fileOf(const std::optional<host::Location>& folder);
    void saveRecent(const QList<RecentWorkspace>& list);

    QString m_folder;
    QStringList m_problems;
};

}  // namespace lathe::app
