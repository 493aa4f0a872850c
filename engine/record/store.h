// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lathe::record {

struct Point {
    std::int64_t step = 0;
    double time = 0;  // unix seconds
    double value = 0;
};

enum class XAxis { Step, Elapsed, Clock };  // Elapsed: seconds since the run started

// All points of one stretch of x, no extreme lost. x is in the unit of the XAxis asked for. Buckets come in order of
// xFirst and may overlap by less than their width. Without a finite value first … max are NaN.
struct Bucket {
    double xFirst = 0, xLast = 0;
    double first = 0, last = 0, min = 0, max = 0;  // of the finite values
    std::uint32_t count = 0, nonFinite = 0;
};

struct TextSample {
    std::int64_t step = 0;
    double time = 0;
    std::string name, text;
};

// A folder of runs with its index (DESIGN.md, section 4). Reading works on a read-only store. Thread-safe: calls
// from several threads are serialised inside; each may do disk I/O, so never call it on a GUI thread. Several processes may
// hold one store; what others write shows after refresh().
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

    // Reads what grew since the last call (any process's writes); returns ids of runs that changed or vanished.
    // Of more than 1,000 runs that are over, each call looks at the next 1,000.
    virtual Result<std::vector<std::string>> refresh() = 0;
    // Throws the index away and reads every run again. `progress(done, total)` may be empty.
    virtual Result<> reindex(const std::function<void(int, int)>& progress) = 0;

    // Newest first. Damaged folders are listed with `problem` set.
    virtual Result<std::vector<RunSummary>> runs() = 0;
    virtual Result<RunSummary> run(const std::string& id) = 0;
    // An id, a unique prefix of one, or a name (the newest run of that name). NotFound names the nearest name;
    // an ambiguous prefix lists the matches.
    virtual Result<RunSummary> find(const std::string& idPrefixOrName) = 0;

    // Every point, in order of arrival.
    virtual Result<std::vector<Point>> points(const std::string& id, const std::string& metric) = 0;
    // At most `maxBuckets` buckets that cover [from, to] of the x axis (all of it if from > to), plus one neighbour on each
    // side so that lines reach the plot's edges. Cost does not grow with the number of points.
    virtual Result<std::vector<Bucket>> buckets(const std::string& id, const std::string& metric, XAxis axis,
                                                double from, double to, std::size_t maxBuckets) = 0;
    virtual Result<std::vector<TextSample>> texts(const std::string& id) = 0;

    // Notes, tags and names are journal events of their own writer file, so they can be changed by anyone at any time.
    virtual Result<> setTags(const std::string& id, const std::vector<std::string>& tags) = 0;
    virtual Result<> setNote(const std::string& id, const std::string& note) = 0;
    virtual Result<> rename(const std::string& id, const std::string& name) = 0;
    virtual Result<> setArchived(const std::string& id, bool archived) = 0;
};

}  // namespace lathe::record
