// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "host/host.h"
#include "record/run.h"
#include "record/store.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace lathe::launch {

// What the user asks for: a command, or a recipe if `recipe` is set.
struct RunRequest {
    std::string host = "local";
    std::string cwd;                // on that host; empty: this folder (local) or home (remote)
    std::vector<std::string> argv;  // of a command
    std::string recipe;             // path of a recipe on that host
    std::vector<std::string> set;   // "key=value" overrides of a recipe
    std::string experiment, name, note;
    std::vector<std::string> tags;
    std::map<std::string, std::string> env;
    int ranks = 1;  // of a command; a recipe says its own
    std::string group;
    record::ParentRun parent;  // the run that it goes on from
};

// What `lathe-train plan` says of a recipe; also the launch dialog's preview.
struct RecipePlan {
    int ranks = 1;
    std::int64_t steps = 0;
    std::string mainMetric;
    Json params;  // dotted name → resolved value
    Json raw;     // all it said
};

// Starts, stops and mirrors runs on any host. Thread-safe; calls block.
class Launcher {
public:
    Launcher(record::Store& store, host::Hosts& hosts);
    ~Launcher();

    // Checks the recipe on its host. Errors are the trainer's own (line, column, nearest key).
    Result<RecipePlan> plan(const RunRequest& request);

    // Creates the run folder on the host, starts its supervisor there, detached, and returns once the
    // supervisor holds the journal (state Starting). For a remote host the run also exists here at once and
    // is mirrored.
    Result<record::RunSpec> start(const RunRequest& request);

    // TERM, `graceSeconds`, then KILL, to the whole tree; returns when the supervisor has taken the request.
    // A run that is over gives Invalid; one that is lost has its leftover processes ended.
    Result<> stop(const std::string& runId, double graceSeconds = 10);

    // Copies what grew on the remote host since the last time, from the last offset; returns the bytes
    // copied. Safe to call from several processes.
    Result<std::uint64_t> mirror(const std::string& runId, std::stop_token stop = {});
    // Mirrors the remote runs that are not whole here, of all hosts that are connected, until stopped, or
    // until there is none any more: call it again when a remote run was started or a host was connected. Asks
    // a host for all its runs at once, and less and less often while little comes. Connects to no host.
    void mirrorAll(std::stop_token stop);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace lathe::launch
