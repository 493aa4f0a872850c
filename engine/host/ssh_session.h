// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"
#include "host/ssh_config.h"
#include "host/ssh_dial.h"

#include <libssh/libssh.h>
#include <memory>

namespace lathe::host {

struct SshFree {
    void operator()(ssh_session session) const { ::ssh_free(session); }
};
using SshHandle = std::unique_ptr<ssh_session_struct, SshFree>;

// A session that is signed in. One thread at a time may use it.
struct SignedIn {
    Dialed line;  // must outlive the session
    SshHandle session;
};

// Reaches the host, checks its key, signs in: agent, keys, keyboard-interactive, password, as the server offers and the
// configuration allows. Every question is put once; a refused answer is an error, never asked again by itself. Blocks;
// prompts are asked on this thread.
Result<SignedIn> signIn(const SshTarget& target, const SshConfig& config, const Prompts& prompts,
                        const std::stop_token& stop);

}  // namespace lathe::host
