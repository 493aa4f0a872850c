// SPDX-License-Identifier: Apache-2.0
#include "launch/gpu_probe.h"

#include "core/file.h"
#include "core/text.h"
#include "launch/nvml_probe_bytes.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

constexpr double kInventorySeconds = 10;
constexpr std::size_t kMaxText = 1 << 20;

// A descriptor of the probe program in memory; its path is /proc/self/fd/N, in a child as well.
Result<UniqueFd> programFd() {
    UniqueFd fd(::memfd_create("lathe-nvml-probe", MFD_CLOEXEC));
    if (!fd)
        return failErrno(errno, "cannot make a program in memory", "lathe-nvml-probe");
    LATHE_TRY(writeAll(fd.get(), kNvmlProbe, "lathe-nvml-probe"));
    // A file that is open for writing cannot be started.
    UniqueFd readOnly(::open(fmt::format("/proc/self/fd/{}", fd.get()).c_str(), O_RDONLY | O_CLOEXEC));
    if (!readOnly)
        return failErrno(errno, "cannot open a program in memory", "lathe-nvml-probe");
    return readOnly;
}

ProcessOptions probeOptions(int fd, std::string argument) {
    ProcessOptions options;
    options.argv = {fmt::format("/proc/self/fd/{}", fd), std::move(argument)};
    options.in = Redirect::Null;
    options.out = Redirect::Pipe;
    options.err = Redirect::Null;
    options.dieWithParent = true;
    return options;
}

std::optional<double> numberOf(std::string_view text) {
    if (text == "-")
        return std::nullopt;
    return std::strtod(std::string(text).c_str(), nullptr);
}

}  // namespace

bool GpuProbe::canWork() {
    const char* library = std::getenv("LATHE_NVML_LIBRARY");
    return !kNvmlProbe.empty() && ((library && *library) || exists("/dev/nvidiactl") || exists("/dev/dxg"));
}

Result<GpuProbe> GpuProbe::start(double seconds) {
    LATHE_TRY_ASSIGN(const UniqueFd program, programFd());
    LATHE_TRY_ASSIGN(Process process, Process::start(probeOptions(
                                          program.get(), std::to_string(static_cast<long>(seconds * 1000)))));
    ::fcntl(process.out().get(), F_SETFL, O_NONBLOCK);
    return GpuProbe(std::move(process));
}

Result<Json> GpuProbe::inventory() {
    if (!canWork())
        return fail(ErrorCode::Unavailable, "no NVIDIA driver is installed");
    LATHE_TRY_ASSIGN(const UniqueFd program, programFd());
    LATHE_TRY_ASSIGN(const CommandOutput done,
                     runCommand(probeOptions(program.get(), "once"), {}, kInventorySeconds, kMaxText));
    if (!done.status.ok())
        return fail(ErrorCode::Unavailable, "the NVIDIA driver does not answer (" + done.status.text() + ")");
    Json found = Json::object();
    Json devices = Json::array();
    for (const std::string& line : split(done.out, '\n')) {
        const std::vector<std::string> words = split(line, ' ');
        if (words[0] == "D" && words.size() > 1) {
            found["driver"] = words[1];
        } else if (words[0] == "C" && words.size() > 1) {
            const int version = std::atoi(words[1].c_str());
            found["cuda"] = fmt::format("{}.{}", version / 1000, version % 1000 / 10);
        } else if (words[0] == "G" && words.size() > 5) {
            Json device{{"index", std::atoi(words[1].c_str())}, {"uuid", words[2]}};
            device["name"] = join({words.begin() + 5, words.end()}, " ");
            if (const auto memory = numberOf(words[3]))
                device["memory"] = static_cast<std::uint64_t>(*memory);
            device["pci"] = words[4];
            devices.push_back(std::move(device));
        }
    }
    found["devices"] = std::move(devices);
    return found;
}

bool GpuProbe::read() {
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(fd(), buffer, sizeof buffer);
        if (got == 0)
            return false;
        if (got < 0) {
            if (errno == EINTR)
                continue;
            return errno == EAGAIN;
        }
        m_text.append(buffer, static_cast<std::size_t>(got));
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = m_text.find('\n', begin)) != std::string::npos; begin = end + 1)
            take(std::string_view(m_text).substr(begin, end - begin));
        m_text.erase(0, begin);
        if (m_text.size() > kMaxText)
            return false;
    }
}

void GpuProbe::take(std::string_view line) {
    const std::vector<std::string> words = split(line, ' ');
    const auto index =
        words.size() > 1 ? static_cast<std::size_t>(std::max(0, std::atoi(words[1].c_str()))) : 0;
    if (words[0] == "G" && words.size() > 2 && index < 1024) {
        m_uuids.resize(std::max(m_uuids.size(), index + 1));
        m_uuids[index] = words[2];
    } else if (words[0] == "S" && words.size() > 5) {
        GpuReading reading;
        reading.index = static_cast<int>(index);
        reading.uuid = index < m_uuids.size() ? m_uuids[index] : "";
        reading.utilization = numberOf(words[2]);
        reading.memory = numberOf(words[3]);
        if (const auto milliwatts = numberOf(words[4]))
            reading.power = *milliwatts / 1000;
        reading.temperature = numberOf(words[5]);
        m_round.push_back(std::move(reading));
    } else if ((words[0] == "P" || words[0] == "U") && words.size() > 3 && !m_round.empty()) {
        const auto pid = static_cast<pid_t>(std::atol(words[2].c_str()));
        auto& processes = m_round.back().processes;
        auto found = std::ranges::find(processes, pid, &GpuReading::Process::pid);
        if (found == processes.end())
            found = processes.insert(processes.end(), {.pid = pid});
        (words[0] == "P" ? found->memory : found->utilization) = numberOf(words[3]);
    } else if (words[0] == "E") {
        m_readings = std::move(m_round);
        m_round.clear();
    }
}

}  // namespace lathe::launch
