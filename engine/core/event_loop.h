// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace lathe {

// epoll with timers and posted work. One thread runs it; everything but post() and quit() belongs to that thread.
class EventLoop {
public:
    using Callback = std::function<void()>;

    enum Interest : unsigned { Readable = 1, Writable = 2 };

    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // `ready` gets what is ready (hang-up and errors show as Readable). The fd is borrowed; unwatch before closing.
    void watch(int fd, unsigned interest, std::function<void(unsigned)> ready);
    void unwatch(int fd);

    // Returns a key for cancelTimer. `every` repeats until cancelled.
    int after(double seconds, Callback callback);
    int every(double seconds, Callback callback);
    void cancelTimer(int key);

    // From any thread: runs `callback` on the loop's thread.
    void post(Callback callback);

    // Blocks these signals in this thread (call before starting others) and delivers them as callbacks.
    void onSignal(int signalNumber, std::function<void(int)> callback);

    void run();   // until quit()
    void quit();  // from any thread
    // One round, waiting at most `seconds`; for tests and for embedding.
    void runOnce(double seconds);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace lathe
