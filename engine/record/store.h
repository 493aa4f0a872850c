// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lathe::record {

struct Point {
    std::int64_t step = 0;
    double time = 0;  // unix seconds
    double value = 0;
};

enum class XAxis { Step, Elapsed, Clock };  // Elapsed: seconds since the run started

// All points of one stretch of x, no extreme lost. x is in the unit of the XAxis asked for. Buckets come in
// order of xFirst and may overlap by less than their width. Without a finite value first … max are NaN.
struct Bucket {
    double xFirst = 0, xLast = 0;
    double first = 0, last = 0, min = 0, max = 0;  // of the finite values
    std::uint32_t count = 0, nonFinite = 0;
    double sum = 0;  // of the finite values
};

struct TextSample {
    std::int64_t step = 0;
    double time = 0;
    std::string name, text;
};

// What is logged besides numbers: one event of the journal each (FORMAT.md).
enum class ItemKind { Histogram, Image, Audio, Table, Text, Artifact, Checkpoint, Alert };
std::string_view itemKindName(ItemKind kind);  // "histogram", as the journal says it
std::optional<ItemKind> itemKindFromName(std::string_view name);

struct Item {
    ItemKind kind = ItemKind::Text;
    std::string run;
    std::string name;  // empty for a checkpoint; an alert's title
    std::int64_t step = 0;
    double time = 0;
    Json fields;  // the whole line; paths in it are relative to the run's folder
};

struct ItemFilter {
    std::string run;  // empty: of all runs that are not deleted
    std::optional<ItemKind> kind;
    std::string name;  // empty: any
    std::int64_t fromStep = std::numeric_limits<std::int64_t>::min();
    std::int64_t toStep = std::numeric_limits<std::int64_t>::max();
    std::size_t limit = 0;  // the last so many by time; 0: all
};

// Items of one kind and name, counted.
struct ItemSeries {
    ItemKind kind = ItemKind::Text;
    std::string name;
    std::uint64_t count = 0;
    std::int64_t firstStep = 0, lastStep = 0;
};

struct RunQuery;         // query.h
struct RunPage;          // query.h
struct QueryCompletion;  // query.h

// A folder of runs with its index (DESIGN.md, section 4). Reading works on a read-only store. Thread-safe:
// calls from several threads are serialised inside; each may do disk I/O, so never call it on a GUI thread.
// Several processes may hold one store; what others write shows after refresh().
class Store {
public:
    // Makes the folder if it is missing. A damaged or missing index is rebuilt, and said in `warnings`.
    static Result<std::unique_ptr<Store>> open(const std::string& path);
    virtual ~Store() = default;

    virtual const std::string& path() const = 0;
    virtual std::vector<std::string> takeWarnings() = 0;

    // A new run folder with its run.json; returns the folder's path. Fails with Full or Denied.
    virtual Result<std::string> createRun(const RunSpec& spec) = 0;
    std::string runDir(const std::string& id) const { return path() + "/runs/" + id; }

    // Reads what grew since the last call (any process's writes); returns ids of runs that changed or
    // vanished. Of more than 1,000 runs that are over, each call looks at the next 1,000.
    virtual Result<std::vector<std::string>> refresh() = 0;
    // Throws the index away and reads every run again. `progress(done, total)` may be empty.
    virtual Result<> reindex(const std::function<void(int, int)>& progress) = 0;

    // Newest first, without those in the trash. Damaged folders are listed with `problem` set. A store of
    // very many runs is better asked by query(), which reads only what is shown.
    virtual Result<std::vector<RunSummary>> runs() = 0;
    virtual Result<std::vector<RunSummary>> trash() = 0;
    virtual Result<RunSummary> run(const std::string& id) = 0;  // also one in the trash
    // An id, a unique prefix of one, or a name (the newest run of that name). NotFound names the nearest
    // name; an ambiguous prefix lists the matches. A run in the trash is found by its whole id or `trash()`.
    virtual Result<RunSummary> find(const std::string& idPrefixOrName) = 0;

    // Filter, sort, group, one page (query.h). Invalid points at the character that is wrong.
    virtual Result<RunPage> query(const RunQuery& query) = 0;
    // What may stand at byte `cursor` of the filter: names with their ranges, values with their counts.
    virtual Result<QueryCompletion> complete(const std::string& filter, std::size_t cursor) = 0;

    // Every point, in order of arrival.
    virtual Result<std::vector<Point>> points(const std::string& id, const std::string& metric) = 0;
    // At most `maxBuckets` buckets that cover [from, to] of the x axis (all of it if from > to), plus one
    // neighbour on each side so that lines reach the plot's edges. Cost does not grow with the number of
    // points.
    virtual Result<std::vector<Bucket>> buckets(const std::string& id, const std::string& metric, XAxis axis,
                                                double from, double to, std::size_t maxBuckets) = 0;
    virtual Result<std::vector<TextSample>> texts(const std::string& id) = 0;
    // By run, then in order of time.
    virtual Result<std::vector<Item>> items(const ItemFilter& filter) = 0;
    // What items a run has, without reading them.
    virtual Result<std::vector<ItemSeries>> itemSeries(const std::string& id) = 0;

    // Notes, tags and names are journal events of their own writer file, so they can be changed by anyone at
    // any time.
    virtual Result<> setTags(const std::string& id, const std::vector<std::string>& tags) = 0;
    virtual Result<> setNote(const std::string& id, const std::string& note) = 0;
    virtual Result<> rename(const std::string& id, const std::string& name) = 0;
    virtual Result<> setGroup(const std::string& id, const std::string& group) = 0;  // empty: none
    virtual Result<> setArchived(const std::string& id, bool archived) = 0;
    // Into the trash, or back out of it; nothing on disk goes.
    virtual Result<> setDeleted(const std::string& id, bool deleted) = 0;
    virtual Result<> setGoals(const std::string& id, const std::map<std::string, Goal>& goals) = 0;
    virtual Result<> setSummary(const std::string& id, const Json& values) = 0;  // name → value
};

}  // namespace lathe::record
