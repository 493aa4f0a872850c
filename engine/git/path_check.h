// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "core/text.h"

#include <string>
#include <vector>

namespace lathe::git {

// A path within the repository: relative, no "..", not inside .git, no NUL. Given back without a trailing
// slash.
inline Result<std::string> checkedPath(std::string path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    bool ok = !path.empty() && path[0] != '/' && path.find('\0') == std::string::npos;
    for (const std::string& part : split(path, '/'))
        ok = ok && !part.empty() && part != "." && part != ".." && part != ".git";
    if (!ok)
        return fail(ErrorCode::Invalid, "is not a path within the repository", escapedForDisplay(path));
    return path;
}

inline Result<std::vector<std::string>> checkedPaths(const std::vector<std::string>& paths) {
    std::vector<std::string> checked;
    for (const std::string& path : paths) {
        LATHE_TRY_ASSIGN(std::string one, checkedPath(path));
        checked.push_back(std::move(one));
    }
    if (checked.empty())
        return fail(ErrorCode::Invalid, "no path was given");
    return checked;
}

inline bool isUnder(const std::string& path, const std::string& folder) {
    return path == folder ||
           (path.size() > folder.size() && path[folder.size()] == '/' && path.starts_with(folder));
}

// A revision from outside must not be read as an option.
inline Result<> checkRevision(const std::string& revision) {
    if (revision.starts_with('-') || revision.find('\0') != std::string::npos ||
        revision.find('\n') != std::string::npos)
        return fail(ErrorCode::Invalid, "is not a commit, branch or tag", escapedForDisplay(revision));
    return {};
}

}  // namespace lathe::git
