// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal_writer.h"
#include "core/result.h"
#include "interop/mlflow/run_words.h"
#include "interop/mlflow/words.h"
#include "interop/record_sink.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lathe::interop::mlflow {

// Rows that were seen, by their hash of 64 bits: of ten million rows one is taken for another with a chance
// of 1 in 370,000.
class SeenRows {
public:
    // Whether it is new.
    bool insert(std::uint64_t hash);
    static std::uint64_t hashOf(const Metric& metric);

private:
    std::vector<std::uint64_t> m_slots;  // 0 is free; the length is a power of two
    std::size_t m_used = 0;
};

// A run that clients write to now: its open journals, and what is needed to answer a write without reading. A
// client may repeat a request that it thinks lost, so equal rows of metrics are taken once. Thread-safe.
//
// Where the disk is full, what was accepted waits in memory, up to a bound, and is written when there is
// space: a client would otherwise repeat its request for minutes and then end the training.
class LiveRun {
public:
    // `sink`: where the points of the run go that the collector records; null for a run of which this process
    // holds the journals.
    static Result<std::shared_ptr<LiveRun>> open(std::string dir, const record::RunSummary& summary,
                                                 RecordSink* sink);
    // A run whose folder (still under a hidden name) was just made; takes its journal before anybody sees the
    // run.
    static Result<std::shared_ptr<LiveRun>> openNew(const std::string& hidden, std::string dir,
                                                    const record::RunSpec& spec);

    const std::string& id() const { return m_id; }
    bool isDeleted();
    // Whether a client of MLflow has this run already (the first run that a script starts is the launched
    // one).
    bool isAdopted();

    Result<> log(std::span<const Metric> metrics,
                 const std::vector<std::pair<std::string, std::string>>& params,
                 const std::vector<std::pair<std::string, std::string>>& tags);
    Result<> deleteTag(const std::string& key);
    Result<> setStatus(const std::string& status, std::int64_t start, std::int64_t end,
                       const std::string& experiment);
    Result<> setDeleted(bool deleted);
    Result<> setName(const std::string& name);
    // Any event of run_words.h.
    Result<> event(std::string_view kind, const Json& fields);

    // Writes what waits, tells that it lives, lets go of a run that is over. Returns what was not written.
    Result<> settle(double now);
    // Its client is gone without having ended it.
    void abandon(const std::string& reason);
    bool isIdle();  // holds nothing that would be lost if it were forgotten
    bool isOver();

private:
    LiveRun(std::string dir, std::string id, RecordSink* sink)
        : m_dir(std::move(dir)), m_id(std::move(id)), m_sink(sink) {}
    Result<> load(bool withRows);
    Result<JournalWriter*> words();
    Result<JournalWriter*> points();
    using Write = std::function<Result<>(JournalWriter&)>;
    Result<> write(bool toPoints, Write write);
    Result<> drain();
    Result<> logMetrics(std::span<const Metric> metrics);
    Result<> setTag(const std::string& key, const std::string& value);
    Result<> writeEvent(std::string_view kind, const Json& fields, bool toPoints = false);

    const std::string m_dir, m_id;
    RecordSink* const m_sink;
    std::mutex m_mutex;
    bool m_tracked = false;  // made by a client: journal.jsonl is this endpoint's
    bool m_over = false, m_deleted = false;
    std::optional<JournalWriter> m_points, m_words;
    RunWords m_said;
    std::map<std::string, std::string, std::less<>> m_tags;  // those that are tags of Lathe
    SeenRows m_seen;
    std::deque<std::pair<bool, Write>> m_waiting;
    double m_heartbeat = 0;
};

}  // namespace lathe::interop::mlflow
