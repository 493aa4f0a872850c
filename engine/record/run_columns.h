// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "record/run.h"
#include "record/sqlite.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace lathe::record {

// One metric of all runs, as columns that are read from the index when they are first asked for and then kept
// up to date run by run. So a question about two metrics of 30,000 runs reads two columns and not all that is
// known. Runs are numbered by slots; a slot is given to another run after its own vanished. Not thread-safe.
class RunColumns {
public:
    using MetricColumn = std::vector<MetricSummary>;  // by slot; count 0: the run has none

    // A slot for a run whose journals have these ids in the index; 0 asks for a new slot.
    std::size_t place(std::size_t slot, const std::vector<std::int64_t>& files);
    void remove(std::size_t slot);
    void clear();
    std::size_t size() const { return m_files.size(); }

    // Never null; all of count 0 if no run has the metric.
    Result<std::shared_ptr<const MetricColumn>> metric(Database& db, const std::string& name);
    // Most questions name metrics; so that they need not look through every run's parameters, the names of
    // these are held. One that no run has any more may stay.
    void addParams(const Json& params);
    bool mayBeParam(const std::string& name) const { return m_params.contains(name); }
    // Of all runs in the index, sorted.
    Result<std::shared_ptr<const std::vector<std::string>>> metricNames(Database& db);

private:
    struct Held {
        std::shared_ptr<MetricColumn> values;
        std::size_t seen = 0;  // entries of m_log that are in it
        std::uint64_t used = 0;
    };
    Result<> update(Database& db, const std::string& name, Held& held);
    Result<> read(Database& db, const std::string& name, MetricColumn& column);
    Result<> readSlot(Database& db, const std::string& name, std::size_t slot, MetricSummary& into);

    std::vector<std::vector<std::int64_t>> m_files{1};  // by slot, in order of file name; slot 0 is nobody's
    std::unordered_map<std::int64_t, std::size_t> m_slotOf;
    std::vector<std::size_t> m_free;
    std::vector<std::size_t> m_log;  // slots that changed, in order
    std::map<std::string, Held> m_metrics;
    std::unordered_set<std::string> m_params;
    std::shared_ptr<const std::vector<std::string>> m_names;
    std::uint64_t m_clock = 0;
};

// Adds what another journal of the run says of the same metric; `firstTime` is that of its first point.
void mergeMetric(MetricSummary& sum, double& sumFirstTime, const MetricSummary& part, double firstTime);

// The columns of a row of `series` that a summary is made of, and how to read them from the `at`-th on.
#define LATHE_SUMMARY_COLUMNS                                                                                \
    "s.count, s.non_finite, s.first, s.last, s.min, s.max, s.first_step, s.last_step, s.min_step, "          \
    "s.max_step,"                                                                                            \
    " s.last_time, s.sum, s.recent, s.first_time"
MetricSummary metricFrom(const Query& query, int at, double& firstTime);

}  // namespace lathe::record
