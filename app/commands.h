// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>
#include <QVariantMap>

#include <functional>
#include <map>
#include <memory>

class QAction;
class QWidget;

namespace lathe::app {

// Why a command cannot run now; empty: it can. "No run is selected".
using EnabledWhen = std::function<QString()>;

struct CommandSpec {
    QString id;        // "run.start", stable: key bindings and other plugins use it
    QString title;     // translated, as the palette and menus show it: "Stop run"
    QString category;  // translated; groups the palette: "Run"
    QKeySequence shortcut;
    // Where it stands in the menu bar: "Run/30" = menu Run, position 30. Positions of another ten get a
    // separator between. Empty: only in the palette. Menus: File Edit View Go Run Git Hosts Help
    // (untranslated ids).
    QString menu;
    QString icon;
    EnabledWhen disabledReason;  // unset: always enabled
    std::function<void(const QVariantMap& arguments)> run;
    bool checkable = false;
    std::function<bool()> checked;
    // Only while focus is inside a widget (Ctrl+C of a terminal, Space of a table); nullptr: everywhere.
    QWidget* context = nullptr;
};

// Every action of the workbench by id. Menus, palette and shortcuts are views of it. GUI thread only.
class Commands : public QObject {
    Q_OBJECT
public:
    explicit Commands(QObject* parent = nullptr);
    ~Commands() override;

    // The id must be new; a second registration of one is refused and logged.
    bool add(CommandSpec spec);
    void remove(const QString& id);

    bool contains(const QString& id) const;
    const CommandSpec* find(const QString& id) const;
    QStringList ids() const;  // sorted
    // Empty if it would run now, else the reason (also for an unknown id).
    QString disabledReason(const QString& id) const;
    // Runs it if it is enabled; else tells the user why in the status bar and returns false.
    bool execute(const QString& id, const QVariantMap& arguments = {});

    // The binding in force: the user's, else the default. Empty: none.
    QKeySequence shortcut(const QString& id) const;
    // From the settings file's "keys": {"command.id": "Ctrl+Alt+X"}; an empty text unbinds. Returns what was
    // refused, one sentence each (unknown command, not a key, taken by another command).
    QStringList setUserBindings(const QMap<QString, QString>& bindings);

    // The QAction of a command (owned here): for buttons and menus of panes.
    QAction* action(const QString& id);
    // Ids by last use, newest first; kept in the session.
    const QStringList& recent() const { return m_recent; }
    void setRecent(const QStringList& ids) { m_recent = ids; }
    // Where shortcuts of commands without a context live: the main window.
    void setShortcutHost(QWidget* host);

Q_SIGNALS:
    void changed();  // something was added, removed or rebound
    void executed(const QString& id);
    void refused(const QString& id, const QString& reason);

private:
    struct Entry;
    void refreshShortcut(Entry& entry);
    std::map<QString, std::unique_ptr<Entry>> m_entries;
    QMap<QString, QString> m_bindings;
    QStringList m_recent;
    QWidget* m_host = nullptr;
};

}  // namespace lathe::app
