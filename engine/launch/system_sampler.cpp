// SPDX-License-Identifier: Apache-2.0
#include "launch/system_sampler.h"

#include "core/file.h"
#include "core/text.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <sys/statvfs.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

std::optional<double> numberAfter(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos)
        return std::nullopt;
    return std::strtod(text.data() + at + name.size(), nullptr);
}

std::uint64_t ticksOf(const ProcessStat& stat) {
    return stat.user + stat.system + stat.childrenUser + stat.childrenSystem;
}

}  // namespace

unsigned long long processStartTicks(pid_t pid) {
    ProcessStat stat;
    return readProcessStat(pid, stat) ? stat.start : 0;
}

SystemSampler::SystemSampler(std::string folder, std::optional<std::string> visible)
    : m_folder(std::move(folder)), m_visible(std::move(visible)) {}

SystemSampler::Values SystemSampler::sample(const std::vector<ProcessStat>& processes, double now) {
    const bool first = m_last == 0;
    const double elapsed = std::max(now - m_last, 1e-3);
    m_last = now;
    Values values;
    sampleProcesses(processes, elapsed, first, values);
    sampleHost(elapsed, first, values);
    return values;
}

void SystemSampler::sampleProcesses(const std::vector<ProcessStat>& processes, double elapsed, bool first,
                                    Values& values) {
    static const double ticksPerSecond = static_cast<double>(::sysconf(_SC_CLK_TCK));
    static const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    std::map<std::pair<pid_t, std::uint64_t>, Used> used;
    double resident = 0, read = 0, written = 0, ticks = 0;
    bool known = false;
    for (const ProcessStat& stat : processes) {
        resident += static_cast<double>(stat.residentPages) * page;
        Used now{stat.parent, ticksOf(stat), 0, 0};
        // Readable for own processes only, and only those that may be traced.
        if (const auto io = readFileFrom("/proc/" + std::to_string(stat.pid) + "/io", 0, 4096);
            io && !io->empty()) {
            known = true;
            now.read = numberAfter(*io, "\nread_bytes: ").value_or(0);
            now.written = numberAfter(*io, "\nwrite_bytes: ").value_or(0);
        }
        const auto before = m_used.find({stat.pid, stat.start});
        const bool seen = before != m_used.end();
        read += std::max(0.0, now.read - (seen ? before->second.read : 0));
        written += std::max(0.0, now.written - (seen ? before->second.written : 0));
        ticks += static_cast<double>(now.ticks) - (seen ? static_cast<double>(before->second.ticks) : 0);
        used[{stat.pid, stat.start}] = now;
    }
    // The time of a process that ended is in its parent's account of children, unless the parent is none of
    // the run's (the supervisor) or is gone too: then its share so far must not count against the others.
    std::set<pid_t> living;
    for (const ProcessStat& stat : processes)
        living.insert(stat.pid);
    for (const auto& [key, before] : m_used)
        if (!used.contains(key) && living.contains(before.parent))
            ticks -= static_cast<double>(before.ticks);
    m_used = std::move(used);
    if (!first) {
        values.emplace_back("system/cpu", 100 * std::max(0.0, ticks) / ticksPerSecond / elapsed);
        if (known) {
            values.emplace_back("system/disk_read", read / elapsed);
            values.emplace_back("system/disk_write", written / elapsed);
        }
    }
    values.emplace_back("system/memory", resident);
    values.emplace_back("system/processes", static_cast<double>(processes.size()));
}

void SystemSampler::sampleHost(double elapsed, bool first, Values& values) {
    if (const auto stat = readFileFrom("/proc/stat", 0, 4096)) {
        double total = 0, idle = 0;
        const auto fields = split(std::string_view(*stat).substr(0, stat->find('\n')), ' ');
        for (std::size_t i = 2; i < std::min<std::size_t>(fields.size(), 10);
             ++i) {  // "cpu", "", user, nice, …
            const double value = std::strtod(fields[i].c_str(), nullptr);
            total += value;
            if (i == 5 || i == 6)  // idle, iowait
                idle += value;
        }
        if (!first && total > m_hostTotal)
            values.emplace_back("system/host_cpu", 100 * (total - idle - m_hostBusy) / (total - m_hostTotal));
        m_hostBusy = total - idle;
        m_hostTotal = total;
    }
    if (const auto memory = readFileFrom("/proc/meminfo", 0, 4096)) {
        const auto whole = numberAfter(*memory, "MemTotal:"), free = numberAfter(*memory, "MemAvailable:");
        if (whole && free)
            values.emplace_back("system/host_memory", 1024 * (*whole - *free));
    }
    if (const auto network = readFileFrom("/proc/net/dev", 0, 1 << 16)) {
        double received = 0, sent = 0;
        for (const std::string& line : split(*network, '\n')) {
            const auto colon = line.find(':');
            if (colon == std::string::npos || trim(line.substr(0, colon)) == "lo")
                continue;
            const char* at = line.c_str() + colon + 1;
            char* end = nullptr;
            for (int field = 0; field < 9; ++field, at = end) {
                const double value = std::strtod(at, &end);
                if (field == 0)
                    received += value;
                else if (field == 8)
                    sent += value;
            }
        }
        if (!first) {
            values.emplace_back("system/host_network_received",
                                std::max(0.0, received - m_received) / elapsed);
            values.emplace_back("system/host_network_sent", std::max(0.0, sent - m_sent) / elapsed);
        }
        m_received = received;
        m_sent = sent;
    }
    struct statvfs disk {};
    if (::statvfs(m_folder.c_str(), &disk) == 0)
        values.emplace_back("system/host_disk_free",
                            static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize));
}

bool SystemSampler::isVisible(const GpuReading& reading) const {
    if (!m_visible)
        return true;
    for (const std::string& entry : split(*m_visible, ',')) {
        const std::string_view name = trim(entry);
        if (name == std::to_string(reading.index) ||
            (name.starts_with("GPU-") && reading.uuid.starts_with(name)))
            return true;
    }
    return m_visible->find("MIG-") != std::string::npos;  // a slice of some device
}

SystemSampler::Values SystemSampler::gpuValues(const GpuReadings& readings,
                                               const std::vector<ProcessStat>& processes) const {
    std::set<pid_t> own;
    for (const ProcessStat& stat : processes)
        own.insert(stat.pid);
    Values values;
    for (const GpuReading& reading : readings) {
        if (!isVisible(reading))
            continue;
        const std::string prefix = fmt::format("system/gpu/{}/", reading.index);
        const auto add = [&](const char* name, const std::optional<double>& value) {
            if (value)
                values.emplace_back(prefix + name, *value);
        };
        add("utilization", reading.utilization);
        add("memory", reading.memory);
        add("power", reading.power);
        add("temperature", reading.temperature);
        std::optional<double> memory, utilization;
        for (const GpuReading::Process& process : reading.processes) {
            if (!own.contains(process.pid))
                continue;
            if (process.memory)
                memory = memory.value_or(0) + *process.memory;
            if (process.utilization)
                utilization = utilization.value_or(0) + *process.utilization;
        }
        add("run_memory", memory);
        add("run_utilization", utilization);
    }
    return values;
}

}  // namespace lathe::launch
