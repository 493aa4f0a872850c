// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/follow_run.h"
#include "cli/run_json.h"
#include "cli/terminal.h"
#include "cli/tty_prompts.h"
#include "core/clock.h"
#include "core/event_loop.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "record/run.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

namespace lathe::cli {
namespace {

Result<> readEnvironment(const std::vector<std::string>& given, launch::RunRequest& request) {
    for (const std::string& setting : given) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(ErrorCode::Invalid, "--env wants NAME=value", setting);
        request.env[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    return {};
}

Result<> checkRequest(const launch::RunRequest& request) {
    if (request.recipe.empty() && request.argv.empty())
        return fail(ErrorCode::Invalid, "nothing to run", "",
                    "lathe run RECIPE.yaml, or lathe run -- python3 train.py");
    if (request.recipe.empty())
        return {};
    if (!request.argv.empty())
        return fail(ErrorCode::Invalid, "a recipe or a command, not both", request.recipe,
                    "put a command whole after --");
    if (request.ranks != 1)
        return fail(ErrorCode::Invalid, "a recipe says its own ranks", "--ranks",
                    fmt::format("--set parallel.data={}", request.ranks));
    if (request.host == "local" && !exists(request.recipe)) {
        const bool program =
            request.recipe.find('/') == std::string::npos && !findInPath(request.recipe).empty();
        return fail(ErrorCode::NotFound, "no such recipe", request.recipe,
                    program ? "to run a command, put -- before it: lathe run -- " + request.recipe + " …"
                            : "check the path");
    }
    // The likeliest first mistake: a script where a recipe belongs.
    const std::string ending =
        request.recipe.substr(std::min(request.recipe.rfind('.'), request.recipe.size()));
    if (ending == ".py" || ending == ".sh" ||
        (ending != ".yaml" && ending != ".yml" && ::access(request.recipe.c_str(), X_OK) == 0)) {
        const std::string command = (ending == ".py"                                 ? "python3 "
                                     : request.recipe.find('/') == std::string::npos ? "./"
                                                                                     : "") +
                                    request.recipe;
        return fail(ErrorCode::Invalid, "a script, not a recipe", request.recipe,
                    "to run a command, put -- before it: lathe run -- " + command);
    }
    for (const std::string& setting : request.set) {
        if (setting.find('=') == std::string::npos || setting.starts_with('='))
            return fail(ErrorCode::Invalid, "--set wants key=value", setting, "--set train.steps=200");
    }
    return {};
}

int startedOnly(const record::RunSpec& spec, const std::string& dir, bool json) {
    if (json) {
        record::RunSummary summary;
        summary.spec = spec;
        summary.params = spec.params;
        summary.tags = spec.tags;
        fmt::print("{}\n", dumpJson(runToJson(summary, dir)));
    } else {
        fmt::print("{}  started ({})\nlathe logs {} -f follows it, lathe stop {} ends it\n", shownName(spec),
                   spec.id, nameAsWord(spec), nameAsWord(spec));
    }
    return 0;
}

}  // namespace

Result<int> runCommand(Context& context, RunOptions options) {
    launch::RunRequest& request = options.request;
    LATHE_TRY(readEnvironment(options.env, request));
    LATHE_TRY(checkRequest(request));

    // Before any thread is made: each inherits the blocked signal, so that only the loop sees a Ctrl-C.
    EventLoop loop;
    int interrupts = 0;
    std::function<void()> onInterrupt;
    loop.onSignal(SIGINT, [&](int) {
        ++interrupts;
        if (onInterrupt)
            onInterrupt();
    });

    // Not through Context::engine(): a run starts without waiting for the index.
    LATHE_TRY_ASSIGN(const auto engine, Engine::open(context.storeOption, "."));
    if (request.host != "local") {
        LATHE_TRY_ASSIGN(const auto host, engine->hosts().get(request.host));
        LATHE_TRY(host->connect(ttyPrompts(request.host)));
    }
    const auto spec = engine->launcher().start(request);
    if (!spec) {
        loop.runOnce(0);
        if (interrupts > 0)
            return fail(ErrorCode::Cancelled, "stopped before it started");
        return std::unexpected(spec.error());
    }
    const std::string dir = engine->store().runDir(spec->id);
    if (options.detach)
        return startedOnly(*spec, dir, context.json);

    FollowRun follow(*engine, *spec, loop, context.json ? stderr : stdout);
    onInterrupt = [&] { follow.interrupt(); };
    if (interrupts > 0)
        follow.interrupt();
    const int code = follow.untilEnd();
    if (context.json) {
        LATHE_TRY(engine->store().refresh());
        LATHE_TRY_ASSIGN(const record::RunSummary summary, engine->store().run(spec->id));
        fmt::print("{}\n", dumpJson(runToJson(summary, dir)));
    }
    return code;
}

}  // namespace lathe::cli
