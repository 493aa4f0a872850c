// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal_writer.h"
#include "interop/record_sink.h"
#include "interop/run_names.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lathe::interop {

// A sink for what is read from one growing file, which can be read again after a crash of the collector: the
// journal remembers how far the file was taken, so that no point is lost and none is recorded twice.
class SourceSink : public RecordSink {
public:
    // What is given from now on comes from the record of the file that begins at `offset`. A reader always
    // reads a file from its start, so that it knows what the earlier records said; what the journal has
    // already is dropped here.
    virtual void at(std::uint64_t offset) = 0;
    // Enough waits to be written: stop reading for now, and go on at a later poll().
    virtual bool full() const = 0;
};

// journal.collect.jsonl: what arrives at a run by ways that the script knows nothing of. All of it may be
// called from any thread.
//
// Claims: one metric that arrives by two ways is one series, that of the way which brought it first. A name
// that is new waits up to kSettleSeconds, since a script often gives a value to two loggers one after the
// other; if by then another journal of the run holds it (the Python helper's, a rank's, the supervisor's from
// the console), it is not taken here.
//
// Besides the lines of the ways it holds {"e":"claim","way","names"} and
// {"e":"source","src","offset","lines"}: file number `src`, which the first such line of a number describes
// by "way", "path" and "identity", was taken up to `offset`, and of the record that begins there `lines`
// lines. Lines that come from a file bear its "src".
class CollectJournal {
public:
    static constexpr double kSettleSeconds = 0.5;
    static constexpr const char* kFileName = "journal.collect.jsonl";

    static Result<std::unique_ptr<CollectJournal>> open(const std::string& runDir);
    ~CollectJournal();

    // Sinks stay valid as long as the journal. `way` names who brings it: "mlflow", "tensorboard".
    // A direct sink decides about new names at once, since whoever calls it waits for its answer.
    std::unique_ptr<RecordSink> direct(std::string way);
    // `path` with `identity` (an inode, say) names the same file before and after a restart of the collector.
    std::unique_ptr<SourceSink> source(std::string way, std::string path, std::string identity);

    // The files that a collector before this one read, in the order in which it found them: way and path.
    std::vector<std::pair<std::string, std::string>> sources() const;

    void onProblem(std::function<void(const std::string&)> tell) { m_tell = std::move(tell); }
    // The run's processes have ended: new names are decided about at once, so that sources are not full.
    void hurry();
    // Decides about names that have waited long enough and writes what can be written. Call a few times a
    // second.
    void settle();
    // Nothing more comes: decides and writes everything, and syncs it to disk.
    void finish();

private:
    class Direct;
    class Source;
    struct Waiting {
        std::uint64_t offset = 0;
        double time = 0;
        std::int64_t step = 0;
        std::vector<std::pair<std::string, double>> values;  // metrics, or
        Json event;
    };
    struct SourceState {
        int number = 0;
        std::string way, path;
        bool announced = false;    // its first line is in the journal
        std::uint64_t resume = 0;  // lines of records before this one are in the journal
        std::uint64_t skip = 0;    // and so many lines from there on
        std::uint64_t offset = 0;  // of the record that lines come from now
        std::uint64_t lines = 0;   // written of that record
        std::uint64_t marked = 0, markedLines = 0;
        std::deque<Waiting> waiting;
        std::size_t waitingValues = 0;
    };
    struct Name {
        int way = -1;      // who brought it first
        double since = 0;  // monotonic
        bool decided = false, ours = false;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    CollectJournal(JournalWriter writer, std::string runDir);
    Result<> resume();
    void resumeLine(std::string_view line);
    SourceState& stateOf(const std::string& way, const std::string& path, const std::string& identity);
    void writeMark(const SourceState& source, Json more = Json::object());
    int wayNumber(const std::string& way);
    Name* nameOf(std::string_view text, int way);
    void decide(double before);
    bool isDecided(const SourceState& source, std::span<const MetricValue> values);
    void write(SourceState& source, double time, std::int64_t step, std::span<const MetricValue> values);
    void write(SourceState& source, const Json& event);
    bool wasWritten(SourceState& source);
    void take(SourceState& source, double time, std::int64_t step, std::span<const MetricValue> values);
    void drain(SourceState& source);
    void mark();
    Result<> flush();
    bool isFull(const SourceState& source) const;

    mutable std::mutex m_mutex;
    JournalWriter m_writer;
    const std::string m_runDir;
    RunNames m_elsewhere;
    std::function<void(const std::string&)> m_tell;
    std::string m_out;      // whole lines that are not in the file yet
    std::string m_problem;  // of the present outage
    std::uint64_t m_dropped = 0;
    bool m_hurried = false;
    std::vector<std::string> m_ways;
    std::unordered_map<std::string, Name, Hash, std::equal_to<>> m_names;
    std::set<std::string, std::less<>> m_undecided;
    std::vector<MetricValue> m_taken;              // reused between lines
    std::map<std::string, SourceState> m_sources;  // by path and identity
    std::map<std::string, SourceState> m_directs;
};

}  // namespace lathe::interop
