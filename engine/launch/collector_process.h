// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/event_loop.h"
#include "core/json.h"
#include "core/process.h"

#include <functional>
#include <map>
#include <string>

namespace lathe::launch {

// The supervisor's end of `lathe-agent collect` (interop/collector.h). The run never depends on it: if it
// does not start in time the run goes on without it, if it dies it is started again a few times, if it is
// slow to end the run's end does not wait for long. What goes wrong is told to standard error, which is
// supervisor.log. Not thread-safe.
class CollectorProcess {
public:
    static constexpr double kStartSeconds = 1;
    static constexpr double kEndSeconds = 20;

    CollectorProcess(EventLoop& loop, std::string runDir) : m_loop(loop), m_runDir(std::move(runDir)) {}

    // Starts it and waits for its word, kStartSeconds at most. Returns the variables that the run's command
    // must get.
    std::map<std::string, std::string> start();

    pid_t pid() const { return m_process.pid(); }
    bool isRunning() const { return m_running; }
    // It has ended: starts it again unless it was asked to finish or has died too often.
    void reap();
    // The run's processes have ended. `done` is called when the collector is through, or after kEndSeconds.
    void finish(std::function<void()> done);

private:
    Result<> launch(const Json& before);
    void relaunch();
    void finishNow();
    Result<Json> hearFirstLine();

    EventLoop& m_loop;
    const std::string m_runDir;
    Process m_process;
    std::map<std::string, std::string> m_variables;
    std::function<void()> m_done;
    int m_deaths = 0;
    bool m_running = false;
    bool m_finishing = false;
};

// What `lathe-agent collect DIR` does. The variables of a collector that died come in the environment.
Result<> collect(const std::string& runDir);

}  // namespace lathe::launch
