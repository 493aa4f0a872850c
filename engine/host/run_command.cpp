// SPDX-License-Identifier: Apache-2.0
#include "host/run_command.h"

#include "core/clock.h"
#include "core/text.h"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>

namespace lathe::host {

Result<CommandOutput> runToEnd(Host& host, const ProcessSpec& spec, std::string_view input,
                               double timeoutSeconds, std::stop_token stop, std::size_t maxBytes) {
    struct Shared {
        std::mutex mutex;
        std::condition_variable_any changed;
        CommandOutput output;
        std::optional<Result<ExitStatus>> ended;
        bool full = false;
    } shared;
    const auto collect = [&](std::string& into, std::string_view bytes) {
        const std::lock_guard lock(shared.mutex);
        if (into.size() + bytes.size() > maxBytes) {
            shared.full = true;
            shared.changed.notify_all();
        } else {
            into += bytes;
        }
    };
    StreamCallbacks callbacks;
    callbacks.out = [&](std::string_view bytes) { collect(shared.output.out, bytes); };
    callbacks.err = [&](std::string_view bytes) { collect(shared.output.err, bytes); };
    callbacks.ended = [&](Result<ExitStatus> status) {
        const std::lock_guard lock(shared.mutex);
        shared.ended = std::move(status);
        shared.changed.notify_all();
    };
    const std::string name = spec.argv.empty() ? "shell" : spec.argv[0];
    LATHE_TRY_ASSIGN(const std::unique_ptr<Stream> stream, host.start(spec, std::move(callbacks)));
    if (!input.empty())
        stream->write(input);
    stream->closeInput();

    std::unique_lock lock(shared.mutex);
    const auto over = [&] { return shared.ended || shared.full; };
    bool inTime = true;
    if (timeoutSeconds > 0)
        inTime = shared.changed.wait_for(lock, stop, std::chrono::duration<double>(timeoutSeconds), over);
    else
        shared.changed.wait(lock, stop, over);
    if (shared.ended) {
        if (!*shared.ended)
            return std::unexpected(shared.ended->error());
        shared.output.status = **shared.ended;
        return std::move(shared.output);
    }
    const bool full = shared.full;
    lock.unlock();
    stream->signal(SIGKILL);
    if (full)
        return fail(ErrorCode::Full, "wrote more than " + bytesText(maxBytes), name);
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "stopped", name);
    return fail(ErrorCode::Unavailable,
                inTime ? "gave no answer" : "no answer within " + durationText(timeoutSeconds), name);
}

}  // namespace lathe::host
