// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "host/host.h"

#include <cstdint>
#include <stop_token>
#include <string>

namespace lathe::launch {

// The local copy of a run that lives on another host: its folder here holds the bytes copied so far, so that the size of
// each file is the offset to go on from, and mirror.json:
//   {"host","dir","store","reachable":bool,"supervisorAlive":bool,"state":"…","boot":"…","checked":unix seconds}
// `reachable` false says nothing about the run. The host is not trusted: only known file names are copied
// (run_files.h), never through a link, in bounded pieces.
inline constexpr const char* kMirrorFile = "mirror.json";

struct MirrorTarget {
    std::string runDir;     // here
    std::string runId;
    std::string remoteDir;  // there
    std::string remoteStore;
};

// One pass: copies what grew, says so in mirror.json, and returns the bytes copied. Returns 0 at once if another process
// mirrors this run just now. On Unavailable `reachable` becomes false and nothing else changes.
Result<std::uint64_t> mirrorOnce(host::Host& host, const MirrorTarget& target, std::stop_token stop);

// Writes the first mirror.json of a run that has just been started there.
Result<> beginMirror(const std::string& hostId, const MirrorTarget& target);

// Reads which host and folder a mirrored run comes from.
struct MirrorSource {
    std::string host, remoteDir, remoteStore;
};
Result<MirrorSource> readMirrorSource(const std::string& runDir);

// True if nothing more will come: the end was recorded, or the supervisor is gone and all it wrote is here.
bool isMirrorComplete(const std::string& runDir);

}  // namespace lathe::launch
