// SPDX-License-Identifier: Apache-2.0
#include "launch/start_run.h"

#include "launch/command_params.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "record/code_state.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lathe::launch {
namespace {

constexpr double kReadySeconds = 30;

std::string environmentOr(const char* name, const char* other) {
    const char* value = std::getenv(name);
    if (!value || !*value)
        value = std::getenv(other);
    return value ? value : "";
}

std::string machineName() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

// From fork on, in the grandchild: a session without a terminal, no descriptor of the caller's but the ready
// pipe.
[[noreturn]] void becomeSupervisor(const std::string& runDir, int readyFd) {
    const std::string log = joinPath(runDir, "supervisor.log");
    const int null = ::open("/dev/null", O_RDONLY);
    int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (out < 0)
        out = ::open("/dev/null", O_WRONLY);
    constexpr int ready = 3;
    if (readyFd != ready)
        ::dup2(readyFd, ready);
    ::dup2(null, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    for (int fd = ready + 1; fd < static_cast<int>(std::min(::sysconf(_SC_OPEN_MAX), 4096L)); ++fd)
        ::close(fd);
    ::fcntl(ready, F_SETFD, 0);
    [[maybe_unused]] const int moved = ::chdir("/");  // keeps no mount busy
    ::execl("/proc/self/exe", "lathe-agent", "supervise", runDir.c_str(), "--ready-fd", "3", nullptr);
    const std::string line =
        dumpJson(errorToJson(failErrno(errno, "cannot start the supervisor", "lathe-agent").error())) + "\n";
    [[maybe_unused]] const ssize_t sent = ::write(ready, line.data(), line.size());
    ::_exit(127);
}

Result<> awaitReady(int fd, const std::string& runDir) {
    std::string answer;
    const double deadline = monotonicSeconds() + kReadySeconds;
    while (answer.find('\n') == std::string::npos) {
        pollfd polled{fd, POLLIN, 0};
        const double left = deadline - monotonicSeconds();
        if (left <= 0)
            return fail(ErrorCode::Unavailable, "the supervisor did not start in time", runDir);
        if (::poll(&polled, 1, static_cast<int>(left * 1000) + 1) <= 0)
            continue;
        char buffer[4096];
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(ErrorCode::Io, "the supervisor ended at once", runDir,
                        readFile(joinPath(runDir, "supervisor.log"), 4096).value_or(""));
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    if (answer == "ok\n")
        return {};
    LATHE_TRY_ASSIGN(const Json json, parseJson(answer, "the supervisor's answer"));
    return std::unexpected(
        errorFromJson(json).value_or(Error{ErrorCode::Internal, "unreadable answer", runDir, ""}));
}

Result<> startSupervisor(const std::string& runDir, const std::map<std::string, std::string>& env) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failErrno(errno, "cannot make a pipe");
    UniqueFd read(ends[0]), write(ends[1]);
    const pid_t child = ::fork();
    if (child < 0)
        return failErrno(errno, "cannot start the supervisor");
    if (child == 0) {
        ::setsid();
        if (::fork() != 0)
            ::_exit(0);
        for (const auto& [name, value] : env)
            ::setenv(name.c_str(), value.c_str(), 1);
        becomeSupervisor(runDir, write.get());
    }
    write.reset();
    ::waitpid(child, nullptr, 0);
    return awaitReady(read.get(), runDir);
}

Result<> checkEnvironmentNames(const std::map<std::string, std::string>& env) {
    for (const auto& [name, value] : env) {
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
            return fail(ErrorCode::Invalid, "not a name of an environment variable", name);
    }
    return {};
}

// The copy goes into `folder`, which is about to become `runDir`.
Result<> prepareRecipe(const StartRequest& request, const std::string& folder, const std::string& runDir,
                       record::RunSpec& spec) {
    const std::string source = joinPath(spec.cwd, request.recipe);
    const auto text = readFile(source, 16 << 20);
    if (!text)
        return fail(text.error().code, "cannot read the recipe: " + text.error().what, source,
                    text.error().hint);
    // A copy, so that what is edited after the start does not change what runs.
    LATHE_TRY(writeFileAtomic(joinPath(folder, "recipe.yaml"), *text));
    spec.kind = "recipe";
    spec.argv = {programPath("lathe-train"), "train", joinPath(runDir, "recipe.yaml")};
    for (const std::string& setting : request.set)
        spec.argv.insert(spec.argv.end(), {"--set", setting});
    return {};
}

}  // namespace

Json StartRequest::toJson() const {
    Json environment = Json::object();
    for (const auto& [name, value] : env)
        environment[name] = value;
    return Json{
        {"store", store}, {"spec", spec.toJson()}, {"env", environment}, {"recipe", recipe}, {"set", set}};
}

Result<StartRequest> StartRequest::fromJson(const Json& json) {
    StartRequest request;
    request.store = getString(json, "store");
    request.recipe = getString(json, "recipe");
    if (!json.is_object() || !json.contains("spec"))
        return fail(ErrorCode::Invalid, "the request holds no \"spec\"");
    LATHE_TRY_ASSIGN(request.spec, record::RunSpec::fromJson(json["spec"], "spec"));
    if (const auto env = json.find("env"); env != json.end() && env->is_object()) {
        for (const auto& [name, value] : env->items()) {
            if (value.is_string())
                request.env[name] = value.get<std::string>();
        }
    }
    if (const auto set = json.find("set"); set != json.end() && set->is_array()) {
        for (const Json& setting : *set) {
            if (setting.is_string())
                request.set.push_back(setting.get<std::string>());
        }
    }
    return request;
}

Result<StartedRun> startRun(const StartRequest& request) {
    StartedRun started{request.spec, {}};
    record::RunSpec& spec = started.spec;
    if (spec.cwd.empty())
        spec.cwd = homeDir();
    if (!isDirectory(spec.cwd))
        return fail(ErrorCode::NotFound, "no such working folder", spec.cwd);
    if (request.recipe.empty() && (spec.argv.empty() || spec.argv[0].empty()))
        return fail(ErrorCode::Invalid, "no command given", "", "lathe run -- COMMAND…");
    LATHE_TRY(checkEnvironmentNames(request.env));
    if (spec.ranks < 1 || spec.ranks > 4096)
        return fail(ErrorCode::Invalid, "a run has from 1 to 4096 ranks", std::to_string(spec.ranks));
    if (spec.name.empty())
        spec.name = readableName(spec.id);
    if (request.recipe.empty()) {
        // What the request or, later, the script itself says is better known than what the command line looks
        // like.
        Json params = paramsOfCommand(spec.argv);
        for (const auto& [name, value] : spec.params.items())
            params[name] = value;
        spec.params = std::move(params);
    }
    if (spec.created <= 0)
        spec.created = wallSeconds();
    spec.hostName = machineName();
    spec.user = environmentOr("USER", "LOGNAME");

    const std::string store = storePath(request.store);
    started.dir = joinPath(store, "runs/" + spec.id);
    if (exists(started.dir))
        return fail(ErrorCode::Exists, "there is a run of this id already", spec.id);
    // Made under another name, so that nobody sees a run without its run.json.
    const std::string folder = joinPath(store, "runs/." + spec.id);
    if (const auto made = makeDirs(folder); !made)
        return fail(made.error().code, "cannot record runs here: " + made.error().what, made.error().on,
                    "choose another store with --store or LATHE_STORE");

    const auto begin = [&]() -> Result<> {
        if (!request.recipe.empty())
            LATHE_TRY(prepareRecipe(request, folder, started.dir, spec));
        spec.code = record::captureCode(spec.cwd, folder);
        LATHE_TRY(writeFileAtomic(joinPath(folder, "run.json"), dumpJsonPretty(spec.toJson())));
        if (::rename(folder.c_str(), started.dir.c_str()) != 0)
            return failErrno(errno, "cannot make the run's folder", started.dir);
        return startSupervisor(started.dir, request.env);
    };
    if (const auto begun = begin(); !begun) {
        (void)removeTree(folder);
        (void)removeTree(started.dir);
        return std::unexpected(begun.error());
    }
    return started;
}

}  // namespace lathe::launch
