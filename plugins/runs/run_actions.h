// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

namespace lathe::app {
class Workbench;
}

namespace lathe::runs {

// What one does to runs, each off the GUI thread; a failure becomes a notification that says what to do. GUI
// thread only.
class RunActions : public QObject {
    Q_OBJECT
public:
    explicit RunActions(app::Workbench& workbench, QObject* parent = nullptr);

    // Asks once, unless `asked`. Runs that are over are left out; tells the user if none is left.
    void stop(const QStringList& ids, bool asked = false);
    void startAgain(const QString& id);
    void rename(const QString& id, const QString& name);
    void setTags(const QStringList& ids, const QStringList& tags);
    void setNote(const QString& id, const QString& note);
    void copyIds(const QStringList& ids) const;
    // Asks for the new text in a sheet.
    void askRename(const QString& id);
    void askTags(const QStringList& ids);
    void askNote(const QString& id);

    QStringList stoppable(const QStringList& ids) const;  // those not over

private:
    app::Workbench& m_workbench;
};

}  // namespace lathe::runs
