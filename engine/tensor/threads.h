// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace lathe::tensor {

// Threads that CPU kernels use, the caller's included. Default: LATHE_THREADS, else the CPUs this process may run on.
// Results do not depend on it: work is cut by shape alone, and sums are combined in order of the pieces.
int threadCount();
// Not while kernels run.
void setThreadCount(int threads);

// Calls task(i) for each i in [0, count), in any order, on the pool; returns when all are done. Not nested: a call
// from inside a task runs in place.
void parallelFor(std::int64_t count, const std::function<void(std::int64_t)>& task);

}  // namespace lathe::tensor
