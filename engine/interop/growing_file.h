// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lathe::interop {

// A file that another process appends to, read from its start in pieces. It stays open, so that it can be
// read to its end also after it was renamed or deleted. Not thread-safe.
class GrowingFile {
public:
    // Fails as open(2) does, and with Invalid if it is no regular file. Links are followed: a script may link
    // its logs.
    static Result<GrowingFile> open(const std::string& path);

    // Holds up to `wanted` bytes that are not consumed yet. Returns whether some came. Fails with Corrupt if
    // the file became shorter than what was read: it is another file now, and has to be opened again.
    Result<bool> fill(std::size_t wanted);

    std::string_view held() const { return std::string_view(m_buffer).substr(m_begin); }
    std::uint64_t offset() const { return m_offset; }  // of the first byte held
    void consume(std::size_t bytes);
    // Goes on behind the next `bytes` bytes, which may not be there yet, without holding them.
    void skip(std::uint64_t bytes);
    // What is held is read again by the next fill: it was not yet what it is going to be.
    void forget();

    const std::string& path() const { return m_path; }
    const std::string& identity() const { return m_identity; }  // device and inode

private:
    GrowingFile(UniqueFd fd, std::string path, std::string identity)
        : m_fd(std::move(fd)), m_path(std::move(path)), m_identity(std::move(identity)) {}

    UniqueFd m_fd;
    std::string m_path, m_identity;
    std::string m_buffer;
    std::size_t m_begin = 0;
    std::uint64_t m_offset = 0;
    std::uint64_t m_seen = 0;  // the longest it was
};

}  // namespace lathe::interop
