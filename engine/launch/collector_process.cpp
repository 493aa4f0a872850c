// SPDX-License-Identifier: Apache-2.0
#include "launch/collector_process.h"

#include "core/clock.h"
#include "core/paths.h"
#include "interop/collector.h"
#include "interop/files_way.h"
#include "interop/mlflow/mlflow_way.h"
#include "launch/run_control.h"
#include "record/run.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

constexpr const char* kVariables = "LATHE_COLLECT_VARIABLES";
constexpr int kMaxDeaths = 5;
constexpr double kRestartSeconds = 0.5;

void complain(const std::string& problem) {
    std::fputs(fmt::format("{} {}\n", isoTimeText(wallSeconds()), problem).c_str(), stderr);
}

}  // namespace

Result<> CollectorProcess::launch(const Json& before) {
    ProcessOptions options;
    // By its name where it still has one, for those who list processes.
    char self[4096] = {};
    const bool named = ::readlink("/proc/self/exe", self, sizeof self - 1) > 0 && ::access(self, X_OK) == 0;
    options.argv = {named ? self : "/proc/self/exe", "collect", m_runDir};
    // They hold a secret: other users read the command lines of processes, but not their environment.
    options.env[kVariables] = dumpJson(before);
    options.in = Redirect::Pipe;
    options.out = Redirect::Pipe;
    options.newSession = true;
    // Not a process of the run, also where this supervisor runs inside of one.
    options.env["LATHE_RUN_ID"] = std::nullopt;
    LATHE_TRY_ASSIGN(m_process, Process::start(options));
    m_running = true;
    return {};
}

Result<Json> CollectorProcess::hearFirstLine() {
    std::string line;
    const double deadline = monotonicSeconds() + kStartSeconds;
    while (line.find('\n') == std::string::npos) {
        const double left = deadline - monotonicSeconds();
        if (left <= 0)
            return fail(ErrorCode::Unavailable, "it did not answer in time");
        pollfd polled{m_process.out().get(), POLLIN, 0};
        if (::poll(&polled, 1, static_cast<int>(left * 1000) + 1) <= 0)
            continue;
        char buffer[4096];
        const ssize_t got = ::read(m_process.out().get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || line.size() > 65536)
            return fail(ErrorCode::Io, "it ended at once");
        line.append(buffer, static_cast<std::size_t>(got));
    }
    LATHE_TRY_ASSIGN(Json answer, parseJson(line, "the collector"));
    if (const auto error = errorFromJson(answer))
        return std::unexpected(*error);
    return answer;
}

std::map<std::string, std::string> CollectorProcess::start() {
    const auto begun = launch(Json::object());
    const auto answer = begun ? hearFirstLine() : std::unexpected(begun.error());
    if (!answer && answer.error().code == ErrorCode::Unavailable) {
        complain("the collector is slow to start: the run begins without the variables that MLflow's and "
                 "W&B's clients "
                 "are told by; the files of its loggers are read all the same");
        return {};
    }
    if (!answer) {
        complain(
            "metrics are taken from the console and the Python helper alone: the collector did not start: " +
            answer.error().text());
        m_deaths = kMaxDeaths;
        if (m_running)
            (void)m_process.signal(SIGKILL);
        return {};
    }
    if (const auto found = answer->find("environment"); found != answer->end() && found->is_object()) {
        for (const auto& [name, value] : found->items()) {
            if (value.is_string())
                m_variables[name] = value.get<std::string>();
        }
    }
    return m_variables;
}

void CollectorProcess::reap() {
    const auto polled = m_process.poll();
    if (!polled)
        return;
    const ExitStatus status = *polled;
    m_running = false;
    m_process.in().reset();
    m_process.out().reset();
    if (m_finishing && status.ok()) {
        if (m_done)
            m_loop.post(std::exchange(m_done, {}));
        return;
    }
    if (++m_deaths >= kMaxDeaths) {
        if (m_deaths == kMaxDeaths)
            complain("the collector ended with " + status.text() + " too often and is not started again");
        if (m_done)
            m_loop.post(std::exchange(m_done, {}));
        return;
    }
    complain("the collector ended with " + status.text() + " and is started again");
    if (m_finishing)
        finishNow();
    else
        m_loop.after(kRestartSeconds * m_deaths, [this] {
            if (!m_finishing)
                relaunch();
        });
}

// Its answer is not awaited: the command has its variables, and a new one cannot change them.
void CollectorProcess::relaunch() {
    if (const auto begun = launch(Json(m_variables)); !begun)
        complain(begun.error().text());
}

// One that is not running just now is started once more, since it alone knows what is left to read.
void CollectorProcess::finishNow() {
    if (!m_running && m_deaths < kMaxDeaths)
        relaunch();
    if (m_running)
        (void)writeAll(m_process.in().get(), "finish\n", "the collector");
    else if (m_done)
        m_loop.post(std::exchange(m_done, {}));
}

void CollectorProcess::finish(std::function<void()> done) {
    m_finishing = true;
    m_done = std::move(done);
    finishNow();
    m_loop.after(kEndSeconds, [this] {
        if (!m_done)
            return;
        complain("the collector is still reading; it ends by itself");
        std::exchange(m_done, {})();
    });
}

Result<> collect(const std::string& runDir) {
    const UniqueFd held = holdOpen(runDir);
    interop::RunEnvironment environment;
    environment.runDir = runDir;
    environment.store = parentPath(parentPath(runDir));
    LATHE_TRY_ASSIGN(const Json json, readJsonFile(joinPath(runDir, "run.json")));
    LATHE_TRY_ASSIGN(environment.spec, record::RunSpec::fromJson(json, joinPath(runDir, "run.json")));
    environment.started = wallSeconds();
    const char* before = std::getenv(kVariables);
    const auto variables = parseJson(before ? before : "", "the variables");
    ::unsetenv(kVariables);
    if (variables && variables->is_object()) {
        for (const auto& [name, value] : variables->items()) {
            if (value.is_string())
                environment.before[name] = value.get<std::string>();
        }
    }
    // Everything below the supervisor is the run's, while it lives; then its mark in the environment tells.
    environment.processes = [runDir, id = environment.spec.id, supervisor = ::getppid()] {
        if (::getppid() != supervisor)
            return leftoverProcesses(runDir, id);
        std::vector<pid_t> tree = processTree(supervisor);
        std::erase_if(tree, [&](pid_t pid) { return pid == supervisor || pid == ::getpid(); });
        return tree;
    };
    const auto makeWays = [](const interop::RunEnvironment& run, interop::CollectJournal& journal) {
        std::vector<std::unique_ptr<interop::WayIn>> ways;
        ways.push_back(interop::mlflow::makeMlflowWay(run, journal));
        ways.push_back(std::make_unique<interop::FilesWay>(run, journal));
        return ways;
    };
    return interop::collectorMain(environment, makeWays, STDIN_FILENO, STDOUT_FILENO);
}

}  // namespace lathe::launch
