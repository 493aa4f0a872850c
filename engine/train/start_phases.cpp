// SPDX-License-Identifier: Apache-2.0
#include "train/start_phases.h"

#include "core/file.h"
#include "core/text.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <unistd.h>

namespace lathe::train {

namespace {

double bootSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Start of this process on the clock of bootSeconds(), to a hundredth of a second: field 22 of proc(5)'s
// stat.
double processStart() {
    const auto stat = readFileFrom("/proc/self/stat", 0, 4096);
    if (!stat)
        return bootSeconds();
    const auto fields = split(stat->substr(std::min(stat->size(), stat->rfind(')') + 2)), ' ');
    constexpr std::size_t startTime = 22 - 3;  // the first field behind the name is number 3
    double ticks = 0;
    if (fields.size() <= startTime ||
        std::from_chars(fields[startTime].data(), fields[startTime].data() + fields[startTime].size(), ticks)
                .ec != std::errc{})
        return bootSeconds();
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

StartPhases::StartPhases() : m_last(processStart()) {}

void StartPhases::end(std::string name) {
    const double now = bootSeconds();
    m_phases.emplace_back(std::move(name), now - m_last);
    m_last = now;
}

std::string StartPhases::text() const {
    double total = 0;
    std::vector<std::string> parts;
    for (const auto& [name, seconds] : m_phases) {
        total += seconds;
        parts.push_back(fmt::format("{} {:.0f} ms", name, seconds * 1000));
    }
    return fmt::format("first step after {:.2f} s: {}", total, join(parts, ", "));
}

Json StartPhases::json() const {
    Json json = Json::object();
    for (const auto& [name, seconds] : m_phases)
        json[name] = seconds;
    return json;
}

}  // namespace lathe::train
