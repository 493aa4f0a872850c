// SPDX-License-Identifier: Apache-2.0
#include "interop/media.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/sha256.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

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

// By the rules of the collector of garbage (record/gc.h): under the writers' lock, and an object that is
// there already gets a new time, so that it is not taken for garbage before the event that names it is
// written.
Result<std::string> keepObject(const std::string& store, std::string_view bytes) {
    const std::string objects = joinPath(store, "objects");
    LATHE_TRY(makeDirs(objects));
    const UniqueFd lock(::open(joinPath(objects, ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock)
        return failErrno(errno, "cannot write objects", objects);
    while (::flock(lock.get(), LOCK_SH) != 0 && errno == EINTR) {
    }
    const std::string sum = sha256Hex(bytes);
    const std::string folder = joinPath(objects, sum.substr(0, 2)), path = joinPath(folder, sum);
    if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0 && (errno == ENOENT || !exists(path))) {
        LATHE_TRY(makeDirs(folder));
        LATHE_TRY(writeFileAtomic(path, bytes));
    }
    return sum;
}

}  // namespace lathe::interop
