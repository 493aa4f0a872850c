// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include <functional>

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
    // Out of the lists, with a way back in the notification; nothing on disk goes.
    void setArchived(const QStringList& ids, bool archived);
    void setDeleted(const QStringList& ids, bool deleted);
    void askRestore();  // what is in the trash, to choose from
    void copyIds(const QStringList& ids) const;
    // Asks for the new text in a sheet.
    void askRename(const QString& id);
    void askTags(const QStringList& ids);
    void askNote(const QString& id);

    QStringList stoppable(const QStringList& ids) const;  // those not over

private:
    void tellPutAway(const QStringList& ids, const QString& title, std::function<void()> undo);
    app::Workbench& m_workbench;
};

}  // namespace lathe::runs
