// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal_writer.h"
#include "core/json.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lathe::launch {

// The supervisor's journal over a disk that may be full: what cannot be written now is kept, bounded, and written in order
// once there is space again. Not thread-safe.
class Recorder {
public:
    using Values = std::vector<std::pair<std::string, double>>;

    Recorder(JournalWriter journal, std::string runDir) : m_journal(std::move(journal)), m_runDir(std::move(runDir)) {}

    void metrics(std::int64_t step, const Values& values, std::optional<double> time = {});
    void state(const Json& fields);
    void heartbeat();
    // The last event, synced to disk; false if it could not be written (try again).
    bool end(const Json& fields);
    // Once per outage: to supervisor.log now, and as an alert into the journal when it can be written again.
    void warn(const std::string& problem);

private:
    struct Waiting {
        double time;
        std::int64_t step;
        Values values;   // metrics, or
        Json event;      // a state
    };
    bool write(const Waiting& entry);
    bool flush();

    JournalWriter m_journal;
    std::string m_runDir;
    std::deque<Waiting> m_waiting;
    std::uint64_t m_dropped = 0;
    std::string m_problem;  // of the present outage
};

}  // namespace lathe::launch
