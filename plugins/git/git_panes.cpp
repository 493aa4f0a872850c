// SPDX-License-Identifier: GPL-3.0-or-later
#include "git_panes.h"

#include "app/command_ids.h"
#include "app/workbench.h"
#include "changes_pane.h"
#include "core/text.h"
#include "diff_pane.h"
#include "git_session.h"
#include "graph_pane.h"

namespace lathe::gitpane {
namespace {

constexpr auto kChanges = "git.changes";
constexpr auto kGraph = "git.graph";
constexpr auto kDiffKind = "git.diff";
constexpr auto kBranchItem = "git.branch";

void openDiff(GitSession& session, DiffPane::Subject subject) {
    app::Workbench& workbench = session.workbench();
    for (app::Pane* pane : workbench.tabs()) {
        if (auto* diff = qobject_cast<DiffPane*>(pane); diff && diff->subject() == subject) {
            workbench.activateTab(diff);
            return;
        }
    }
    auto* pane = new DiffPane(session, std::move(subject));
    pane->setPreview(true);
    workbench.openTab(pane);
}

DiffPane::Subject subjectOf(const QVariantMap& arguments) {
    // Bytes where it comes from another pane; a key binding gives text.
    return {arguments.value(QStringLiteral("path")).toByteArray().toStdString(),
            app::toStd(arguments.value(QStringLiteral("commit")).toString()),
            arguments.value(QStringLiteral("title")).toString()};
}

// A location as a path of the repository; empty if it lies outside.
std::string pathInRepository(GitSession& session, const host::Location& location) {
    const auto& folder = session.workbench().workspace().folder();
    const std::string root = session.root();
    if (!folder || folder->host != location.host || root.empty() || !location.path.starts_with(root + "/"))
        return {};
    return location.path.substr(root.size() + 1);
}

void refreshStatusItem(GitSession& session) {
    app::Workbench& workbench = session.workbench();
    const git::Status& status = session.status();
    app::StatusText text;
    if (session.state() == GitSession::State::Ready) {
        text.icon = QStringLiteral("branch");
        text.text = status.branch.empty() ? app::toQString(status.head.substr(0, 7))
                                          : app::toQString(escapedForDisplay(status.branch));
        QStringList detail;
        if (session.changedFiles() > 0)
            detail << QStringLiteral("● %1").arg(session.changedFiles());
        if (status.ahead > 0)
            detail << QStringLiteral("↑%1").arg(status.ahead);
        if (status.behind > 0)
            detail << QStringLiteral("↓%1").arg(status.behind);
        text.detail = detail.join(QLatin1Char(' '));
        text.toolTip =
            GitSession::tr("Branch %1, %n changed files", nullptr, session.changedFiles()).arg(text.text);
    }
    workbench.statusBar().setText(QLatin1String(kBranchItem), text);
    workbench.setBadge(QLatin1String(kChanges), session.changedFiles());
}

void registerCommands(GitSession& session) {
    app::Workbench& workbench = session.workbench();
    app::Commands& commands = workbench.commands();
    const QString category = GitSession::tr("Git");
    const auto noRepository = [&session] {
        return session.state() == GitSession::State::Ready ? QString()
                                                           : GitSession::tr("No repository is open");
    };
    const auto diff = [&workbench] { return qobject_cast<DiffPane*>(workbench.activeTab()); };
    const auto noDiff = [diff] { return diff() ? QString() : GitSession::tr("No changes are in front"); };
    const auto changes = [&workbench] {
        return qobject_cast<ChangesPane*>(workbench.showPane(QLatin1String(kChanges)));
    };
    commands.add({.id = QStringLiteral("git.show"),
                  .title = GitSession::tr("Show changes"),
                  .category = category,
                  .shortcut = QKeySequence(QStringLiteral("Ctrl+Shift+G")),
                  .menu = QStringLiteral("Git/10"),
                  .icon = QStringLiteral("git"),
                  .run = [&workbench](const QVariantMap&) { workbench.showPane(QLatin1String(kChanges)); }});
    commands.add({.id = QStringLiteral("git.graph"),
                  .title = GitSession::tr("Show graph"),
                  .category = category,
                  .menu = QStringLiteral("Git/11"),
                  .icon = QStringLiteral("commit"),
                  .run = [&workbench](const QVariantMap&) { workbench.showPane(QLatin1String(kGraph)); }});
    commands.add({.id = QStringLiteral("git.refresh"),
                  .title = GitSession::tr("Refresh"),
                  .category = category,
                  .menu = QStringLiteral("Git/12"),
                  .icon = QStringLiteral("refresh"),
                  .run = [&session](const QVariantMap&) { session.refresh(); }});
    commands.add({.id = QLatin1String(app::ids::kGitDiff),
                  .title = GitSession::tr("Open changes of the file"),
                  .category = category,
                  .menu = QStringLiteral("Git/20"),
                  .disabledReason = noRepository,
                  .run = [&session](const QVariantMap& arguments) {
                      DiffPane::Subject subject = subjectOf(arguments);
                      if (subject.path.empty() && subject.commit.empty()) {
                          const QVariant given = arguments.value(QStringLiteral("location"));
                          const auto location = given.isValid() ? std::optional(given.value<host::Location>())
                                                                : session.workbench().selection().file();
                          if (location)
                              subject.path = pathInRepository(session, *location);
                      }
                      if (subject.path.empty() && subject.commit.empty())
                          session.workbench().statusBar().flash(
                              GitSession::tr("No file of this repository is open"));
                      else
                          openDiff(session, std::move(subject));
                  }});
    commands.add({.id = QStringLiteral("git.stageHunk"),
                  .title = GitSession::tr("Stage hunk"),
                  .category = category,
                  .menu = QStringLiteral("Git/21"),
                  .disabledReason = noDiff,
                  .run = [diff](const QVariantMap&) { diff()->stageCurrent(); }});
    commands.add({.id = QStringLiteral("git.unstageHunk"),
                  .title = GitSession::tr("Unstage hunk"),
                  .category = category,
                  .menu = QStringLiteral("Git/22"),
                  .disabledReason = noDiff,
                  .run = [diff](const QVariantMap&) { diff()->unstageCurrent(); }});
    commands.add({.id = QStringLiteral("git.discardHunk"),
                  .title = GitSession::tr("Discard hunk…"),
                  .category = category,
                  .menu = QStringLiteral("Git/23"),
                  .disabledReason = noDiff,
                  .run = [diff](const QVariantMap&) { diff()->discardCurrent(); }});
    commands.add({.id = QStringLiteral("git.stageAll"),
                  .title = GitSession::tr("Stage all changes"),
                  .category = category,
                  .menu = QStringLiteral("Git/30"),
                  .disabledReason = noRepository,
                  .run = [&session](const QVariantMap&) {
                      std::vector<std::string> paths;
                      for (const git::FileStatus& file : session.status().files) {
                          if (file.untracked || file.unstaged != git::Change::None)
                              paths.push_back(file.path);
                      }
                      if (!paths.empty())
                          session.stage(std::move(paths));
                  }});
    commands.add({.id = QStringLiteral("git.commit"),
                  .title = GitSession::tr("Commit"),
                  .category = category,
                  .menu = QStringLiteral("Git/31"),
                  .icon = QStringLiteral("check"),
                  .disabledReason = noRepository,
                  .run = [changes](const QVariantMap&) {
                      if (ChangesPane* pane = changes())
                          pane->commit();
                  }});
    commands.add({.id = QStringLiteral("git.init"),
                  .title = GitSession::tr("Initialise repository"),
                  .category = category,
                  .disabledReason =
                      [&session] {
                          return session.state() == GitSession::State::NoRepository
                                     ? QString()
                                     : GitSession::tr("The folder has a repository, or none is open");
                      },
                  .run = [&session](const QVariantMap&) { session.initialise(); }});
}

}  // namespace

void registerGit(app::Workbench& workbench) {
    auto* session = new GitSession(workbench, &workbench);
    workbench.registerPane({.id = QLatin1String(kChanges),
                            .title = GitSession::tr("Git"),
                            .icon = QStringLiteral("git"),
                            .region = app::Region::SidePanel,
                            .order = 30,
                            .activityBar = true,
                            .factory = [session] { return new ChangesPane(*session); }});
    workbench.registerPane({.id = QLatin1String(kGraph),
                            .title = GitSession::tr("Graph"),
                            .icon = QStringLiteral("commit"),
                            .region = app::Region::BottomPanel,
                            .order = 40,
                            .hidden = true,
                            .factory = [session] { return new GraphPane(*session); }});
    workbench.registerTabKind(QLatin1String(kDiffKind), [session](const QJsonObject& state) -> app::Pane* {
        DiffPane::Subject subject = subjectOf(state.toVariantMap());
        if (subject.commit.empty())
            subject.path = QByteArray::fromBase64(state.value(QStringLiteral("path64")).toString().toLatin1())
                               .toStdString();
        return subject.path.empty() && subject.commit.empty() ? nullptr
                                                              : new DiffPane(*session, std::move(subject));
    });
    workbench.statusBar().add({.id = QLatin1String(kBranchItem),
                               .side = app::StatusSide::Left,
                               .order = 20,
                               .priority = app::kKeep,
                               .clicked = [&workbench] { workbench.showPane(QLatin1String(kChanges)); }});
    registerCommands(*session);
    QObject::connect(session, &GitSession::changed, session, [session] { refreshStatusItem(*session); });
    refreshStatusItem(*session);
}

}  // namespace lathe::gitpane
