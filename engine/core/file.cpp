// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"

#include "core/id.h"
#include "core/paths.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
    if (this != &other)
        reset(other.release());
    return *this;
}

int UniqueFd::release() {
    return std::exchange(m_fd, -1);
}

void UniqueFd::reset(int fd) {
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = fd;
}

namespace {

Result<std::string> readSome(int fd, std::size_t maxBytes, const std::string& path) {
    std::string bytes;
    std::size_t used = 0;
    while (used < maxBytes) {
        if (used == bytes.size())
            bytes.resize(std::min(maxBytes, std::max<std::size_t>(bytes.size() * 2, 16384)));
        const ssize_t got = ::read(fd, bytes.data() + used, bytes.size() - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read", path);
        if (got == 0)
            break;
        used += static_cast<std::size_t>(got);
    }
    bytes.resize(used);
    return bytes;
}

}  // namespace

Result<std::string> readFile(const std::string& path, std::size_t maxBytes) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return failErrno(errno, "cannot open", path);
    LATHE_TRY_ASSIGN(std::string bytes, readSome(fd.get(), maxBytes + 1, path));
    if (bytes.size() > maxBytes)
        return fail(ErrorCode::Unsupported, "is larger than " + std::to_string(maxBytes) + " bytes", path);
    return bytes;
}

Result<std::string> readFileFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return failErrno(errno, "cannot open", path);
    if (::lseek(fd.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
        return failErrno(errno, "cannot seek", path);
    return readSome(fd.get(), maxBytes, path);
}

Result<> writeAll(int fd, std::string_view bytes, std::string_view on) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(fd, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return failErrno(errno, "cannot write", std::string(on));
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

namespace {

// Gives the new file the owner, group and mode of the old one, as far as this user may. Where the group
// cannot be kept, the new one gets no more than everybody, and no bit that acts in the owner's name.
Result<> keepAccess(int fd, const struct stat& old, const std::string& path) {
    struct stat now {};
    if (::fstat(fd, &now) != 0)
        return failErrno(errno, "cannot write", path);
    mode_t mode = old.st_mode & 07777;
    const bool sameOwner = now.st_uid == old.st_uid || ::fchown(fd, old.st_uid, static_cast<gid_t>(-1)) == 0;
    const bool sameGroup = now.st_gid == old.st_gid || ::fchown(fd, static_cast<uid_t>(-1), old.st_gid) == 0;
    if (!sameGroup)
        mode = (mode & ~mode_t{070}) | ((mode & 07) << 3);
    if (!sameOwner || !sameGroup)
        mode &= 0777;
    // Not left to open(2), whose mode the umask cuts; after fchown(2), which takes bits away.
    if (::fchmod(fd, mode) != 0)
        return failErrno(errno, "cannot keep the mode", path);
    return {};
}

// So that the new name is there after a power cut. A folder that may not be read cannot be synced.
Result<> syncFolder(const std::string& path) {
    const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder && ::fsync(folder.get()) != 0 && errno != EINVAL && errno != EROFS)
        return failErrno(errno, "cannot write", path);
    return {};
}

}  // namespace

Result<> writeFileAtomic(const std::string& path, std::string_view bytes) {
    struct stat old {};
    const bool replaces = ::stat(path.c_str(), &old) == 0;
    const std::string temporary = path + ".tmp-" + randomHex(6);
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                       replaces ? old.st_mode & 0777 : 0644));
    if (!fd)
        return failErrno(errno, "cannot write", path);
    Result<> done = replaces ? keepAccess(fd.get(), old, path) : Result<>{};
    if (done)
        done = writeAll(fd.get(), bytes, path);
    if (done && ::fsync(fd.get()) != 0)
        done = failErrno(errno, "cannot write", path);
    fd.reset();
    if (done && ::rename(temporary.c_str(), path.c_str()) != 0)
        done = failErrno(errno, "cannot replace", path);
    if (!done) {
        ::unlink(temporary.c_str());
        return done;
    }
    const std::string folder = parentPath(path);
    return syncFolder(folder.empty() ? "." : folder);
}

Result<> makeDirs(const std::string& path) {
    if (path.empty() || isDirectory(path))
        return {};
    if (const std::string parent = parentPath(path); parent != path)
        LATHE_TRY(makeDirs(parent));
    if (::mkdir(path.c_str(), 0777) != 0 && !(errno == EEXIST && isDirectory(path)))
        return failErrno(errno, "cannot make the folder", path);
    return {};
}

namespace {

Result<> removeAt(int folder, const char* name, const std::string& path) {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return {};
    if (errno != EISDIR && errno != EPERM)
        return failErrno(errno, "cannot remove", path);
    const int fd = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return failErrno(errno, "cannot remove", path);
    DIR* dir = ::fdopendir(fd);
    if (!dir) {
        ::close(fd);
        return failErrno(errno, "cannot remove", path);
    }
    Result<> result;
    while (const dirent* entry = ::readdir(dir)) {
        const std::string_view child = entry->d_name;
        if (child == "." || child == "..")
            continue;
        result = removeAt(::dirfd(dir), entry->d_name, path + "/" + std::string(child));
        if (!result)
            break;
    }
    ::closedir(dir);
    if (result && ::unlinkat(folder, name, AT_REMOVEDIR) != 0)
        return failErrno(errno, "cannot remove", path);
    return result;
}

}  // namespace

Result<> removeTree(const std::string& path) {
    return removeAt(AT_FDCWD, path.c_str(), path);
}

bool exists(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0;
}

bool isDirectory(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<std::vector<std::string>> listDir(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
    if (!dir)
        return failErrno(errno, "cannot list", path);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(dir.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..")
            names.emplace_back(name);
    }
    std::ranges::sort(names);
    return names;
}

TempDir::TempDir() {
    const char* base = std::getenv("TMPDIR");
    std::string pattern = joinPath(base && *base ? base : "/tmp", "lathe-XXXXXX");
    if (!::mkdtemp(pattern.data()))
        throw std::runtime_error("cannot make a temporary folder at " + pattern);
    m_path = pattern;
}

TempDir::~TempDir() {
    (void)removeTree(m_path);
}

}  // namespace lathe
