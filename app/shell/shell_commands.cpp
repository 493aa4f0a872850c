// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of the shell itself, and what they do beyond one call.
#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/shell/activity_bar.h"
#include "app/shell/centre_area.h"
#include "app/shell/main_window.h"
#include "app/shell/panel_frame.h"
#include "app/shell/quick_input.h"
#include "app/shell/settings_page.h"
#include "app/shell/shell_workbench.h"
#include "app/shell/toasts.h"
#include "app/widgets.h"
#include "core/file.h"
#include "core/paths.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QThreadPool>

namespace lathe::app {

namespace {

constexpr int kResizeStep = 24;

host::Location locationOf(const QVariantMap& arguments) {
    return arguments.value(QStringLiteral("location")).value<host::Location>();
}

// The samples and the text they are trained on, without what is there already: what the user changed stays.
Result<> copySample(const std::string& from, const std::string& to) {
    LATHE_TRY(makeDirs(to));
    LATHE_TRY_ASSIGN(const std::vector<std::string> names, listDir(from));
    for (const std::string& name : names) {
        const std::string source = joinPath(from, name), target = joinPath(to, name);
        if (isDirectory(source)) {
            LATHE_TRY(copySample(source, target));
        } else if (!exists(target)) {
            LATHE_TRY_ASSIGN(const std::string bytes, readFile(source));
            LATHE_TRY(writeFileAtomic(target, bytes));
        }
    }
    return {};
}

}  // namespace

void ShellCommands::addTo(ShellWorkbench& w) {
    Commands& commands = w.commands();
    const QString file = tr("File"), view = tr("View"), go = tr("Go"), help = tr("Help");
    const auto add = [&commands](const char* id, const QString& category, const QString& title,
                                 const char* keys, const char* menu,
                                 std::function<void(const QVariantMap&)> run, EnabledWhen disabled = {}) {
        commands.add({.id = QLatin1String(id),
                      .title = title,
                      .category = category,
                      .shortcut = QKeySequence(QLatin1String(keys)),
                      .menu = QLatin1String(menu),
                      .disabledReason = std::move(disabled),
                      .run = std::move(run)});
    };
    const auto noTab = [&w, why = tr("No tab is open")] { return w.activeTab() ? QString() : why; };
    const auto noFolder = [&w, why = tr("No folder is open")] {
        return w.workspace().isOpen() ? QString() : why;
    };

    add(ids::kOpenFolder, file, tr("Open folder…"), "Ctrl+O", "File/10", [&w](const QVariantMap& arguments) {
        if (arguments.contains(QStringLiteral("location")))
            w.openFolder(locationOf(arguments));
        else
            w.chooseFolder();
    });
    add(ids::kOpenFile, file, tr("Open file…"), "", "File/11", [&w](const QVariantMap& arguments) {
        if (!arguments.contains(QStringLiteral("location")))
            return w.chooseFile();
        OpenOptions options;
        options.line = arguments.value(QStringLiteral("line")).toInt();
        options.column = arguments.value(QStringLiteral("column")).toInt();
        w.openFile(locationOf(arguments), options);
    });
    add(
        "workbench.closeFolder", file, tr("Close folder"), "", "File/12",
        [&w](const QVariantMap&) { w.closeFolder(); }, noFolder);
    add(ids::kSettings, file, tr("Settings"), "Ctrl+,", "File/50", [&w](const QVariantMap& arguments) {
        w.showSettings(arguments.value(QStringLiteral("search")).toString());
    });
    add("workbench.settingsFile", file, tr("Open settings file"), "", "File/51", [&w](const QVariantMap&) {
        const std::string path = toStd(w.settings().userFile());
        if (!exists(path))
            if (auto saved = w.settings().save(); !saved)
                return w.notifications().error(saved.error());
        w.openFile({"local", path}, {});
    });
    add(
        "workbench.closeTab", file, tr("Close tab"), "Ctrl+W", "File/60",
        [&w](const QVariantMap&) { w.closeTab(w.activeTab()); }, noTab);
    add(
        "workbench.closeAllTabs", file, tr("Close all tabs"), "", "File/61",
        [&w](const QVariantMap&) {
            for (Pane* pane : w.tabs())
                w.closeTab(pane);
        },
        noTab);
    add("workbench.quit", file, tr("Quit"), "Ctrl+Q", "File/90", [&w](const QVariantMap&) { w.close(); });

    add(ids::kPalette, view, tr("Command palette"), "Ctrl+Shift+P", "View/10", [&w](const QVariantMap&) {
        w.quickInput().setHint(tr("Type a command"));
        w.quickInput().open(QStringLiteral(">"));
    });
    add(ids::kQuickOpen, go, tr("Quick open"), "Ctrl+P", "Go/10", [&w](const QVariantMap& arguments) {
        w.quickInput().setHint(tr("Files by name   > command   : line   # run"));
        w.quickInput().open(arguments.value(QStringLiteral("text")).toString());
    });
    add("workbench.goToRun", go, tr("Go to run…"), "", "Go/12",
        [&w](const QVariantMap&) { w.quickInput().open(QStringLiteral("#")); });
    add(ids::kShowPane, view, tr("Show pane…"), "", "", [&w](const QVariantMap& arguments) {
        const QString name = arguments.value(QStringLiteral("pane")).toString();
        if (const QString id = w.paneNamed(name); !id.isEmpty())
            w.showPane(id, true);
        else
            w.quickInput().open(QStringLiteral(">%1").arg(tr("Show ")));
    });

    const auto toggle = [&commands, &view](const char* id, const QString& title, const char* keys,
                                           const char* menu, std::function<bool()> shown,
                                           std::function<void()> run) {
        commands.add({.id = QLatin1String(id),
                      .title = title,
                      .category = view,
                      .shortcut = QKeySequence(QLatin1String(keys)),
                      .menu = QLatin1String(menu),
                      .run = [run = std::move(run)](const QVariantMap&) { run(); },
                      .checkable = true,
                      .checked = std::move(shown)});
    };
    MainWindow* window = w.mainWindow();
    toggle(
        "view.sidePanel", tr("Side panel"), "Ctrl+B", "View/20", [window] { return window->sideVisible(); },
        [window] { window->setSideVisible(!window->sideVisible()); });
    toggle(
        "view.bottomPanel", tr("Bottom panel"), "Ctrl+J", "View/21",
        [window] { return window->bottomVisible(); },
        [&w, window] {
            if (window->bottomVisible())
                return window->setBottomVisible(false);
            const QString id = window->bottom()->currentId();
            w.showPane(w.existingPane(id) ? id : w.firstPane(Region::BottomPanel), true);
        });
    toggle(
        "view.rightDock", tr("Right region"), "Ctrl+Alt+B", "View/22",
        [window] { return window->dockVisible(); },
        [&w, window] {
            if (window->dockVisible())
                return window->setDockVisible(false);
            const QString id = w.firstPane(Region::RightDock);
            if (id.isEmpty())
                w.statusBar().flash(tr("No plugin that is loaded has a pane for the right region"));
            else
                w.showPane(id, true);
        });
    add("view.maximiseBottom", view, tr("Maximise bottom panel"), "", "View/23",
        [window](const QVariantMap&) { window->toggleBottomMaximised(); });
    CentreArea* centre = window->centre();
    add("view.splitRight", view, tr("Split right"), "Ctrl+\\", "View/30",
        [centre](const QVariantMap&) { centre->split(Qt::Horizontal); });
    add("view.splitDown", view, tr("Split down"), "Ctrl+K, Ctrl+\\", "View/31",
        [centre](const QVariantMap&) { centre->split(Qt::Vertical); });
    add(
        "view.moveTab", view, tr("Move tab to other group"), "", "View/32",
        [centre](const QVariantMap&) { centre->moveToOtherGroup(centre->current()); }, noTab);
    const auto noPane = [&w]() -> QString {
        Pane* pane = w.focusedPane();
        return pane && w.existingPane(pane->id()) == pane ? QString() : tr("A document stays in the centre");
    };
    for (const auto& [id, title, region] :
         {std::tuple{"view.paneToSide", tr("Move pane to the side panel"), Region::SidePanel},
          std::tuple{"view.paneToCentre", tr("Move pane to the centre"), Region::Centre},
          std::tuple{"view.paneToBottom", tr("Move pane to the bottom panel"), Region::BottomPanel},
          std::tuple{"view.paneToDock", tr("Move pane to the right dock"), Region::RightDock}})
        add(
            id, view, title, "", "",
            [&w, region](const QVariantMap&) {
                if (Pane* pane = w.focusedPane())
                    w.movePane(pane->id(), region);
            },
            noPane);
    add(
        "view.keepTab", view, tr("Keep preview tab"), "", "View/33",
        [&w](const QVariantMap&) { w.activeTab()->setPreview(false); }, noTab);
    for (int i = 1; i <= 9; ++i)
        add(
            qPrintable(QStringLiteral("view.group%1").arg(i)), view, tr("Tab group %1").arg(i),
            qPrintable(QStringLiteral("Ctrl+%1").arg(i)), "",
            [centre, i](const QVariantMap&) { centre->focusGroup(i - 1); },
            [centre, i, why = tr("There is no such group")] {
                return i <= centre->groups().size() ? QString() : why;
            });
    add(
        "view.recentTab", go, tr("Recent tab"), "Ctrl+Tab", "Go/20",
        [centre](const QVariantMap&) { centre->cycleRecent(1); }, noTab);
    add(
        "view.nextTab", go, tr("Next tab"), "Ctrl+PgDown", "Go/21",
        [centre](const QVariantMap&) { centre->cycleTab(1); }, noTab);
    add(
        "view.previousTab", go, tr("Previous tab"), "Ctrl+PgUp", "Go/22",
        [centre](const QVariantMap&) { centre->cycleTab(-1); }, noTab);
    add("view.nextRegion", go, tr("Next region"), "F6", "Go/30",
        [window](const QVariantMap&) { window->cycleRegion(1); });
    add("view.previousRegion", go, tr("Previous region"), "Shift+F6", "Go/31",
        [window](const QVariantMap&) { window->cycleRegion(-1); });
    add("view.growRegion", view, tr("Grow region"), "Ctrl+Alt+Right", "View/40",
        [window](const QVariantMap&) { window->resizeRegion(kResizeStep); });
    add("view.shrinkRegion", view, tr("Shrink region"), "Ctrl+Alt+Left", "View/41",
        [window](const QVariantMap&) { window->resizeRegion(-kResizeStep); });
    add("view.resetLayout", view, tr("Reset layout"), "", "View/42",
        [&w](const QVariantMap&) { w.resetLayout(); });
    add("view.toggleTheme", view, tr("Toggle theme (dark, light)"), "", "View/50",
        [&w](const QVariantMap&) { w.toggleTheme(); });
    const auto scaleText = [&w](int percent) {
        const QString key = QStringLiteral("appearance.textSize");
        const int now = w.settings().integer(key);
        if (auto set = w.settings().set(key, percent == 0 ? 100 : qBound(80, now + percent, 200)); !set)
            w.notifications().error(set.error());
    };
    add("view.textLarger", view, tr("Larger text"), "Ctrl+=", "View/51",
        [scaleText](const QVariantMap&) { scaleText(10); });
    add("view.textSmaller", view, tr("Smaller text"), "Ctrl+-", "View/52",
        [scaleText](const QVariantMap&) { scaleText(-10); });
    add("view.textReset", view, tr("Normal text size"), "Ctrl+0", "View/53",
        [scaleText](const QVariantMap&) { scaleText(0); });
    add("workbench.notifications", view, tr("Notifications"), "", "View/60",
        [&w](const QVariantMap&) { w.showBell(); });

    add("workbench.welcome", help, tr("Welcome"), "", "Help/10",
        [&w](const QVariantMap&) { w.showWelcome(); });
    add(ids::kTrySample, help, tr("Try the sample"), "", "Help/11",
        [&w](const QVariantMap&) { w.trySample(); });
    add("workbench.keys", help, tr("Key bindings"), "", "Help/12", [&w](const QVariantMap&) {
        w.showSettings({});
        if (auto* page = static_cast<SettingsPage*>(w.existingPane(QStringLiteral("workbench.settings"))))
            page->showPage(QStringLiteral("Keys"));
    });
    add("workbench.about", help, tr("About Lathe"), "", "Help/90", [&w](const QVariantMap&) {
        Sheet::ask(w.window(), tr("About Lathe"),
                   tr("Lathe %1, the deep-learning researcher's workbench.\n\nThe workbench is free software "
                      "under the GNU General Public License, version 3 or "
                      "later; the engine and the Python helper are under the Apache License 2.0.")
                       .arg(QCoreApplication::applicationVersion()),
                   {tr("Close")}, {});
    });
}

QString ShellWorkbench::firstPane(Region region) const {
    const PaneSpec* first = nullptr;
    for (const auto& [id, registered] : m_panes)
        if (registered.spec.region == region && !registered.spec.hidden &&
            (!first || registered.spec.order < first->order))
            first = &registered.spec;
    return first ? first->id : QString();
}

void ShellWorkbench::showSettings(const QString& search) {
    if (auto* page = static_cast<SettingsPage*>(showPane(QStringLiteral("workbench.settings"), true)))
        page->setSearch(search);
}

void ShellWorkbench::showWelcome() {
    showPane(QStringLiteral("workbench.welcome"), true);
}

void ShellWorkbench::showBell() {
    auto* list = new BellList(*m_notifications, m_window->activityBar()->bell());
    list->show();
}

void ShellWorkbench::toggleTheme() {
    const QString other = theme().isDark() ? QStringLiteral("light") : QStringLiteral("dark");
    // The setting may already say so while --theme shows the other.
    if (m_settings->text(QStringLiteral("appearance.theme")) == other) {
        m_options.theme.clear();
        applyTheme();
    } else if (auto set = m_settings->set(QStringLiteral("appearance.theme"), other); !set) {
        m_notifications->error(set.error());
    }
}

void ShellWorkbench::chooseFolder() {
    auto* dialog = new QFileDialog(m_window, tr("Open folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    if (m_workspace->folder() && m_workspace->folder()->isLocal())
        dialog->setDirectory(toQString(m_workspace->folder()->parent().path));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        openFolder({"local", toStd(path)});
    });
    dialog->open();
}

void ShellWorkbench::chooseFile() {
    auto* dialog = new QFileDialog(m_window, tr("Open file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    if (m_workspace->folder() && m_workspace->folder()->isLocal())
        dialog->setDirectory(toQString(m_workspace->folder()->path));
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& paths) {
        for (const QString& path : paths)
            openFile({"local", toStd(path)}, {});
    });
    dialog->open();
}

void ShellWorkbench::trySample() {
    if (!m_workspace->isOpen())
        return openSample();
    Sheet::ask(
        m_window, tr("Try the sample"),
        tr("Opens the sample folder in place of %1 and starts a run that trains a small model for about a "
           "minute.")
            .arg(m_workspace->name()),
        {tr("Cancel"), tr("Open and train")},
        [this](int answer) {
            if (answer == 1)
                openSample();
        },
        1);
}

void ShellWorkbench::openSample() {
    struct Sample {
        host::Location folder, recipe;
        QString run;
    };
    m_statusBar->flash(tr("Preparing the sample…"));
    m_engine
        ->async([](Engine& engine, std::stop_token) -> Result<Sample> {
            const std::string folder = joinPath(dataDir(), "sample");
            LATHE_TRY(makeDirs(folder));
            LATHE_TRY(copySample(sharePath("samples"), folder));
            Sample sample;
            sample.folder = {"local", folder};
            sample.recipe = {"local", joinPath(folder, "gpt-bytes.yaml")};
            launch::RunRequest request;
            request.cwd = folder;
            request.recipe = sample.recipe.path;
            request.experiment = "samples";
            LATHE_TRY_ASSIGN(const record::RunSpec spec, engine.launcher().start(request));
            sample.run = toQString(spec.id);
            return sample;
        })
        .then(this, [this](Result<Sample> sample) {
            m_statusBar->flash({});
            if (!sample) {
                m_notifications->error(sample.error());
                return;
            }
            if (m_workspace->folder() != sample->folder) {
                if (!tabsMayClose())
                    return;
                adopt(sample->folder);
            }
            openFile(sample->recipe, {});
            m_engine->refreshRuns();
            m_selection->setRuns({sample->run});
            m_commands->execute(QLatin1String(ids::kRunFollow),
                                {{QStringLiteral("runs"), QStringList{sample->run}}});
        });
}

}  // namespace lathe::app
