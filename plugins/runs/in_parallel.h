// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>

namespace lathe::runs {

// How many threads inParallel() uses at most, the caller's among them.
std::size_t parallelThreads();

// Calls body(0) … body(count - 1), each once, on this thread and on others that are free, and returns when
// all are done. For the parts of one frame: short, of similar size, touching no QObject and nothing shared.
// It never waits for a thread to become free, so a machine with none to spare only makes it slower.
void inParallel(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace lathe::runs
