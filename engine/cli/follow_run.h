// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/progress_line.h"
#include "cli/run_follower.h"
#include "core/event_loop.h"
#include "engine.h"
#include "record/run.h"

#include <cstdio>
#include <optional>
#include <string>
#include <thread>

namespace lathe::cli {

// `lathe run` in the foreground: echoes the run's console, keeps the progress line below it, mirrors a remote
// run, and tells the end. Closing or killing this process ends no run.
class FollowRun {
public:
    FollowRun(Engine& engine, const record::RunSpec& spec, EventLoop& loop, std::FILE* echo);

    // The first Ctrl-C asks the run to stop; the second leaves it to its supervisor.
    void interrupt();

    // Returns the exit code: 0 finished, 1 failed or lost, 3 command not found, 130 stopped; of a recipe that
    // failed the trainer's own, which has the same meaning.
    int untilEnd();

private:
    void tick();
    void showOutput(std::string_view bytes);
    void lookForLoss();
    void say(const std::string& line);
    int tellEnd();
    void showFailedRank(const std::string& reason);

    Engine& m_engine;
    const record::RunSpec& m_spec;
    std::string m_name;  // as it is shown
    EventLoop& m_loop;
    std::FILE* m_echo;
    std::string m_dir;
    ProgressLine m_progress;
    RunFollower m_follower;
    double m_begun;
    double m_looked = 0;
    int m_interrupts = 0;
    bool m_lost = false, m_left = false;
    bool m_atLineStart = true;
    bool m_hidesSteps;       // the progress line stands for the trainer's own line a step
    std::string m_stepLine;  // of which the end has not come yet
    std::optional<bool> m_reachable;
    std::jthread m_stopper, m_mirror;
};

}  // namespace lathe::cli
