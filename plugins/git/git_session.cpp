// SPDX-License-Identifier: GPL-3.0-or-later
#include "git_session.h"

#include "app/command_ids.h"
#include "core/text.h"

#include <QCoreApplication>
#include <QPointer>

namespace lathe::gitpane {
namespace {

constexpr int kSettleMs = 250;  // git touches many files in one act

struct Opened {
    std::shared_ptr<git::Repository> repository;
    git::Status status;
};

struct Watches {
    std::shared_ptr<void> gitFolder, root;
};

}  // namespace

GitSession::GitSession(app::Workbench& workbench, QObject* parent) : QObject(parent), m_workbench(workbench) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSettleMs);
    connect(&m_soon, &QTimer::timeout, this, &GitSession::refresh);
    connect(&workbench.workspace(), &app::Workspace::changed, this, &GitSession::open);
    connect(&workbench.commands(), &app::Commands::executed, this, [this](const QString& id) {
        if (id == QLatin1String(app::ids::kSave) || id == QLatin1String(app::ids::kSaveAll))
            m_soon.start();
    });
    open();
}

void GitSession::setState(State state) {
    m_state = state;
    Q_EMIT changed();
}

void GitSession::open() {
    ++m_generation;
    m_repository.reset();
    m_watches[0].reset();
    m_watches[1].reset();
    m_status = {};
    if (!m_workbench.workspace().isOpen()) {
        setState(State::NoFolder);
        return;
    }
    setState(State::Loading);
    const host::Location folder = *m_workbench.workspace().folder();
    auto& bridge = m_workbench.engine();
    const int generation = m_generation;
    ++m_running;
    Q_EMIT busyChanged();
    bridge
        .async([&bridge, folder](Engine& engine, std::stop_token stop) -> Result<Opened> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, folder.host, stop));
            LATHE_TRY_ASSIGN(auto repository, git::Repository::open(host, folder.path));
            Opened opened{std::move(repository), {}};
            LATHE_TRY_ASSIGN(opened.status, opened.repository->status());
            return opened;
        })
        .then(this, [this, generation](Result<Opened> opened) {
            --m_running;
            Q_EMIT busyChanged();
            if (generation != m_generation)
                return;
            if (!opened) {
                m_error = opened.error();
                setState(m_error.code == ErrorCode::NotFound ? State::NoRepository : State::Failed);
                return;
            }
            m_repository = std::move(opened->repository);
            m_status = std::move(opened->status);
            setState(State::Ready);
            Q_EMIT contentChanged();
            watch();
        });
}

void GitSession::watch() {
    auto& bridge = m_workbench.engine();
    const std::string hostId = m_workbench.workspace().folder()->host;
    const int generation = m_generation;
    const auto poke = [self = QPointer<GitSession>(this)] {
        QMetaObject::invokeMethod(
            qApp,
            [self] {
                if (self)
                    self->m_soon.start();
            },
            Qt::QueuedConnection);
    };
    bridge
        .async([&bridge, hostId, poke, repository = m_repository](Engine& engine,
                                                                  std::stop_token stop) -> Result<Watches> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, hostId, stop));
            Watches watches;
            LATHE_TRY_ASSIGN(watches.gitFolder, host->watch(repository->gitFolder(), poke));
            LATHE_TRY_ASSIGN(watches.root, host->watch(repository->root(), poke));
            return watches;
        })
        .then(this, [this, generation](Result<Watches> watches) {
            if (generation != m_generation)
                return;
            if (!watches) {
                logWarn("git", "changes are seen on refresh only: {}", watches.error().text());
                return;
            }
            m_watches[0] = std::move(watches->gitFolder);
            m_watches[1] = std::move(watches->root);
        });
}

void GitSession::refresh() {
    if (m_state == State::Failed || m_state == State::NoRepository) {
        open();
        return;
    }
    if (!m_repository)
        return;
    if (m_reading) {
        m_again = true;
        return;
    }
    m_reading = true;
    const int generation = m_generation;
    ++m_running;
    Q_EMIT busyChanged();
    read(
        this, [](git::Repository& repository) { return repository.status(); },
        [this, generation](Result<git::Status> status) {
            m_reading = false;
            --m_running;
            Q_EMIT busyChanged();
            if (generation == m_generation) {
                if (status) {
                    m_status = std::move(*status);
                    m_state = State::Ready;
                } else {
                    m_error = status.error();
                    m_state = State::Failed;
                }
                Q_EMIT changed();
                Q_EMIT contentChanged();
            }
            if (std::exchange(m_again, false))
                refresh();
        });
}

void GitSession::change(std::function<Result<>(git::Repository&)> work, std::function<void(bool)> done) {
    ++m_running;
    Q_EMIT busyChanged();
    read(this, std::move(work), [this, done](Result<> result) {
        --m_running;
        Q_EMIT busyChanged();
        if (!result)
            m_workbench.notifications().error(result.error());
        if (done)
            done(result.has_value());
        refresh();
    });
}

void GitSession::stage(std::vector<std::string> paths) {
    change([paths = std::move(paths)](git::Repository& r) { return r.stage(paths); });
}
void GitSession::unstage(std::vector<std::string> paths) {
    change([paths = std::move(paths)](git::Repository& r) { return r.unstage(paths); });
}
void GitSession::discard(std::vector<std::string> paths) {
    change([paths = std::move(paths)](git::Repository& r) { return r.discard(paths); });
}
void GitSession::stageHunk(const std::string& path, const git::Hunk& hunk) {
    change([path, hunk](git::Repository& r) { return r.stageHunk(path, hunk); });
}
void GitSession::unstageHunk(const std::string& path, const git::Hunk& hunk) {
    change([path, hunk](git::Repository& r) { return r.unstageHunk(path, hunk); });
}
void GitSession::discardHunk(const std::string& path, const git::Hunk& hunk) {
    change([path, hunk](git::Repository& r) { return r.discardHunk(path, hunk); });
}

void GitSession::commit(const git::CommitRequest& request, std::function<void(bool)> done) {
    change(
        [request](git::Repository& r) -> Result<> {
            LATHE_TRY(r.commit(request));
            return {};
        },
        std::move(done));
}

void GitSession::initialise() {
    if (!m_workbench.workspace().isOpen())
        return;
    const host::Location folder = *m_workbench.workspace().folder();
    auto& bridge = m_workbench.engine();
    bridge
        .async([&bridge, folder](Engine& engine, std::stop_token stop) -> Result<> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, folder.host, stop));
            LATHE_TRY_ASSIGN(const CommandOutput done,
                             host->run({.argv = {"git", "init"}, .cwd = folder.path}, {}, 20, stop));
            if (!done.status.ok())
                return fail(ErrorCode::Io,
                            "git init failed: " +
                                escapedForDisplay(trim(done.err.empty() ? done.out : done.err), 400),
                            folder.text(), "may you write there, and is there space left?");
            return {};
        })
        .then(this, [this](Result<> result) {
            if (!result)
                m_workbench.notifications().error(result.error());
            open();
        });
}

QString changeLetter(git::Change change) {
    switch (change) {
    case git::Change::None: return {};
    case git::Change::Added: return QStringLiteral("A");
    case git::Change::Modified: return QStringLiteral("M");
    case git::Change::Deleted: return QStringLiteral("D");
    case git::Change::Renamed: return QStringLiteral("R");
    case git::Change::TypeChanged: return QStringLiteral("T");
    }
    return {};
}

QString changeToken(git::Change change) {
    switch (change) {
    case git::Change::Added: return QStringLiteral("success");
    case git::Change::Deleted: return QStringLiteral("error");
    default: return QStringLiteral("warn");
    }
}

QString changeWord(git::Change change) {
    switch (change) {
    case git::Change::None: return {};
    case git::Change::Added: return GitSession::tr("added");
    case git::Change::Modified: return GitSession::tr("modified");
    case git::Change::Deleted: return GitSession::tr("deleted");
    case git::Change::Renamed: return GitSession::tr("renamed");
    case git::Change::TypeChanged: return GitSession::tr("type changed");
    }
    return {};
}

}  // namespace lathe::gitpane
