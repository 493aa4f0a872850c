// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace lathe::launch {

// One process as /proc/PID/stat tells it (proc(5)). Times are clock ticks, memory is pages.
struct ProcessStat {
    pid_t pid = 0, parent = 0;
    char state = 0;
    std::uint64_t user = 0, system = 0;                  // its own
    std::uint64_t childrenUser = 0, childrenSystem = 0;  // of children that ended and were waited for
    std::uint64_t start = 0;  // since boot; with the pid it names one process for good
    std::uint64_t residentPages = 0;
};

// Fails (false) if the process is gone.
bool readProcessStat(pid_t pid, ProcessStat& stat);

// Every process below `root` without itself, and without those below a process of `except`, in one pass over
// /proc.
std::vector<ProcessStat> processesBelow(pid_t root, const std::set<pid_t>& except);

}  // namespace lathe::launch
