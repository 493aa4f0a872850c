// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <string>
#include <vector>

namespace lathe::record {

struct RestoredCode {
    std::string commit;  // empty: the repository had none yet
    std::string source;  // the folder or address that it was taken from
    std::string folder;  // where the command ran, within the restored tree
    std::vector<std::string>
        missing;  // what could not be put back and why, one line each; empty: the code is exact
};

// Puts the code that a run was started from into `destination`, a new or empty folder: the commit from the
// repository where the run was started if that is on this machine and still has it, else from the recorded
// remotes; then the uncommitted work of code.patch; then each submodule likewise. Runs the git program, which
// may ask for a password at the terminal. Fails, leaving no folder of its own behind, if the run has no
// recorded code or the commit is nowhere to be had.
Result<RestoredCode> restoreCode(const RunSpec& spec, const std::string& runDir,
                                 const std::string& destination);

}  // namespace lathe::record
