// SPDX-License-Identifier: GPL-3.0-or-later
#include "in_parallel.h"

#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <memory>

namespace lathe::runs {
namespace {

// Of its own, so that frames do not queue behind work that waits for a disk or a host.
QThreadPool& pool() {
    static QThreadPool threads;
    static const bool sized = [] {
        threads.setMaxThreadCount(std::clamp(QThread::idealThreadCount() - 1, 1, 7));
        return true;
    }();
    static_cast<void>(sized);
    return threads;
}

struct Round {
    const std::function<void(std::size_t)>* body = nullptr;
    std::size_t count = 0;
    std::atomic<std::size_t> next = 0, done = 0;

    // A thread that comes when every part is taken leaves without touching `body`, which may be gone by then.
    void work() {
        for (std::size_t i = next++; i < count; i = next++) {
            (*body)(i);
            if (++done == count)
                done.notify_one();
        }
    }
};

}  // namespace

std::size_t parallelThreads() {
    return static_cast<std::size_t>(pool().maxThreadCount()) + 1;
}

void inParallel(std::size_t count, const std::function<void(std::size_t)>& body) {
    const auto round = std::make_shared<Round>();
    round->body = &body;
    round->count = count;
    for (std::size_t i = 1; i < std::min(count, parallelThreads()); ++i)
        pool().tryStart([round] { round->work(); });
    round->work();
    for (std::size_t seen = round->done; seen < count; seen = round->done)
        round->done.wait(seen);
}

}  // namespace lathe::runs
