// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/shell/plugin_host.h"
#include "app/shell/session.h"
#include "app/workbench.h"

#include <QCoreApplication>
#include <QHash>
#include <QPointer>
#include <QTimer>

#include <map>
#include <memory>
#include <vector>

class QTranslator;

namespace lathe::app {

class BellList;
class FileIndex;
class PaneDrag;
class MainWindow;
class QuickInput;
class RunNotices;
class Toasts;
struct QuickRow;

struct ShellOptions {
    QString store;  // --store
    std::optional<host::Location> workspace;
    QString theme;          // --theme; empty: the setting
    QString settingsFile;   // empty: configDir()/settings.json
    QString sessionFolder;  // empty: dataDir()/session
    QString pluginFolder;   // empty: none is loaded
    bool restore = true;    // the last session
};

// The Workbench itself: owns every part, the window and the plugins. GUI thread only.
class ShellWorkbench final : public Workbench {
    Q_OBJECT
public:
    explicit ShellWorkbench(ShellOptions options);
    ~ShellWorkbench() override;

    // Settings, theme, plugins' initialize, session; then the window. Plugins' ready comes after its first
    // paint.
    void start(bool show = true);
    bool started() const { return m_ready; }
    MainWindow* mainWindow() const { return m_window; }
    PluginHost& plugins() { return m_plugins; }
    Session& session() { return m_session; }
    FileIndex& files() { return *m_files; }
    QuickInput& quickInput();
    Toasts& toasts() { return *m_toasts; }
    RunNotices& runNotices() { return *m_runNotices; }

    // What --grab waits for: nothing runs in any pane or in the bridge.
    bool idle() const;
    // The registered pane that a user means: its id, the start of its id up to a dot, or its title; empty if
    // none.
    QString paneNamed(const QString& name) const;
    QStringList paneIds() const;
    QString firstPane(Region region) const;  // empty: no plugin has one

    EngineBridge& engine() override { return *m_engine; }
    Commands& commands() override { return *m_commands; }
    Settings& settings() override { return *m_settings; }
    StatusBar& statusBar() override { return *m_statusBar; }
    Notifications& notifications() override { return *m_notifications; }
    OutputLog& output() override { return *m_output; }
    Workspace& workspace() override { return *m_workspace; }
    Selection& selection() override { return *m_selection; }
    RunPalette& runPalette() override { return *m_runPalette; }
    QWidget* window() override;

    void registerPane(PaneSpec spec) override;
    void registerTabKind(const QString& id, TabFactory factory) override;
    void registerFileOpener(const QString& pattern, int priority, FileOpener opener) override;
    void registerQuickSource(QChar prefix, const QString& label,
                             std::function<QList<QuickItem>(const QString& query)> source) override;
    Pane* showPane(const QString& id, bool activate = true) override;
    Pane* existingPane(const QString& id) const override;
    void hidePane(const QString& id) override;
    void setBadge(const QString& paneId, int count) override;
    void openTab(Pane* pane, bool otherGroup = false) override;
    void closeTab(Pane* pane) override;
    void activateTab(Pane* pane) override;
    Pane* activeTab() const override;
    QList<Pane*> tabs() const override;
    bool openFile(const host::Location& file, const OpenOptions& options = {}) override;
    void openFolder(const host::Location& folder) override;
    QJsonObject sessionValue(const QString& key) const override;
    void setSessionValue(const QString& key, const QJsonObject& value) override;
    void close() override;

    void closeFolder();
    void resetLayout();
    // Moves a registered pane, kept with the workspace's layout; documents stay in the centre.
    void movePane(const QString& id, Region region);
    // The pane that has the keyboard; nullptr: none has.
    Pane* focusedPane() const;
    void activityTriggered(const QString& id);
    void showSettings(const QString& search);
    void showWelcome();
    void showBell();
    void toggleTheme();
    void trySample();
    void chooseFolder();
    void chooseFile();

private:
    struct Registered {
        PaneSpec spec;  // its region is where the user has it now
        Region home = Region::SidePanel;
        QPointer<Pane> pane;
    };
    struct Opener {
        QString pattern;
        int priority;
        FileOpener open;
    };
    struct QuickSource {
        QString label;
        std::function<QList<QuickItem>(const QString&)> items;
    };

    void applySettings(const QString& key);
    void applyTheme();
    void buildWindow();
    Pane* makePane(Registered& registered);
    void putInto(Region region, Registered& registered);
    void takeOut(Registered& registered);
    QJsonObject saveRegions() const;
    void restoreRegions(const QJsonObject& regions);
    void dragged(Pane* pane, const QPoint& global);
    void dropped(Pane* pane, const QPoint& global);
    Pane* restoreTab(const QJsonObject& tab);
    QJsonObject describeTab(const Pane* pane) const;
    void restoreSession();
    void saveSession(bool now);
    void sessionTouched();
    void adopt(std::optional<host::Location> folder);
    void readWorkspaceSettings();
    void writeWorkspaceSettings(const QByteArray& bytes);
    void refreshPlace();
    void refreshHostItem();
    void refreshActivity();
    bool mayClose();
    bool tabsMayClose();
    QList<QuickRow> quickRows(const QString& text);
    QList<QuickRow> commandRows(const QString& query);
    QList<QuickRow> fileRows(const QString& query);
    QList<QuickRow> runRows(const QString& query);
    void say(const QStringList& problems);
    void openSample();

    ShellOptions m_options;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<Commands> m_commands;
    std::unique_ptr<Notifications> m_notifications;
    std::unique_ptr<OutputLog> m_output;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<Selection> m_selection;
    std::unique_ptr<RunPalette> m_runPalette;
    std::unique_ptr<EngineBridge> m_engine;
    std::unique_ptr<FileIndex> m_files;
    Session m_session;
    PluginHost m_plugins;
    StatusBar* m_statusBar = nullptr;  // owned by the window
    MainWindow* m_window = nullptr;
    PaneDrag* m_drag = nullptr;
    RunNotices* m_runNotices = nullptr;
    Toasts* m_toasts = nullptr;
    QuickInput* m_quick = nullptr;

    std::map<QString, Registered> m_panes;
    QHash<QString, TabFactory> m_tabKinds;
    QList<Opener> m_openers;
    QHash<QChar, QuickSource> m_quickSources;
    QJsonObject m_sessionValues, m_paneStates;
    QString m_activePane;
    QTimer m_saveTimer;
    bool m_ready = false, m_restoring = false, m_closing = false;
};

// The parts of start() that are lists: shell_commands.cpp and shell_settings.cpp. Classes, so that their
// texts have a context for the translators.
class ShellCommands {
    Q_DECLARE_TR_FUNCTIONS(lathe::app::ShellCommands)
public:
    static void addTo(ShellWorkbench& workbench);
};

class ShellSettings {
    Q_DECLARE_TR_FUNCTIONS(lathe::app::ShellSettings)
public:
    static void addTo(Settings& settings);
};

}  // namespace lathe::app
