// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <string>
#include <sys/types.h>

namespace lathe::launch {

// Writes the env/ folder of a run (FORMAT.md): command, machine, GPUs, packages, lock files. Takes up to a
// few seconds, so it is a process of its own beside the run (`lathe-agent capture`), with the environment of
// the run's own processes. `process` is one of them, or 0: then they are found by supervisor.json. `withCode`
// also looks at the code, for a run that no launcher started; run.json itself is never touched, so that goes
// to env/ alone.
Result<> captureRun(const std::string& runDir, pid_t process, bool withCode);

}  // namespace lathe::launch
