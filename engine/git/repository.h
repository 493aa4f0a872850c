// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "git/diff.h"
#include "host/host.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::git {

// One changed file. A file with staged and unstaged changes has both set.
struct FileStatus {
    std::string path;                // relative to root(), bytes; ends in '/' for an untracked folder
    std::string oldPath;             // set if renamed, staged or not
    Change staged = Change::None;    // HEAD against the index
    Change unstaged = Change::None;  // the index against the working folder
    bool untracked = false;          // then both are None
    bool conflicted = false;         // then both are None
    bool operator==(const FileStatus&) const = default;
};

struct Status {
    std::string branch;    // empty if HEAD is detached
    std::string head;      // commit id; empty before the first commit
    std::string upstream;  // "origin/main"; empty if none
    int ahead = 0;         // of the upstream, in commits
    int behind = 0;
    std::string
        operation;  // "merge", "rebase", "cherry-pick", "revert", "bisect"; empty if none is under way
    std::vector<FileStatus> files;  // by path
};

struct Commit {
    std::string id;  // hex
    std::vector<std::string> parents;
    std::string author;
    std::string email;
    double time = 0;                // of authoring, unix seconds
    int offsetMinutes = 0;          // the author's zone, east of UTC
    std::string summary;            // first paragraph on one line
    std::string message;            // whole
    std::vector<std::string> refs;  // "HEAD", "main", "origin/main", "tag: v1"
};

struct LogQuery {
    std::string from;          // commit, branch or tag; empty: HEAD
    bool allBranches = false;  // local and remote branches and tags too
    std::string path;          // only commits that touch it; empty: all
    std::size_t skip = 0;
    std::size_t limit = 200;
};

struct LogPage {
    std::vector<Commit> commits;  // newest first, no commit before its children
    bool more = false;
};

struct CommitRequest {
    std::string message;  // must not be blank
    bool amend = false;   // replaces the last commit and keeps its author
    bool allowEmpty = false;
};

enum class DiffSide { Unstaged, Staged };  // index → working folder (or untracked file); HEAD → index
enum class Version { Head, Index, Working };

// Git state of one working folder. All calls block (run them off the GUI thread) and are thread-safe. A path
// is relative to root(). Untrusted by rule: no hook, external filter, diff driver, signing program or
// file-system monitor that the repository names is ever started. Errors: NotFound (no repository, file or
// commit), Unsupported (what this implementation cannot do, with the git command that can), Denied (another
// owner), Exists (the file is no longer as it was shown, or another git holds the index), Invalid (no
// user.name, empty message), Unavailable (host, no git there).
class Repository {
public:
    // Finds the repository that holds `path`, a folder or file on `host`. Local ones are served by libgit2,
    // remote ones and those libgit2 cannot read (sha256, partial clone) by the host's `git` program.
    static Result<std::unique_ptr<Repository>> open(std::shared_ptr<host::Host> host,
                                                    const std::string& path);

    virtual ~Repository() = default;

    virtual const std::string& root() const = 0;  // working folder, absolute, no trailing slash
    virtual const std::string&
    gitFolder() const = 0;  // absolute; worth watching for changes of HEAD and index
    // What serves it: "libgit2 1.5.1" or "git".
    virtual std::string backend() const = 0;

    virtual Result<Status> status() = 0;

    // NotFound if that side of the file has no change.
    virtual Result<FileDiff> diff(const std::string& path, DiffSide side,
                                  const DiffOptions& options = {}) = 0;
    // All files of that side; an untracked file is shown as added.
    virtual Result<std::vector<FileDiff>> diffAll(DiffSide side, const DiffOptions& options = {}) = 0;
    // Whole file as HEAD, the index or the working folder has it (for side-by-side views and gutter marks).
    virtual Result<std::string> content(const std::string& path, Version version) = 0;

    // A path may be a folder. Staging a deleted file stages its deletion.
    virtual Result<> stage(const std::vector<std::string>& paths) = 0;
    virtual Result<> unstage(const std::vector<std::string>& paths) = 0;
    // Gives the working folder the index's content; an untracked file is deleted. Cannot be undone.
    virtual Result<> discard(const std::vector<std::string>& paths) = 0;

    // `hunk` comes from diff(path, Unstaged) for stage and discard, from diff(path, Staged) for unstage; or
    // is a part of one by selectLines(). Exists if the file no longer matches it.
    virtual Result<> stageHunk(const std::string& path, const Hunk& hunk) = 0;
    virtual Result<> unstageHunk(const std::string& path, const Hunk& hunk) = 0;
    virtual Result<> discardHunk(const std::string& path, const Hunk& hunk) = 0;

    // Commits the index; returns the new commit's id.
    virtual Result<std::string> commit(const CommitRequest& request) = 0;

    virtual Result<LogPage> log(const LogQuery& query = {}) = 0;
    virtual Result<Commit> commitInfo(const std::string& id) = 0;
    // Against the first parent; without hunks if `path` is empty, else that one file with its hunks.
    virtual Result<std::vector<FileDiff>> commitFiles(const std::string& id, const std::string& path = {},
                                                      const DiffOptions& options = {}) = 0;
};

}  // namespace lathe::git
