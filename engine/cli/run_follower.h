// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lathe::cli {

// Watches a run folder grow, straight from its files: no index stands between a step and the screen. Not
// thread-safe.
class RunFollower {
public:
    struct Handlers {
        std::function<void(std::string_view)> output;
        std::function<void(std::int64_t step, const std::string& name, double value, double time)> metric;
        std::function<void(std::int64_t done, std::int64_t total, double time)> progress;
        std::function<void(const Json& event)> alert;
    };

    // `rank`: whose console `output` gets.
    RunFollower(std::string runDir, int rank, Handlers handlers);

    // Hands over what came since the last call; true if there was anything.
    bool poll();
    // Skips the console so far but for its last `lines` lines.
    void skipToLast(std::size_t lines);
    // The last state event, once it says that the run is over.
    const std::optional<Json>& end() const { return m_end; }

private:
    bool pollOutput();
    bool pollJournal(const std::string& name);
    void take(const Json& event);

    std::string m_runDir, m_outputName;
    Handlers m_handlers;
    std::uint64_t m_outputOffset = 0;
    std::map<std::string, std::uint64_t> m_offsets;
    std::optional<Json> m_end;
};

}  // namespace lathe::cli
