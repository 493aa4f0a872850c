// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <string>

namespace lathe::launch {

// Runs what run.json of `runDir` asks for and records it until its end (DESIGN.md, sections 3 and 4). The
// calling process becomes the only parent of the run: it adopts every process of the run whose own parent
// ends, so that stopping reaches daemons too. `readyFd` (-1: none) gets "ok\n" once the journal is held, or
// the failure as JSON.
//
// - SIGTERM, SIGINT or a stop request (run_control.h) end the run: TERM to the whole tree, the grace, KILL.
// - If one rank fails, the others are ended and the reason names it. A run that finishes well and leaves
// processes
//   behind leaves them alone and names them; its end does not wait for them.
// - A disk that is full costs the record, never the run: console bytes are dropped and counted, metrics wait
// in memory.
// - If the supervisor itself is killed the run goes on, its console still recorded (drain.h), without an end
// state: lost.
//
// Returns when the end is on disk. Fails if the run could not be taken over at all (no run.json, journal
// held).
Result<> supervise(const std::string& runDir, int readyFd = -1);

}  // namespace lathe::launch
