// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"

#include <atomic>
#include <thread>

namespace lathe::train {

// Turns SIGTERM and SIGINT into a number that the training looks at between steps. They are blocked in the
// thread that makes this object and in all that it starts, and taken by a thread of its own: a handler that
// interrupts a product of matrices corrupts memory, as oneDNN's generated code does not keep the stack that a
// signal's frame is put on. The second signal ends the process as it would any other. Make it before other
// threads start.
class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    // 0 until a signal came.
    const std::atomic<int>& number() const { return m_number; }

private:
    void wait();

    std::atomic<int> m_number{0};
    UniqueFd m_signals;  // signalfd
    UniqueFd m_end;      // eventfd
    std::thread m_thread;
};

}  // namespace lathe::train
