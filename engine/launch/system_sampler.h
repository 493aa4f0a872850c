// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace lathe::launch {

// What the run's processes and the machine use, from /proc (proc(5)). Not thread-safe.
//   system/cpu          % of one core, all processes of the run together, since the last sample
//   system/memory       bytes resident, all processes of the run together (shared pages count in each)
//   system/host_cpu     % of all cores of the machine
//   system/host_memory  bytes of the machine in use
class SystemSampler {
public:
    using Values = std::vector<std::pair<std::string, double>>;
    // The first call only sets the point from which CPU time counts, and gives the memory.
    Values sample(const std::vector<pid_t>& processes, double now);

private:
    std::map<pid_t, double> m_cpuSeconds;
    double m_hostBusy = 0, m_hostTotal = 0;
    double m_last = 0;
};

// Clock ticks since boot at which the process started; 0 if it is gone. With the pid it names one process for good.
unsigned long long processStartTicks(pid_t pid);

}  // namespace lathe::launch
