// SPDX-License-Identifier: Apache-2.0
// What reads a repository's past: log and commits.
#include "core/text.h"
#include "git/libgit_diff.h"
#include "git/libgit_repository.h"
#include "git/path_check.h"

#include <algorithm>

namespace lathe::git {
namespace {

constexpr std::size_t maxCounted = 500;  // files of a commit whose lines are counted for its list

}  // namespace

Result<GitCommit> LibgitRepository::findCommit(const std::string& name) {
    LATHE_TRY(checkRevision(name));
    GitObject object, peeled;
    int code = take(object, git_revparse_single, m_repo.get(), name.c_str());
    if (code == 0)
        code = take(peeled, git_object_peel, object.get(), GIT_OBJECT_COMMIT);
    if (code != 0)
        return fail(ErrorCode::NotFound, "there is no such commit, branch or tag", escapedForDisplay(name));
    return GitCommit(reinterpret_cast<git_commit*>(peeled.release()));
}

std::map<std::string, std::vector<std::string>> LibgitRepository::refsByCommit() {
    std::map<std::string, std::vector<std::string>> refs;
    git_oid head{};
    if (git_reference_name_to_id(&head, m_repo.get(), "HEAD") == 0)
        refs[hexOf(head)].emplace_back("HEAD");
    GitRefs all;
    if (take(all, git_reference_iterator_new, m_repo.get()) != 0)
        return refs;
    for (;;) {
        git_reference* raw = nullptr;
        if (git_reference_next(&raw, all.get()) != 0)
            return refs;
        const GitRef ref(raw);
        GitObject commit;
        if (git_reference_is_note(ref.get()) ||
            std::string_view(git_reference_name(ref.get())) == "refs/stash" ||
            take(commit, git_reference_peel, ref.get(), GIT_OBJECT_COMMIT) != 0)
            continue;
        const std::string name = git_reference_shorthand(ref.get());
        refs[hexOf(*git_object_id(commit.get()))].push_back(git_reference_is_tag(ref.get()) ? "tag: " + name
                                                                                            : name);
    }
}

Commit LibgitRepository::infoOf(git_commit* commit,
                                const std::map<std::string, std::vector<std::string>>& refs) {
    const auto text = [](const char* bytes) { return std::string(bytes ? bytes : ""); };
    Commit out;
    out.id = hexOf(*git_commit_id(commit));
    for (unsigned i = 0; i < git_commit_parentcount(commit); ++i)
        out.parents.push_back(hexOf(*git_commit_parent_id(commit, i)));
    if (const git_signature* author = git_commit_author(commit)) {
        out.author = text(author->name);
        out.email = text(author->email);
        out.time = static_cast<double>(author->when.time);
        out.offsetMinutes = author->when.offset;
    }
    out.summary = text(git_commit_summary(commit));
    out.message = text(git_commit_message(commit));
    if (const auto found = refs.find(out.id); found != refs.end())
        out.refs = found->second;
    return out;
}

// Whether what lies at `path` differs from every parent's.
bool LibgitRepository::touches(git_commit* commit, const std::string& path) {
    const auto entryOf = [&](git_commit* one) {
        GitTree tree;
        GitTreeEntry entry;
        if (take(tree, git_commit_tree, one) != 0 ||
            take(entry, git_tree_entry_bypath, tree.get(), path.c_str()) != 0)
            return std::string();
        return hexOf(*git_tree_entry_id(entry.get())) + std::to_string(git_tree_entry_filemode(entry.get()));
    };
    const std::string mine = entryOf(commit);
    const unsigned parents = git_commit_parentcount(commit);
    if (parents == 0)
        return !mine.empty();
    for (unsigned i = 0; i < parents; ++i) {
        GitCommit parent;
        if (take(parent, git_commit_parent, commit, i) == 0 && entryOf(parent.get()) == mine)
            return false;
    }
    return true;
}

Result<LogPage> LibgitRepository::log(const LogQuery& query) {
    std::string path;
    if (!query.path.empty()) {
        LATHE_TRY_ASSIGN(path, checkedPath(query.path));
    }
    const std::lock_guard lock(m_mutex);
    LogPage page;
    GitWalk walk;
    if (const int code = take(walk, git_revwalk_new, m_repo.get()); code != 0)
        return libgitFailed(code, "cannot read the log", m_root);
    git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    if (query.allBranches) {
        for (const char* glob : {"refs/heads/*", "refs/remotes/*", "refs/tags/*"})
            git_revwalk_push_glob(walk.get(), glob);
    }
    if (!query.from.empty()) {
        LATHE_TRY_ASSIGN(const GitCommit from, findCommit(query.from));
        git_revwalk_push(walk.get(), git_commit_id(from.get()));
    } else {
        LATHE_TRY_ASSIGN(const GitCommit head, headCommit());
        if (!head && !query.allBranches)
            return page;  // before the first commit there is no history, and that is no error
        if (head)
            git_revwalk_push(walk.get(), git_commit_id(head.get()));
    }
    const auto refs = refsByCommit();
    std::size_t skip = query.skip;
    git_oid id{};
    while (git_revwalk_next(&id, walk.get()) == 0) {
        if (path.empty() && skip > 0) {
            --skip;
            continue;
        }
        GitCommit commit;
        if (const int code = take(commit, git_commit_lookup, m_repo.get(), &id); code != 0)
            return libgitFailed(code, "cannot read a commit", hexOf(id));
        if (!path.empty() && !touches(commit.get(), path))
            continue;
        if (skip > 0) {
            --skip;
            continue;
        }
        if (page.commits.size() == query.limit) {
            page.more = true;
            break;
        }
        page.commits.push_back(infoOf(commit.get(), refs));
    }
    return page;
}

Result<Commit> LibgitRepository::commitInfo(const std::string& id) {
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitCommit commit, findCommit(id));
    return infoOf(commit.get(), refsByCommit());
}

Result<std::vector<FileDiff>> LibgitRepository::commitFiles(const std::string& id, const std::string& path,
                                                            const DiffOptions& options) {
    std::string wanted;
    if (!path.empty()) {
        LATHE_TRY_ASSIGN(wanted, checkedPath(path));
    }
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitCommit commit, findCommit(id));
    GitTree after, before;
    if (const int code = take(after, git_commit_tree, commit.get()); code != 0)
        return libgitFailed(code, "cannot read the commit", escapedForDisplay(id));
    GitCommit parent;
    if (git_commit_parentcount(commit.get()) > 0 && take(parent, git_commit_parent, commit.get(), 0U) == 0)
        take(before, git_commit_tree, parent.get());
    git_diff_options raw = diffOptions(options);
    GitDiff diff;
    if (const int code = take(diff, git_diff_tree_to_tree, m_repo.get(), before.get(), after.get(), &raw);
        code != 0)
        return libgitFailed(code, "cannot compare the commit", escapedForDisplay(id));
    git_diff_find_similar(diff.get(), nullptr);

    std::vector<FileDiff> files;
    const std::size_t count = git_diff_num_deltas(diff.get());
    for (std::size_t i = 0; i < count; ++i) {
        FileDiff file = fileOf(*git_diff_get_delta(diff.get(), i));
        if (!wanted.empty() && file.path != wanted)
            continue;
        if (!wanted.empty() || count <= maxCounted)
            file = fileWithHunks(diff.get(), i, options);
        if (wanted.empty())
            file.hunks.clear();
        files.push_back(std::move(file));
    }
    if (!wanted.empty() && files.empty())
        return fail(ErrorCode::NotFound, "is not changed by this commit", escapedForDisplay(path));
    return files;
}

}  // namespace lathe::git
