// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lathe {

// Owns a file descriptor.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : m_fd(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : m_fd(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept;
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }
    int release();
    void reset(int fd = -1);

private:
    int m_fd = -1;
};

// Paths are bytes. All functions name the path in their error.
Result<std::string> readFile(const std::string& path, std::size_t maxBytes = std::size_t{1} << 30);
// Bytes [offset, offset+maxBytes) as far as the file reaches; empty at or past its end.
Result<std::string> readFileFrom(const std::string& path, std::uint64_t offset, std::size_t maxBytes);
// Temp file beside it, fsync, rename, fsync of the folder: readers see the old or the new content, never a
// part. Keeps the old mode whatever the umask, and owner and group where this user may; a hard link is parted
// from its other names.
Result<> writeFileAtomic(const std::string& path, std::string_view bytes);
Result<> writeAll(int fd, std::string_view bytes, std::string_view on);
Result<> makeDirs(const std::string& path);
Result<> removeTree(const std::string& path);
bool exists(const std::string& path);
bool isDirectory(const std::string& path);
// Names without "." and "..", sorted by bytes.
Result<std::vector<std::string>> listDir(const std::string& path);

// A fresh folder under $TMPDIR (or /tmp), removed with its content by the destructor.
class TempDir {
public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    const std::string& path() const { return m_path; }
    std::string operator/(std::string_view name) const { return m_path + "/" + std::string(name); }

private:
    std::string m_path;
};

}  // namespace lathe
