// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace lathe::interop {

// The run that is being recorded, as the collector's ways in see it. The collector starts before the run's
// command does.
struct RunEnvironment {
    std::string runDir, store;
    record::RunSpec spec;  // run.json
    double started = 0;    // unix seconds: when the collector started for the first time, before the command
    // Variables that the ways in asked for before, if this collector replaces one that died: take the same
    // port again.
    std::map<std::string, std::string> before;
    std::function<std::vector<pid_t>()> processes;  // those of the run, by now
};

// One way by which an unmodified script's metrics reach its run. Lives in the collector (collector.h), is
// called on its one thread, and may have threads of its own: what it gives to a sink of the CollectJournal
// may come from any.
class WayIn {
public:
    virtual ~WayIn() = default;
    virtual std::string_view name() const = 0;
    // On failure the run is recorded without this way; supervisor.log says why.
    virtual Result<> start() = 0;
    // What the run's command must find in its environment; asked once, after start().
    virtual std::map<std::string, std::string> environment() const { return {}; }
    // A few times a second. Returns whether there is more to do at once, so that other ways get their turn.
    virtual bool poll() = 0;
    // All processes of the run have ended: take what is left. Called once.
    virtual void finish() = 0;
};

}  // namespace lathe::interop
