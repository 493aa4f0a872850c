// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lathe::launch {

// The console bytes of one rank, appended to a file as they come. When the file cannot grow (disk full, quota) bytes are
// dropped and counted, never waited for; once it can again, a line says how many are missing. Not thread-safe.
class OutputLog {
public:
    static Result<OutputLog> open(const std::string& path);

    // True if all of it was written. The first failure is kept for failure().
    bool append(std::string_view bytes);
    std::uint64_t dropped() const { return m_dropped; }
    const std::string& failure() const { return m_failure; }  // empty while all is well

private:
    OutputLog(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    std::size_t writeSome(std::string_view bytes);

    UniqueFd m_fd;
    std::string m_path;
    std::uint64_t m_dropped = 0;
    std::string m_failure;
};

}  // namespace lathe::launch
