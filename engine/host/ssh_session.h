// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"
#include "host/ssh_config.h"
#include "host/ssh_dial.h"

#include <libssh/libssh.h>
#include <memory>

namespace lathe::host {

// Frees a session. libssh closes the socket that it was given after an error, and leaves it open otherwise:
// it gets one of its own, and what it left of that is closed here.
struct SshFree {
    int line = -1;   // the socket that stays ours, open as long as the session
    int given = -1;  // its duplicate
    void operator()(ssh_session session) const;
};
using SshHandle = std::unique_ptr<ssh_session_struct, SshFree>;

// A session that is signed in. One thread at a time may use it.
struct SignedIn {
    Dialed line;  // must outlive the session
    SshHandle session;
};

// Reaches the host, checks its key, signs in: agent, keys, keyboard-interactive, password, as the server
// offers and the configuration allows. Every question is put once; a refused answer is an error, never asked
// again by itself. Blocks; prompts are asked on this thread.
Result<SignedIn> signIn(const SshTarget& target, const SshConfig& config, const Prompts& prompts,
                        const std::stop_token& stop);

}  // namespace lathe::host
