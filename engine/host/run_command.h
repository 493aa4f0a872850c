// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"

namespace lathe::host {

// Host::run by way of Host::start. Each output is capped at `maxBytes`, then the process is killed and Full
// returned; past the timeout it is killed and Unavailable returned; on a stop request killed and Cancelled
// returned.
Result<CommandOutput> runToEnd(Host& host, const ProcessSpec& spec, std::string_view input,
                               double timeoutSeconds, std::stop_token stop,
                               std::size_t maxBytes = std::size_t{64} << 20);

}  // namespace lathe::host
