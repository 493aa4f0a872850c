// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace lathe::host {

// Notices changes by looking again every `seconds`, where the system cannot tell. One thread, started by the
// first watch.
class PollWatcher {
public:
    explicit PollWatcher(double seconds) : m_seconds(seconds) {}
    ~PollWatcher();

    // `fingerprint` says what is there now; nullopt if it cannot be told (host away), which is no change.
    std::shared_ptr<void> add(std::function<std::optional<std::string>()> fingerprint,
                              std::function<void()> changed);

private:
    struct Entry;
    void loop(const std::stop_token& stop);

    double m_seconds;
    std::mutex m_mutex;
    std::list<std::weak_ptr<Entry>> m_entries;
    std::jthread m_thread;
};

// What stat and, for a folder of moderate size, the listing say.
std::optional<std::string> fingerprintOf(Host& host, const std::string& path);

}  // namespace lathe::host
