// SPDX-License-Identifier: Apache-2.0
#include "host/loop_thread.h"

#include <csignal>
#include <future>
#include <pthread.h>

namespace lathe::host {

LoopThread::LoopThread(const char* name) {
    m_thread = std::thread([this, name] {
        ::pthread_setname_np(::pthread_self(), name);
        // A child that closed its end of a pipe is an error code here, not a signal to the whole program.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        m_loop.run();
    });
}

LoopThread::~LoopThread() {
    m_loop.quit();
    m_thread.join();
}

void LoopThread::call(const std::function<void()>& work) {
    if (std::this_thread::get_id() == m_thread.get_id()) {
        work();
        return;
    }
    std::promise<void> done;
    m_loop.post([&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

}  // namespace lathe::host
