// SPDX-License-Identifier: Apache-2.0
#include "parallel/gradient_buckets.h"

#include <fmt/format.h>

#include <ranges>

namespace lathe::parallel {

GradientBuckets::GradientBuckets(const nn::ParameterStore& store, dist::Communicator& communicator,
                                 std::int64_t bucketBytes)
    : m_store(store), m_communicator(communicator) {
    if (communicator.size() == 1)
        return;
    const std::int64_t most = bucketBytes / static_cast<std::int64_t>(sizeof(float));
    std::int64_t end = store.elements();
    for (nn::Parameter* parameter : store.parameters() | std::views::reverse) {
        if (m_buckets.empty() || m_buckets.back().end - parameter->offset > most)
            m_buckets.push_back({.begin = end, .end = end, .last = parameter->name()});
        Bucket& bucket = m_buckets.back();
        bucket.begin = end = parameter->offset;
        bucket.first = parameter->name();
        ++bucket.parameters;
        m_bucketOf[&parameter->leaf] = m_buckets.size() - 1;
    }
    m_next = m_buckets.size();
    m_thread = std::thread([this] { work(); });
}

GradientBuckets::~GradientBuckets() {
    if (!m_thread.joinable())
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void GradientBuckets::start() {
    if (m_buckets.empty())
        return;
    const std::lock_guard lock(m_mutex);
    for (Bucket& bucket : m_buckets)
        bucket.pending = bucket.parameters;
    m_next = 0;
    m_error.reset();
}

void GradientBuckets::leafFinal(const autograd::Leaf& leaf) {
    if (m_buckets.empty())
        return;
    const std::lock_guard lock(m_mutex);
    if (--m_buckets[m_bucketOf.at(&leaf)].pending == 0)
        m_changed.notify_all();
}

Result<> GradientBuckets::finish() {
    if (m_buckets.empty())
        return {};
    std::unique_lock lock(m_mutex);
    for (Bucket& bucket : m_buckets)
        bucket.pending = 0;
    m_changed.notify_all();
    m_changed.wait(lock, [&] { return m_next == m_buckets.size(); });
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

void GradientBuckets::work() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(
            lock, [&] { return m_ending || (m_next < m_buckets.size() && m_buckets[m_next].pending == 0); });
        if (m_ending)
            return;
        const Bucket& bucket = m_buckets[m_next];
        lock.unlock();
        const std::span values(m_store.grads().data<float>() + bucket.begin,
                               static_cast<std::size_t>(bucket.end - bucket.begin));
        auto summed =
            m_communicator.allReduce(values, fmt::format("gradients of {} to {}", bucket.first, bucket.last));
        lock.lock();
        if (summed) {
            ++m_next;
        } else {
            m_error = summed.error();
            m_next = m_buckets.size();
        }
        m_changed.notify_all();
    }
}

}  // namespace lathe::parallel
