// SPDX-License-Identifier: Apache-2.0
#include "tensor/threads.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <sched.h>
#include <string_view>
#include <thread>
#include <vector>

namespace lathe::tensor {
namespace {

thread_local bool insideTask = false;

void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Kernels follow each other within microseconds: threads look for the next one for about 50 µs before they
// sleep. Longer would take the core from other processes, and two ranks on one machine are each other's other
// process.
constexpr int spins = 1000;

class Pool {
public:
    explicit Pool(int threads) : m_threads(threads) {
        for (int i = 1; i < threads; ++i)
            m_workers.emplace_back([this](std::stop_token stop) { work(stop); });
    }

    ~Pool() {
        for (std::jthread& worker : m_workers)
            worker.request_stop();
        m_epoch.fetch_add(1);
        m_epoch.notify_all();
    }

    int threads() const { return m_threads; }

    void run(std::uint32_t count, const std::function<void(std::int64_t)>& task) {
        std::lock_guard region(m_region);
        m_task = &task;
        m_done.store(0, std::memory_order_relaxed);
        m_ticket.store(std::uint64_t{count} << 32, std::memory_order_release);
        m_epoch.fetch_add(1, std::memory_order_release);
        m_epoch.notify_all();
        takePieces();
        for (int i = 0; i < spins && m_done.load(std::memory_order_acquire) != count; ++i)
            relax();
        for (std::uint32_t done; (done = m_done.load(std::memory_order_acquire)) != count;)
            m_done.wait(done, std::memory_order_acquire);
    }

private:
    // The ticket holds count and next piece in one word, so that a thread that wakes late, in this region or
    // in the next, learns from one atomic step whether the piece it drew exists; only then is m_task sure to
    // be alive.
    void takePieces() {
        insideTask = true;
        for (std::uint64_t seen = m_ticket.load(std::memory_order_acquire); (seen & low) < (seen >> 32);
             seen = m_ticket.load(std::memory_order_acquire)) {
            const std::uint64_t mine = m_ticket.fetch_add(1, std::memory_order_acq_rel);
            if ((mine & low) >= (mine >> 32))
                break;
            (*m_task)(static_cast<std::int64_t>(mine & low));
            if (m_done.fetch_add(1, std::memory_order_acq_rel) + 1 == (mine >> 32))
                m_done.notify_all();
        }
        insideTask = false;
    }

    void work(const std::stop_token& stop) {
        std::uint32_t epoch = 0;
        while (!stop.stop_requested()) {
            takePieces();
            for (int i = 0; i < spins && m_epoch.load(std::memory_order_acquire) == epoch; ++i)
                relax();
            m_epoch.wait(epoch, std::memory_order_acquire);
            epoch = m_epoch.load(std::memory_order_acquire);
        }
    }

    static constexpr std::uint64_t low = 0xffffffff;

    int m_threads;
    std::mutex m_region;
    const std::function<void(std::int64_t)>* m_task = nullptr;
    alignas(64) std::atomic<std::uint64_t> m_ticket{0};
    alignas(64) std::atomic<std::uint32_t> m_done{0};
    alignas(64) std::atomic<std::uint32_t> m_epoch{0};
    std::vector<std::jthread> m_workers;
};

int defaultThreads() {
    if (const char* text = std::getenv("LATHE_THREADS")) {
        const std::string_view view = text;
        int threads = 0;
        if (std::from_chars(view.begin(), view.end(), threads).ec == std::errc{} && threads > 0)
            return std::min(threads, 1024);
    }
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return std::max(1, CPU_COUNT(&set));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Never destroyed at exit: its threads sleep, and a kernel may still run in another thread then.
std::unique_ptr<Pool>& pool() {
    static auto* const instance = new std::unique_ptr<Pool>(std::make_unique<Pool>(defaultThreads()));
    return *instance;
}

}  // namespace

int threadCount() {
    return pool()->threads();
}

void setThreadCount(int threads) {
    if (threads != threadCount())
        pool() = std::make_unique<Pool>(std::max(1, threads));
}

void parallelFor(std::int64_t count, const std::function<void(std::int64_t)>& task) {
    if (insideTask || count <= 1 || threadCount() == 1) {
        for (std::int64_t i = 0; i < count; ++i)
            task(i);
        return;
    }
    pool()->run(static_cast<std::uint32_t>(count), task);
}

std::int64_t pieceCount(std::int64_t items, std::int64_t least, std::int64_t perThread) {
    const std::int64_t most = threadCount() == 1 ? 1 : threadCount() * perThread;
    return std::clamp<std::int64_t>(items / std::max<std::int64_t>(1, least), 1, most);
}

Piece pieceOf(std::int64_t items, std::int64_t pieces, std::int64_t index, std::int64_t multiple) {
    const std::int64_t units = (items + multiple - 1) / multiple;
    const auto border = [&](std::int64_t i) { return std::min(items, units * i / pieces * multiple); };
    return {border(index), border(index + 1)};
}

}  // namespace lathe::tensor
