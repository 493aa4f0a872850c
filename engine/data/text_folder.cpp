// SPDX-License-Identifier: Apache-2.0
#include "data/text_folder.h"

#include "core/file.h"
#include "core/paths.h"
#include "data/hash.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::data {

namespace {

constexpr std::uint64_t kSmallFile = 1 << 20;
constexpr std::size_t kBinaryProbe = 8192;

bool holdsNoSource(std::string_view folderName) {
    static constexpr std::array names = {"node_modules", "__pycache__", "build", "target", "venv"};
    return std::ranges::find(names, folderName) != names.end();
}

Result<UniqueFd> openForReading(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd)
        return failErrno(errno, "cannot read this training text", path,
                         "make it readable, or point data.path at another folder");
    return fd;
}

// Reads until `out` is full or the file ends.
Result<std::size_t> readAt(int fd, std::uint64_t offset, std::span<char> out, const std::string& path) {
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t got =
            ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read this training text", path);
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace

Result<TextFolder> TextFolder::open(const std::string& path) {
    TextFolder folder;
    folder.m_path = path;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return failErrno(errno, "cannot open the training text", path, "check data.path");
    LATHE_TRY(S_ISDIR(status.st_mode) ? folder.addFolder("") : folder.addFile(""));
    if (folder.m_files.empty())
        return fail(ErrorCode::Invalid,
                    "there is no text to train on: no file in it, or only binary, hidden or empty ones", path,
                    "point data.path at a folder with text files");
    return folder;
}

std::string TextFolder::fullPath(const std::string& relative) const {
    return relative.empty() ? m_path : joinPath(m_path, relative);
}

Result<> TextFolder::addFolder(const std::string& relative) {
    const std::string path = fullPath(relative);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(path.c_str()), ::closedir);
    if (!stream)
        return failErrno(errno, "cannot list this folder of training text", path,
                         "make it readable, or point data.path at another folder");
    struct Entry {
        std::string name;
        bool isFolder;
    };
    std::vector<Entry> entries;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string_view name = entry->d_name;
        if (name == "CACHEDIR.TAG" || name == "CMakeCache.txt") {
            if (!relative.empty())
                return {};
            continue;
        }
        if (name.starts_with('.'))
            continue;
        unsigned char type = entry->d_type;
        if (type == DT_UNKNOWN) {
            struct stat status {};
            if (::lstat(joinPath(path, name).c_str(), &status) != 0)
                continue;
            type = S_ISDIR(status.st_mode) ? DT_DIR : S_ISREG(status.st_mode) ? DT_REG : DT_LNK;
        }
        if (type == DT_REG || (type == DT_DIR && !holdsNoSource(name)))
            entries.push_back({std::string(name), type == DT_DIR});
    }
    std::ranges::sort(entries, {}, &Entry::name);
    for (const Entry& entry : entries) {
        const std::string below = relative.empty() ? entry.name : relative + "/" + entry.name;
        LATHE_TRY(entry.isFolder ? addFolder(below) : addFile(below));
    }
    return {};
}

Result<> TextFolder::addFile(const std::string& relative) {
    const std::string path = fullPath(relative);
    LATHE_TRY_ASSIGN(const UniqueFd fd, openForReading(path));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return failErrno(errno, "cannot read this training text", path);
    if (!S_ISREG(status.st_mode) || status.st_size == 0)
        return {};

    File file{relative, static_cast<std::uint64_t>(status.st_size), File::kOnDisk};
    const bool small = file.size <= kSmallFile;
    const std::size_t arenaBegin = m_arena.size();
    const std::size_t probe = small ? file.size : std::min<std::size_t>(file.size, kBinaryProbe);
    m_arena.resize(arenaBegin + probe);
    LATHE_TRY_ASSIGN(const std::size_t got,
                     readAt(fd.get(), 0, std::span(m_arena.data() + arenaBegin, probe), path));
    const std::string_view bytes(m_arena.data() + arenaBegin, got);
    const bool binary = bytes.substr(0, kBinaryProbe).find('\0') != std::string_view::npos;
    const std::uint64_t contentHash = hashBytes(0, bytes);
    if (small && !binary) {
        file.size = got;  // as read, should it have changed since fstat
        file.arenaOffset = arenaBegin;
        m_arena.resize(arenaBegin + got);
    } else {
        m_arena.resize(arenaBegin);
    }
    if (binary || file.size == 0)
        return {};

    m_fingerprint = mixBits(hashBytes(m_fingerprint, relative), mixBits(file.size, contentHash));
    m_bytes += file.size;
    m_files.push_back(std::move(file));
    return {};
}

Result<> TextFolder::read(std::size_t index, std::uint64_t offset, std::span<char> out) const {
    const File& file = m_files[index];
    if (file.arenaOffset != File::kOnDisk) {
        std::memcpy(out.data(), m_arena.data() + file.arenaOffset + offset, out.size());
        return {};
    }
    const std::string path = fullPath(file.path);
    LATHE_TRY_ASSIGN(const UniqueFd fd, openForReading(path));
    LATHE_TRY_ASSIGN(const std::size_t got, readAt(fd.get(), offset, out, path));
    if (got != out.size())
        return fail(ErrorCode::Io, "this training text has become shorter while it was trained on", path,
                    "start again, and leave the file alone meanwhile");
    return {};
}

}  // namespace lathe::data
