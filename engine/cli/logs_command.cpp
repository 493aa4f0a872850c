// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/run_follower.h"
#include "core/file.h"
#include "core/paths.h"
#include "launch/mirror.h"
#include "launch/run_control.h"

#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace lathe::cli {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(50);

// False if the run is over or lost: no output will come any more.
bool goesOn(Engine& engine, const record::RunSpec& spec, const std::string& dir, const RunFollower& follower) {
    if (follower.end())
        return false;
    if (spec.host == "local")
        return launch::isSupervised(dir);
    (void)engine.launcher().mirror(spec.id);  // out of reach is no end: it is tried again
    return !launch::isMirrorComplete(dir);
}

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
    RunFollower follower(dir, options.rank, {.output = [](std::string_view bytes) {
        std::fwrite(bytes.data(), 1, bytes.size(), stdout);
        std::fflush(stdout);
    }});
    if (options.lines > 0)
        follower.skipToLast(options.lines);
    follower.poll();
    while (options.follow && goesOn(*engine, run.spec, dir, follower)) {
        if (std::ferror(stdout))
            return 0;  // the reader of the pipe went away
        if (!follower.poll())
            std::this_thread::sleep_for(kPollInterval);
    }
    follower.poll();
    return 0;
}

}  // namespace lathe::cli
