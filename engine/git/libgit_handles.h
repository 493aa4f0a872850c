// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <git2.h>
#include <memory>

namespace lathe::git {

template <auto Free> struct GitFree {
    template <class T> void operator()(T* handle) const { Free(handle); }
};
template <class T, auto Free> using Git = std::unique_ptr<T, GitFree<Free>>;

using GitRepo = Git<git_repository, git_repository_free>;
using GitIndex = Git<git_index, git_index_free>;
using GitTree = Git<git_tree, git_tree_free>;
using GitCommit = Git<git_commit, git_commit_free>;
using GitObject = Git<git_object, git_object_free>;
using GitBlob = Git<git_blob, git_blob_free>;
using GitDiff = Git<git_diff, git_diff_free>;
using GitPatch = Git<git_patch, git_patch_free>;
using GitRef = Git<git_reference, git_reference_free>;
using GitWalk = Git<git_revwalk, git_revwalk_free>;
using GitConfig = Git<git_config, git_config_free>;
using GitSignature = Git<git_signature, git_signature_free>;
using GitStatusList = Git<git_status_list, git_status_list_free>;
using GitTreeEntry = Git<git_tree_entry, git_tree_entry_free>;
using GitRefs = Git<git_reference_iterator, git_reference_iterator_free>;

// For functions that give a handle through their first argument: take<GitTree>(git_commit_tree, commit).
template <class Handle, class Function, class... Args>
int take(Handle& handle, Function function, Args... args) {
    typename Handle::pointer raw = nullptr;
    const int code = function(&raw, args...);
    handle.reset(code == 0 ? raw : nullptr);
    return code;
}

}  // namespace lathe::git
