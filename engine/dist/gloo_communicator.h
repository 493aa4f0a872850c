// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dist/communicator.h"
#include "dist/job.h"
#include "dist/store.h"

#include <memory>

namespace lathe::dist {

// CPU collectives over TCP by Gloo (github.com/facebookincubator/gloo); owns the store it met the others in.
// SIGPIPE is ignored in this process from then on.
Result<std::unique_ptr<Communicator>> glooCommunicator(const Job& job, std::unique_ptr<Store> store,
                                                       double timeoutSeconds);

}  // namespace lathe::dist
