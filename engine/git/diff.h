// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::git {

enum class Change { None, Added, Modified, Deleted, Renamed, TypeChanged };
std::string_view changeName(Change change);

enum class LineKind { Context, Added, Removed };

struct DiffLine {
    LineKind kind = LineKind::Context;
    int oldNumber = 0;      // from 1; 0 for an added line
    int newNumber = 0;      // from 1; 0 for a removed line
    std::string text;       // bytes without the line's newline
    bool endsFile = false;  // the last line of its side, and no newline follows it
    bool operator==(const DiffLine&) const = default;
};

// As in unified diff: a start of 0 means an empty side.
struct Hunk {
    int oldStart = 0;
    int oldLines = 0;
    int newStart = 0;
    int newLines = 0;
    std::string heading;  // the function or class it lies in, as git shows it behind @@; may be empty
    std::vector<DiffLine> lines;
    bool operator==(const Hunk&) const = default;
};

// Paths are bytes with '/', relative to the repository's working folder.
struct FileDiff {
    std::string path;     // on the new side; on the old side if deleted
    std::string oldPath;  // set only if renamed
    Change change = Change::None;
    std::uint32_t oldMode = 0;  // as git writes modes: 0100644, 0120000 is a link; 0 if absent on that side
    std::uint32_t newMode = 0;
    bool binary = false;    // then there are no hunks
    bool tooLarge = false;  // over the limits of DiffOptions: no hunks
    std::vector<Hunk> hunks;
    std::size_t added = 0;  // lines
    std::size_t removed = 0;
};

struct DiffOptions {
    int context = 3;
    bool ignoreWhitespace = false;  // for reading only: such hunks do not apply
    std::size_t maxFileBytes = std::size_t{16} << 20;
    std::size_t maxLines = 200'000;
};

// What a hunk is to be applied to. Staging and discarding take the unstaged side, unstaging the staged one.
enum class HunkTarget { Forward, Backward };

// The part of `hunk` that consists of the changes at these positions of hunk.lines (for staging single
// lines): other changes become context or vanish, so that the result still applies. Forward keeps what the
// old side says of the rest (stage); Backward keeps what the new side says (unstage, discard).
Hunk selectLines(const Hunk& hunk, const std::vector<std::size_t>& positions, HunkTarget target);

// The same change the other way round.
Hunk reversed(const Hunk& hunk);
FileDiff reversed(const FileDiff& file);

// A patch in git's format with this one hunk, as `git apply` and libgit2 take it. Paths are quoted where
// needed.
std::string patchText(const FileDiff& file, const Hunk& hunk);

// Reads the output of `git diff --no-color -p` (any number of files). What it cannot read it leaves out.
std::vector<FileDiff> parsePatch(std::string_view text);

}  // namespace lathe::git
