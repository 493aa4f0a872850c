// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "host/host.h"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::launch {

// Runs `lathe-agent arguments…` on the host and reads its answer. A failure that it reports comes back as that failure,
// naming the host if it is not this machine.
Result<Json> askAgent(host::Host& host, std::vector<std::string> arguments, std::string_view input = {},
                      double timeoutSeconds = 60, std::stop_token stop = {});

// `error` with the host's name before what it is about.
Error onHost(Error error, const host::Host& host);

}  // namespace lathe::launch
