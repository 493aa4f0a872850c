// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/shell_workbench.h"

#include "app/command_ids.h"
#include "app/shell/activity_bar.h"
#include "app/shell/centre_area.h"
#include "app/shell/file_index.h"
#include "app/shell/main_window.h"
#include "app/shell/output_pane.h"
#include "app/shell/pane_drag.h"
#include "app/shell/panel_frame.h"
#include "app/shell/quick_input.h"
#include "app/shell/run_notices.h"
#include "app/shell/settings_page.h"
#include "app/shell/toasts.h"
#include "app/shell/top_bar.h"
#include "app/shell/welcome.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"

#include <QApplication>
#include <QFileDialog>
#include <QRegularExpression>

#include <algorithm>

namespace lathe::app {

namespace {
constexpr int kSaveDelayMs = 2000;
const QString kWelcome = QStringLiteral("workbench.welcome");
const QString kSettingsPane = QStringLiteral("workbench.settings");
const QString kHostItem = QStringLiteral("workbench.host");

QString orElse(const QString& given, const std::string& fallback) {
    return given.isEmpty() ? toQString(fallback) : given;
}
}  // namespace

ShellWorkbench::ShellWorkbench(ShellOptions options)
    : m_options(std::move(options)), m_settings(std::make_unique<Settings>()),
      m_commands(std::make_unique<Commands>()), m_notifications(std::make_unique<Notifications>()),
      m_output(std::make_unique<OutputLog>()), m_workspace(std::make_unique<Workspace>()),
      m_selection(std::make_unique<Selection>()), m_runPalette(std::make_unique<RunPalette>()),
      m_engine(std::make_unique<EngineBridge>(m_options.store,
                                              m_options.workspace && m_options.workspace->isLocal()
                                                  ? toQString(m_options.workspace->path)
                                                  : QString())),
      m_files(std::make_unique<FileIndex>(*m_engine)),
      m_session(orElse(m_options.sessionFolder, joinPath(dataDir(), "session"))) {}

ShellWorkbench::~ShellWorkbench() {
    m_saveTimer.stop();
    if (m_window && m_ready && !m_closing)
        saveSession(true);
    // Panes first, then the plugins whose code they are made of, then what both used.
    delete m_window;
    m_window = nullptr;
}

QWidget* ShellWorkbench::window() {
    return m_window;
}

void ShellWorkbench::start(bool show) {
    ShellSettings::addTo(*m_settings);
    const QString settingsFile = orElse(m_options.settingsFile, joinPath(configDir(), "settings.json"));
    const auto loaded = m_settings->load(settingsFile);
    applyTheme();
    buildWindow();
    if (!loaded)
        m_notifications->error(loaded.error());
    ShellCommands::addTo(*this);
    if (!m_options.pluginFolder.isEmpty()) {
        const QStringList disabled =
            m_settings->text(QStringLiteral("plugins.disabled")).split(QLatin1Char(','), Qt::SkipEmptyParts);
        m_plugins.load(m_options.pluginFolder, disabled, *this);
    }
    say(m_settings->takeProblems());
    say(m_commands->setUserBindings(m_settings->keyBindings()));
    m_commands->setShortcutHost(m_window);
    connect(m_settings.get(), &Settings::changed, this, &ShellWorkbench::applySettings);
    connect(m_settings.get(), &Settings::keyBindingsChanged, this,
            [this] { say(m_commands->setUserBindings(m_settings->keyBindings())); });
    connect(m_settings.get(), &Settings::saveFailed, this, [this](const QString& reason) {
        m_notifications->error(tr("The settings could not be saved"), reason);
    });
    connect(m_settings.get(), &Settings::workspaceBytes, this, &ShellWorkbench::writeWorkspaceSettings);
    restoreSession();
    connect(m_window, &MainWindow::shownFirst, this, [this] {
        m_engine->refreshRuns();
        m_plugins.ready();
        m_ready = true;
    });
    m_saveTimer.setSingleShot(true);
    m_saveTimer.setInterval(kSaveDelayMs);
    connect(&m_saveTimer, &QTimer::timeout, this, [this] { saveSession(false); });
    if (show)
        m_window->show();
}

void ShellWorkbench::say(const QStringList& problems) {
    for (const QString& problem : problems)
        logWarn("settings", "{}", problem.toStdString());
    if (!problems.isEmpty())
        m_notifications->notify({NoteLevel::Warn,
                                 tr("Some settings are ignored"),
                                 problems.join(QLatin1Char('\n')),
                                 tr("Show settings"),
                                 [this] { showSettings({}); },
                                 {},
                                 {}});
}

void ShellWorkbench::applyTheme() {
    const QString wanted =
        m_options.theme.isEmpty() ? m_settings->text(QStringLiteral("appearance.theme")) : m_options.theme;
    theme().setStrongBorders(m_settings->boolean(QStringLiteral("appearance.strongBorders")));
    theme().setTextScale(m_settings->integer(QStringLiteral("appearance.textSize")) / 100.0);
    theme().setMonoFamily(m_settings->text(QStringLiteral("appearance.monoFont")));
    QString error;
    if (theme().name() != wanted && !theme().load(wanted, &error))
        logError("theme", "{}", error.toStdString());
}

void ShellWorkbench::applySettings(const QString& key) {
    if (key == QLatin1String("appearance.theme"))
        m_options.theme.clear();  // the user's choice wins over the command line from now on
    if (key.startsWith(QLatin1String("appearance.")))
        applyTheme();
    if (key == QLatin1String("appearance.language"))
        m_statusBar->flash(tr("The language changes at the next start"));
    if (key == QLatin1String("charts.distinguishByDash"))
        m_runPalette->setDistinguishByDash(m_settings->boolean(key));
}

void ShellWorkbench::buildWindow() {
    m_statusBar = new StatusBar;
    m_window = new MainWindow(*m_commands, m_statusBar);
    m_window->setWindowTitle(QStringLiteral("Lathe"));
    m_window->mayClose = [this] { return mayClose(); };
    m_toasts = new Toasts(*m_notifications, m_window);
    m_runNotices = new RunNotices(*m_engine, *m_settings, *m_commands, *m_notifications, this);
    m_statusBar->add({kHostItem, StatusSide::Left, 10, kKeep, nullptr, [this] {
                          m_commands->execute(QLatin1String(ids::kHostOpen),
                                              {{QStringLiteral("host"), m_workspace->hostId()}});
                      }});
    connect(m_window->topBar(), &TopBar::fieldClicked, this,
            [this] { m_commands->execute(QLatin1String(ids::kQuickOpen)); });
    connect(m_window->activityBar(), &ActivityBar::triggered, this, &ShellWorkbench::activityTriggered);
    connect(m_window->activityBar(), &ActivityBar::settingsClicked, this, [this] { showSettings({}); });
    connect(m_window->activityBar(), &ActivityBar::bellClicked, this, &ShellWorkbench::showBell);
    connect(m_notifications.get(), &Notifications::changed, this,
            [this] { m_window->activityBar()->bell()->setBadge(m_notifications->unread()); });
    connect(m_window->bottom(), &PanelFrame::entryClicked, this,
            [this](const QString& id) { showPane(id, true); });
    m_drag = new PaneDrag(*m_window);
    for (PanelFrame* frame : {m_window->side(), m_window->bottom(), m_window->dock()}) {
        connect(frame, &PanelFrame::headerDragged, this, [this](const QString& id, const QPoint& at) {
            if (const auto found = m_panes.find(id); found != m_panes.end())
                dragged(makePane(found->second), at);
        });
        connect(frame, &PanelFrame::headerDropped, this,
                [this](const QString& id, const QPoint& at) { dropped(existingPane(id), at); });
    }
    connect(m_window->centre(), &CentreArea::tabPulled, this, &ShellWorkbench::dragged);
    connect(m_window->centre(), &CentreArea::tabLetGo, this, &ShellWorkbench::dropped);
    connect(m_window, &MainWindow::regionsChanged, this, [this] {
        refreshActivity();
        sessionTouched();
    });
    CentreArea* centre = m_window->centre();
    centre->setEmptyWidget([this] { return makeEmptyCentre(*this); });
    connect(centre, &CentreArea::closeRequested, this, &ShellWorkbench::closeTab);
    connect(centre, &CentreArea::layoutChanged, this, &ShellWorkbench::sessionTouched);
    connect(centre, &CentreArea::currentChanged, this, [this](Pane* pane) {
        refreshActivity();
        if (!m_restoring)
            Q_EMIT activeTabChanged(pane);
    });
    connect(m_commands.get(), &Commands::refused, this,
            [this](const QString&, const QString& reason) { m_statusBar->flash(reason); });
    connect(m_workspace.get(), &Workspace::changed, this, &ShellWorkbench::refreshPlace);
    connect(m_engine.get(), &EngineBridge::hostChanged, this, &ShellWorkbench::refreshHostItem);
    connect(m_engine.get(), &EngineBridge::storeErrorChanged, this, [this] {
        if (m_engine->storeError())
            m_notifications->error(*m_engine->storeError());
    });
    connect(m_files.get(), &FileIndex::changed, this, [this] {
        if (m_quick)
            m_quick->refresh();
    });
    connect(m_engine.get(), &EngineBridge::runsChanged, this, [this] {
        if (m_quick && m_quick->isVisible())
            m_quick->refresh();
    });
    connect(&theme(), &Theme::changed, m_window, [this] { m_window->update(); });

    registerPane({.id = QStringLiteral("workbench.output"),
                  .title = tr("Output"),
                  .icon = QStringLiteral("list"),
                  .region = Region::BottomPanel,
                  .order = 30,
                  .factory = [this]() -> Pane* { return new OutputPane(*m_output); },
                  .shortcut = QKeySequence(QStringLiteral("Ctrl+Shift+U"))});
    registerPane({.id = kWelcome,
                  .title = tr("Welcome"),
                  .icon = QStringLiteral("logo"),
                  .region = Region::Centre,
                  .factory = [this]() -> Pane* { return new WelcomePane(*this); }});
    registerPane({.id = kSettingsPane,
                  .title = tr("Settings"),
                  .icon = QStringLiteral("settings"),
                  .region = Region::Centre,
                  .factory = [this]() -> Pane* { return new SettingsPage(*this); }});
    refreshPlace();
}

void ShellWorkbench::registerPane(PaneSpec spec) {
    if (m_panes.contains(spec.id)) {
        logError("app", "pane {} is registered twice; the second is ignored", spec.id.toStdString());
        return;
    }
    const QString id = spec.id;
    if (spec.region == Region::SidePanel || spec.activityBar)
        m_window->activityBar()->addEntry(id, spec.icon, spec.title, spec.order);
    if (spec.region == Region::BottomPanel && !spec.hidden)
        m_window->bottom()->addEntry(id, spec.title, spec.order);
    m_commands->add({.id = QStringLiteral("pane.") + id,
                     .title = tr("Show %1").arg(spec.title),
                     .category = tr("View"),
                     .shortcut = spec.shortcut,
                     .menu = QStringLiteral("View/%1").arg(200 + std::min(spec.order, 99)),
                     .run = [this, id](const QVariantMap&) { showPane(id, true); }});
    const Region home = spec.region;
    m_panes.emplace(id, Registered{std::move(spec), home, nullptr});
}

void ShellWorkbench::registerTabKind(const QString& id, TabFactory factory) {
    m_tabKinds.insert(id, std::move(factory));
}

void ShellWorkbench::registerFileOpener(const QString& pattern, int priority, FileOpener opener) {
    m_openers << Opener{pattern, priority, std::move(opener)};
    std::ranges::stable_sort(m_openers,
                             [](const Opener& a, const Opener& b) { return a.priority > b.priority; });
}

void ShellWorkbench::registerQuickSource(QChar prefix, const QString& label,
                                         std::function<QList<QuickItem>(const QString&)> source) {
    m_quickSources.insert(prefix, {label, std::move(source)});
}

Pane* ShellWorkbench::makePane(Registered& registered) {
    if (registered.pane)
        return registered.pane;
    Pane* pane = nullptr;
    try {
        pane = registered.spec.factory ? registered.spec.factory() : nullptr;
    } catch (const std::exception& e) {
        logError("plugins", "pane {}: {}", registered.spec.id.toStdString(), e.what());
    }
    if (!pane) {
        m_notifications->error(tr("The pane “%1” could not be made").arg(registered.spec.title),
                               tr("The Output panel may say more."));
        return nullptr;
    }
    if (pane->id() != registered.spec.id)
        logError("plugins", "pane {} calls itself {}: header, session and activity bar will not find it",
                 registered.spec.id.toStdString(), pane->id().toStdString());
    if (pane->title().isEmpty())
        pane->setTitle(registered.spec.title);
    if (pane->iconName().isEmpty())
        pane->setIconName(registered.spec.icon);
    registered.pane = pane;
    const QJsonObject state = m_paneStates.value(registered.spec.id).toObject();
    if (!state.isEmpty())
        pane->restoreState(state);
    putInto(registered.spec.region, registered);
    return pane;
}

Pane* ShellWorkbench::showPane(const QString& id, bool activate) {
    const auto found = m_panes.find(id);
    if (found == m_panes.end()) {
        logError("app", "there is no pane {}", id.toStdString());
        return nullptr;
    }
    Registered& registered = found->second;
    Pane* pane = makePane(registered);
    if (!pane)
        return nullptr;
    switch (registered.spec.region) {
    case Region::SidePanel:
        m_window->side()->setCurrent(pane);
        m_window->setSideVisible(true);
        break;
    case Region::BottomPanel:
        m_window->bottom()->setCurrent(pane);
        m_window->setBottomVisible(true);
        break;
    case Region::RightDock:
        m_window->dock()->setCurrent(pane);
        m_window->setDockVisible(true);
        break;
    case Region::Centre:
        if (!m_window->centre()->contains(pane))
            m_window->centre()->add(pane, false);
        m_window->centre()->activate(pane, false);
        if (registered.spec.hidesSidePanel)
            m_window->setSideVisible(false);
        break;
    }
    if (activate)
        pane->activate();
    refreshActivity();
    sessionTouched();
    return pane;
}

Pane* ShellWorkbench::existingPane(const QString& id) const {
    const auto found = m_panes.find(id);
    return found == m_panes.end() ? nullptr : found->second.pane.data();
}

void ShellWorkbench::hidePane(const QString& id) {
    const auto found = m_panes.find(id);
    if (found == m_panes.end() || !found->second.pane)
        return;
    switch (found->second.spec.region) {
    case Region::SidePanel: m_window->setSideVisible(false); break;
    case Region::BottomPanel: m_window->setBottomVisible(false); break;
    case Region::RightDock: m_window->setDockVisible(false); break;
    case Region::Centre: closeTab(found->second.pane); break;
    }
}

void ShellWorkbench::setBadge(const QString& paneId, int count) {
    m_window->activityBar()->setBadge(paneId, count);
}

void ShellWorkbench::openTab(Pane* pane, bool otherGroup) {
    // The greeting has done its part once there is something to work on.
    Pane* welcome = existingPane(kWelcome);
    m_window->centre()->add(pane, otherGroup);
    if (welcome && welcome != pane && m_window->centre()->contains(welcome))
        m_window->centre()->remove(welcome);
    m_window->centre()->activate(pane, !m_restoring);
}

void ShellWorkbench::closeTab(Pane* pane) {
    if (!pane || !m_window->centre()->contains(pane) || !pane->canClose(Closing::Pane))
        return;
    const QString id = pane->id();
    const QJsonObject state = pane->saveState();
    if (m_panes.contains(id) && !state.isEmpty())
        m_paneStates[id] = state;
    m_window->centre()->remove(pane);
    Q_EMIT tabClosed(id);
}

void ShellWorkbench::activateTab(Pane* pane) {
    m_window->centre()->activate(pane, true);
}

Pane* ShellWorkbench::activeTab() const {
    return m_window->centre()->current();
}

QList<Pane*> ShellWorkbench::tabs() const {
    return m_window->centre()->panes();
}

bool ShellWorkbench::openFile(const host::Location& file, const OpenOptions& options) {
    const QString name = toQString(file.name());
    for (const Opener& opener : m_openers) {
        const QRegularExpression pattern(QRegularExpression::wildcardToRegularExpression(opener.pattern),
                                         QRegularExpression::CaseInsensitiveOption);
        if (pattern.match(name).hasMatch() && opener.open(file, options))
            return true;
    }
    m_notifications->error(tr("No part of Lathe that is loaded can show %1").arg(toQString(file.display())),
                           tr("The editor plugin opens text files; see Settings, Plugins."));
    return false;
}

void ShellWorkbench::openFolder(const host::Location& folder) {
    m_statusBar->flash(tr("Opening %1…").arg(toQString(folder.display())));
    EngineBridge* bridge = m_engine.get();
    m_engine
        ->async([bridge, folder](Engine& engine, std::stop_token stop) -> Result<host::Location> {
            LATHE_TRY_ASSIGN(const std::shared_ptr<host::Host> host,
                             bridge->connectedHost(engine, folder.host, stop));
            host::Location wanted = folder;
            if (wanted.path.empty() || wanted.path == "~") {
                LATHE_TRY_ASSIGN(wanted.path, host->home());
            }
            LATHE_TRY_ASSIGN(const host::FileInfo info, host->stat(wanted.path));
            if (info.kind != host::FileKind::Folder && !info.linkToFolder)
                return fail(ErrorCode::Invalid, "this is a file, not a folder", wanted.text(),
                            "open the folder that holds it");
            LATHE_TRY(host->list(wanted.path, stop));
            return wanted;
        })
        .then(this, [this](Result<host::Location> opened) {
            m_statusBar->flash({});
            if (!opened) {
                m_notifications->error(opened.error());
                return;
            }
            if (m_workspace->folder() == *opened)
                return;
            if (!tabsMayClose())
                return;
            adopt(*opened);
        });
}

void ShellWorkbench::closeFolder() {
    if (m_workspace->isOpen() && tabsMayClose())
        adopt({});
}

void ShellWorkbench::close() {
    m_window->close();
}

bool ShellWorkbench::tabsMayClose() {
    for (Pane* pane : tabs())
        if (!pane->canClose(Closing::Window)) {
            m_window->centre()->activate(pane, true);
            return false;
        }
    return true;
}

bool ShellWorkbench::mayClose() {
    if (m_closing)
        return true;
    if (!tabsMayClose())
        return false;
    for (const auto& [id, registered] : m_panes)
        if (registered.pane && registered.spec.region != Region::Centre &&
            !registered.pane->canClose(Closing::Window))
            return false;
    if (!m_plugins.aboutToClose())
        return false;
    saveSession(true);
    m_closing = true;
    return true;
}

bool ShellWorkbench::idle() const {
    if (!m_ready || m_engine->busy() > 0)
        return false;
    const auto panes = m_window->findChildren<Pane*>();
    return std::ranges::all_of(panes, [](const Pane* pane) { return pane->idle(); });
}

QStringList ShellWorkbench::paneIds() const {
    QStringList ids;
    for (const auto& [id, registered] : m_panes)
        ids << id;
    return ids;
}

QString ShellWorkbench::paneNamed(const QString& name) const {
    if (m_panes.contains(name))
        return name;
    for (const auto& [id, registered] : m_panes)
        if (registered.spec.title.compare(name, Qt::CaseInsensitive) == 0)
            return id;
    for (const auto& [id, registered] : m_panes)
        if (id.section(QLatin1Char('.'), 0, 0).compare(name, Qt::CaseInsensitive) == 0 ||
            id.section(QLatin1Char('.'), -1).compare(name, Qt::CaseInsensitive) == 0)
            return id;
    return {};
}

void ShellWorkbench::activityTriggered(const QString& id) {
    const auto found = m_panes.find(id);
    if (found == m_panes.end())
        return;
    const Registered& registered = found->second;
    const bool inFront = registered.spec.region == Region::SidePanel
                             ? m_window->sideVisible() && m_window->side()->currentId() == id
                             : false;
    if (inFront)
        m_window->setSideVisible(false);
    else
        showPane(id, true);
}

void ShellWorkbench::refreshActivity() {
    QString current;
    if (m_window->sideVisible())
        current = m_window->side()->currentId();
    else if (Pane* pane = activeTab(); pane && m_panes.contains(pane->id()))
        current = pane->id();
    m_window->activityBar()->setCurrent(current);
}

void ShellWorkbench::refreshPlace() {
    const QString host =
        m_workspace->hostId() == QLatin1String("local") ? tr("this computer") : m_workspace->hostId();
    m_window->topBar()->setPlace(m_workspace->name(), host);
    m_window->setWindowTitle(m_workspace->isOpen()
                                 ? QStringLiteral("%1 — %2 — Lathe").arg(m_workspace->name(), host)
                                 : QStringLiteral("Lathe"));
    m_window->centre()->setWorkspaceHost(m_workspace->hostId());
    m_files->setFolder(m_workspace->folder());
    refreshHostItem();
}

void ShellWorkbench::refreshHostItem() {
    const QString id = m_workspace->hostId();
    const bool local = id == QLatin1String("local");
    const host::HostState state = m_engine->hostState(id);
    StatusText text;
    text.icon = QStringLiteral("hosts");
    text.text = local ? tr("this computer") : id;
    text.strong = true;
    const double latency = m_engine->hostLatency(id);
    if (local || state == host::HostState::Connected) {
        text.iconToken = latency < 0.1   ? QStringLiteral("success")
                         : latency < 0.4 ? QStringLiteral("warn")
                                         : QStringLiteral("error");
        if (!local && latency > 0)
            text.detail = QStringLiteral("%1 ms").arg(qRound(latency * 1000));
    } else {
        text.iconToken = state == host::HostState::Lost ? QStringLiteral("error") : QStringLiteral("text.3");
        text.detail = state == host::HostState::Lost         ? tr("lost")
                      : state == host::HostState::Connecting ? tr("connecting")
                                                             : tr("offline");
    }
    text.toolTip = local ? tr("The workspace is on this computer")
                         : tr("Host %1: %2").arg(id, m_engine->hostStateText(id));
    m_statusBar->setText(kHostItem, text);
}

}  // namespace lathe::app
