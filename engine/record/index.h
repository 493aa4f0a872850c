// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/console_text.h"
#include "record/index_file.h"
#include "record/journal_reader.h"
#include "record/run_columns.h"
#include "record/series_reader.h"
#include "record/store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lathe::record {

// Everything that the journals of a store say, ready to be asked: a database that follows the run folders,
// and the summaries of all runs, without their metrics, in memory. The journals are the truth; whatever
// happens to the database, it is made again from them. Not thread-safe. Several processes may follow one
// store: each takes what grew into the shared database, in transactions that check how far another one came.
class Index {
public:
    static Result<std::unique_ptr<Index>> open(const std::string& store);

    // Called by refresh() and rebuild() between two batches of journal, with no transaction open: whoever
    // guards this object lets readers in, and other processes have their turn at the file.
    void onBetween(std::function<void()> between) { m_between = std::move(between); }

    std::vector<std::string> takeWarnings() { return std::exchange(m_warnings, {}); }
    Result<std::vector<std::string>> refresh();
    Result<> rebuild(const std::function<void(int, int)>& progress);

    enum class Metrics { With, Without };
    // Newest first; of the trash or of the others.
    Result<std::vector<RunSummary>> runs(Metrics metrics, bool deleted);
    Result<RunSummary> run(const std::string& id, Metrics metrics = Metrics::With);
    Result<std::vector<Point>> points(const std::string& id, const std::string& metric);
    Result<std::vector<Bucket>> buckets(const std::string& id, const std::string& metric, XAxis axis,
                                        double from, double to, std::size_t maxBuckets);
    Result<std::vector<Item>> items(const ItemFilter& filter);
    Result<std::vector<ItemSeries>> itemSeries(const std::string& id);
    Result<RunPage> query(const RunQuery& query);
    Result<QueryCompletion> complete(const std::string& filter, std::size_t cursor);

private:
    using Progress = std::function<void(int, int)>;
    // A journal as it was when it was last taken in.
    struct KnownFile {
        std::int64_t id = 0;
        std::uint64_t inode = 0, size = 0, offset = 0;
    };
    struct KnownRun {
        RunSummary summary;       // as observed now (run_state.h); without metrics
        bool sameParams = false;  // spec.params is empty here, being equal to params
        struct {
            RunState state = RunState::Starting;
            std::string reason;
            double ended = 0;
        } told;             // what the journals say of the state
        std::string stamp;  // of run.json
        std::map<std::string, KnownFile> files;
        std::map<std::string, ConsoleMark> consoles;
        std::int64_t folderTime = 0;  // its mtime when `names` was listed
        std::vector<std::string> names;
        bool indexed = false;  // has a row
        std::size_t slot = 0;  // in m_columns
    };
    // What has to be taken in.
    struct Work {
        enum class Kind { Spec, Journal, Console, Folder } kind = Kind::Journal;
        std::string run, file, stamp;
        std::uint64_t inode = 0, size = 0;
        std::int64_t folderTime = 0;
    };

    explicit Index(std::string store) : m_store(std::move(store)) {}

    // Runs `action`; on a damaged index makes it anew and on one that cannot be written goes to memory, then
    // tries again.
    template <class Action> auto recovering(const Action& action) -> decltype(action()) {
        auto result = action();
        for (int attempt = 0; attempt < 2 && !result; ++attempt) {
            LATHE_TRY(recover(result.error(), attempt == 0));
            result = action();
        }
        return result;
    }
    Result<> recover(const Error& error, bool mayReplace);
    void dropRuns();
    Result<> openFile(bool mayReplace);
    Result<> reopenIfReplaced();
    Result<> follow(bool everything, const Progress& progress);
    Result<std::vector<Work>> scan(bool everything, std::set<std::string>& vanished);
    void scanRun(const std::string& id, std::vector<Work>& work);
    Result<> take(const std::vector<Work>& work, const std::set<std::string>& vanished,
                  const Progress& progress);
    Result<bool> takeOne(const Work& work);
    Result<bool> takeFile(const Work& work);
    Result<> takeSpec(const Work& work);
    Result<> forgetRun(const std::string& id);
    Result<> load();
    Result<> loadRun(const std::string& id, KnownRun& known);
    Result<> loadMetrics(const std::string& id, RunSummary& summary);
    void observe(const std::string& id, KnownRun& known);
    static RunSummary copyOf(const KnownRun& known);
    std::string dirOf(const std::string& id) const { return m_store + "/runs/" + id; }

    const std::string m_store;
    IndexFile m_file;
    std::map<std::string, KnownRun> m_runs;
    RunColumns m_columns;
    std::int64_t m_seenRev = 0;
    std::size_t m_sweep = 0;  // where the slow round over finished runs stands
    std::set<std::string> m_changed;
    JournalReader m_reader;
    SeriesReader m_series;
    std::function<void()> m_between;
    std::vector<std::string> m_warnings;
};

}  // namespace lathe::record
