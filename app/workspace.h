// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "host/location.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <optional>

Q_DECLARE_METATYPE(lathe::host::Location)

namespace lathe::app {

inline QString toQString(const std::string& text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
inline std::string toStd(const QString& text) {
    const QByteArray bytes = text.toUtf8();
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

// The folder that is open, if one is. GUI thread only.
class Workspace : public QObject {
    Q_OBJECT
public:
    explicit Workspace(QObject* parent = nullptr) : QObject(parent) {}

    bool isOpen() const { return m_folder.has_value(); }
    const std::optional<host::Location>& folder() const { return m_folder; }
    QString hostId() const;  // "local" when none is open
    QString name() const;    // the folder's last component

    // Does not look whether it exists: Workbench::openFolder does, off the GUI thread.
    void set(std::optional<host::Location> folder);

Q_SIGNALS:
    void changed();

private:
    std::optional<host::Location> m_folder;
};

// What panes agree on without knowing each other. GUI thread only.
class Selection : public QObject {
    Q_OBJECT
public:
    explicit Selection(QObject* parent = nullptr) : QObject(parent) {}

    const QStringList& runs() const { return m_runs; }  // ids, in the order of the table
    void setRuns(const QStringList& ids);
    // The file in front of the user, whichever pane shows it.
    const std::optional<host::Location>& file() const { return m_file; }
    void setFile(std::optional<host::Location> file);

Q_SIGNALS:
    void runsChanged();
    void fileChanged();

private:
    QStringList m_runs;
    std::optional<host::Location> m_file;
};

}  // namespace lathe::app
