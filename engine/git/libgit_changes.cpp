// SPDX-License-Identifier: Apache-2.0
// What changes a repository: staging, discarding, committing.
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "git/libgit_diff.h"
#include "git/libgit_repository.h"
#include "git/path_check.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::git {
namespace {

std::unexpected<Error> doesNotFit(int code, const std::string& path) {
    auto error = libgitFailed(code, "the change does not fit any more", escapedForDisplay(path)).error();
    if (code == GIT_ELOCKED)
        return std::unexpected(std::move(error));
    return fail(ErrorCode::Exists, error.what, error.on, "look at its difference again");
}

}  // namespace

// libgit2 runs no external filters (Git LFS): it would store the raw file, and check out the pointer.
Result<> LibgitRepository::refuseFilter(const std::string& path) {
    const char* value = nullptr;
    if (git_attr_get(&value, m_repo.get(), GIT_ATTR_CHECK_FILE_THEN_INDEX, path.c_str(), "filter") == 0 &&
        git_attr_value(value) == GIT_ATTR_VALUE_STRING)
        return fail(ErrorCode::Unsupported,
                    "goes through the filter \"" + escapedForDisplay(value, 60) + "\", which is not run here",
                    escapedForDisplay(path), "use `git add` or `git restore` in a terminal");
    return {};
}

Result<> LibgitRepository::stage(const std::vector<std::string>& given) {
    LATHE_TRY_ASSIGN(const auto paths, checkedPaths(given));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitIndex now, index());
    struct Filtered {
        LibgitRepository* self;
        std::optional<Error> refused;
    } filtered{this, {}};
    const auto eachPath = [](const char* path, const char*, void* payload) -> int {
        auto* state = static_cast<Filtered*>(payload);
        if (auto ok = state->self->refuseFilter(path); !ok)
            state->refused = ok.error();
        return state->refused ? GIT_EUSER : 0;
    };
    for (const std::string& path : paths) {
        const std::string file = joinPath(m_root, path);
        std::vector<std::string> one{path};
        PathList list(one);
        const git_strarray spec = list.array();
        int code = 0;
        if (isDirectory(file)) {
            code = git_index_add_all(now.get(), &spec, GIT_INDEX_ADD_DISABLE_PATHSPEC_MATCH, eachPath,
                                     &filtered);
            if (code == 0)
                code = git_index_update_all(now.get(), &spec, nullptr, nullptr);
        } else if (struct stat info{}; ::lstat(file.c_str(), &info) == 0) {
            LATHE_TRY(refuseFilter(path));
            code = git_index_add_bypath(now.get(), path.c_str());
        } else {
            // Also a folder that is gone: all that the index has under this name.
            bool known = false;
            for (std::size_t i = git_index_entrycount(now.get()); i-- > 0;) {
                const std::string entry = git_index_get_byindex(now.get(), i)->path;
                if (!isUnder(entry, path))
                    continue;
                known = true;
                git_index_conflict_remove(now.get(), entry.c_str());
                git_index_remove_bypath(now.get(), entry.c_str());
                i = std::min(i, git_index_entrycount(now.get()));
            }
            if (!known)
                return fail(ErrorCode::NotFound, "there is no such file", escapedForDisplay(path));
        }
        if (filtered.refused)
            return std::unexpected(*filtered.refused);
        if (code != 0)
            return libgitFailed(code, "cannot stage", escapedForDisplay(path));
    }
    if (const int code = git_index_write(now.get()); code != 0)
        return libgitFailed(code, "cannot write the index", m_root);
    return {};
}

Result<> LibgitRepository::unstage(const std::vector<std::string>& given) {
    LATHE_TRY_ASSIGN(const auto paths, checkedPaths(given));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitIndex now, index());
    LATHE_TRY_ASSIGN(const GitTree tree, headTree());
    git_diff_options options = diffOptions({});
    GitDiff diff;
    if (const int code = take(diff, git_diff_tree_to_index, m_repo.get(), tree.get(), now.get(), &options);
        code != 0)
        return libgitFailed(code, "cannot compare", m_root);
    git_diff_find_similar(diff.get(), nullptr);  // of a renamed file both names are put back
    const auto wanted = [&](const char* path) {
        return path && std::ranges::any_of(paths, [&](const std::string& one) { return isUnder(path, one); });
    };
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
        if (!wanted(delta->new_file.path) && !wanted(delta->old_file.path))
            continue;
        for (const char* path : {delta->new_file.path, delta->old_file.path}) {
            GitTreeEntry old;
            const bool inHead = tree && take(old, git_tree_entry_bypath, tree.get(), path) == 0;
            git_index_conflict_remove(now.get(), path);
            int code = 0;
            if (inHead) {
                git_index_entry entry{};
                entry.path = path;
                entry.id = *git_tree_entry_id(old.get());
                entry.mode = git_tree_entry_filemode(old.get());
                code = git_index_add(now.get(), &entry);
            } else {
                git_index_remove_bypath(now.get(), path);
            }
            if (code != 0)
                return libgitFailed(code, "cannot unstage", escapedForDisplay(path));
        }
    }
    if (const int code = git_index_write(now.get()); code != 0)
        return libgitFailed(code, "cannot write the index", m_root);
    return {};
}

Result<> LibgitRepository::discard(const std::vector<std::string>& given) {
    LATHE_TRY_ASSIGN(const auto paths, checkedPaths(given));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const GitIndex now, index());
    const auto isGiven = [&](const std::string& name) {
        return std::ranges::any_of(paths, [&](const std::string& path) { return isUnder(name, path); });
    };
    git_diff_options raw = diffOptions({});
    GitDiff diff;
    if (const int code = take(diff, git_diff_index_to_workdir, m_repo.get(), now.get(), &raw); code != 0)
        return libgitFailed(code, "cannot compare", m_root);
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        const git_diff_delta* delta = git_diff_get_delta(diff.get(), i);
        const git_diff_file& stored = delta->old_file;
        if (delta->status == GIT_DELTA_CONFLICTED && (isGiven(stored.path) || isGiven(delta->new_file.path)))
            return fail(ErrorCode::Invalid, "has a conflict: there is no one version to go back to",
                        escapedForDisplay(delta->new_file.path),
                        "resolve it, or end the merge with `git merge --abort`");
        if (!isGiven(stored.path))
            continue;
        LATHE_TRY(refuseFilter(stored.path));
        LATHE_TRY(checkOut(stored.path, stored.id, stored.mode));
    }

    git_status_options options;
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.show = GIT_STATUS_SHOW_WORKDIR_ONLY;
    options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
    GitStatusList list;
    if (const int code = take(list, git_status_list_new, m_repo.get(), &options); code != 0)
        return libgitFailed(code, "cannot tell the state of the files", m_root);
    for (std::size_t i = 0; i < git_status_list_entrycount(list.get()); ++i) {
        const git_status_entry* entry = git_status_byindex(list.get(), i);
        if (!(entry->status & GIT_STATUS_WT_NEW) || !isGiven(entry->index_to_workdir->new_file.path))
            continue;
        const std::string name = entry->index_to_workdir->new_file.path;
        LATHE_TRY(removeTree(joinPath(m_root, name)));
        // Folders that this leaves empty go with it, as git has no empty folders.
        for (std::string folder = parentPath(name);
             folder != "." && ::rmdir(joinPath(m_root, folder).c_str()) == 0;)
            folder = parentPath(folder);
    }
    return {};
}

// Writes one file as the index would have it. Checking out by path is of no use here: libgit2 reads the path
// as a pattern, whatever the flags say, and passes names with a backslash or a newline over in silence.
Result<> LibgitRepository::checkOut(const std::string& path, const git_oid& id, std::uint32_t mode) {
    if (S_ISDIR(mode) || (mode & S_IFMT) == GIT_FILEMODE_COMMIT)
        return {};  // a submodule has its own changes
    struct stat info {};
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string folder = joinPath(m_root, path.substr(0, slash));
        if (::lstat(folder.c_str(), &info) != 0)
            LATHE_TRY(makeDirs(folder));
        else if (!S_ISDIR(info.st_mode))  // a link may lead out of the repository
            return fail(ErrorCode::Exists, "is in the way: it should be a folder", escapedForDisplay(folder));
    }
    const std::string file = joinPath(m_root, path);
    const bool there = ::lstat(file.c_str(), &info) == 0;
    if (there && S_ISDIR(info.st_mode))
        return fail(ErrorCode::Exists, "is in the way: it is a folder now", escapedForDisplay(path),
                    "move it away first");
    GitBlob blob;
    git_buf bytes = GIT_BUF_INIT;
    git_blob_filter_options options = GIT_BLOB_FILTER_OPTIONS_INIT;
    int code = take(blob, git_blob_lookup, m_repo.get(), &id);
    if (code == 0 && !S_ISLNK(mode))
        code = git_blob_filter(&bytes, blob.get(), path.c_str(), &options);
    if (code != 0)
        return libgitFailed(code, "cannot read the stored file", escapedForDisplay(path));
    if (S_ISLNK(mode)) {
        const std::string target(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                 static_cast<std::size_t>(git_blob_rawsize(blob.get())));
        ::unlink(file.c_str());
        if (::symlink(target.c_str(), file.c_str()) != 0)
            return failErrno(errno, "cannot make the link", escapedForDisplay(path));
        return {};
    }
    if (there && S_ISLNK(info.st_mode))
        ::unlink(file.c_str());
    const Result<> written = writeFileAtomic(file, {bytes.ptr ? bytes.ptr : "", bytes.size});
    git_buf_dispose(&bytes);
    LATHE_TRY(written);
    if (::stat(file.c_str(), &info) == 0) {
        const mode_t readable = info.st_mode & 0444;
        const mode_t wanted = mode & 0111 ? info.st_mode | readable >> 2 : info.st_mode & ~mode_t{0111};
        if (wanted != info.st_mode)
            ::chmod(file.c_str(), wanted & 07777);
    }
    return {};
}

// The state of one file as a patch for it must know it.
Result<FileDiff> LibgitRepository::fileFor(const std::string& path, DiffSide side) {
    LATHE_TRY_ASSIGN(const GitDiff diff, sideDiff(side, {}, path));
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        FileDiff file = fileOf(*git_diff_get_delta(diff.get(), i));
        if (file.path == path)
            return file;
    }
    return fail(ErrorCode::Exists, "has no such change any more", escapedForDisplay(path),
                "look at its difference again");
}

Result<GitDiff> LibgitRepository::patchFor(const FileDiff& file, const Hunk& hunk) {
    LATHE_TRY(refuseFilter(file.path));
    const std::string text = patchText(file, hunk);
    GitDiff patch;
    if (const int code = take(patch, git_diff_from_buffer, text.data(), text.size()); code != 0)
        return libgitFailed(code, "the change cannot be written as a patch", escapedForDisplay(file.path));
    return patch;
}

Result<> LibgitRepository::applyToIndex(const FileDiff& file, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const GitDiff patch, patchFor(file, hunk));
    if (const int code = git_apply(m_repo.get(), patch.get(), GIT_APPLY_LOCATION_INDEX, nullptr); code != 0)
        return doesNotFit(code, file.path);
    // git_apply writes an index of its own.
    GitIndex now;
    if (take(now, git_repository_index, m_repo.get()) == 0)
        git_index_read(now.get(), 1);
    return {};
}

// The file as it lies there becomes a tree, the patch is applied to that, and the outcome is checked out.
Result<> LibgitRepository::applyToFile(const FileDiff& file, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const GitDiff patch, patchFor(file, hunk));
    GitIndex before, after;
    GitTree tree;
    git_oid treeId{};
    int code = take(before, git_index_new);
    struct stat info {};
    if (code == 0 && ::lstat(joinPath(m_root, file.path).c_str(), &info) == 0) {
        git_index_entry entry{};
        entry.path = file.path.c_str();
        entry.mode = S_ISLNK(info.st_mode) ? 0120000U : info.st_mode & S_IXUSR ? 0100755U : 0100644U;
        code = git_blob_create_from_workdir(&entry.id, m_repo.get(), file.path.c_str());
        if (code == 0)
            code = git_index_add(before.get(), &entry);
    }
    if (code == 0)
        code = git_index_write_tree_to(&treeId, before.get(), m_repo.get());
    if (code == 0)
        code = take(tree, git_tree_lookup, m_repo.get(), &treeId);
    if (code == 0)
        code = take(after, git_apply_to_tree, m_repo.get(), tree.get(), patch.get(), nullptr);
    if (code != 0)
        return doesNotFit(code, file.path);
    if (const git_index_entry* entry = git_index_get_byindex(after.get(), 0))
        return checkOut(entry->path, entry->id, entry->mode);
    return removeTree(joinPath(m_root, file.path));
}

Result<> LibgitRepository::stageHunk(const std::string& path, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const FileDiff file, fileFor(checked, DiffSide::Unstaged));
    return applyToIndex(file, hunk);
}

Result<> LibgitRepository::unstageHunk(const std::string& path, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const FileDiff file, fileFor(checked, DiffSide::Staged));
    return applyToIndex(reversed(file), reversed(hunk));
}

Result<> LibgitRepository::discardHunk(const std::string& path, const Hunk& hunk) {
    LATHE_TRY_ASSIGN(const std::string checked, checkedPath(path));
    const std::lock_guard lock(m_mutex);
    LATHE_TRY_ASSIGN(const FileDiff file, fileFor(checked, DiffSide::Unstaged));
    return applyToFile(reversed(file), reversed(hunk));
}

Result<std::string> LibgitRepository::commit(const CommitRequest& request) {
    git_buf pretty = GIT_BUF_INIT;
    git_message_prettify(&pretty, request.message.c_str(), 0, '#');
    const std::string message(pretty.ptr ? pretty.ptr : "", pretty.size);
    git_buf_dispose(&pretty);
    if (trim(message).empty())
        return fail(ErrorCode::Invalid, "a commit needs a message", m_root);

    const std::lock_guard lock(m_mutex);
    GitConfig config;
    int signs = 0;
    if (take(config, git_repository_config_snapshot, m_repo.get()) == 0 &&
        git_config_get_bool(&signs, config.get(), "commit.gpgsign") == 0 && signs)
        return fail(ErrorCode::Unsupported,
                    "commit.gpgSign is on, and no signing program is started from here", m_root,
                    "use `git commit` in a terminal");
    GitSignature signature;
    if (take(signature, git_signature_default, m_repo.get()) != 0)
        return fail(
            ErrorCode::Invalid, "git does not know who you are: user.name or user.email is not set", m_root,
            "git config --global user.name \"Your Name\"; git config --global user.email you@example.org");
    LATHE_TRY_ASSIGN(const GitIndex now, index());
    if (git_index_has_conflicts(now.get()))
        return fail(ErrorCode::Invalid, "there are files with conflicts", m_root,
                    "resolve and stage them first");
    git_oid treeId{};
    if (const int code = git_index_write_tree(&treeId, now.get()); code != 0)
        return libgitFailed(code, "cannot write the tree", m_root);
    GitTree tree;
    if (const int code = take(tree, git_tree_lookup, m_repo.get(), &treeId); code != 0)
        return libgitFailed(code, "cannot read the tree", m_root);
    LATHE_TRY_ASSIGN(const GitCommit head, headCommit());
    git_oid id{};
    if (request.amend) {
        if (!head)
            return fail(ErrorCode::Invalid, "there is no commit to amend yet", m_root);
        const int code = git_commit_amend(&id, head.get(), "HEAD", nullptr, signature.get(), nullptr,
                                          message.c_str(), tree.get());
        if (code != 0)
            return libgitFailed(code, "cannot amend the commit", m_root);
        return hexOf(id);
    }
    std::vector<GitCommit> merged;
    const auto addMerged = [](const git_oid* one, void* payload) -> int {
        auto* state = static_cast<std::pair<git_repository*, std::vector<GitCommit>*>*>(payload);
        GitCommit commit;
        if (take(commit, git_commit_lookup, state->first, one) == 0)
            state->second->push_back(std::move(commit));
        return 0;
    };
    std::pair<git_repository*, std::vector<GitCommit>*> state{m_repo.get(), &merged};
    git_repository_mergehead_foreach(m_repo.get(), addMerged, &state);
    const git_oid* headTreeId = head ? git_commit_tree_id(head.get()) : nullptr;
    const bool same =
        headTreeId ? git_oid_equal(headTreeId, &treeId) != 0 : git_index_entrycount(now.get()) == 0;
    if (same && merged.empty() && !request.allowEmpty)
        return fail(ErrorCode::Invalid, "nothing is staged", m_root,
                    "stage the changes that belong to the commit");
    std::vector<const git_commit*> parents;
    if (head)
        parents.push_back(head.get());
    for (const GitCommit& one : merged)
        parents.push_back(one.get());
    const int code = git_commit_create(&id, m_repo.get(), "HEAD", signature.get(), signature.get(), nullptr,
                                       message.c_str(), tree.get(), parents.size(), parents.data());
    if (code != 0)
        return libgitFailed(code, "cannot commit", m_root);
    if (!merged.empty())
        git_repository_state_cleanup(m_repo.get());
    return hexOf(id);
}

}  // namespace lathe::git
