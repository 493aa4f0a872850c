// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/loader.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace lathe::data {

// Reads batches ahead on threads of its own and hands them out in the order in which they were asked for.
// What is read does not depend on the threads. One thread may use it at a time.
class Prefetcher {
public:
    // The n-th request of the training from here on.
    using Plan = std::function<std::optional<BatchRequest>()>;

    // `plan` gives request after request, nullopt at the end; it is called on the thread of next(). `threads`
    // of 0 reads on that thread, when it is asked.
    Prefetcher(std::shared_ptr<const Loader> loader, Plan plan, int threads, int ahead);
    ~Prefetcher();
    Prefetcher(const Prefetcher&) = delete;
    Prefetcher& operator=(const Prefetcher&) = delete;

    // The next batch; the time that it was waited for is added to `seconds`.
    Result<HostBatch> next(double& seconds);

private:
    struct Job {
        BatchRequest request;
        std::optional<Result<HostBatch>> batch;
        bool taken = false;
    };

    void work();
    void fill();

    std::shared_ptr<const Loader> m_loader;
    Plan m_plan;
    int m_ahead;
    std::mutex m_mutex;
    std::condition_variable m_wanted, m_ready;
    std::deque<std::shared_ptr<Job>> m_jobs;
    bool m_ending = false;
    std::vector<std::thread> m_threads;
};

}  // namespace lathe::data
