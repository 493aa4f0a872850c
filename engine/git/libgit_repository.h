// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/libgit_handles.h"
#include "git/repository.h"

#include <map>
#include <mutex>

namespace lathe::git {

// A repository of this machine through libgit2. It runs no hooks and no filters but its own (line ends,
// ident), so nothing that the repository names is started.
class LibgitRepository final : public Repository {
public:
    // `path` is inside its working folder. Unsupported if libgit2 cannot read it.
    static Result<std::unique_ptr<Repository>> open(const std::string& path);

    LibgitRepository(GitRepo repo, std::string root, std::string gitFolder)
        : m_repo(std::move(repo)), m_root(std::move(root)), m_gitFolder(std::move(gitFolder)) {}

    const std::string& root() const override { return m_root; }
    const std::string& gitFolder() const override { return m_gitFolder; }
    std::string backend() const override { return "libgit2 " LIBGIT2_VERSION; }

    Result<Status> status() override;
    Result<FileDiff> diff(const std::string& path, DiffSide side, const DiffOptions& options) override;
    Result<std::vector<FileDiff>> diffAll(DiffSide side, const DiffOptions& options) override;
    Result<std::string> content(const std::string& path, Version version) override;
    Result<> stage(const std::vector<std::string>& paths) override;
    Result<> unstage(const std::vector<std::string>& paths) override;
    Result<> discard(const std::vector<std::string>& paths) override;
    Result<> stageHunk(const std::string& path, const Hunk& hunk) override;
    Result<> unstageHunk(const std::string& path, const Hunk& hunk) override;
    Result<> discardHunk(const std::string& path, const Hunk& hunk) override;
    Result<std::string> commit(const CommitRequest& request) override;
    Result<LogPage> log(const LogQuery& query) override;
    Result<Commit> commitInfo(const std::string& id) override;
    Result<std::vector<FileDiff>> commitFiles(const std::string& id, const std::string& path,
                                              const DiffOptions& options) override;

private:
    Result<GitIndex> index();
    Result<GitCommit> headCommit();  // null before the first commit
    Result<GitTree> headTree();      // null before the first commit
    Result<GitCommit> findCommit(const std::string& name);
    Result<GitDiff> sideDiff(DiffSide side, const DiffOptions& options, const std::string& path);
    Result<> refuseFilter(const std::string& path);
    Result<GitDiff> patchFor(const FileDiff& file, const Hunk& hunk);
    Result<> applyToIndex(const FileDiff& file, const Hunk& hunk);
    Result<> applyToFile(const FileDiff& file, const Hunk& hunk);
    Result<> checkOut(const std::string& path, const git_oid& id, std::uint32_t mode);
    Result<FileDiff> fileFor(const std::string& path, DiffSide side);
    std::map<std::string, std::vector<std::string>> refsByCommit();
    Commit infoOf(git_commit* commit, const std::map<std::string, std::vector<std::string>>& refs);
    bool touches(git_commit* commit, const std::string& path);

    std::mutex m_mutex;
    GitRepo m_repo;
    const std::string m_root;
    const std::string m_gitFolder;
};

// The failure of a call of libgit2, with its own words.
std::unexpected<Error> libgitFailed(int code, std::string_view what, const std::string& on);

std::string hexOf(const git_oid& id);

// The library's own strings, for calls that take a list of paths. Borrows them.
class PathList {
public:
    explicit PathList(const std::vector<std::string>& paths) {
        for (const std::string& path : paths)
            m_pointers.push_back(const_cast<char*>(path.c_str()));
    }
    git_strarray array() { return {m_pointers.data(), m_pointers.size()}; }

private:
    std::vector<char*> m_pointers;
};

}  // namespace lathe::git
