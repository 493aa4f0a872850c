// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "host/host.h"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::hosts {

struct GpuFacts {
    int index = 0;
    std::string name;
    double use = 0; // 0–1
    double memoryUsed = 0, memoryTotal = 0; // bytes
    std::optional<double> temperature;      // °C
    std::optional<double> power;            // W
};

struct GpuProcess {
    int pid = 0;
    std::string user, command;
    double memory = 0; // bytes
    std::vector<int> gpus;
    double seconds = 0; // since its start
};

struct DiskFacts {
    std::string mount, kind;
    double total = 0, free = 0; // bytes
};

// What a machine is and how busy it is, as its own tools tell it. What it did not say stays empty.
struct HostFacts {
    std::string system, cpu, driver, user;
    int cores = 0;
    double load = 0;                        // of one minute
    double memoryTotal = 0, memoryFree = 0; // bytes; free counts what can be had
    double uptime = 0;                      // seconds
    std::vector<GpuFacts> gpus;
    std::vector<GpuProcess> processes;
    std::vector<DiskFacts> disks;

    double cpuUse() const { return cores > 0 ? std::min(1.0, load / cores) : 0; }
};

// One POSIX shell script that prints it all, and its reader. Output from a remote host is not trusted: what does not
// read as expected is left out.
std::string_view factsScript();
HostFacts parseFacts(std::string_view output);
// Blocking: off the GUI thread.
Result<HostFacts> readFacts(host::Host& host, std::stop_token stop = {});

} // namespace lathe::hosts
