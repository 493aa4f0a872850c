// SPDX-License-Identifier: Apache-2.0
// What reads a repository's past: log and commits.
#include "core/text.h"
#include "git/path_check.h"
#include "git/program_output.h"
#include "git/program_repository.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace lathe::git {
namespace {

constexpr const char* logFormat = "--format=%H%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%ad%x1f%D%x1f%B";

Commit parseCommit(const std::string& record) {
    Commit commit;
    std::vector<std::string> parts;
    std::string_view rest = record;
    for (int i = 0; i < 7; ++i) {
        const auto at = rest.find('\x1f');
        if (at == std::string_view::npos)
            return commit;
        parts.emplace_back(rest.substr(0, at));
        rest.remove_prefix(at + 1);
    }
    commit.id = parts[0];
    for (std::string& parent : split(parts[1], ' ')) {
        if (!parent.empty())
            commit.parents.push_back(std::move(parent));
    }
    commit.author = parts[2];
    commit.email = parts[3];
    commit.time = std::atof(parts[4].c_str());
    const int zone = std::abs(std::atoi(parts[5].c_str()));  // "+0530"
    commit.offsetMinutes = (zone / 100 * 60 + zone % 100) * (parts[5].starts_with('-') ? -1 : 1);
    std::string_view refs = parts[6];
    while (!refs.empty()) {
        const auto comma = refs.find(", ");
        std::string_view ref = refs.substr(0, comma);
        refs.remove_prefix(comma == std::string_view::npos ? refs.size() : comma + 2);
        if (constexpr std::string_view arrow = "HEAD -> "; ref.starts_with(arrow)) {
            commit.refs.emplace_back("HEAD");
            ref.remove_prefix(arrow.size());
        }
        if (ref != "refs/stash")
            commit.refs.emplace_back(ref);
    }
    commit.message = std::string(rest);
    const std::string_view whole = trim(rest);
    const auto paragraph = whole.find("\n\n");
    commit.summary = std::string(trim(whole.substr(0, paragraph)));
    std::ranges::replace(commit.summary, '\n', ' ');
    return commit;
}

}  // namespace

Result<LogPage> ProgramRepository::log(const LogQuery& query) {
    LATHE_TRY(checkRevision(query.from));
    std::vector<std::string> words = {"log",
                                      "-z",
                                      "--topo-order",
                                      "--no-color",
                                      "--decorate=short",
                                      "--date=format:%z",
                                      logFormat,
                                      fmt::format("--skip={}", query.skip),
                                      fmt::format("--max-count={}", query.limit + 1)};
    if (query.allBranches)
        append(words, {"--branches", "--remotes", "--tags"});
    if (!query.from.empty())
        words.push_back(query.from);
    else if (query.allBranches)
        words.emplace_back("HEAD");
    words.emplace_back("--");
    if (!query.path.empty()) {
        LATHE_TRY_ASSIGN(std::string path, checkedPath(query.path));
        words.push_back(std::move(path));
    }
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const CommandOutput output, attempt(words));
    LogPage page;
    // Before the first commit there is no history, and that is no error.
    if (!output.status.ok() && query.from.empty() &&
        (output.err.find("does not have any commits") != std::string::npos ||
         output.err.find("bad revision 'HEAD'") != std::string::npos))
        return page;
    if (!output.status.ok())
        return failed(output);
    for (const std::string& record : fields(output.out)) {
        if (page.commits.size() == query.limit) {
            page.more = true;
            break;
        }
        page.commits.push_back(parseCommit(record));
    }
    return page;
}

Result<Commit> ProgramRepository::commitInfo(const std::string& id) {
    LATHE_TRY(checkRevision(id));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const std::string text,
                     run({"log", "-z", "--max-count=1", "--no-color", "--decorate=short", "--date=format:%z",
                          logFormat, id, "--"}));
    const auto records = fields(text);
    if (records.empty())
        return fail(ErrorCode::NotFound, "there is no such commit, branch or tag", escapedForDisplay(id));
    return parseCommit(records[0]);
}

Result<std::vector<FileDiff>> ProgramRepository::commitFiles(const std::string& id, const std::string& path,
                                                             const DiffOptions& options) {
    LATHE_TRY(checkRevision(id));
    std::string wanted;
    if (!path.empty()) {
        LATHE_TRY_ASSIGN(wanted, checkedPath(path));
    }
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> words = diffWords(options);
    words[0] = "show";
    append(words, {"--format=", "--diff-merges=first-parent", "--find-renames", "--patch", id, "--"});
    LATHE_TRY_ASSIGN(const std::string text, run(words));
    std::vector<FileDiff> files;
    for (FileDiff& file : parsePatch(text)) {
        if (!wanted.empty() && file.path != wanted)
            continue;
        limit(file, options);
        if (wanted.empty())
            file.hunks.clear();
        files.push_back(std::move(file));
    }
    if (!wanted.empty() && files.empty())
        return fail(ErrorCode::NotFound, "is not changed by this commit", escapedForDisplay(path));
    return files;
}

}  // namespace lathe::git
