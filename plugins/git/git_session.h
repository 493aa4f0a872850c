// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workbench.h"
#include "git/repository.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lathe::gitpane {

// The repository that holds the workspace, as all views of this plugin see it: opened, watched and read off
// the GUI thread, one status at a time. GUI thread only.
class GitSession : public QObject {
    Q_OBJECT
public:
    enum class State { NoFolder, Loading, NoRepository, Failed, Ready };

    explicit GitSession(app::Workbench& workbench, QObject* parent = nullptr);

    State state() const { return m_state; }
    const Error& error() const { return m_error; }          // of NoRepository and Failed
    const git::Status& status() const { return m_status; }  // as of the last refresh
    // The repository's working folder on the workspace's host, which may lie above the workspace; empty: none
    // is open.
    std::string root() const { return m_repository ? m_repository->root() : std::string(); }
    int changedFiles() const { return static_cast<int>(m_status.files.size()); }
    bool busy() const { return m_running > 0; }
    app::Workbench& workbench() { return m_workbench; }

    // Reads the status again; joins a reading under way.
    void refresh();

    // Change something, then refresh. A failure is told to the user in git's words.
    void stage(std::vector<std::string> paths);
    void unstage(std::vector<std::string> paths);
    void discard(std::vector<std::string> paths);
    void stageHunk(const std::string& path, const git::Hunk& hunk);
    void unstageHunk(const std::string& path, const git::Hunk& hunk);
    void discardHunk(const std::string& path, const git::Hunk& hunk);
    // `done(true)` after success.
    void commit(const git::CommitRequest& request, std::function<void(bool)> done);
    void initialise();  // `git init` in the workspace

    // Reads something of the repository on a worker; `fn(git::Repository&)` returns a Result. Fails with
    // NotFound while there is no repository.
    template <class Fn, class Callback> auto read(QObject* context, Fn fn, Callback callback) {
        auto task = m_workbench.engine().async(
            [repository = m_repository, fn = std::move(fn)](
                Engine&, std::stop_token) mutable -> std::invoke_result_t<Fn, git::Repository&> {
                if (!repository)
                    return fail(ErrorCode::NotFound, "no repository is open");
                return fn(*repository);
            });
        task.then(context, std::move(callback));
        return task;
    }

Q_SIGNALS:
    void changed();  // state or status
    void busyChanged();
    void contentChanged();  // files, index or commits may differ: read diffs and log again

private:
    void open();
    void setState(State state);
    void change(std::function<Result<>(git::Repository&)> work, std::function<void(bool)> done = {});
    void watch();

    app::Workbench& m_workbench;
    std::shared_ptr<git::Repository> m_repository;
    std::shared_ptr<void> m_watches[2];
    State m_state = State::NoFolder;
    Error m_error;
    git::Status m_status;
    QTimer m_soon;
    int m_running = 0;
    int m_generation = 0;  // of the workspace: answers to an older one are dropped
    bool m_reading = false, m_again = false;
};

// "M", "A", "D", "R", "T"; the token of its colour; and the word for a screen reader.
QString changeLetter(git::Change change);
QString changeToken(git::Change change);
QString changeWord(git::Change change);

}  // namespace lathe::gitpane
