// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lathe::dist {

// Where the ranks of one job meet: a small table of keys that all see, and the news that the job is over.
// Thread-safe.
class Store {
public:
    virtual ~Store() = default;

    virtual Result<> set(std::string_view key, std::string_view value) = 0;
    // Waits until some rank has set `key`. Unavailable past `timeoutSeconds`; the job's first error once it
    // is aborted.
    virtual Result<std::string> wait(std::string_view key, double timeoutSeconds) = 0;

    // Ends the job for all ranks; the first error wins.
    virtual void abort(const Error& error) = 0;
    virtual std::optional<Error> aborted() const = 0;
    // Waits until the job is aborted, at most so long.
    virtual std::optional<Error> waitAborted(double timeoutSeconds) const = 0;
    // `callback` runs once, on a thread of the store, when the job is aborted (at once if it is).
    virtual void onAbort(std::function<void()> callback) = 0;

    // The numeric address by which this rank reaches the others' network.
    virtual std::string localAddress() const = 0;
};

}  // namespace lathe::dist
