// SPDX-License-Identifier: Apache-2.0
#include "launch/output_log.h"

#include "core/text.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace lathe::launch {

Result<OutputLog> OutputLog::open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot record the console", path);
    return OutputLog(std::move(fd), path);
}

std::size_t OutputLog::writeSome(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t wrote = ::write(m_fd.get(), bytes.data() + done, bytes.size() - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            m_failure = failErrno(errno, "cannot record the console", m_path).error().text();
            break;
        }
        done += static_cast<std::size_t>(wrote);
    }
    return done;
}

bool OutputLog::append(std::string_view bytes) {
    if (m_dropped > 0) {
        const std::string gap = "\n[lathe: " + bytesText(m_dropped) + " of output are missing here: " + m_failure + "]\n";
        if (writeSome(gap) < gap.size()) {
            m_dropped += bytes.size();
            return false;
        }
        m_dropped = 0;
        m_failure.clear();
    }
    const std::size_t done = writeSome(bytes);
    m_dropped += bytes.size() - done;
    return done == bytes.size();
}

}  // namespace lathe::launch
