// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace lathe::dist {

// The ranks of one job, and what they do together. A collective must be called by every rank, in the same
// order, with the same sizes; it blocks until this rank's part is done. `what` names the work for error
// messages ("gradients of h.3").
//
// Failure: when any rank dies or calls abort(), pending and later collectives of all ranks return within
// about a second, with the first error of the job, which names the rank.
//
// One thread at a time may be inside a collective; abort() may be called from any.
class Communicator {
public:
    virtual ~Communicator() = default;

    virtual int rank() const = 0;
    virtual int size() const = 0;

    // Element-wise sum, in place. All ranks get the same bits, and the same inputs always give them.
    virtual Result<> allReduce(std::span<float> values, std::string_view what) = 0;
    virtual Result<> allReduce(std::span<double> values, std::string_view what) = 0;
    // `all` is size() times as long as `mine`, in rank order.
    virtual Result<> allGather(std::span<const std::byte> mine, std::span<std::byte> all,
                               std::string_view what) = 0;
    virtual Result<> broadcast(std::span<std::byte> bytes, int root, std::string_view what) = 0;
    virtual Result<> barrier(std::string_view what) = 0;

    // Tells every rank to stop because of `error`. The first one of a job wins.
    virtual void abort(const Error& error) = 0;
};

// A job of one rank: every collective is done at once.
std::unique_ptr<Communicator> selfCommunicator();

}  // namespace lathe::dist
