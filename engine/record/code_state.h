// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record/run.h"

#include <string>
#include <string_view>

namespace lathe::record {

// How long a start may wait for the uncommitted work to be looked at, in seconds. It mostly takes a few
// hundredths; a shorter limit would leave work out on a busy machine.
inline constexpr double kCaptureSeconds = 1;

// Which code a command started in `cwd` runs: commit, branch, remote and changed files by the git program;
// <runDir>/code.patch with the staged, unstaged and untracked work, fit for `git apply` on that commit, and
// the same of each submodule; and <runDir>/env/code.json with the particulars (FORMAT.md, "env/code.json").
// Never fails: what could not be had is told in CodeState::note, and a folder outside of any repository gives
// an empty state. No hook, filter, external diff or file watcher of the repository is run, and its index is
// not written. Secrets and large files are listed, not copied; user names and passwords are cut out of
// addresses.
CodeState captureCode(const std::string& cwd, const std::string& runDir,
                      double budgetSeconds = kCaptureSeconds);

// Whether a file of this name usually holds a secret: .env, *.pem, id_ed25519, .netrc, secrets.yaml …
bool isSecretFile(std::string_view path);

// Whether a text holds what is plainly a secret: a private key, or an access token of the known forms.
bool holdsSecret(std::string_view text);

// An address without user name and password: "https://me:token@host/x" becomes "https://host/x".
std::string withoutCredentials(std::string address);

}  // namespace lathe::record
