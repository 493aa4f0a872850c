// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_facts.h"

#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

namespace lathe::hosts {

namespace {

constexpr double kReadSeconds = 10;

// Without the locale: some write a comma where the tools write a point.
double number(std::string_view text) {
    double value = 0;
    const std::string copy(trim(text));
    const char* end = copy.data() + copy.size();
    if (std::from_chars(copy.data(), end, value).ptr != end || !std::isfinite(value))
        return 0;
    return value;
}

std::optional<double> maybe(std::string_view text) {
    text = trim(text);
    if (text.empty() || text.front() == '[' || text.front() == 'N')
        return std::nullopt;
    return number(text);
}

std::vector<std::string> words(std::string_view line) {
    std::vector<std::string> out;
    for (std::string& word : split(line, ' '))
        if (!word.empty())
            out.push_back(std::move(word));
    return out;
}

} // namespace

std::string_view factsScript() {
    return R"(export LC_ALL=C
echo "== os"; (. /etc/os-release 2>/dev/null; echo "${PRETTY_NAME:-$(uname -sr)}")
echo "== cores"; nproc 2>/dev/null || getconf _NPROCESSORS_ONLN
echo "== cpu"; sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1
echo "== load"; cat /proc/loadavg 2>/dev/null
echo "== memory"; grep -E '^(MemTotal|MemAvailable):' /proc/meminfo 2>/dev/null
echo "== uptime"; cat /proc/uptime 2>/dev/null
echo "== user"; id -un
echo "== disk"; df -PkT 2>/dev/null
if command -v nvidia-smi >/dev/null 2>&1; then
echo "== gpu"; nvidia-smi --query-gpu=index,uuid,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw,driver_version --format=csv,noheader,nounits 2>/dev/null
echo "== gpuproc"; nvidia-smi --query-compute-apps=gpu_uuid,pid,used_memory --format=csv,noheader,nounits 2>/dev/null
p=$(nvidia-smi --query-compute-apps=pid --format=csv,noheader,nounits 2>/dev/null | tr '\n' ',' | tr -d ' '); p=${p%,}
[ -n "$p" ] && { echo "== ps"; ps -o pid=,user=,etimes=,args= -p "$p" 2>/dev/null; }
fi
exit 0
)";
}

HostFacts parseFacts(std::string_view output) {
    HostFacts facts;
    std::string section;
    std::map<std::string, int> gpuByUuid;
    std::map<int, GpuProcess> processes;
    std::set<std::string> devices;
    for (const std::string& line : split(output, '\n')) {
        if (line.starts_with("== ")) {
            section = line.substr(3);
            continue;
        }
        const std::string_view text = trim(line);
        if (text.empty())
            continue;
        if (section == "os") {
            facts.system = text;
        } else if (section == "cores") {
            facts.cores = static_cast<int>(std::clamp(number(text), 0.0, 100'000.0));
        } else if (section == "cpu") {
            facts.cpu = text;
        } else if (section == "load") {
            facts.load = number(words(text).front());
        } else if (section == "memory") {
            const auto parts = words(text);
            if (parts.size() >= 2)
                (parts[0] == "MemTotal:" ? facts.memoryTotal : facts.memoryFree) = number(parts[1]) * 1024;
        } else if (section == "uptime") {
            facts.uptime = number(words(text).front());
        } else if (section == "user") {
            facts.user = text;
        } else if (section == "disk") {
            const auto parts = words(text);
            static const std::set<std::string> pseudo = {"tmpfs", "devtmpfs", "overlay", "squashfs", "efivarfs",
                                                         "fuse.portal", "Type"};
            if (parts.size() < 7 || (pseudo.contains(parts[1]) && parts[6] != "/"))
                continue;
            if (parts[6].starts_with("/boot") || parts[6].starts_with("/snap") || parts[6].starts_with("/etc/") ||
                !devices.insert(parts[0]).second)
                continue;
            facts.disks.push_back({parts[6], parts[1], number(parts[2]) * 1024, number(parts[4]) * 1024});
        } else if (section == "gpu") {
            const auto parts = split(text, ',');
            if (parts.size() < 9)
                continue;
            GpuFacts gpu;
            gpu.index = static_cast<int>(number(parts[0]));
            gpu.name = trim(parts[2]);
            gpu.use = std::clamp(number(parts[3]) / 100, 0.0, 1.0);
            gpu.memoryUsed = number(parts[4]) * 1024 * 1024;
            gpu.memoryTotal = number(parts[5]) * 1024 * 1024;
            gpu.temperature = maybe(parts[6]);
            gpu.power = maybe(parts[7]);
            facts.driver = trim(parts[8]);
            gpuByUuid[std::string(trim(parts[1]))] = gpu.index;
            facts.gpus.push_back(std::move(gpu));
        } else if (section == "gpuproc") {
            const auto parts = split(text, ',');
            if (parts.size() < 3)
                continue;
            const int pid = static_cast<int>(number(parts[1]));
            GpuProcess& process = processes[pid];
            process.pid = pid;
            process.memory += number(parts[2]) * 1024 * 1024;
            if (const auto gpu = gpuByUuid.find(std::string(trim(parts[0]))); gpu != gpuByUuid.end())
                process.gpus.push_back(gpu->second);
        } else if (section == "ps") {
            const auto parts = words(text);
            if (parts.size() < 4)
                continue;
            const auto process = processes.find(static_cast<int>(number(parts[0])));
            if (process == processes.end())
                continue;
            process->second.user = parts[1];
            process->second.seconds = number(parts[2]);
            process->second.command = join({parts.begin() + 3, parts.end()}, " ");
        }
    }
    for (auto& [pid, process] : processes)
        facts.processes.push_back(std::move(process));
    return facts;
}

Result<HostFacts> readFacts(host::Host& host, std::stop_token stop) {
    host::ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", std::string(factsScript())};
    LATHE_TRY_ASSIGN(const CommandOutput output, host.run(spec, {}, kReadSeconds, stop));
    if (!output.status.ok())
        return fail(ErrorCode::Io, "the host did not tell its facts: " + output.status.text(), host.id());
    return parseFacts(output.out);
}

} // namespace lathe::hosts
