// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "launch/gpu_probe.h"
#include "launch/process_tree.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace lathe::launch {

// What the run's processes and the machine use, from /proc (proc(5)) and NVML. Not thread-safe. Rates are
// since the last sample; a value that the system does not tell is left out.
//   system/cpu                    % of one core, all processes of the run together, those that ended since
//   included system/memory                 bytes resident, all processes of the run together (shared pages
//   count in each) system/processes              how many there are system/disk_read, _write      bytes/s
//   from and to storage, of the run's processes system/host_cpu               % of all cores of the machine
//   system/host_memory            bytes of the machine in use
//   system/host_network_received, _sent    bytes/s, of all network devices but loopback
//   system/host_disk_free         bytes free where the run works
//   system/gpu/N/utilization      %, of the device with NVML's number N; env/gpu.json names it
//   system/gpu/N/memory           bytes in use, by anyone
//   system/gpu/N/power            W
//   system/gpu/N/temperature      °C
//   system/gpu/N/run_memory       bytes in use by the run's processes
//   system/gpu/N/run_utilization  %, of the run's processes
class SystemSampler {
public:
    using Values = std::vector<std::pair<std::string, double>>;

    // `folder` is where the run works. Of GPUs only the visible ones are told: `visible` is
    // CUDA_VISIBLE_DEVICES, all if it is not set.
    explicit SystemSampler(std::string folder = "/", std::optional<std::string> visible = std::nullopt);

    // The first call only sets the points from which rates count, and gives the rest.
    Values sample(const std::vector<ProcessStat>& processes, double now);
    // What the probe said last, seen from these processes.
    Values gpuValues(const GpuReadings& readings, const std::vector<ProcessStat>& processes) const;

private:
    struct Used {
        pid_t parent;
        std::uint64_t ticks;
        double read, written;
    };
    void sampleProcesses(const std::vector<ProcessStat>& processes, double elapsed, bool first,
                         Values& values);
    void sampleHost(double elapsed, bool first, Values& values);
    bool isVisible(const GpuReading& reading) const;

    std::string m_folder;
    std::optional<std::string> m_visible;
    std::map<std::pair<pid_t, std::uint64_t>, Used> m_used;  // by pid and start
    double m_hostBusy = 0, m_hostTotal = 0;
    double m_received = 0, m_sent = 0;
    double m_last = 0;
};

// Clock ticks since boot at which the process started; 0 if it is gone.
unsigned long long processStartTicks(pid_t pid);

}  // namespace lathe::launch
