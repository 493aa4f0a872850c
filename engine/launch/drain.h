// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/result.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace lathe::launch {

// A pipe whose reader dies kills the writer, so a run must not depend on its supervisor's life. The drain is a forked
// process that shares the read ends, sleeps while the supervisor lives, and from its end on (killed, or finished while
// processes of the run still print) appends what comes to the same files until the last writer is gone.
class Drain {
public:
    // Fork it before any thread exists. `reads[i]` goes to `logPaths[i]`; every other descriptor is closed in it, so that
    // it keeps neither a write end nor a lock.
    static Result<Drain> start(const std::vector<int>& reads, const std::vector<std::string>& logPaths);

    pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
    UniqueFd m_lifeline;  // its end of file is the supervisor's end
};

}  // namespace lathe::launch
