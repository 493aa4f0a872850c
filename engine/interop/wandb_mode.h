// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace lathe::interop {

// What W&B's client must find in its environment so that a run is recorded while it runs and needs no login.
// The mode is the user's own: offline is set only where the user has chosen none (WANDB_MODE, WANDB_DISABLED,
// `wandb offline` in `cwd` or for the user) and no login is known (WANDB_API_KEY, WANDB_IDENTITY_TOKEN_FILE,
// ~/.netrc).
std::map<std::string, std::string> wandbEnvironment(const std::string& cwd);

}  // namespace lathe::interop
