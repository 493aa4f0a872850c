// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "host/host.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace lathe::launch {

// The local copy of a run that lives on another host: its folder here holds the bytes copied so far, so that
// the size of each file is the offset to go on from, and mirror.json:
//   {"host","dir","store","reachable":bool,"supervisorAlive":bool,"complete":bool,"state":"…","boot":"…","here":"…",
//    "checked":unix seconds}
// `reachable` false says nothing about the run. `supervisorAlive` false: it is gone, and all that it wrote is
// here. `complete`: nothing is left there that could write, and all is here, on the disk. `boot` and `here`
// are the boot ids of that machine and of this one: after a crash of this one the ends of the files are
// compared with the host's, since a file system may have kept their length without their bytes. The host is
// not trusted: only known file names are copied (run_files.h), never through a link, in bounded pieces.
inline constexpr const char* kMirrorFile = "mirror.json";

struct MirrorTarget {
    std::string runDir;  // here
    std::string runId;
    std::string remoteDir;  // there
    std::string remoteStore;
};

// One pass over runs of one remote store, with one question to the host: copies what grew, says so in
// mirror.json, and returns the bytes copied of each, in order. 0 at once for a run that another process
// mirrors just now. On Unavailable `reachable` becomes false and nothing else changes.
std::vector<Result<std::uint64_t>> mirrorRuns(host::Host& host, const std::vector<MirrorTarget>& targets,
                                              std::stop_token stop);
Result<std::uint64_t> mirrorOnce(host::Host& host, const MirrorTarget& target, std::stop_token stop);

// How long to wait before the next pass: soon while much comes, longer and longer while little or nothing
// does, because each pass starts a process on the host.
class MirrorPace {
public:
    static constexpr double kSoonest = 0.25, kTrickle = 2, kLatest = 15;  // seconds
    double after(const Result<std::uint64_t>& copied);

private:
    double m_wait = kSoonest;
};

// Writes the first mirror.json of a run that has just been started there.
Result<> beginMirror(const std::string& hostId, const MirrorTarget& target);

// Reads which host and folder a mirrored run comes from.
struct MirrorSource {
    std::string host, remoteDir, remoteStore;
};
Result<MirrorSource> readMirrorSource(const std::string& runDir);

// True if nothing more will come: nobody is left there who could write, and all that was written is here.
bool isMirrorComplete(const std::string& runDir);

}  // namespace lathe::launch
