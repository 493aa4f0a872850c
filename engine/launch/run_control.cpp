// SPDX-License-Identifier: Apache-2.0
#include "launch/run_control.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/system_sampler.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace lathe::launch {
namespace {

constexpr double kTakeSeconds =
    10;  // a loaded machine; the supervisor looks every two seconds even without the signal

constexpr double kKillSeconds = 2;  // a killed process frees its memory before it is gone

void pause(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

bool isAlive(pid_t pid) {
    // A zombie still answers kill(0), but nothing of it runs.
    const auto stat = readFile("/proc/" + std::to_string(pid) + "/stat", 1 << 16);
    if (!stat)
        return false;
    const auto end = stat->rfind(") ");
    return end != std::string::npos && end + 2 < stat->size() && (*stat)[end + 2] != 'Z' &&
           (*stat)[end + 2] != 'X';
}

}  // namespace

bool isSupervised(const std::string& runDir) {
    const UniqueFd fd(::open(joinPath(runDir, "journal.jsonl").c_str(), O_RDONLY | O_CLOEXEC));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::string lastRecordedState(const std::string& runDir) {
    constexpr std::uint64_t tail = 256 << 10;
    const std::string path = joinPath(runDir, "journal.jsonl");
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return {};
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const auto bytes = readFileFrom(path, size > tail ? size - tail : 0, tail);
    std::string state;
    for (const std::string& line : split(bytes.value_or(""), '\n')) {
        if (line.find("\"state\"") == std::string::npos)
            continue;
        if (const auto event = parseJson(line, path); event && getString(*event, "e") == "state")
            state = getString(*event, "state");
    }
    return state;
}

std::string bootId() {
    return std::string(trim(readFile("/proc/sys/kernel/random/boot_id", 256).value_or("")));
}

Json processMark(pid_t pid) {
    return Json{{"pid", pid}, {"start", processStartTicks(pid)}};
}

bool isSameProcess(const Json& mark) {
    const auto pid = static_cast<pid_t>(getInt(mark, "pid"));
    const auto start = static_cast<unsigned long long>(getInt(mark, "start"));
    return pid > 1 && start > 0 && processStartTicks(pid) == start && isAlive(pid);
}

std::vector<pid_t> leftoverProcesses(const std::string& runDir, const std::string& runId) {
    std::set<pid_t> found;
    const std::string entry = "LATHE_RUN_ID=" + runId;
    for (const std::string& name : listDir("/proc").value_or(std::vector<std::string>())) {
        const pid_t pid = std::atoi(name.c_str());
        if (pid <= 1 || pid == ::getpid())
            continue;
        const auto environment =
            readFileFrom("/proc/" + name + "/environ", 0, 4 << 20);  // own processes only
        if (!environment)
            continue;
        const std::string framed = '\0' + *environment;
        if (framed.find('\0' + entry + '\0') != std::string::npos && isAlive(pid))
            found.insert(pid);
    }
    const auto marks = readJsonFile(joinPath(runDir, kSupervisorFile));
    if (marks && getString(*marks, "boot") == bootId() && marks->contains("ranks")) {
        for (const Json& mark : (*marks)["ranks"]) {
            if (isSameProcess(mark))
                found.insert(static_cast<pid_t>(getInt(mark, "pid")));
        }
    }
    return {found.begin(), found.end()};
}

bool mayStillGrow(const std::string& runDir, const std::string& runId) {
    const UniqueFd log(::open(joinPath(runDir, "output.log").c_str(), O_RDONLY | O_CLOEXEC));
    const bool held = log && ::flock(log.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    return held || isSupervised(runDir) || !leftoverProcesses(runDir, runId).empty();
}

UniqueFd holdOpen(const std::string& runDir) {
    UniqueFd fd(::open(joinPath(runDir, "output.log").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
    if (fd)
        ::flock(fd.get(), LOCK_SH);  // where locks do not work nobody waits for what is written last
    return fd;
}

int endProcesses(const std::vector<pid_t>& processes, double graceSeconds) {
    const auto left = [&] { return std::ranges::any_of(processes, isAlive); };
    for (const pid_t pid : processes)
        ::kill(pid, SIGTERM);
    const double deadline = monotonicSeconds() + graceSeconds;
    while (left() && monotonicSeconds() < deadline)
        pause(0.02);
    for (const pid_t pid : processes) {
        if (isAlive(pid))
            ::kill(pid, SIGKILL);
    }
    for (const double killed = monotonicSeconds(); left() && monotonicSeconds() < killed + kKillSeconds;)
        pause(0.005);
    return static_cast<int>(processes.size());
}

Result<StopOutcome> stopRun(const std::string& runDir, const std::string& runId, double graceSeconds) {
    if (!isDirectory(runDir))
        return fail(ErrorCode::NotFound, "no such run", runDir, "`lathe ls` lists the runs");
    const std::string state = lastRecordedState(runDir);
    const bool over = !state.empty() && state != "running";
    if (!over && isSupervised(runDir)) {
        const std::string request = joinPath(runDir, kStopFile);
        LATHE_TRY(writeFileAtomic(request, dumpJson(Json{{"grace", graceSeconds}}) + "\n"));
        const double deadline = monotonicSeconds() + kTakeSeconds;
        for (double nextSignal = 0; exists(request); pause(0.01)) {
            if (!isSupervised(runDir)) {  // it ended by itself in the meantime
                ::unlink(request.c_str());
                break;
            }
            if (monotonicSeconds() > deadline)
                return fail(ErrorCode::Unavailable, "the supervisor does not answer", runDir,
                            "is it stopped (SIGSTOP), or on another machine that shares this folder?");
            if (monotonicSeconds() < nextSignal)
                continue;
            nextSignal = monotonicSeconds() + 1;
            const auto mark = readJsonFile(joinPath(runDir, kSupervisorFile));
            if (mark && getString(*mark, "boot") == bootId() && isSameProcess(*mark))
                ::kill(static_cast<pid_t>(getInt(*mark, "pid")), SIGUSR1);
        }
        return StopOutcome{.asked = true};
    }
    const auto leftovers = leftoverProcesses(runDir, runId);
    if (leftovers.empty() && over)
        return fail(ErrorCode::Invalid, "the run is already over (" + state + ")", runId);
    return StopOutcome{.leftoversEnded = endProcesses(leftovers, graceSeconds)};
}

}  // namespace lathe::launch
