// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/run_follower.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/paths.h"
#include "launch/mirror.h"
#include "launch/run_control.h"

#include <cerrno>
#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace lathe::cli {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(50);

// Looks at a run until no output will come any more.
class Watcher {
public:
    Watcher(Engine& engine, const record::RunSpec& spec, std::string dir)
        : m_engine(engine), m_spec(spec), m_dir(std::move(dir)) {}

    // False if the run is over or lost.
    bool goesOn(const RunFollower& follower) {
        if (follower.end())
            return false;
        if (m_spec.host == "local")
            return launch::isSupervised(m_dir);
        if (launch::isMirrorComplete(m_dir))
            return false;
        if (monotonicSeconds() >= m_next)  // out of reach is no end: it is tried again
            m_next = m_pace.after(m_engine.launcher().mirror(m_spec.id)) + monotonicSeconds();
        return true;
    }

private:
    Engine& m_engine;
    const record::RunSpec& m_spec;
    std::string m_dir;
    launch::MirrorPace m_pace;
    double m_next = 0;
};

}  // namespace

Result<int> logsCommand(Context& context, const LogOptions& options) {
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(options.run));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    if (options.rank < 0 || options.rank >= run.spec.ranks)
        return fail(ErrorCode::NotFound, "the run has no such rank", std::to_string(options.rank),
                    run.spec.ranks == 1 ? "it has one process, rank 0"
                                        : fmt::format("its ranks are 0 to {}", run.spec.ranks - 1));
    const std::string dir = engine->store().runDir(run.spec.id);
    if (run.spec.host != "local" && !launch::isMirrorComplete(dir)) {
        if (const auto copied = engine->launcher().mirror(run.spec.id); !copied)
            printError(copied.error());
    }
    int problem = 0;
    RunFollower follower(dir, options.rank, {.output = [&problem](std::string_view bytes) {
                             const bool sent =
                                 std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
                             if ((!sent || std::fflush(stdout) != 0) && problem == 0)
                                 problem = errno;
                         }});
    if (options.lines > 0)
        follower.skipToLast(options.lines);
    follower.poll();
    Watcher watcher(*engine, run.spec, dir);
    while (options.follow && problem == 0 && watcher.goesOn(follower)) {
        if (!follower.poll())
            std::this_thread::sleep_for(kPollInterval);
    }
    if (problem == 0)
        follower.poll();
    if (problem != 0 && problem != EPIPE)  // EPIPE: the reader has seen enough
        return failErrno(problem, "cannot write", "standard output");
    return 0;
}

}  // namespace lathe::cli
