// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/collect_journal.h"
#include "interop/import_runs.h"
#include "interop/log_reader.h"
#include "record/store.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lathe::interop {

// The run folder that one run of a peer is read into. What is new goes through a CollectJournal, which knows
// from the last import how far each of the peer's files was read.
class ImportTarget {
public:
    // The run that was made from `identity` ("wandb:3k5x…") before, or a new one with this description; its
    // id is derived from the identity and spec.created.
    static Result<ImportTarget> open(record::Store& store, const std::string& identity, record::RunSpec spec);

    bool isNew() const { return m_new; }
    const std::string& id() const { return m_id; }
    const std::string& dir() const { return m_dir; }
    CollectJournal& journal() { return *m_journal; }

    // Reads a log to its end; false if cancelled. A log that cannot be read is a problem and no failure.
    Result<bool> read(const std::string& way, const std::string& path, LogReader& reader,
                      const std::function<bool()>& goOn, std::vector<std::string>& problems);
    // The run's life as the peer tells it: written once, and again only if it changed.
    Result<> life(double started, double ended, const Json& end);
    // Writes everything; whether there was anything new.
    Result<bool> close();

private:
    ImportTarget() = default;

    bool m_new = false;
    std::string m_id, m_dir;
    std::uint64_t m_sizeBefore = 0;
    bool m_lifeChanged = false;
    std::unique_ptr<CollectJournal> m_journal;
};

// What a format's importer gets.
struct ImportContext {
    record::Store& store;
    const ImportRequest& request;
    const std::function<void(int, int, const std::string&)>& progress;
    const std::function<bool()>& goOn;
    ImportOutcome& outcome;

    // Closes the target and counts it.
    Result<> finish(ImportTarget& target);
};

// One run to import: its name for the progress line, and how. Returns false if cancelled.
struct ImportJob {
    std::string name;
    std::function<Result<bool>(ImportContext&)> run;
};

// Each adds the runs it finds at `path`.
Result<> findTensorBoard(const std::string& path, ImportContext& context, std::vector<ImportJob>& jobs);
Result<> findMlflow(const std::string& path, ImportContext& context, std::vector<ImportJob>& jobs);
Result<> findMlflowDb(const std::string& path, ImportContext& context, std::vector<ImportJob>& jobs);
Result<> findWandb(const std::string& path, ImportContext& context, std::vector<ImportJob>& jobs);
Result<> findTables(const std::string& path, bool jsonLines, ImportContext& context,
                    std::vector<ImportJob>& jobs);

// Files below `path` whose name `wanted` accepts, at most 100,000, by name; `path` itself if it is such a
// file. Hidden folders are not looked into, links to folders are not followed.
std::vector<std::string> filesBelow(const std::string& path,
                                    const std::function<bool(const std::string&)>& wanted);

}  // namespace lathe::interop
