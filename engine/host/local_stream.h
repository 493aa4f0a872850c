// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"
#include "host/loop_thread.h"

namespace lathe::host {

// Starts a process of this machine and serves its pipes or terminal on `thread`.
Result<std::unique_ptr<Stream>> startLocal(const std::shared_ptr<LoopThread>& thread, const ProcessSpec& spec,
                                           StreamCallbacks callbacks);

}  // namespace lathe::host
