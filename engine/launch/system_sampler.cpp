// SPDX-License-Identifier: Apache-2.0
#include "launch/system_sampler.h"

#include "core/file.h"
#include "core/text.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <unistd.h>

namespace lathe::launch {
namespace {

// The fields of /proc/PID/stat from the third on: the second, the name, may hold blanks and brackets.
std::vector<std::string> statFields(pid_t pid) {
    const auto text = readFile("/proc/" + std::to_string(pid) + "/stat", 1 << 16);
    if (!text)
        return {};
    const auto end = text->rfind(") ");
    return end == std::string::npos ? std::vector<std::string>() : split(std::string_view(*text).substr(end + 2), ' ');
}

constexpr std::size_t kUserTicks = 11, kSystemTicks = 12, kStartTicks = 19, kResidentPages = 21;

std::optional<double> memoryField(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos)
        return std::nullopt;
    return std::strtod(text.data() + at + name.size(), nullptr) * 1024;
}

}  // namespace

unsigned long long processStartTicks(pid_t pid) {
    const auto fields = statFields(pid);
    return fields.size() > kStartTicks ? std::strtoull(fields[kStartTicks].c_str(), nullptr, 10) : 0;
}

SystemSampler::Values SystemSampler::sample(const std::vector<pid_t>& processes, double now) {
    static const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    static const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const bool first = m_last == 0;
    const double elapsed = std::max(now - m_last, 1e-3);
    m_last = now;

    double used = 0, resident = 0;
    std::map<pid_t, double> seconds;
    for (const pid_t pid : processes) {
        const auto fields = statFields(pid);
        if (fields.size() <= kResidentPages)
            continue;
        const double cpu = (std::strtod(fields[kUserTicks].c_str(), nullptr) +
                            std::strtod(fields[kSystemTicks].c_str(), nullptr)) / ticks;
        const auto before = m_cpuSeconds.find(pid);
        used += cpu - (before == m_cpuSeconds.end() ? 0 : std::min(before->second, cpu));
        resident += std::strtod(fields[kResidentPages].c_str(), nullptr) * page;
        seconds[pid] = cpu;
    }
    m_cpuSeconds = std::move(seconds);

    Values values;
    if (!first)
        values.emplace_back("system/cpu", 100 * used / elapsed);
    values.emplace_back("system/memory", resident);

    if (const auto stat = readFile("/proc/stat", 1 << 20)) {
        double total = 0, idle = 0;
        const auto fields = split(std::string_view(*stat).substr(0, stat->find('\n')), ' ');
        for (std::size_t i = 2; i < std::min<std::size_t>(fields.size(), 10); ++i) {  // "cpu", "", user, nice, …
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
    if (const auto memory = readFile("/proc/meminfo", 1 << 16)) {
        const auto whole = memoryField(*memory, "MemTotal:"), free = memoryField(*memory, "MemAvailable:");
        if (whole && free)
            values.emplace_back("system/host_memory", *whole - *free);
    }
    return values;
}

}  // namespace lathe::launch
