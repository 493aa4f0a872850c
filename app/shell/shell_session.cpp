// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ShellWorkbench that keeps and restores a session.
#include "app/shell/centre_area.h"
#include "app/shell/file_index.h"
#include "app/shell/main_window.h"
#include "app/shell/panel_frame.h"
#include "app/shell/shell_workbench.h"

#include "core/log.h"
#include "core/paths.h"

#include <QApplication>
#include <QJsonArray>
#include <QScreen>

namespace lathe::app {

namespace {
constexpr std::string_view kWorkspaceSettings = ".lathe/settings.json";
}

QJsonObject ShellWorkbench::describeTab(const Pane* pane) const {
    if (pane->id() == QLatin1String("workbench.welcome"))
        return {};
    const QJsonObject state = pane->saveState();
    if (m_panes.contains(pane->id()))
        return {{QStringLiteral("pane"), pane->id()}, {QStringLiteral("state"), state}};
    if (state.isEmpty() || !m_tabKinds.contains(pane->id()))
        return {};
    return {{QStringLiteral("kind"), pane->id()}, {QStringLiteral("state"), state}};
}

Pane* ShellWorkbench::restoreTab(const QJsonObject& tab) {
    const QJsonObject state = tab.value(QStringLiteral("state")).toObject();
    if (tab.contains(QStringLiteral("pane"))) {
        const auto found = m_panes.find(tab.value(QStringLiteral("pane")).toString());
        if (found == m_panes.end() || found->second.spec.region != Region::Centre || found->second.pane)
            return nullptr;
        if (!state.isEmpty())
            m_paneStates[found->first] = state;
        return makePane(found->second);
    }
    const auto factory = m_tabKinds.constFind(tab.value(QStringLiteral("kind")).toString());
    return factory == m_tabKinds.constEnd() ? nullptr : (*factory)(state);
}

void ShellWorkbench::restoreSession() {
    const QJsonObject window = m_session.window();
    const QJsonObject geometry = window.value(QStringLiteral("geometry")).toObject();
    if (m_options.restore && !geometry.isEmpty()) {
        QRect place(geometry.value(QStringLiteral("x")).toInt(), geometry.value(QStringLiteral("y")).toInt(),
                    geometry.value(QStringLiteral("width")).toInt(1600),
                    geometry.value(QStringLiteral("height")).toInt(1000));
        // A screen that was unplugged must not take the window with it.
        const QScreen* screen = QGuiApplication::screenAt(place.center());
        const QRect available = (screen ? screen : QGuiApplication::primaryScreen())->availableGeometry();
        place.setSize(place.size().boundedTo(available.size()));
        if (!screen)
            place.moveCenter(available.center());
        m_window->setGeometry(place);
        if (geometry.value(QStringLiteral("maximized")).toBool())
            m_window->setWindowState(Qt::WindowMaximized);
    } else {
        const QRect available = QGuiApplication::primaryScreen()->availableGeometry();
        m_window->resize(QSize(1600, 1000).boundedTo(available.size()));
    }
    QStringList recent;
    for (const QJsonValue& id : window.value(QStringLiteral("recentCommands")).toArray())
        recent << id.toString();
    m_commands->setRecent(recent);
    QHash<QString, int> colors;
    const QJsonObject dealt = window.value(QStringLiteral("runColors")).toObject();
    for (auto it = dealt.begin(); it != dealt.end(); ++it)
        colors.insert(it.key(), it.value().toInt());
    m_runPalette->restore(colors);
    m_runPalette->setDistinguishByDash(m_settings->boolean(QStringLiteral("charts.distinguishByDash")));

    std::optional<host::Location> folder = m_options.workspace;
    const QString last = window.value(QStringLiteral("workspace")).toString();
    if (!folder && m_options.restore && !last.isEmpty() &&
        m_settings->boolean(QStringLiteral("appearance.restore")))
        folder = host::Location::parse(toStd(last));
    // The folder is taken at once, so that the window comes up as it was; whether it still is there is looked
    // at afterwards.
    adopt(folder);
    if (!folder)
        return;
    EngineBridge* bridge = m_engine.get();
    const auto look = [this, bridge, folder = *folder] {
        m_engine
            ->async([bridge, folder](Engine& engine, std::stop_token stop) -> Result<> {
                LATHE_TRY_ASSIGN(const std::shared_ptr<host::Host> host,
                                 bridge->connectedHost(engine, folder.host, stop));
                LATHE_TRY_ASSIGN(const host::FileInfo info, host->stat(folder.path));
                if (info.kind != host::FileKind::Folder && !info.linkToFolder)
                    return fail(ErrorCode::Invalid, "this is a file, not a folder", folder.text(),
                                "open the folder that holds it");
                return {};
            })
            .then(this, [this, folder](Result<> found) {
                if (found || m_workspace->folder() != folder)
                    return;
                m_notifications->error(found.error());
                // A host that is away keeps its workspace; a folder that is gone does not.
                if (found.error().code == ErrorCode::NotFound || found.error().code == ErrorCode::Invalid)
                    adopt({});
            });
    };
    connect(m_window, &MainWindow::shownFirst, this, look);
}

void ShellWorkbench::adopt(std::optional<host::Location> folder) {
    if (m_ready)
        saveSession(false);
    m_restoring = true;
    CentreArea* centre = m_window->centre();
    for (Pane* pane : centre->panes())
        centre->remove(pane);
    for (auto& [id, registered] : m_panes)
        if (registered.spec.region == Region::Centre)
            registered.pane.clear();
    if (folder)
        m_session.addRecent(*folder);
    m_paneStates = {};
    const bool changed = m_workspace->folder() != folder;
    const QJsonObject state = m_options.restore || m_ready ? m_session.workspace(folder) : QJsonObject();
    m_sessionValues = state.value(QStringLiteral("values")).toObject();
    m_paneStates = state.value(QStringLiteral("panes")).toObject();
    m_workspace->set(folder);
    restoreRegions(state.value(QStringLiteral("moved")).toObject());
    m_window->restoreLayout(state.value(QStringLiteral("regions")).toObject());
    centre->restoreLayout(state.value(QStringLiteral("centre")).toObject(),
                          [this](const QJsonObject& tab) { return restoreTab(tab); });
    // The side panel of last time, else the first that there is.
    QString side = state.value(QStringLiteral("sidePane")).toString();
    if (!m_panes.contains(side)) {
        side.clear();
        int least = 0;
        for (const auto& [id, registered] : m_panes)
            if (registered.spec.region == Region::SidePanel &&
                (side.isEmpty() || registered.spec.order < least)) {
                side = id;
                least = registered.spec.order;
            }
    }
    if (side.isEmpty())
        m_window->setSideVisible(false);
    else if (m_window->sideVisible())
        showPane(side, false);
    const auto showIn = [&](const char* key, Region region, bool visible) {
        const QString id = state.value(QLatin1String(key)).toString();
        if (!visible)
            return false;
        if (const auto found = m_panes.find(id);
            found != m_panes.end() && found->second.spec.region == region)
            return showPane(id, false) != nullptr;
        for (const auto& [other, registered] : m_panes)
            if (registered.spec.region == region && !registered.spec.hidden)
                return showPane(other, false) != nullptr;
        return false;
    };
    m_window->setBottomVisible(showIn("bottomPane", Region::BottomPanel, m_window->bottomVisible()));
    m_window->setDockVisible(showIn("dockPane", Region::RightDock, m_window->dockVisible()));
    if (centre->panes().isEmpty() && !folder)
        showPane(QStringLiteral("workbench.welcome"), false);
    m_restoring = false;
    if (changed && folder && m_ready)
        m_files->refresh();
    if (changed || !m_ready)
        readWorkspaceSettings();
    Q_EMIT activeTabChanged(activeTab());
    if (Pane* pane = activeTab())
        pane->activate();
    sessionTouched();
}

void ShellWorkbench::readWorkspaceSettings() {
    m_settings->loadWorkspace({});
    if (!m_workspace->isOpen())
        return;
    EngineBridge* bridge = m_engine.get();
    m_engine
        ->async([bridge, folder = *m_workspace->folder()](Engine& engine,
                                                          std::stop_token stop) -> Result<std::string> {
            LATHE_TRY_ASSIGN(const std::shared_ptr<host::Host> host,
                             bridge->connectedHost(engine, folder.host, stop));
            auto content = host->read(joinPath(folder.path, kWorkspaceSettings), std::size_t{1} << 20, stop);
            if (!content && content.error().code == ErrorCode::NotFound)
                return std::string();
            if (!content)
                return std::unexpected(content.error());
            return std::move(content->bytes);
        })
        .then(this, [this, folder = m_workspace->folder()](Result<std::string> bytes) {
            if (m_workspace->folder() != folder)
                return;
            if (bytes)
                m_settings->loadWorkspace(QByteArray::fromStdString(*bytes));
            else
                logWarn("settings", "{}", bytes.error().text());
            say(m_settings->takeProblems());
        });
}

void ShellWorkbench::writeWorkspaceSettings(const QByteArray& bytes) {
    if (!m_workspace->isOpen())
        return;
    EngineBridge* bridge = m_engine.get();
    m_engine
        ->async([bridge, folder = *m_workspace->folder(),
                 text = bytes.toStdString()](Engine& engine, std::stop_token stop) -> Result<> {
            LATHE_TRY_ASSIGN(const std::shared_ptr<host::Host> host,
                             bridge->connectedHost(engine, folder.host, stop));
            const std::string path = joinPath(folder.path, kWorkspaceSettings);
            LATHE_TRY(host->makeDirs(parentPath(path)));
            LATHE_TRY(host->write(path, text));
            return {};
        })
        .then(this, [this](Result<> written) {
            if (!written)
                m_notifications->error(written.error());
        });
}

void ShellWorkbench::saveSession(bool now) {
    m_saveTimer.stop();
    const QRect place = m_window->isMaximized() ? m_window->normalGeometry() : m_window->geometry();
    QJsonArray recent;
    for (const QString& id : m_commands->recent())
        recent << id;
    QJsonObject colors;
    const auto dealt = m_runPalette->slotsByRun();
    for (auto it = dealt.cbegin(); it != dealt.cend(); ++it)
        colors.insert(it.key(), it.value());
    m_session.setWindow(
        {{QStringLiteral("geometry"), QJsonObject{{QStringLiteral("x"), place.x()},
                                                  {QStringLiteral("y"), place.y()},
                                                  {QStringLiteral("width"), place.width()},
                                                  {QStringLiteral("height"), place.height()},
                                                  {QStringLiteral("maximized"), m_window->isMaximized()}}},
         {QStringLiteral("workspace"),
          m_workspace->folder() ? toQString(m_workspace->folder()->text()) : QString()},
         {QStringLiteral("recentCommands"), recent},
         {QStringLiteral("runColors"), colors}},
        now);
    for (const auto& [id, registered] : m_panes)
        if (registered.pane)
            if (const QJsonObject state = registered.pane->saveState(); !state.isEmpty())
                m_paneStates[id] = state;
    m_session.setWorkspace(
        m_workspace->folder(),
        {{QStringLiteral("regions"), m_window->saveLayout()},
         {QStringLiteral("moved"), saveRegions()},
         {QStringLiteral("centre"),
          m_window->centre()->saveLayout([this](const Pane* pane) { return describeTab(pane); })},
         {QStringLiteral("sidePane"), m_window->side()->currentId()},
         {QStringLiteral("bottomPane"), m_window->bottom()->currentId()},
         {QStringLiteral("dockPane"), m_window->dock()->currentId()},
         {QStringLiteral("panes"), m_paneStates},
         {QStringLiteral("values"), m_sessionValues}},
        now);
}

void ShellWorkbench::sessionTouched() {
    // Also saved while working, so that a crash costs two seconds of rearranging.
    if (m_ready && !m_restoring && !m_closing)
        m_saveTimer.start();
}

QJsonObject ShellWorkbench::sessionValue(const QString& key) const {
    return m_sessionValues.value(key).toObject();
}

void ShellWorkbench::setSessionValue(const QString& key, const QJsonObject& value) {
    m_sessionValues[key] = value;
    sessionTouched();
}

void ShellWorkbench::resetLayout() {
    restoreRegions({});
    m_window->resetLayout();
    sessionTouched();
}

}  // namespace lathe::app
