// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"
#include "interop/mlflow/endpoint.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/tracking.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lathe::cli {
namespace {

constexpr int kUsualPort = 5000;  // where MLflow's own server listens

// The same token at every start, so that what was exported stays right; readable by this user alone.
Result<std::string> keptToken() {
    const std::string path = joinPath(configDir(), "serve-token");
    if (const auto kept = readFile(path, 4096)) {
        struct stat info {};
        const std::string token(trim(*kept));
        if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) == 0 && info.st_uid == ::getuid() &&
            token.size() >= 16)
            return token;
        ::unlink(path.c_str());
    }
    LATHE_TRY(makeDirs(configDir()));
    const std::string token = randomHex(20);
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file)
        return failErrno(errno, "cannot keep the token", path, "give one with --token");
    LATHE_TRY(writeAll(file.get(), token + "\n", path));
    return token;
}

}  // namespace

Result<int> serveCommand(Context& context, ServeOptions options) {
    // Before any thread starts, so that Ctrl-C comes here alone.
    sigset_t ends;
    ::sigemptyset(&ends);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        ::sigaddset(&ends, number);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    using namespace interop::mlflow;
    LATHE_TRY_ASSIGN(Engine* const engine, context.engine());
    const auto library = makeStoreLibrary(engine->store());
    TrackingOptions trackingOptions;
    trackingOptions.store = engine->store().path();
    trackingOptions.onProblem = [](const std::string& problem) {
        fmt::print(stderr, "lathe: {}\n", escapedForDisplay(problem));
    };
    Tracking tracking(std::move(trackingOptions), *library);

    EndpointOptions endpointOptions;
    endpointOptions.host = options.host;
    endpointOptions.port = options.port < 0 ? kUsualPort : options.port;
    endpointOptions.token = options.token;
    if (endpointOptions.token.empty()) {
        LATHE_TRY_ASSIGN(endpointOptions.token, keptToken());
    }
    auto endpoint = MlflowEndpoint::start(endpointOptions, tracking);
    if (!endpoint && endpoint.error().code == ErrorCode::Exists && options.port < 0) {
        endpointOptions.port = 0;
        endpoint = MlflowEndpoint::start(endpointOptions, tracking);
    }
    if (!endpoint)
        return std::unexpected(std::move(endpoint).error());

    const std::string uri = (*endpoint)->uri();
    if (context.json) {
        fmt::print("{}\n",
                   dumpJson(Json{
                       {"uri", uri}, {"token", endpointOptions.token}, {"store", engine->store().path()}}));
    } else {
        fmt::print("Scripts that log to MLflow are recorded in {} after\n\n",
                   escapedForDisplay(engine->store().path()));
        fmt::print("  export MLFLOW_TRACKING_URI={}\n  export MLFLOW_TRACKING_TOKEN={}\n\n", shellQuote(uri),
                   shellQuote(endpointOptions.token));
        if (options.host != "127.0.0.1" && options.host != "::1")
            fmt::print("Other machines reach it too, and what they send is not encrypted.\n");
        fmt::print("Ctrl-C ends it; clients can go on when it is started again.\n");
    }
    std::fflush(stdout);

    for (;;) {
        const timespec second{1, 0};
        if (::sigtimedwait(&ends, nullptr, &second) > 0)
            break;
        tracking.settle();
    }
    endpoint->reset();
    tracking.settle();
    if (!context.json)
        fmt::print("\nEnded.\n");
    return 0;
}

}  // namespace lathe::cli
