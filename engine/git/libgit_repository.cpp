// SPDX-License-Identifier: Apache-2.0
#include "git/libgit_repository.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "git/libgit_diff.h"
#include "git/path_check.h"

#include <algorithm>
#include <utility>

namespace lathe::git {
namespace {

constexpr std::size_t maxContent = std::size_t{64} << 20;

std::string withoutSlash(const char* path) {
    std::string out = path ? path : "";
    while (out.size() > 1 && out.ends_with('/'))
        out.pop_back();
    return out;
}

}  // namespace

std::unexpected<Error> libgitFailed(int code, std::string_view what, const std::string& on) {
    const git_error* last = git_error_last();
    const std::string why = last && last->message ? escapedForDisplay(last->message, 300) : "unknown reason";
    const std::string text = std::string(what) + ": " + why;
    switch (code) {
    case GIT_ENOTFOUND: return fail(ErrorCode::NotFound, text, on);
    case GIT_EOWNER:
        return fail(ErrorCode::Denied, "the repository belongs to another user", on,
                    "if you trust it: git config --global --add safe.directory " + shellQuote(on));
    case GIT_ELOCKED:
        return fail(ErrorCode::Exists, text, on,
                    "another git is at work; if none is, remove .git/index.lock");
    case GIT_EAPPLYFAIL:
    case GIT_ECONFLICT:
        return fail(ErrorCode::Exists, text, on, "the file has changed: look at its difference again");
    case GIT_EUNMERGED:
        return fail(ErrorCode::Invalid, text, on, "resolve the conflicts and stage the files");
    default: return fail(ErrorCode::Io, text, on);
    }
}

std::string hexOf(const git_oid& id) {
    char text[GIT_OID_HEXSZ + 1];
    git_oid_tostr(text, sizeof text, &id);
    return text;
}

// The index as it lies on disk: another git may have written it since.
Result<GitIndex> LibgitRepository::index() {
    GitIndex index;
    int code = take(index, git_repository_index, m_repo.get());
    if (code == 0)
        code = git_index_read(index.get(), 0);
    if (code != 0)
        return libgitFailed(code, "cannot read the index", m_root);
    return index;
}

Result<GitCommit> LibgitRepository::headCommit() {
    git_oid id;
    const int code = git_reference_name_to_id(&id, m_repo.get(), "HEAD");
    if (code == GIT_ENOTFOUND || code == GIT_EUNBORNBRANCH)
        return GitCommit();
    GitCommit commit;
    if (code != 0 || take(commit, git_commit_lookup, m_repo.get(), &id) != 0)
        return libgitFailed(code, "cannot read HEAD", m_root);
    return commit;
}

Result<GitTree> LibgitRepository::headTree() {
    LATHE_TRY_ASSIGN(const GitCommit commit, headCommit());
    GitTree tree;
    if (commit && take(tree, git_commit_tree, commit.get()) != 0)
        return libgitFailed(GIT_ERROR, "cannot read the last commit", m_root);
    return tree;
}

Result<Status> LibgitRepository::status() {
    const std::lock_guard lock(m_mutex);
    Status out;
    GitRef head;
    if (git_repository_head_detached(m_repo.get()) != 1) {
        GitRef symbolic;
        if (take(symbolic, git_reference_lookup, m_repo.get(), "HEAD") == 0) {
            const char* target = git_reference_symbolic_target(symbolic.get());
            const std::string_view name = target ? target : "";
            constexpr std::string_view prefix = "refs/heads/";
            out.branch = std::string(name.starts_with(prefix) ? name.substr(prefix.size()) : name);
        }
    }
    if (take(head, git_repository_head, m_repo.get()) == 0) {
        const git_oid* id = git_reference_target(head.get());
        out.head = id ? hexOf(*id) : "";
        GitRef upstream;
        if (!out.branch.empty() && take(upstream, git_branch_upstream, head.get()) == 0) {
            out.upstream = git_reference_shorthand(upstream.get());
            std::size_t ahead = 0, behind = 0;
            const git_oid* there = git_reference_target(upstream.get());
            if (id && there && git_graph_ahead_behind(&ahead, &behind, m_repo.get(), id, there) == 0) {
                out.ahead = static_cast<int>(ahead);
                out.behind = static_cast<int>(behind);
            }
        }
    }
    switch (git_repository_state(m_repo.get())) {
    case GIT_REPOSITORY_STATE_MERGE: out.operation = "merge"; break;
    case GIT_REPOSITORY_STATE_REVERT:
    case GIT_REPOSITORY_STATE_REVERT_SEQUENCE: out.operation = "revert"; break;
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE: out.operation = "cherry-pick"; break;
    case GIT_REPOSITORY_STATE_BISECT: out.operation = "bisect"; break;
    case GIT_REPOSITORY_STATE_NONE: break;
    default: out.operation = "rebase";
    }

    git_status_options options;
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RENAMES_HEAD_TO_INDEX |
                    GIT_STATUS_OPT_SORT_CASE_SENSITIVELY;
    GitStatusList list;
    if (const int code = take(list, git_status_list_new, m_repo.get(), &options); code != 0)
        return libgitFailed(code, "cannot tell the state of the files", m_root);
    for (std::size_t i = 0; i < git_status_list_entrycount(list.get()); ++i) {
        const git_status_entry* entry = git_status_byindex(list.get(), i);
        FileStatus file;
        const git_diff_delta* staged = entry->head_to_index;
        const git_diff_delta* unstaged = entry->index_to_workdir;
        if (staged)
            file.staged = changeOf(staged->status);
        if (unstaged)
            file.unstaged = changeOf(unstaged->status);
        const git_diff_delta* named = unstaged ? unstaged : staged;
        if (!named)
            continue;
        file.path = named->new_file.path ? named->new_file.path : named->old_file.path;
        if (file.staged == Change::Renamed)
            file.oldPath = staged->old_file.path;
        file.conflicted = (entry->status & GIT_STATUS_CONFLICTED) != 0;
        file.untracked = (entry->status & GIT_STATUS_WT_NEW) != 0 && !file.conflicted;
        if (file.conflicted || file.untracked)
            file.unstaged = Change::None;
        if (file.conflicted)
            file.staged = Change::None;
        // A file taken out of the index that still lies in the folder is both: two lines, as git shows it.
        if (file.untracked && file.staged != Change::None) {
            FileStatus other = file;
            other.untracked = false;
            out.files.push_back(other);
            file.staged = Change::None;
            file.oldPath.clear();
        }
        out.files.push_back(std::move(file));
    }
    std::ranges::stable_sort(out.files, {}, &FileStatus::path);
    return out;
}

Result<GitDiff> LibgitRepository::sideDiff(DiffSide side, const DiffOptions& options,
                                           const std::string& path) {
    LATHE_TRY_ASSIGN(const GitIndex now, index());
    git_diff_options raw =
        diffOptions(options, GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
                                 GIT_DIFF_SHOW_UNTRACKED_CONTENT | GIT_DIFF_DISABLE_PATHSPEC_MATCH);
    const std::vector<std::string> paths{path};
    PathList list(paths);
    if (!path.empty())
        raw.pathspec = list.array();
    GitDiff diff;
    int code = 0;
    if (side == DiffSide::Unstaged) {
        code = take(diff, git_diff_index_to_workdir, m_repo.get(), now.get(), &raw);
    } else {
        LATHE_TRY_ASSIGN(const GitTree tree, headTree());
        code = take(diff, git_diff_tree_to_index, m_repo.get(), tree.get(), now.get(), &raw);
    }
    if (code != 0)
        return libgitFailed(code, "cannot compare", path.empty() ? m_root : escapedForDisplay(path));
    return diff;
}

Result<FileDiff> LibgitRepository::diff(const std::string& path, DiffSide side, const DiffOptions& options) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitDiff diff, sideDiff(side, options, checked));
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        if (fileOf(*git_diff_get_delta(diff.get(), i)).path == checked)
            return fileWithHunks(diff.get(), i, options);
    }
    return fail(ErrorCode::NotFound,
                side == DiffSide::Staged ? "has no staged change" : "has no unstaged change",
                escapedForDisplay(path));
}

Result<std::vector<FileDiff>> LibgitRepository::diffAll(DiffSide side, const DiffOptions& options) {
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitDiff diff, sideDiff(side, options, ""));
    if (side == DiffSide::Staged)
        git_diff_find_similar(diff.get(), nullptr);
    std::vector<FileDiff> files;
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
        files.push_back(fileWithHunks(diff.get(), i, options));
    return files;
}

Result<std::string> LibgitRepository::content(const std::string& path, Version version) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    if (version == Version::Working)
        return readFile(joinPath(m_root, checked), maxContent);
    const std::lock_guard lock(m_mutex);
    git_oid id{};
    const auto none = [&] {
        return fail(ErrorCode::NotFound, "is not there in that version", escapedForDisplay(path));
    };
    if (version == Version::Head) {
        LATHE_TRY_ASSIGN(const GitTree tree, headTree());
        GitTreeEntry entry;
        if (!tree || take(entry, git_tree_entry_bypath, tree.get(), checked.c_str()) != 0 ||
            git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB)
            return none();
        id = *git_tree_entry_id(entry.get());
    } else {
        LATHE_TRY_ASSIGN(const GitIndex now, index());
        const git_index_entry* entry = git_index_get_bypath(now.get(), checked.c_str(), 0);
        if (!entry)
            return none();
        id = entry->id;
    }
    GitBlob blob;
    if (const int code = take(blob, git_blob_lookup, m_repo.get(), &id); code != 0)
        return libgitFailed(code, "cannot read that version", escapedForDisplay(path));
    const auto size = static_cast<std::size_t>(git_blob_rawsize(blob.get()));
    if (size > maxContent)
        return fail(ErrorCode::Unsupported, "is larger than " + bytesText(maxContent),
                    escapedForDisplay(path));
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())), size);
}

Result<std::unique_ptr<Repository>> LibgitRepository::open(const std::string& path) {
    static const int started = git_libgit2_init();
    if (started < 0)
        return fail(ErrorCode::Unavailable, "libgit2 does not start", path);
    GitRepo repo;
    const std::string folder = isDirectory(path) ? path : parentPath(path);
    const int code =
        take(repo, git_repository_open_ext, folder.c_str(), unsigned{GIT_REPOSITORY_OPEN_CROSS_FS}, nullptr);
    if (code == GIT_ENOTFOUND)
        return fail(ErrorCode::NotFound, "is not in a git repository", escapedForDisplay(path),
                    "`git init` makes one");
    if (code == GIT_EOWNER)
        return libgitFailed(code, "cannot open the repository", folder);
    if (code != 0) {
        // A format of extensions that it does not know (SHA-256, partial clone) has no error code of its own.
        const auto error = libgitFailed(code, "cannot open the repository", escapedForDisplay(path));
        return fail(ErrorCode::Unsupported, error.error().what, error.error().on,
                    "the git program may read it");
    }
    const char* root = git_repository_workdir(repo.get());
    if (!root)
        return fail(ErrorCode::Unsupported, "is a bare repository: it has no working folder",
                    escapedForDisplay(path), "open a clone of it");
    std::string gitFolder = withoutSlash(git_repository_path(repo.get()));
    return std::make_unique<LibgitRepository>(std::move(repo), withoutSlash(root), std::move(gitFolder));
}

}  // namespace lathe::git
