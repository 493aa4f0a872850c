// SPDX-License-Identifier: Apache-2.0
#include "interop/growing_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::interop {

Result<GrowingFile> GrowingFile::open(const std::string& path) {
    UniqueFd fd(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe of that name must not block
    if (!fd)
        return failErrno(errno, "cannot read the log", path);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0)
        return failErrno(errno, "cannot read the log", path);
    if (!S_ISREG(info.st_mode))
        return fail(ErrorCode::Invalid, "not a plain file", path);
    return GrowingFile(std::move(fd), path, std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino));
}

Result<bool> GrowingFile::fill(std::size_t wanted) {
    struct stat info {};
    if (::fstat(m_fd.get(), &info) != 0)
        return failErrno(errno, "cannot read the log", m_path);
    const auto size = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
    const std::size_t had = held().size();
    if (size < m_seen)
        return fail(ErrorCode::Corrupt, "the log became shorter", m_path);
    m_seen = size;
    if (had >= wanted || size <= m_offset + had)
        return false;
    const std::uint64_t there = size - m_offset - had;
    m_buffer.erase(0, std::exchange(m_begin, 0));
    const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(wanted - had, there));
    m_buffer.resize(had + more);
    std::size_t got = 0;
    while (got < more) {
        const ssize_t count = ::pread(m_fd.get(), m_buffer.data() + had + got, more - got,
                                      static_cast<off_t>(m_offset + had + got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            m_buffer.resize(had + got);
            return failErrno(errno, "cannot read the log", m_path);
        }
        if (count == 0)
            break;
        got += static_cast<std::size_t>(count);
    }
    m_buffer.resize(had + got);
    return got > 0;
}

void GrowingFile::consume(std::size_t bytes) {
    m_begin += bytes;
    m_offset += bytes;
}

void GrowingFile::skip(std::uint64_t bytes) {
    if (bytes <= held().size()) {
        consume(static_cast<std::size_t>(bytes));
        return;
    }
    forget();
    m_offset += bytes;
}

void GrowingFile::forget() {
    m_buffer.clear();
    m_begin = 0;
}

}  // namespace lathe::interop
