// SPDX-License-Identifier: Apache-2.0
#include "core/id.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/result.h"
#include "launch/capture_run.h"
#include "launch/collector_process.h"
#include "launch/run_control.h"
#include "launch/run_files.h"
#include "launch/start_run.h"
#include "launch/supervisor.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

using namespace lathe;
using Arguments = std::vector<std::string>;

constexpr const char* kHelp =
    R"(lathe-agent {version}: starts, records and ends runs on the machine where it lies. `lathe` and the workbench call it.

  lathe-agent start                          starts the run described as JSON on standard input
  lathe-agent stop STORE RUN [--grace S]     ends a run: TERM, S seconds (10), KILL; of a lost run the leftovers
  lathe-agent status STORE RUN…              of each: is it supervised, may it grow, how long its files are, as JSON
  lathe-agent supervise DIR [--ready-fd N]   supervises the run of this folder until its end (called by start)
  lathe-agent collect DIR                    reads the files that a run's loggers write (called by supervise)
  lathe-agent capture DIR [--process PID]    describes code, machine and packages of a run into DIR/env (called by supervise)
  lathe-agent version

RUN is an id. An empty STORE is this machine's own. Answers are JSON; a failure is {{"error":…}} and an exit code above 1.
)";

// Not fmt::print, which throws where nobody reads or the disk is full.
void say(std::FILE* file, const std::string& line) {
    std::fputs((line + "\n").c_str(), file);
}

int answer(const Json& json) {
    say(stdout, dumpJson(json));
    return 0;
}

int refuse(const Error& error) {
    say(stdout, dumpJson(errorToJson(error)));
    say(stderr, "lathe-agent: " + error.text());
    return exitCodeOf(error.code);
}

int refuse(ErrorCode code, std::string what, std::string on = {}) {
    return refuse(Error{code, std::move(what), std::move(on), "lathe-agent --help"});
}

std::string readInput() {
    std::string text;
    char buffer[65536];
    for (std::size_t got = 0;
         (got = std::fread(buffer, 1, sizeof buffer, stdin)) > 0 && text.size() < (64U << 20);)
        text.append(buffer, got);
    return text;
}

std::optional<double> numberAfter(const Arguments& arguments, std::string_view option, double fallback) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] != option)
            continue;
        if (i + 1 == arguments.size())
            return std::nullopt;
        double value = 0;
        const std::string& text = arguments[i + 1];
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
            return std::nullopt;
        return value;
    }
    return fallback;
}

int start() {
    const auto json = parseJson(readInput(), "the request on standard input");
    if (!json)
        return refuse(json.error());
    const auto request = launch::StartRequest::fromJson(*json);
    if (!request)
        return refuse(request.error());
    const auto started = launch::startRun(*request);
    if (!started)
        return refuse(started.error());
    return answer(Json{{"dir", started->dir}, {"spec", started->spec.toJson()}});
}

int stop(const Arguments& arguments, const std::string& dir) {
    const auto grace = numberAfter(arguments, "--grace", 10);
    if (!grace)
        return refuse(ErrorCode::Invalid, "--grace needs a number of seconds");
    const auto stopped = launch::stopRun(dir, arguments[2], *grace);
    if (!stopped)
        return refuse(stopped.error());
    return answer(Json{{"asked", stopped->asked}, {"leftovers_ended", stopped->leftoversEnded}});
}

Json statusOf(const std::string& dir, const std::string& id) {
    // Before the lengths are taken: what ended by now has written its last byte, and the lengths hold it.
    const bool supervised = launch::isSupervised(dir);
    const bool growing = supervised || launch::mayStillGrow(dir, id);
    const auto files = launch::recordedFiles(dir);
    if (!files)
        return errorToJson(files.error());
    Json sizes = Json::object();
    for (const auto& [name, size] : *files)
        sizes[name] = size;
    return Json{{"supervised", supervised},
                {"growing", growing},
                {"state", launch::lastRecordedState(dir)},
                {"files", sizes}};
}

int status(const Arguments& arguments) {
    Json runs = Json::object();
    for (auto id = arguments.begin() + 2; id != arguments.end(); ++id) {
        if (!isId(*id))  // it becomes a part of a path
            return refuse(ErrorCode::Invalid, "not the id of a run", *id);
        runs[*id] = statusOf(joinPath(storePath(arguments[1]), "runs/" + *id), *id);
    }
    return answer(Json{{"boot", launch::bootId()}, {"runs", runs}});
}

int run(const Arguments& arguments) {
    const std::string command = arguments.empty() ? "--help" : arguments[0];
    if (command == "--help" || command == "-h" || command == "help") {
        say(stdout, fmt::format(kHelp, fmt::arg("version", LATHE_VERSION)));
        return 0;
    }
    if (command == "version" || command == "--version") {
        say(stdout, LATHE_VERSION);
        return 0;
    }
    if (command == "start" && arguments.size() == 1)
        return start();
    if (command == "status" && arguments.size() >= 3)
        return status(arguments);
    if (command == "stop" && arguments.size() >= 3) {
        // The id becomes a part of a path.
        if (!isId(arguments[2]))
            return refuse(ErrorCode::Invalid, "not the id of a run", arguments[2]);
        return stop(arguments, joinPath(storePath(arguments[1]), "runs/" + arguments[2]));
    }
    if (command == "supervise" && arguments.size() >= 2) {
        const auto ready = numberAfter(arguments, "--ready-fd", -1);
        if (!ready)
            return refuse(ErrorCode::Invalid, "--ready-fd needs a number");
        const auto done = launch::supervise(absolutePath(arguments[1]), static_cast<int>(*ready));
        return done ? 0 : refuse(done.error());
    }
    if (command == "collect" && arguments.size() == 2) {
        // Standard output speaks to the supervisor: no failure may be said there a second time.
        const auto done = launch::collect(absolutePath(arguments[1]));
        if (!done)
            say(stderr, "lathe-agent: " + done.error().text());
        return done ? 0 : exitCodeOf(done.error().code);
    }
    if (command == "capture" && arguments.size() >= 2) {
        const auto process = numberAfter(arguments, "--process", 0);
        if (!process)
            return refuse(ErrorCode::Invalid, "--process needs a process id");
        // Told of a process, it was called for a run that no launcher started: its code is not captured yet.
        const auto done =
            launch::captureRun(absolutePath(arguments[1]), static_cast<pid_t>(*process), *process > 0);
        return done ? 0 : refuse(done.error());
    }
    return refuse(ErrorCode::Invalid, "unknown command, or an argument is missing", command);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(Arguments(argv + 1, argv + argc));
    } catch (const std::exception& problem) {
        return refuse(ErrorCode::Internal, problem.what());
    }
}
