// SPDX-License-Identifier: Apache-2.0
#include "data/prefetcher.h"

#include "core/clock.h"

#include <algorithm>

namespace lathe::data {

Prefetcher::Prefetcher(std::shared_ptr<const Loader> loader, Plan plan, int threads, int ahead)
    : m_loader(std::move(loader)), m_plan(std::move(plan)), m_ahead(std::max(ahead, 1)) {
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { work(); });
}

Prefetcher::~Prefetcher() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wanted.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
}

void Prefetcher::fill() {
    while (static_cast<int>(m_jobs.size()) < m_ahead) {
        const auto request = m_plan();
        if (!request)
            return;
        m_jobs.push_back(std::make_shared<Job>(Job{.request = *request, .batch = {}}));
        m_wanted.notify_one();
    }
}

Result<HostBatch> Prefetcher::next(double& seconds) {
    const double begin = monotonicSeconds();
    std::unique_lock lock(m_mutex);
    fill();
    if (m_jobs.empty())
        return fail(ErrorCode::Internal, "a batch beyond the end of the plan was asked for");
    const std::shared_ptr<Job> job = m_jobs.front();
    if (m_threads.empty()) {
        m_jobs.pop_front();
        lock.unlock();
        auto batch = m_loader->read(job->request);
        seconds += monotonicSeconds() - begin;
        return batch;
    }
    m_ready.wait(lock, [&] { return job->batch.has_value(); });
    m_jobs.pop_front();
    fill();
    lock.unlock();
    seconds += monotonicSeconds() - begin;
    return std::move(*job->batch);
}

void Prefetcher::work() {
    std::unique_lock lock(m_mutex);
    while (true) {
        std::shared_ptr<Job> job;
        m_wanted.wait(lock, [&] {
            const auto open = std::ranges::find_if(m_jobs, [](const auto& j) { return !j->taken; });
            job = open == m_jobs.end() ? nullptr : *open;
            return m_ending || job;
        });
        if (m_ending)
            return;
        job->taken = true;
        lock.unlock();
        auto batch = m_loader->read(job->request);
        lock.lock();
        job->batch = std::move(batch);
        m_ready.notify_all();
    }
}

}  // namespace lathe::data
