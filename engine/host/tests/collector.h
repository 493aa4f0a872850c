// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace lathe::host {

// Gathers what a stream calls back. Must outlive the stream.
class Collector {
public:
    StreamCallbacks callbacks() {
        return {[this](std::string_view bytes) { add(m_out, bytes); },
                [this](std::string_view bytes) { add(m_err, bytes); },
                [this](Result<ExitStatus> status) {
                    const std::lock_guard lock(m_mutex);
                    m_ended = std::move(status);
                    m_changed.notify_all();
                }};
    }
    bool waitForOutput(std::string_view text, double seconds = 20) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::duration<double>(seconds),
                                  [&] { return m_out.find(text) != std::string::npos; });
    }
    Result<ExitStatus> waitForEnd(double seconds = 20) {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, std::chrono::duration<double>(seconds),
                                [&] { return m_ended.has_value(); }))
            return fail(ErrorCode::Internal, "the process did not end in time");
        return *m_ended;
    }
    bool hasEnded() {
        const std::lock_guard lock(m_mutex);
        return m_ended.has_value();
    }
    std::string out() {
        const std::lock_guard lock(m_mutex);
        return m_out;
    }
    std::string err() {
        const std::lock_guard lock(m_mutex);
        return m_err;
    }

private:
    void add(std::string& into, std::string_view bytes) {
        const std::lock_guard lock(m_mutex);
        into += bytes;
        m_changed.notify_all();
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_out, m_err;
    std::optional<Result<ExitStatus>> m_ended;
};

}  // namespace lathe::host
