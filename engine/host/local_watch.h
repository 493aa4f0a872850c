// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/loop_thread.h"
#include "host/poll_watcher.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lathe::host {

// Watches of this machine: inotify, and polling on file systems that other machines change, when the user's
// inotify watches are used up, and after a watched folder went away. Bursts give one call.
class LocalWatcher {
public:
    LocalWatcher(std::shared_ptr<LoopThread> thread, Host& host, double pollSeconds = 2);
    ~LocalWatcher();

    Result<std::shared_ptr<void>> watch(const std::string& path, std::function<void()> changed);

private:
    struct Entry;
    struct Inotify;

    std::shared_ptr<LoopThread> m_thread;
    Host& m_host;
    PollWatcher m_poll;
    std::shared_ptr<Inotify> m_inotify;
};

}  // namespace lathe::host
