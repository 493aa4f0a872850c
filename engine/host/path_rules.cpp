// SPDX-License-Identifier: Apache-2.0
#include "host/path_rules.h"

#include "core/text.h"

namespace lathe::host {

Result<> checkPath(const std::string& path, std::string_view on) {
    const std::string name = escapedForDisplay(on.empty() ? path : on);
    if (path.empty() || path[0] != '/')
        return fail(ErrorCode::Invalid, "is not an absolute path", name);
    if (path.find('\0') != std::string::npos)
        return fail(ErrorCode::Invalid, "holds a NUL byte", name);
    return {};
}

bool isEntryName(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
           name.find('\0') == std::string_view::npos;
}

Result<> checkSize(std::uint64_t size, std::size_t maxBytes, const std::string& path) {
    if (size > maxBytes)
        return fail(ErrorCode::Unsupported,
                    "is larger than " + bytesText(maxBytes) + ": too large to be read whole", path);
    return {};
}

Result<> checkVersion(const std::optional<FileVersion>& now, const FileVersion& expected,
                      const std::string& path) {
    if (expected == FileVersion{} && !now)
        return {};
    if (expected == FileVersion{})
        return fail(ErrorCode::Exists, "there is already a file of that name", path);
    if (!now)
        return fail(ErrorCode::Exists, "was removed since it was read", path,
                    "save it under this name again, or drop it");
    if (*now != expected)
        return fail(ErrorCode::Exists, "was changed since it was read", path,
                    "compare both, then overwrite or reload");
    return {};
}

}  // namespace lathe::host
