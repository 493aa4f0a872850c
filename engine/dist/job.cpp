// SPDX-License-Identifier: Apache-2.0
#include "dist/job.h"

#include "dist/gloo_communicator.h"
#include "dist/tcp_store.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace lathe::dist {

namespace {

Result<int> number(const char* variable, int fallback, int least, int most) {
    const char* text = std::getenv(variable);
    if (!text)
        return fallback;
    const std::string_view view = text;
    int value = 0;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
    if (error != std::errc{} || end != view.data() + view.size() || value < least || value > most)
        return fail(ErrorCode::Invalid,
                    fmt::format("is `{}`, but must be a number from {} to {}", view, least, most), variable,
                    "ranks are started by `lathe run`, which sets it");
    return value;
}

}  // namespace

Result<Job> jobFromEnvironment() {
    Job job;
    LATHE_TRY_ASSIGN(job.size, number("WORLD_SIZE", 1, 1, 1 << 16));
    LATHE_TRY_ASSIGN(job.rank, number("RANK", 0, 0, job.size - 1));
    LATHE_TRY_ASSIGN(job.localSize, number("LOCAL_WORLD_SIZE", job.size, 1, job.size));
    LATHE_TRY_ASSIGN(job.localRank, number("LOCAL_RANK", job.rank, 0, job.localSize - 1));
    if (const char* id = std::getenv("LATHE_RUN_ID"))
        job.id = id;
    if (const char* secret = std::getenv("LATHE_JOB_SECRET"))
        job.secret = secret;
    if (job.size == 1)
        return job;
    for (const char* variable : {"RANK", "MASTER_ADDR", "MASTER_PORT"})
        if (!std::getenv(variable))
            return fail(ErrorCode::Invalid, fmt::format("WORLD_SIZE is {}, but it is not set", job.size),
                        variable, "ranks are started by `lathe run`, which sets it");
    job.address = std::getenv("MASTER_ADDR");
    LATHE_TRY_ASSIGN(const int port, number("MASTER_PORT", 0, 1, 65535));
    job.port = static_cast<std::uint16_t>(port);
    return job;
}

Result<std::unique_ptr<Communicator>> connect(const Job& job, double timeoutSeconds) {
    if (job.size == 1)
        return selfCommunicator();
    LATHE_TRY_ASSIGN(auto store, TcpStore::join(job, timeoutSeconds));
    return glooCommunicator(job, std::move(store), timeoutSeconds);
}

}  // namespace lathe::dist
