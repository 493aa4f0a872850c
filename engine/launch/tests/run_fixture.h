// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/process.h"
#include "core/text.h"
#include "launch/run_control.h"
#include "launch/start_run.h"

#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lathe::launch {

// Runs started by the real lathe-agent in a store of their own; whatever is left of them at the end is killed.
class RunFixture {
public:
    RunFixture() : m_store(m_temp / "store") {}
    explicit RunFixture(std::string store) : m_store(std::move(store)) {}
    ~RunFixture() {
        for (const std::string& id : m_ids)
            (void)stopRun(dirOf(id), id, 0);
    }
    RunFixture(const RunFixture&) = delete;
    RunFixture& operator=(const RunFixture&) = delete;

    const std::string& store() const { return m_store; }
    const std::string& temp() const { return m_temp.path(); }
    std::string dirOf(const std::string& id) const { return m_store + "/runs/" + id; }

    StartRequest request(std::vector<std::string> argv, int ranks = 1) const {
        StartRequest request;
        request.store = m_store;
        request.spec.id = newId();
        request.spec.kind = "command";
        request.spec.argv = std::move(argv);
        request.spec.cwd = m_temp.path();
        request.spec.ranks = ranks;
        return request;
    }

    CommandOutput agent(std::vector<std::string> arguments, std::string_view input = {}) {
        ProcessOptions options;
        options.argv = std::move(arguments);
        options.argv.insert(options.argv.begin(), programPath("lathe-agent"));
        auto output = lathe::runCommand(options, input, 60);
        REQUIRE_MESSAGE(output, output.error().text());
        return *output;
    }

    // The id of the run.
    std::string start(const StartRequest& request) {
        const CommandOutput output = agent({"start"}, dumpJson(request.toJson()));
        REQUIRE_MESSAGE(output.status.ok(), output.out, output.err);
        m_ids.push_back(request.spec.id);
        return request.spec.id;
    }
    std::string command(std::vector<std::string> argv, int ranks = 1) { return start(request(std::move(argv), ranks)); }
    std::string shell(const std::string& script, int ranks = 1) { return command({"sh", "-c", script}, ranks); }

    std::vector<Json> events(const std::string& id) const {
        std::vector<Json> events;
        for (const std::string& line : split(readFile(dirOf(id) + "/journal.jsonl").value_or(""), '\n')) {
            if (const auto event = parseJson(line); event && event->is_object())
                events.push_back(*event);
        }
        return events;
    }
    // (step, value) of a metric in the supervisor's journal.
    std::vector<std::pair<std::int64_t, double>> points(const std::string& id, const std::string& name) const {
        std::vector<std::pair<std::int64_t, double>> points;
        for (const Json& event : events(id)) {
            if (getString(event, "e") == "metrics" && event["v"].contains(name))
                points.emplace_back(getInt(event, "s"), numberFromJson(event["v"][name]).value_or(-1));
        }
        return points;
    }
    std::string output(const std::string& id, const std::string& name = "output.log") const {
        return readFile(dirOf(id) + "/" + name).value_or("");
    }

    static void waitFor(const std::string& what, const std::function<bool()>& condition, double seconds = 60) {
        const double deadline = monotonicSeconds() + seconds;
        while (!condition()) {
            REQUIRE_MESSAGE(monotonicSeconds() < deadline, "waited in vain for ", what);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    // The event that ends the run.
    Json waitEnd(const std::string& id, double seconds = 60) const {
        Json end;
        waitFor("the run's end", [&] {
            for (const Json& event : events(id)) {
                if (getString(event, "e") == "state" && getString(event, "state") != "running")
                    end = event;
            }
            return !end.is_null();
        }, seconds);
        waitFor("the supervisor's end", [&] { return !isSupervised(dirOf(id)); });
        return end;
    }
    pid_t supervisorPid(const std::string& id) const {
        return static_cast<pid_t>(getInt(readJsonFile(dirOf(id) + "/supervisor.json").value_or(Json()), "pid"));
    }
    static bool isRunning(pid_t pid) {
        const auto stat = readFile("/proc/" + std::to_string(pid) + "/stat");
        return stat && stat->find(") Z ") == std::string::npos;
    }

private:
    TempDir m_temp;
    std::string m_store;
    std::vector<std::string> m_ids;
};

}  // namespace lathe::launch
