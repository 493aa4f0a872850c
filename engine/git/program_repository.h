// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/repository.h"

#include <mutex>
#include <optional>
#include <string_view>

namespace lathe::git {

// A repository anywhere, through the `git` program of its host. Every call switches off what the repository's
// own configuration could start (core/inert_git.h), filters, diff drivers and signing among it. A partial
// clone shows what is there; what it lacks is not fetched.
class ProgramRepository final : public Repository {
public:
    static Result<std::unique_ptr<Repository>> open(std::shared_ptr<host::Host> host,
                                                    const std::string& path);

    const std::string& root() const override { return m_root; }
    const std::string& gitFolder() const override { return m_gitFolder; }
    std::string backend() const override { return "git"; }

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
    explicit ProgramRepository(std::shared_ptr<host::Host> host) : m_host(std::move(host)) {}

    Result<CommandOutput> attempt(std::vector<std::string> words, std::string_view input = {});
    // The output of a call that must succeed.
    Result<std::string> run(std::vector<std::string> words, std::string_view input = {});
    std::unexpected<Error> failed(const CommandOutput& output) const;
    Result<> readFilters();
    Result<> refuseFilters(const std::vector<std::string>& paths);
    Result<FileDiff> untrackedDiff(const std::string& path, const DiffOptions& options);
    Result<bool> isTracked(const std::string& path);
    Result<> apply(const FileDiff& file, const Hunk& hunk, bool toIndex);

    const std::shared_ptr<host::Host> m_host;
    std::mutex m_mutex;
    std::string m_root;
    std::string m_gitFolder;
    std::vector<std::string> m_switches;  // "-c", "filter.lfs.clean=", …
};

}  // namespace lathe::git
