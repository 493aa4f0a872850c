// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/process.h"
#include "host/ssh_config.h"

#include <stop_token>

namespace lathe::host {

// A byte stream to the server's SSH port: TCP, or a ProxyCommand or `ssh -W` through jump hosts.
struct Dialed {
    UniqueFd fd;    // non-blocking
    Process proxy;  // started if there is one; ends when fd closes
    UniqueFd proxyErrors;

    // What the proxy complained about, for the message of a failed connection; may be empty.
    std::string complaint();
};

Result<Dialed> dial(const SshTarget& target, const SshConfig& config, const std::stop_token& stop);

}  // namespace lathe::host
