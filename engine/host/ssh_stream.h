// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"
#include "host/ssh_transport.h"

namespace lathe::host {

// Starts a process through an exec channel and waits until it runs there.
Result<std::unique_ptr<Stream>> startOverSsh(SshTransport& transport, const std::string& host,
                                             const ProcessSpec& spec, StreamCallbacks callbacks);

}  // namespace lathe::host
