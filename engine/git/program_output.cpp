// SPDX-License-Identifier: Apache-2.0
#include "git/program_output.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::git {

std::vector<std::string> fields(const std::string& text) {
    auto parts = split(text, '\0');
    if (!parts.empty() && parts.back().empty())
        parts.pop_back();
    return parts;
}

std::string oneLine(std::string text) {
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

std::vector<std::string> diffWords(const DiffOptions& options) {
    std::vector<std::string> words = {"diff",
                                      "--no-color",
                                      "--no-ext-diff",
                                      "--no-textconv",
                                      "--no-indent-heuristic",
                                      "--submodule=short",
                                      "--ignore-submodules=dirty",
                                      "--src-prefix=a/",
                                      "--dst-prefix=b/",
                                      fmt::format("-U{}", std::max(options.context, 0))};
    if (options.ignoreWhitespace)
        words.emplace_back("-w");
    return words;
}

void limit(FileDiff& file, const DiffOptions& options) {
    std::size_t lines = 0;
    for (const Hunk& hunk : file.hunks)
        lines += hunk.lines.size();
    if (lines > options.maxLines) {
        file.hunks.clear();
        file.tooLarge = true;
    }
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

}  // namespace lathe::git
