// SPDX-License-Identifier: Apache-2.0
#include "interop/media.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/sha256.h"

#include <algorithm>

namespace lathe::interop {

Result<std::string> keepMedia(const std::string& runDir, std::string_view bytes, std::string_view extension) {
    const bool plain = std::ranges::all_of(
        extension, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
    if (!plain || extension.empty() || extension.size() > 8)
        return fail(ErrorCode::Invalid, "not the ending of a media file",
                    std::string(extension.substr(0, 64)));
    const std::string name = "media/" + sha256Hex(bytes) + "." + std::string(extension);
    const std::string path = joinPath(runDir, name);
    if (!exists(path)) {
        LATHE_TRY(makeDirs(joinPath(runDir, "media")));
        LATHE_TRY(writeFileAtomic(path, bytes));
    }
    return name;
}

Result<std::string> keepObject(const std::string& store, std::string_view bytes) {
    const std::string sum = sha256Hex(bytes);
    const std::string folder = joinPath(store, "objects/" + sum.substr(0, 2)), path = joinPath(folder, sum);
    if (!exists(path)) {
        LATHE_TRY(makeDirs(folder));
        LATHE_TRY(writeFileAtomic(path, bytes));
    }
    return sum;
}

}  // namespace lathe::interop
