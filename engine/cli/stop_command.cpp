// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "core/clock.h"
#include "core/text.h"
#include "launch/mirror.h"

#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace lathe::cli {
namespace {

constexpr double kAfterKillSeconds = 10;
constexpr double kLocalLookSeconds = 0.03;

}  // namespace

Result<int> stopCommand(Context& context, const std::string& name, double grace) {
    if (!(grace >= 0) || grace > 86400)
        return fail(ErrorCode::Invalid, "--grace wants seconds from 0 to 86400", numberText(grace));
    LATHE_TRY_ASSIGN(const record::RunSummary run, context.findRun(name));
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const std::string id = run.spec.id;
    LATHE_TRY(engine->launcher().stop(id, grace));
    if (run.state == record::RunState::Lost) {
        fmt::print("{} was lost; what was left of it is ended\n", shownName(run.spec));
        return 0;
    }
    const double deadline = monotonicSeconds() + grace + kAfterKillSeconds;
    for (;;) {
        if (run.spec.host != "local")
            LATHE_TRY(engine->launcher().mirror(id));
        LATHE_TRY(engine->store().refresh());
        LATHE_TRY_ASSIGN(const record::RunSummary now, engine->store().run(id));
        if (record::isOver(now.state)) {
            fmt::print("{} {}{}\n", shownName(run.spec), record::runStateName(now.state),
                       now.reason.empty() ? "" : ": " + escapedForDisplay(now.reason));
            return 0;
        }
        if (monotonicSeconds() > deadline)
            return fail(
                ErrorCode::Unavailable, "the run was asked to stop and has not ended", run.spec.name,
                "a process in uninterruptible sleep (NFS, a driver) cannot be killed; lathe show tells more");
        // Each look at a remote run starts a process there.
        const double wait = run.spec.host == "local" ? kLocalLookSeconds : launch::MirrorPace::kSoonest;
        std::this_thread::sleep_for(std::chrono::duration<double>(wait));
    }
}

}  // namespace lathe::cli
