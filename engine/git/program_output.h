// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/text.h"
#include "git/diff.h"

#include <string>
#include <vector>

// What the calls of the git program have in common: their words and the shapes of their output.
namespace lathe::git {

// Records that end in NUL.
std::vector<std::string> fields(const std::string& text);
// One line of output, which may hold any byte but its last newline.
std::string oneLine(std::string text);
// `git diff` so that its output is parsePatch()'s input.
std::vector<std::string> diffWords(const DiffOptions& options);
// Drops the hunks of a difference that is over the limits.
void limit(FileDiff& file, const DiffOptions& options);
void append(std::vector<std::string>& to, const std::vector<std::string>& more);

}  // namespace lathe::git
