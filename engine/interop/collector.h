// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/collect_journal.h"
#include "interop/way_in.h"

#include <functional>
#include <memory>
#include <vector>

namespace lathe::interop {

using MakeWays = std::function<std::vector<std::unique_ptr<WayIn>>(const RunEnvironment&, CollectJournal&)>;

// The life of `lathe-agent collect`: one process beside each supervisor that runs the ways in, apart from it,
// so that a hostile file can at worst end this one. It writes journal.collect.jsonl and nothing else.
//
// On `outFd` it says one line, {"environment":{name:value}} or {"error":…}, before the command may be
// started. On `inFd` it hears "finish\n" when the run's processes have ended; then it takes what is left and
// returns. If `inFd` ends without that word the supervisor was killed: the collector goes on until no process
// of the run is left.
Result<> collectorMain(const RunEnvironment& environment, const MakeWays& makeWays, int inFd, int outFd);

}  // namespace lathe::interop
