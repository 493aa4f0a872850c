// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace lathe::tensor {

// Threads that CPU kernels use, the caller's included. Default: LATHE_THREADS, else the CPUs this process may
// run on. With one count, a kernel gives the same bits each time: work is cut by shape and count, never by
// who comes first, and sums are combined in the order of the pieces.
int threadCount();
// Not while kernels run.
void setThreadCount(int threads);

// Calls task(i) for each i in [0, count), in any order, on the pool; returns when all are done. Pieces are
// taken as threads get to them, so a thread that lost its core to another process holds up one piece only.
// Not nested: a call from inside a task runs in place. Regions started by several threads run one after the
// other.
void parallelFor(std::int64_t count, const std::function<void(std::int64_t)>& task);

// Pieces into which a kernel cuts `items` for the pool: several a thread, each of at least `least` items.
std::int64_t pieceCount(std::int64_t items, std::int64_t least, std::int64_t perThread = 4);
struct Piece {
    std::int64_t begin, end;
};
// Piece `index` of `pieces` nearly equal ones; inner borders are multiples of `multiple`.
Piece pieceOf(std::int64_t items, std::int64_t pieces, std::int64_t index, std::int64_t multiple = 1);

}  // namespace lathe::tensor
