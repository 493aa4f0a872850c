// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <map>
#include <string>
#include <vector>

namespace lathe::launch {

// What `lathe-agent start` reads as JSON from its standard input:
//   {"store":"…","spec":{run.json},"env":{name:value},"recipe":"path","set":["key=value"]}
// `store` empty: this machine's default. Of `spec` the id, name, created, user, hostName, code and a recipe's argv are
// filled in here. `env` is given to the run as it is, while run.json holds spec.env, where secrets are redacted.
struct StartRequest {
    std::string store;
    record::RunSpec spec;
    std::map<std::string, std::string> env;
    std::string recipe;  // against spec.cwd
    std::vector<std::string> set;

    Json toJson() const;
    static Result<StartRequest> fromJson(const Json& json);
};

struct StartedRun {
    record::RunSpec spec;
    std::string dir;
};

// Makes the run folder and starts its supervisor as a session of its own, out of reach of whatever happens to the
// caller. Returns when the supervisor holds the journal; on failure nothing is left behind.
Result<StartedRun> startRun(const StartRequest& request);

}  // namespace lathe::launch
