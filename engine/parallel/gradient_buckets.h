// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "dist/communicator.h"
#include "nn/parameter.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace lathe::parallel {

// Sums the gradients of a store over the ranks while backward still computes earlier ones (Li et al. 2020,
// arXiv:2006.15704). The flat gradient buffer is cut into buckets of whole parameters, last parameters first;
// a bucket whose gradients are all final is all-reduced in place on a thread of its own. Buckets go out in
// one fixed order, whatever the order in which they fill, so ranks never wait for each other crosswise.
//
// During a pass, from start() to finish(), nobody else may use the communicator. With one rank nothing is
// done.
class GradientBuckets {
public:
    static constexpr std::int64_t kBucketBytes = 25 << 20;

    GradientBuckets(const nn::ParameterStore& store, dist::Communicator& communicator,
                    std::int64_t bucketBytes = kBucketBytes);
    ~GradientBuckets();
    GradientBuckets(const GradientBuckets&) = delete;
    GradientBuckets& operator=(const GradientBuckets&) = delete;

    // Before the backward of a step's last micro-batch.
    void start();
    // Hook of that backward: the gradient of `leaf` is final.
    void leafFinal(const autograd::Leaf& leaf);
    // Waits until every gradient is summed; parameters that took no part in the pass count as final.
    Result<> finish();

    std::size_t count() const { return m_buckets.size(); }

private:
    struct Bucket {
        std::int64_t begin = 0, end = 0;  // elements of the flat buffer
        std::string first, last;          // its parameters in forward order
        std::size_t parameters = 0;
        std::size_t pending = 0;
    };

    void work();

    const nn::ParameterStore& m_store;
    dist::Communicator& m_communicator;
    std::vector<Bucket> m_buckets;
    std::unordered_map<const autograd::Leaf*, std::size_t> m_bucketOf;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::size_t m_next = 0;  // bucket to be summed next; count() when all are
    bool m_ending = false;
    std::optional<Error> m_error;
    std::thread m_thread;
};

}  // namespace lathe::parallel
