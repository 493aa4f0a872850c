// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/event_loop.h"

#include <functional>
#include <thread>

namespace lathe::host {

// An event loop on a thread of its own. The destructor ends and joins it.
class LoopThread {
public:
    explicit LoopThread(const char* name);
    ~LoopThread();
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;

    EventLoop& loop() { return m_loop; }  // its members but post(): only on the thread
    void post(std::function<void()> work) { m_loop.post(std::move(work)); }
    // Runs `work` on the thread and returns after it; at once if this is the thread.
    void call(const std::function<void()>& work);

private:
    EventLoop m_loop;
    std::thread m_thread;
};

}  // namespace lathe::host
