// SPDX-License-Identifier: Apache-2.0
#include "git/libgit_diff.h"

#include <algorithm>

namespace lathe::git {

Change changeOf(git_delta_t status) {
    switch (status) {
    case GIT_DELTA_ADDED:
    case GIT_DELTA_COPIED:
    case GIT_DELTA_UNTRACKED: return Change::Added;
    case GIT_DELTA_DELETED: return Change::Deleted;
    case GIT_DELTA_RENAMED: return Change::Renamed;
    case GIT_DELTA_TYPECHANGE: return Change::TypeChanged;
    case GIT_DELTA_UNMODIFIED:
    case GIT_DELTA_IGNORED: return Change::None;
    default: return Change::Modified;
    }
}

FileDiff fileOf(const git_diff_delta& delta) {
    FileDiff file;
    file.change = changeOf(delta.status);
    const char* oldPath = delta.old_file.path ? delta.old_file.path : "";
    const char* newPath = delta.new_file.path ? delta.new_file.path : oldPath;
    file.path = file.change == Change::Deleted ? oldPath : newPath;
    if (file.change == Change::Renamed)
        file.oldPath = oldPath;
    file.oldMode = delta.old_file.mode;
    file.newMode = delta.new_file.mode;
    file.binary = (delta.flags & GIT_DIFF_FLAG_BINARY) != 0;
    return file;
}

git_diff_options diffOptions(const DiffOptions& options, std::uint32_t flags) {
    git_diff_options out;
    git_diff_options_init(&out, GIT_DIFF_OPTIONS_VERSION);
    out.flags = flags | GIT_DIFF_INCLUDE_TYPECHANGE;
    if (options.ignoreWhitespace)
        out.flags |= GIT_DIFF_IGNORE_WHITESPACE;
    out.context_lines = static_cast<std::uint32_t>(std::max(options.context, 0));
    out.max_size = static_cast<git_off_t>(options.maxFileBytes);
    return out;
}

FileDiff fileWithHunks(git_diff* diff, std::size_t index, const DiffOptions& options) {
    GitPatch patch;
    take(patch, git_patch_from_diff, diff, index);
    // Only loading the file tells whether it is binary, and how large it is.
    const git_diff_delta* delta = patch ? git_patch_get_delta(patch.get()) : git_diff_get_delta(diff, index);
    FileDiff file = fileOf(*delta);
    if (std::max(delta->old_file.size, delta->new_file.size) > options.maxFileBytes) {
        file.tooLarge = true;
        file.binary = false;
        return file;
    }
    if (!patch || file.binary)
        return file;
    std::size_t context = 0;
    git_patch_line_stats(&context, &file.added, &file.removed, patch.get());
    if (context + file.added + file.removed > options.maxLines) {
        file.tooLarge = true;
        return file;
    }
    for (std::size_t h = 0; h < git_patch_num_hunks(patch.get()); ++h) {
        const git_diff_hunk* raw = nullptr;
        std::size_t lines = 0;
        if (git_patch_get_hunk(&raw, &lines, patch.get(), h) != 0)
            continue;
        Hunk hunk{raw->old_start, raw->old_lines, raw->new_start, raw->new_lines, {}, {}};
        const std::string_view header(raw->header, raw->header_len);
        if (const auto close = header.find(" @@ "); close != std::string_view::npos) {
            hunk.heading = std::string(header.substr(close + 4));
            while (!hunk.heading.empty() && (hunk.heading.back() == '\n' || hunk.heading.back() == '\r'))
                hunk.heading.pop_back();
        }
        for (std::size_t l = 0; l < lines; ++l) {
            const git_diff_line* line = nullptr;
            if (git_patch_get_line_in_hunk(&line, patch.get(), h, l) != 0)
                continue;
            const LineKind kind = line->origin == GIT_DIFF_LINE_ADDITION   ? LineKind::Added
                                  : line->origin == GIT_DIFF_LINE_DELETION ? LineKind::Removed
                                                                           : LineKind::Context;
            if (kind == LineKind::Context && line->origin != GIT_DIFF_LINE_CONTEXT)
                continue;  // "\ No newline at end of file", which the line before it shows itself
            std::string_view text(line->content, line->content_len);
            const bool ends = !text.ends_with('\n');
            if (!ends)
                text.remove_suffix(1);
            hunk.lines.push_back({kind, std::max(line->old_lineno, 0), std::max(line->new_lineno, 0),
                                  std::string(text), ends});
        }
        file.hunks.push_back(std::move(hunk));
    }
    return file;
}

}  // namespace lathe::git
