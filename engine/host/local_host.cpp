// SPDX-License-Identifier: Apache-2.0
#include "host/local_host.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "host/local_stream.h"
#include "host/path_rules.h"
#include "host/run_command.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::host {
namespace {

constexpr std::size_t chunkBytes = std::size_t{4} << 20;

FileInfo infoOf(const struct stat& info) {
    FileInfo out;
    out.kind = S_ISREG(info.st_mode)   ? FileKind::File
               : S_ISDIR(info.st_mode) ? FileKind::Folder
               : S_ISLNK(info.st_mode) ? FileKind::Link
                                       : FileKind::Other;
    out.size = static_cast<std::uint64_t>(info.st_size);
    out.modified =
        static_cast<double>(info.st_mtim.tv_sec) + static_cast<double>(info.st_mtim.tv_nsec) * 1e-9;
    out.mode = info.st_mode & 07777;
    return out;
}

Result<FileInfo> infoAt(int folder, const char* name, const std::string& path) {
    struct stat info {};
    if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return failErrno(errno, "cannot look at", path);
    FileInfo out = infoOf(info);
    if (out.kind == FileKind::Link && ::fstatat(folder, name, &info, 0) == 0) {
        out = infoOf(info);
        out.linkToFolder = out.kind == FileKind::Folder;
        out.kind = FileKind::Link;
    }
    return out;
}

FileVersion versionOf(const FileInfo& info) {
    return {info.size, info.modified};
}

struct OpenFile {
    UniqueFd fd;
    FileInfo info;
};

// Without waiting: opening a named pipe would hang until somebody writes to it.
Result<OpenFile> openFile(const std::string& path) {
    OpenFile file;
    file.fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!file.fd || ::fstat(file.fd.get(), &info) != 0)
        return failErrno(errno, "cannot open", path);
    file.info = infoOf(info);
    if (file.info.kind == FileKind::Folder)
        return fail(ErrorCode::Invalid, "is a folder, not a file", path);
    if (file.info.kind != FileKind::File)
        return fail(ErrorCode::Invalid, "is a device or a pipe, not a file", path);
    return file;
}

// A link is written through, as every editor does it; a new file has no target yet.
Result<std::string> writeTarget(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode))
        return path;
    char target[PATH_MAX];
    if (!::realpath(path.c_str(), target))
        return failErrno(errno, "cannot follow the link", path);
    return std::string(target);
}

}  // namespace

LocalHost::LocalHost() : m_thread(std::make_shared<LoopThread>("lathe-host")), m_watcher(m_thread, *this) {}

Result<std::string> LocalHost::home() {
    return homeDir();
}

Result<FileInfo> LocalHost::stat(const std::string& path) {
    LATHE_TRY(checkPath(path));
    return infoAt(AT_FDCWD, path.c_str(), path);
}

Result<std::vector<DirEntry>> LocalHost::list(const std::string& path, std::stop_token stop) {
    LATHE_TRY(checkPath(path));
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
    if (!dir)
        return failErrno(errno, "cannot list", path);
    std::vector<DirEntry> entries;
    while (const dirent* entry = ::readdir(dir.get())) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped", path);
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        // One that vanished in between is not there; one that may not be looked at is still shown.
        auto info = infoAt(::dirfd(dir.get()), entry->d_name, path);
        if (!info && info.error().code == ErrorCode::NotFound)
            continue;
        entries.push_back({std::string(name), info.value_or(FileInfo{FileKind::Other})});
    }
    std::ranges::sort(entries, {}, &DirEntry::name);
    return entries;
}

Result<FileContent> LocalHost::read(const std::string& path, std::size_t maxBytes, std::stop_token stop) {
    LATHE_TRY(checkPath(path));
    LATHE_TRY_ASSIGN(OpenFile file, openFile(path));
    LATHE_TRY(checkSize(file.info.size, maxBytes, path));
    FileContent content{{}, versionOf(file.info)};
    // To its end, not to its size: files of /proc say 0, and a growing one says too little.
    for (std::size_t used = 0;;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped", path);
        const std::size_t room =
            used < file.info.size ? static_cast<std::size_t>(file.info.size) - used : 65536;
        content.bytes.resize(used + std::min(room, chunkBytes));
        const ssize_t got = ::read(file.fd.get(), content.bytes.data() + used, content.bytes.size() - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read", path);
        used += static_cast<std::size_t>(got);
        content.bytes.resize(used);
        LATHE_TRY(checkSize(used, maxBytes, path));
        if (got == 0)
            return content;
    }
}

Result<std::string> LocalHost::readFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes) {
    LATHE_TRY(checkPath(path));
    LATHE_TRY(openFile(path));
    return readFileFrom(path, offset, maxBytes);
}

Result<FileVersion> LocalHost::write(const std::string& path, std::string_view bytes,
                                     std::optional<FileVersion> expected) {
    LATHE_TRY(checkPath(path));
    LATHE_TRY_ASSIGN(const std::string target, writeTarget(path));
    const auto now = infoAt(AT_FDCWD, target.c_str(), path);
    if (!now && now.error().code != ErrorCode::NotFound)
        return std::unexpected(now.error());
    // A rename would put a plain file in the place of a device or a pipe.
    if (now && now->kind != FileKind::File)
        return fail(ErrorCode::Invalid, "is not a file", path);
    if (expected) {
        LATHE_TRY(checkVersion(now ? std::optional(versionOf(*now)) : std::nullopt, *expected, path));
    }
    LATHE_TRY(writeFileAtomic(target, bytes));
    LATHE_TRY_ASSIGN(const FileInfo written, infoAt(AT_FDCWD, target.c_str(), path));
    return versionOf(written);
}

Result<> LocalHost::makeDirs(const std::string& path) {
    LATHE_TRY(checkPath(path));
    return lathe::makeDirs(path);
}

Result<> LocalHost::rename(const std::string& from, const std::string& to) {
    LATHE_TRY(checkPath(from));
    LATHE_TRY(checkPath(to));
    // Never over something: a user who renames has not asked to delete.
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    if (errno == EINVAL || errno == ENOSYS) {  // file systems that cannot say "no replace"
        struct stat info {};
        if (::lstat(to.c_str(), &info) == 0)
            errno = EEXIST;
        else if (::rename(from.c_str(), to.c_str()) == 0)
            return {};
    }
    if (errno == EEXIST)
        return fail(ErrorCode::Exists, "there is already something of that name", to);
    return failErrno(errno, "cannot rename", from);
}

Result<> LocalHost::remove(const std::string& path, bool recursive) {
    LATHE_TRY(checkPath(path));
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return failErrno(errno, "cannot remove", path);
    if (recursive)
        return removeTree(path);
    const int done = S_ISDIR(info.st_mode) ? ::rmdir(path.c_str()) : ::unlink(path.c_str());
    if (done != 0)
        return failErrno(errno, "cannot remove", path);
    return {};
}

Result<std::unique_ptr<Stream>> LocalHost::start(const ProcessSpec& spec, StreamCallbacks callbacks) {
    return startLocal(m_thread, spec, std::move(callbacks));
}

Result<CommandOutput> LocalHost::run(const ProcessSpec& spec, std::string_view input, double timeoutSeconds,
                                     std::stop_token stop) {
    return runToEnd(*this, spec, input, timeoutSeconds, std::move(stop));
}

Result<std::shared_ptr<void>> LocalHost::watch(const std::string& path, std::function<void()> changed) {
    LATHE_TRY(checkPath(path));
    return m_watcher.watch(path, std::move(changed));
}

Result<std::string> LocalHost::agent() {
    std::string path = programPath("lathe-agent");
    if (!path.starts_with('/') || ::access(path.c_str(), X_OK) != 0)
        return fail(ErrorCode::Unsupported, "lathe-agent is missing: no runs can be started", path,
                    "install it beside the other programs of Lathe");
    return path;
}

}  // namespace lathe::host
