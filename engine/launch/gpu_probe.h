// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/process.h"
#include "core/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace lathe::launch {

// One device at one moment. What NVML does not tell (a slice of a device, an old driver) is missing.
struct GpuReading {
    struct Process {
        pid_t pid = 0;
        std::optional<double> memory;       // bytes
        std::optional<double> utilization;  // %
    };
    int index = 0;  // NVML's, in PCI order
    std::string uuid;
    std::optional<double> utilization;  // %
    std::optional<double> memory;       // bytes in use
    std::optional<double> power;        // W
    std::optional<double> temperature;  // °C
    std::vector<Process> processes;
};
using GpuReadings = std::vector<GpuReading>;

// NVIDIA's GPUs through a small program that this one carries (nvml_probe.c). It is a process of its own
// because this one is linked statically and cannot load the driver's library, and because a call into a
// driver that lost a device may never return: then only the probe hangs. It starts from memory, needs no
// file, and runs with any glibc from 2.17 on.
class GpuProbe {
public:
    // Whether there is a driver to ask: its device file, or a library that LATHE_NVML_LIBRARY names.
    static bool canWork();

    // Starts the probe; readings come every `seconds`. Fails if this system starts no program from memory.
    static Result<GpuProbe> start(double seconds);

    // Devices once, for env/gpu.json: {"driver","cuda","devices":[{"index","uuid","name","memory","pci"}]}.
    // Fails with Unavailable where there is no driver or it does not answer within ten seconds.
    static Result<Json> inventory();

    pid_t pid() const { return m_process.pid(); }
    int fd() const { return m_process.out().get(); }
    // Reads what is there without waiting; false when the probe has ended. The readings are those of the last
    // round.
    bool read();
    const GpuReadings& readings() const { return m_readings; }

private:
    explicit GpuProbe(Process process) : m_process(std::move(process)) {}
    void take(std::string_view line);

    mutable Process m_process;
    std::string m_text;
    GpuReadings m_readings, m_round;
    std::vector<std::string> m_uuids;
};

}  // namespace lathe::launch
