// SPDX-License-Identifier: Apache-2.0
#include "cli/follow_run.h"

#include "cli/cli_context.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "launch/mirror.h"
#include "launch/run_control.h"

#include <condition_variable>
#include <fmt/format.h>
#include <mutex>

namespace lathe::cli {
namespace {

constexpr double kTickSeconds = 0.03;
constexpr double kLookSeconds = 1;
constexpr double kStopGrace = 10;

void waitFor(std::stop_token stop, double seconds) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::chrono::duration<double>(seconds), [] { return false; });
}

}  // namespace

FollowRun::FollowRun(Engine& engine, const record::RunSpec& spec, EventLoop& loop, std::FILE* echo)
    : m_engine(engine), m_spec(spec), m_name(shownName(spec)), m_loop(loop), m_echo(echo),
      m_dir(engine.store().runDir(spec.id)), m_progress(spec.totalSteps, spec.mainMetric),
      m_follower(m_dir, 0,
                 {
                     .output = [this](std::string_view bytes) { showOutput(bytes); },
                     .metric = [this](std::int64_t step, const std::string& name, double value,
                                      double time) { m_progress.metric(step, name, value, time); },
                     .progress = [this](std::int64_t done, std::int64_t total,
                                        double time) { m_progress.progress(done, total, time); },
                     .alert =
                         [this](const Json& event) {
                             say(escapedForDisplay(
                                 getString(event, "title") + ": " + getString(event, "text"), 500));
                         },
                 }),
      m_begun(monotonicSeconds()),
      m_hidesSteps(spec.kind == "recipe" && isTerminal(echo) && isTerminal(stderr)) {
    say(fmt::format("{}  ({}{})", m_name, spec.host == "local" ? "" : "on " + spec.host + ", ", spec.id));
}

void FollowRun::showOutput(std::string_view bytes) {
    constexpr std::string_view step = "step ";
    std::string shown;
    if (m_hidesSteps) {
        m_stepLine += bytes;
        for (auto end = m_stepLine.find('\n'); end != std::string::npos; end = m_stepLine.find('\n')) {
            if (!m_stepLine.starts_with(step))
                shown.append(m_stepLine, 0, end + 1);
            m_stepLine.erase(0, end + 1);
        }
        bytes = shown;
    }
    if (bytes.empty())
        return;
    m_progress.hide();
    std::fwrite(bytes.data(), 1, bytes.size(), m_echo);
    std::fflush(m_echo);
    m_atLineStart = bytes.ends_with('\n');
}

void FollowRun::say(const std::string& line) {
    m_progress.hide();
    if (!m_atLineStart && isTerminal(stderr))
        fmt::print(stderr, "\n");
    m_atLineStart = true;
    fmt::print(stderr, "{}\n", dimText(line, wantsColour(stderr)));
}

void FollowRun::interrupt() {
    if (++m_interrupts > 1) {
        say(fmt::format("left: {} is being stopped by its supervisor; lathe show {} tells its end", m_name,
                        nameAsWord(m_spec)));
        m_left = true;
        return;
    }
    say(fmt::format("stopping {}: TERM now, KILL after {} s. Ctrl-C again leaves without waiting", m_name,
                    kStopGrace));
    m_stopper = std::jthread([this] {
        const auto stopped = m_engine.launcher().stop(m_spec.id, kStopGrace);
        if (!stopped && stopped.error().code != ErrorCode::Invalid)  // Invalid: it was over already
            m_loop.post([error = stopped.error()] { printError(error); });
    });
}

void FollowRun::lookForLoss() {
    if (monotonicSeconds() - m_looked < kLookSeconds)
        return;
    m_looked = monotonicSeconds();
    if (m_spec.host != "local") {
        const auto mirror = readJsonFile(joinPath(m_dir, launch::kMirrorFile));
        if (!mirror)
            return;
        const bool reachable = getBool(*mirror, "reachable", true);
        if (m_reachable.value_or(true) != reachable)
            say(reachable ? m_spec.host + " answers again"
                          : m_spec.host + " is out of reach; the run goes on there, trying again");
        m_reachable = reachable;
        m_lost = reachable && !getBool(*mirror, "supervisorAlive", true);
    } else {
        m_lost = !launch::isSupervised(m_dir);
    }
    if (m_lost) {  // its last words may have come between the reading and the look
        m_follower.poll();
        m_lost = !m_follower.end();
    }
}

void FollowRun::tick() {
    m_follower.poll();
    if (!m_follower.end())
        lookForLoss();
    // Where lines cannot be redrawn, the trainer's own line a step says the same.
    const bool doubled = m_spec.kind == "recipe" && !m_hidesSteps;
    if (!m_follower.end() && !m_lost && m_atLineStart && !doubled)
        m_progress.show();
}

int FollowRun::untilEnd() {
    if (m_spec.host != "local") {
        m_mirror = std::jthread([this](std::stop_token stop) {
            launch::MirrorPace pace;
            while (!stop.stop_requested())
                waitFor(stop, pace.after(m_engine.launcher().mirror(m_spec.id, stop)));
        });
    }
    while (!m_follower.end() && !m_lost && !m_left) {
        tick();
        if (m_follower.end() || m_lost)
            break;
        m_loop.runOnce(kTickSeconds);
    }
    m_mirror = {};
    if (m_left)
        return 130;
    m_follower.poll();
    return tellEnd();
}

void FollowRun::showFailedRank(const std::string& reason) {
    int rank = 0;
    if (m_spec.ranks < 2 || std::sscanf(reason.c_str(), "rank %d:", &rank) != 1 || rank <= 0)
        return;
    say(fmt::format("the last lines of rank {}:", rank));
    RunFollower last(m_dir, rank, {.output = [](std::string_view bytes) {
                         std::fwrite(bytes.data(), 1, bytes.size(), stderr);
                     }});
    last.skipToLast(20);
    last.poll();
}

int FollowRun::tellEnd() {
    if (!m_stepLine.empty()) {
        std::fwrite(m_stepLine.data(), 1, m_stepLine.size(), m_echo);
        m_atLineStart = m_stepLine.ends_with('\n');
    }
    if (!m_atLineStart)
        fmt::print(stderr, "\n");
    m_atLineStart = true;
    m_progress.finish();
    const std::string time = durationText(monotonicSeconds() - m_begun);
    const bool colour = wantsColour(stderr);
    if (!m_follower.end()) {
        fmt::print(stderr, "{} {} after {}: its supervisor is gone; what was logged is kept\n", m_name,
                   stateText("lost", colour), time);
        return 1;
    }
    const std::string state = getString(*m_follower.end(), "state");
    const std::string reason = escapedForDisplay(getString(*m_follower.end(), "reason"), 1000);
    if (state == "failed")
        showFailedRank(reason);
    fmt::print(stderr, "{} {} after {}{}\n", m_name, stateText(state, colour), time,
               reason.empty() ? "" : ": " + reason);
    if (state == "finished")
        return 0;
    if (state == "stopped")
        return 130;
    const auto code = static_cast<int>(getInt(*m_follower.end(), "exit"));
    if (code == 127 && reason.find("command not found") != std::string::npos)
        return exitCodeOf(ErrorCode::NotFound);
    // The trainer's exit codes above 1 are those of this program: no such data folder, disk full.
    const bool named = m_spec.kind == "recipe" && code > 1 && code < 127;
    return named ? code : 1;
}

}  // namespace lathe::cli
