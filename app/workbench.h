// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commands.h"
#include "app/engine_bridge.h"
#include "app/notifications.h"
#include "app/pane.h"
#include "app/run_palette.h"
#include "app/settings.h"
#include "app/status_bar.h"
#include "app/theme.h"
#include "app/workspace.h"

#include <QObject>
#include <QString>

#include <functional>

class QWidget;

namespace lathe::app {

struct OpenOptions {
    int line = 0, column = 0;  // from 1; 0: leave the cursor where it was
    bool preview = false;      // a single click in the tree
    bool readOnly = false;
    bool otherGroup = false;  // Ctrl+Enter: beside
    QString title;            // code of a run: the run's name goes into the tab
};

// Returns false to let the next opener try.
using FileOpener = std::function<bool(const host::Location&, const OpenOptions&)>;

// What a plugin holds: everything of the shell that it may use. Abstract, so that a test can stand in for the
// window (app/testing/test_workbench.h makes a real one). Outlives all plugins and panes. GUI thread only.
class Workbench : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    ~Workbench() override;

    // The parts.
    virtual EngineBridge& engine() = 0;
    virtual Commands& commands() = 0;
    virtual Settings& settings() = 0;
    virtual StatusBar& statusBar() = 0;
    virtual Notifications& notifications() = 0;
    virtual OutputLog& output() = 0;
    virtual Workspace& workspace() = 0;
    virtual Selection& selection() = 0;
    virtual RunPalette& runPalette() = 0;
    virtual QWidget* window() = 0;  // parent of sheets and menus

    // Extension points; call them in Plugin::initialize.
    virtual void registerPane(PaneSpec spec) = 0;
    virtual void registerTabKind(const QString& id, TabFactory factory) = 0;
    // `pattern`: a wildcard of the file name ("*.yaml", "*"); higher priority is asked first.
    virtual void registerFileOpener(const QString& pattern, int priority, FileOpener opener) = 0;
    // A source for quick open's prefixes ('@', '#', '~', '%'): `query` without the prefix → items.
    struct QuickItem {
        QString title, detail, icon;
        std::function<void(bool otherGroup)> run;
    };
    virtual void registerQuickSource(QChar prefix, const QString& label,
                                     std::function<QList<QuickItem>(const QString& query)> source) = 0;

    // Panes and tabs. showPane makes it if it does not exist yet, brings its region forward and activates it.
    virtual Pane* showPane(const QString& id, bool activate = true) = 0;
    virtual Pane* existingPane(const QString& id) const = 0;  // nullptr if it was not made yet
    virtual void hidePane(const QString& id) = 0;
    virtual void setBadge(const QString& paneId, int count) = 0;  // activity bar; 0: none
    // Takes a document over as a tab of the active group.
    virtual void openTab(Pane* pane, bool otherGroup = false) = 0;
    virtual void closeTab(Pane* pane) = 0;  // asks canClose(Closing::Pane)
    virtual void activateTab(Pane* pane) = 0;
    virtual Pane* activeTab() const = 0;    // nullptr if there is none
    virtual QList<Pane*> tabs() const = 0;  // of all groups

    // Files and folders. openFile asks the openers; openFolder looks at the folder off the GUI thread,
    // changes the workspace and restores its session; on failure the user is told and nothing changes.
    virtual bool openFile(const host::Location& file, const OpenOptions& options = {}) = 0;
    virtual void openFolder(const host::Location& folder) = 0;

    // Per-workspace storage of a plugin's odds and ends; written with the session.
    virtual QJsonObject sessionValue(const QString& key) const = 0;
    virtual void setSessionValue(const QString& key, const QJsonObject& value) = 0;

    // Closes the window: asks the panes, then the plugins.
    virtual void close() = 0;

Q_SIGNALS:
    void activeTabChanged(lathe::app::Pane* pane);
    void tabClosed(const QString& paneId);
};

}  // namespace lathe::app
