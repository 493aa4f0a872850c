// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/diff.h"
#include "git/libgit_handles.h"

#include <optional>

namespace lathe::git {

Change changeOf(git_delta_t status);
// Without hunks.
FileDiff fileOf(const git_diff_delta& delta);
// With hunks, within the limits.
FileDiff fileWithHunks(git_diff* diff, std::size_t index, const DiffOptions& options);
git_diff_options diffOptions(const DiffOptions& options, std::uint32_t flags = 0);

}  // namespace lathe::git
