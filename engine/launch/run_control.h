// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace lathe::launch {

// How other processes reach the supervisor of a run: by two files in the run folder and a signal that only
// makes it look sooner, so that it works on any file system and from any process of the user.
//   supervisor.json  who supervises: {"pid","start","boot","host","ranks":[{"pid","start"}]}; `start` in
//   clock ticks stop.json        a request to stop: {"grace":seconds}; the supervisor removes it when it has
//   taken it
inline constexpr std::string_view kSupervisorFile = "supervisor.json";
inline constexpr std::string_view kStopFile = "stop.json";

// Whether a process holds the journal of this run folder (its flock), on this machine.
bool isSupervised(const std::string& runDir);

// The state that the supervisor wrote last: "running", "finished", …; empty if none.
std::string lastRecordedState(const std::string& runDir);

Json processMark(pid_t pid);           // {"pid","start"}
bool isSameProcess(const Json& mark);  // still the process that was marked
std::string bootId();

// Processes of this user that belong to the run though no supervisor has them: those with its LATHE_RUN_ID in
// their environment, and its ranks by the recorded marks.
std::vector<pid_t> leftoverProcesses(const std::string& runDir, const std::string& runId);

// Whether anything of this machine may still write into the run folder: its supervisor, processes of the run
// that outlived it, or a helper of the supervisor that still holds it open. Reads all of /proc where no
// supervisor is there.
bool mayStillGrow(const std::string& runDir, const std::string& runId);
// For such a helper: the run counts as growing while the descriptor is open (a shared flock on output.log).
UniqueFd holdOpen(const std::string& runDir);

// What stopping did.
struct StopOutcome {
    bool asked = false;      // the supervisor has taken the request
    int leftoversEnded = 0;  // no supervisor: processes that were still there and are ended
};

// Asks the supervisor to end the run (TERM, `graceSeconds`, KILL) and returns when it has taken the request.
// Without a supervisor the leftovers are ended here. A run that is over and left nothing gives Invalid.
Result<StopOutcome> stopRun(const std::string& runDir, const std::string& runId, double graceSeconds);

// TERM to all, then KILL to those still there after the grace. Returns how many there were.
int endProcesses(const std::vector<pid_t>& processes, double graceSeconds);

}  // namespace lathe::launch
