// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/index_file.h"
#include "record/journal_reader.h"
#include "record/series_reader.h"
#include "record/store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lathe::record {

// Everything that the journals of a store say, ready to be asked: a database that follows the run folders, and the
// summaries of all runs in memory. The journals are the truth; whatever happens to the database, it is made again from
// them. Not thread-safe. Several processes may follow one store: each takes what grew into the shared database, in
// transactions that check how far another one came.
class Index {
public:
    static Result<std::unique_ptr<Index>> open(const std::string& store);

    std::vector<std::string> takeWarnings() { return std::exchange(m_warnings, {}); }
    Result<std::vector<std::string>> refresh();
    Result<> rebuild(const std::function<void(int, int)>& progress);

    Result<std::vector<RunSummary>> runs();
    Result<RunSummary> run(const std::string& id);
    Result<std::vector<Point>> points(const std::string& id, const std::string& metric);
    Result<std::vector<Bucket>> buckets(const std::string& id, const std::string& metric, XAxis axis, double from,
                                        double to, std::size_t maxBuckets);
    Result<std::vector<TextSample>> texts(const std::string& id);

private:
    using Progress = std::function<void(int, int)>;
    // A journal as it was when it was last taken in.
    struct KnownFile {
        std::uint64_t inode = 0, size = 0, offset = 0;
    };
    struct KnownRun {
        RunSummary recorded;  // as the journals tell
        RunSummary shown;     // as observed now (run_state.h)
        std::string stamp;    // of run.json
        std::map<std::string, KnownFile> files;
        std::int64_t folderTime = 0;  // its mtime when `names` was listed
        std::vector<std::string> names;
        bool indexed = false;  // has a row
    };
    // What has to be taken in: a journal, or run.json if `file` is empty.
    struct Work {
        std::string run, file, stamp;
        std::uint64_t inode = 0, size = 0;
    };

    explicit Index(std::string store) : m_store(std::move(store)) {}

    // Runs `action`; on a damaged index makes it anew and on one that cannot be written goes to memory, then tries again.
    template <class Action> auto recovering(const Action& action) -> decltype(action());
    Result<> openFile(bool mayReplace);
    Result<> reopenIfReplaced();
    Result<> follow(bool everything, const Progress& progress);
    Result<std::vector<Work>> scan(bool everything, std::set<std::string>& vanished);
    void scanRun(const std::string& id, std::vector<Work>& work);
    Result<> take(const std::vector<Work>& work, const std::set<std::string>& vanished, const Progress& progress);
    Result<bool> takeFile(const Work& work);
    Result<> takeSpec(const Work& work);
    Result<> forgetRun(const std::string& id);
    Result<> load();
    Result<> loadRun(const std::string& id, KnownRun& known);
    Result<> loadMetrics(const std::string& id, RunSummary& summary);
    void observe(const std::string& id, KnownRun& known);
    std::string dirOf(const std::string& id) const { return m_store + "/runs/" + id; }

    const std::string m_store;
    IndexFile m_file;
    std::map<std::string, KnownRun> m_runs;
    std::int64_t m_seenRev = 0;
    std::size_t m_sweep = 0;  // where the slow round over finished runs stands
    std::set<std::string> m_changed;
    JournalReader m_reader;
    SeriesReader m_series;
    std::vector<std::string> m_warnings;
};

}  // namespace lathe::record
