// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/artifact_files.h"

#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::string_view kTemporary = ".upload-";
constexpr int kDeepest = 64;

struct CloseDir {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseDir>;

Folder folderOf(int fd) {
    UniqueFd copy(::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR* opened = copy ? ::fdopendir(copy.get()) : nullptr;
    if (opened)
        copy.release();
    return Folder(opened);
}

bool isDots(const char* name) {
    return std::string_view(name) == "." || std::string_view(name) == "..";
}

Result<> removeBelow(int at, const std::string& name, int depth) {
    if (::unlinkat(at, name.c_str(), 0) == 0 || errno == ENOENT)
        return {};
    if (errno != EISDIR && errno != EPERM)
        return failErrno(errno, "cannot remove", name);
    if (depth > kDeepest)
        return fail(ErrorCode::Invalid, "the folder is too deep", name);
    const UniqueFd inside(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const Folder folder = inside ? folderOf(inside.get()) : nullptr;
    if (!folder)
        return failErrno(errno, "cannot open", name);
    while (const dirent* entry = ::readdir(folder.get())) {
        if (!isDots(entry->d_name))
            LATHE_TRY(removeBelow(inside.get(), entry->d_name, depth + 1));
    }
    if (::unlinkat(at, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        return failErrno(errno, "cannot remove", name);
    return {};
}

}  // namespace

Result<std::vector<std::string>> ArtifactFiles::parts(std::string_view path) {
    std::vector<std::string> found;
    if (path.empty())
        return found;
    if (path.ends_with('/'))
        path.remove_suffix(1);
    for (const std::string& part : split(path, '/')) {
        if (part.empty() || part == "." || part == ".." || part.size() > 255 ||
            part.find('\0') != std::string::npos || part.find('\\') != std::string::npos ||
            part.starts_with(kTemporary))
            return fail(ErrorCode::Invalid, "Invalid path: '" + escapedForDisplay(path, 300) + "'");
        found.push_back(part);
    }
    if (found.size() > kDeepest)
        return fail(ErrorCode::Invalid, "Invalid path: too many folders");
    return found;
}

Result<UniqueFd> ArtifactFiles::openFolder(const std::vector<std::string>& parts, bool make) const {
    if (make)
        LATHE_TRY(makeDirs(m_folder));
    UniqueFd at(::open(m_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!at)
        return failErrno(errno, "cannot open the folder of artifacts", m_folder);
    for (const std::string& part : parts) {
        if (make && ::mkdirat(at.get(), part.c_str(), 0755) != 0 && errno != EEXIST)
            return failErrno(errno, "cannot make the folder", part);
        UniqueFd inside(::openat(at.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!inside)
            return failErrno(errno, "cannot open the folder", part);
        at = std::move(inside);
    }
    return at;
}

Result<ArtifactFiles::File> ArtifactFiles::open(std::string_view path) const {
    LATHE_TRY_ASSIGN(auto names, parts(path));
    const auto missing = [&] {
        return fail(ErrorCode::NotFound, "No such artifact: '" + escapedForDisplay(path, 300) + "'");
    };
    if (names.empty())
        return missing();
    const std::string name = names.back();
    names.pop_back();
    const auto folder = openFolder(names, false);
    if (!folder)
        return missing();
    File file;
    file.fd.reset(::openat(folder->get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat info {};
    if (!file.fd || ::fstat(file.fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return missing();
    file.bytes = static_cast<std::uint64_t>(info.st_size);
    return file;
}

Result<std::uint64_t> ArtifactFiles::put(std::string_view path,
                                         const std::function<Result<std::string_view>()>& next) {
    LATHE_TRY_ASSIGN(auto names, parts(path));
    if (names.empty())
        return fail(ErrorCode::Invalid, "an artifact needs a name");
    const std::string name = names.back();
    names.pop_back();
    LATHE_TRY_ASSIGN(const UniqueFd folder, openFolder(names, true));
    const std::string temporary = std::string(kTemporary) + randomHex(8);
    const UniqueFd file(
        ::openat(folder.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file)
        return failErrno(errno, "cannot write the artifact", name);
    std::uint64_t bytes = 0;
    const auto fill = [&]() -> Result<> {
        for (;;) {
            LATHE_TRY_ASSIGN(const std::string_view piece, next());
            if (piece.empty())
                break;
            LATHE_TRY(writeAll(file.get(), piece, name));
            bytes += piece.size();
        }
        // What is acknowledged is on disk.
        if (::fdatasync(file.get()) != 0)
            return failErrno(errno, "cannot write the artifact to disk", name);
        if (::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) != 0)
            return failErrno(errno, "cannot name the artifact", name);
        return {};
    };
    if (auto filled = fill(); !filled) {
        ::unlinkat(folder.get(), temporary.c_str(), 0);
        return std::unexpected(std::move(filled).error());
    }
    return bytes;
}

Result<std::vector<ArtifactEntry>> ArtifactFiles::list(std::string_view path) const {
    LATHE_TRY_ASSIGN(const auto names, parts(path));
    std::vector<ArtifactEntry> entries;
    const auto at = openFolder(names, false);
    const Folder folder = at ? folderOf(at->get()) : nullptr;
    if (!folder)
        return entries;
    while (const dirent* entry = ::readdir(folder.get())) {
        struct stat info {};
        if (isDots(entry->d_name) || std::string_view(entry->d_name).starts_with(kTemporary) ||
            ::fstatat(at->get(), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(info.st_mode))
            entries.push_back({entry->d_name, true, 0});
        else if (S_ISREG(info.st_mode))
            entries.push_back({entry->d_name, false, static_cast<std::uint64_t>(info.st_size)});
    }
    std::ranges::sort(entries, {}, &ArtifactEntry::name);
    return entries;
}

Result<> ArtifactFiles::remove(std::string_view path) {
    LATHE_TRY_ASSIGN(auto names, parts(path));
    if (names.empty()) {
        LATHE_TRY_ASSIGN(const auto entries, list(""));
        for (const ArtifactEntry& entry : entries)
            LATHE_TRY(remove(entry.name));
        return {};
    }
    const std::string name = names.back();
    names.pop_back();
    const auto folder = openFolder(names, false);
    return folder ? removeBelow(folder->get(), name, 0) : Result<>();
}

}  // namespace lathe::interop::mlflow
