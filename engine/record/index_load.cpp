// SPDX-License-Identifier: Apache-2.0
// The reading side of the index: from the database into memory, and from there to whoever asks.
#include "record/index.h"

#include "core/clock.h"
#include "core/id.h"
#include "core/text.h"
#include "record/chunk_codec.h"
#include "record/digest.h"
#include "record/run_state.h"

#include <algorithm>
#include <tuple>

namespace lathe::record {

Result<> Index::load() {
    Database& db = *m_file.db;
    LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(db, "BEGIN"));
    std::vector<std::string> ids;
    std::int64_t newest = m_seenRev;
    {
        Query query(db, "SELECT id, rev FROM run WHERE rev > ?", m_seenRev);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            ids.emplace_back(query.text(0));
            newest = std::max(newest, query.integer(1));
        }
    }
    for (const std::string& id : ids) {
        LATHE_TRY(loadRun(id, m_runs[id]));
        m_changed.insert(id);
    }
    LATHE_TRY(transaction.commit());
    m_seenRev = newest;
    return {};
}

Result<> Index::loadRun(const std::string& id, KnownRun& known) {
    Database& db = *m_file.db;
    RunSummary summary;
    {
        Query query(db, "SELECT spec, problem, stamp, folder_time, names FROM run WHERE id = ?", id);
        LATHE_TRY_ASSIGN(const bool found, query.next());
        if (!found)
            return fail(ErrorCode::Corrupt, "a run is missing from the index", id);
        summary.problem = query.text(1);
        known.stamp = query.text(2);
        if (known.folderTime == 0 && query.integer(3) != 0) {
            known.folderTime = query.integer(3);
            known.names = split(query.text(4), '/');
        }
        if (summary.problem.empty()) {
            LATHE_TRY_ASSIGN(const Json json, parseJson(query.text(0)));
            LATHE_TRY_ASSIGN(summary.spec, RunSpec::fromJson(json, id));
        } else {
            summary.spec.id = id;
            summary.spec.name = readableName(id);
            summary.spec.experiment = "default";
            summary.spec.created = static_cast<double>(idMilliseconds(id)) / 1000;
        }
    }
    known.indexed = true;
    known.files.clear();
    known.consoles.clear();
    std::vector<Digest> digests;
    std::vector<std::int64_t> files;
    std::uint64_t unread = 0;
    {
        Query query(db,
                    "SELECT name, inode, size, offset, damaged, digest, problem, id FROM file WHERE run = ? "
                    "ORDER BY name",
                    id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            KnownFile& file = known.files[std::string(query.text(0))];
            files.push_back(file.id = query.integer(7));
            file.inode = static_cast<std::uint64_t>(query.integer(1));
            file.size = static_cast<std::uint64_t>(query.integer(2));
            file.offset = static_cast<std::uint64_t>(query.integer(3));
            summary.tornLines += static_cast<std::uint64_t>(query.integer(4));
            unread += file.size > file.offset ? 1 : 0;
            LATHE_TRY_ASSIGN(const Json json, parseJson(query.text(5)));
            digests.push_back(Digest::fromJson(json));
            if (summary.problem.empty())
                summary.problem = query.text(6);
        }
    }
    Digest::apply(digests, summary);
    if (isOver(summary.state))
        summary.tornLines += unread;  // nobody will end these lines any more
    {
        Query query(db, "SELECT name, inode, taken, ended FROM console WHERE run = ?", id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            known.consoles[std::string(query.text(0))] = {static_cast<std::uint64_t>(query.integer(1)),
                                                          static_cast<std::uint64_t>(query.integer(2)),
                                                          static_cast<std::uint64_t>(query.integer(3))};
        }
    }
    known.slot = m_columns.place(known.slot, files);
    known.told = {summary.state, summary.reason, summary.ended};
    // Tens of thousands of runs are held: most of what they take is their parameters, twice.
    known.sameParams = summary.params == summary.spec.params;
    if (known.sameParams)
        summary.spec.params = Json::object();
    known.summary = std::move(summary);
    observe(id, known);
    return {};
}

Result<> Index::loadMetrics(const std::string& id, RunSummary& summary) {
    std::map<std::string, double, std::less<>> firstTimes;
    summary.metrics.clear();
    Query query(*m_file.db,
                "SELECT n.name, " LATHE_SUMMARY_COLUMNS
                " FROM file f JOIN series s ON s.file = f.id JOIN name n ON n.id = s.name WHERE f.run = ?"
                " ORDER BY f.name",
                id);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            return {};
        double firstTime = 0;
        const MetricSummary part = metricFrom(query, 1, firstTime);
        const auto metric = summary.metrics.try_emplace(std::string(query.text(0))).first;
        mergeMetric(metric->second, firstTimes[metric->first], part, firstTime);
    }
}

void Index::observe(const std::string& id, KnownRun& known) {
    RunSummary& summary = known.summary;
    const RunState before = summary.state;
    summary.state = known.told.state;
    summary.reason = known.told.reason;
    summary.ended = known.told.ended;
    observeState(dirOf(id), wallSeconds(), summary);
    if (summary.state != before)
        m_changed.insert(id);
}

RunSummary Index::copyOf(const KnownRun& known) {
    RunSummary summary = known.summary;
    if (known.sameParams)
        summary.spec.params = summary.params;
    return summary;
}

Result<std::vector<RunSummary>> Index::runs(Metrics metrics, bool deleted) {
    return recovering([&]() -> Result<std::vector<RunSummary>> {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        std::vector<RunSummary> all;
        all.reserve(m_runs.size());
        for (auto known = m_runs.rbegin(); known != m_runs.rend(); ++known) {
            if (!known->second.indexed || known->second.summary.deleted != deleted)
                continue;
            all.push_back(copyOf(known->second));
            if (metrics == Metrics::With)
                LATHE_TRY(loadMetrics(known->first, all.back()));
        }
        LATHE_TRY(transaction.commit());
        return all;
    });
}

Result<RunSummary> Index::run(const std::string& id, Metrics metrics) {
    return recovering([&]() -> Result<RunSummary> {
        const auto known = m_runs.find(id);
        if (known == m_runs.end() || !known->second.indexed)
            return fail(ErrorCode::NotFound, "no such run", id, "`lathe ls` lists the runs");
        RunSummary summary = copyOf(known->second);
        if (metrics == Metrics::With)
            LATHE_TRY(loadMetrics(id, summary));
        return summary;
    });
}

Result<std::vector<Point>> Index::points(const std::string& id, const std::string& metric) {
    LATHE_TRY(run(id, Metrics::Without));
    return recovering([&]() -> Result<std::vector<Point>> {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        auto points = m_series.points(*m_file.db, id, metric);
        LATHE_TRY(transaction.commit());
        return points;
    });
}

Result<std::vector<Bucket>> Index::buckets(const std::string& id, const std::string& metric, XAxis axis,
                                           double from, double to, std::size_t maxBuckets) {
    LATHE_TRY_ASSIGN(const RunSummary summary, run(id, Metrics::Without));
    const double started = summary.started > 0 ? summary.started : summary.spec.created;
    const double origin = axis == XAxis::Elapsed ? started : 0;
    return recovering([&]() -> Result<std::vector<Bucket>> {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        auto buckets = m_series.buckets(*m_file.db, id, metric, axis, origin, from, to, maxBuckets);
        LATHE_TRY(transaction.commit());
        return buckets;
    });
}

Result<std::vector<Item>> Index::items(const ItemFilter& filter) {
    if (!filter.run.empty())
        LATHE_TRY(run(filter.run, Metrics::Without));
    return recovering([&]() -> Result<std::vector<Item>> {
        std::vector<Item> all;
        const auto take = [&](Query& query, const std::string& id) -> Result<> {
            while (true) {
                LATHE_TRY_ASSIGN(const bool more, query.next());
                if (!more)
                    return {};
                const auto kind = static_cast<ItemKind>(query.integer(0));
                const std::int64_t step = query.integer(2);
                if ((filter.kind && kind != *filter.kind) ||
                    (!filter.name.empty() && filter.name != query.text(1)) || step < filter.fromStep ||
                    step > filter.toStep)
                    continue;
                const std::string run = id.empty() ? std::string(query.text(5)) : id;
                if (id.empty()) {
                    const auto known = m_runs.find(run);
                    if (known == m_runs.end() || known->second.summary.deleted)
                        continue;
                }
                LATHE_TRY_ASSIGN(const std::string text, unpackText(query.blob(4)));
                LATHE_TRY_ASSIGN(Json fields, parseJson(text));
                all.push_back(
                    {kind, run, std::string(query.text(1)), step, query.real(3), std::move(fields)});
            }
        };
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        if (!filter.run.empty()) {
            Query query(
                *m_file.db,
                "SELECT i.kind, i.name, i.step, i.time, i.data FROM file f JOIN item i ON i.file = f.id"
                " WHERE f.run = ? ORDER BY f.name, i.id",
                filter.run);
            LATHE_TRY(take(query, filter.run));
        } else if (filter.kind == ItemKind::Artifact && !filter.name.empty()) {
            Query query(*m_file.db,
                        "SELECT i.kind, i.name, i.step, i.time, i.data, f.run FROM item i JOIN file f ON "
                        "f.id = i.file"
                        " WHERE i.kind = 5 AND i.name = ? ORDER BY f.run, f.name, i.id",
                        filter.name);
            LATHE_TRY(take(query, {}));
        } else {
            Query query(*m_file.db, "SELECT i.kind, i.name, i.step, i.time, i.data, f.run FROM item i"
                                    " JOIN file f ON f.id = i.file ORDER BY f.run, f.name, i.id");
            LATHE_TRY(take(query, {}));
        }
        LATHE_TRY(transaction.commit());
        std::ranges::stable_sort(all, {}, [](const Item& item) { return std::tie(item.run, item.time); });
        if (filter.limit > 0 && all.size() > filter.limit) {
            if (filter.run.empty())
                std::ranges::stable_sort(all, {}, &Item::time);
            all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(filter.limit));
        }
        return all;
    });
}

Result<std::vector<ItemSeries>> Index::itemSeries(const std::string& id) {
    LATHE_TRY(run(id, Metrics::Without));
    return recovering([&]() -> Result<std::vector<ItemSeries>> {
        std::vector<ItemSeries> all;
        Query query(*m_file.db,
                    "SELECT i.kind, i.name, count(*), min(i.step), max(i.step) FROM file f JOIN item i ON "
                    "i.file = f.id"
                    " WHERE f.run = ? GROUP BY i.kind, i.name ORDER BY i.kind, i.name",
                    id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                return all;
            all.push_back({static_cast<ItemKind>(query.integer(0)), std::string(query.text(1)),
                           static_cast<std::uint64_t>(query.integer(2)), query.integer(3), query.integer(4)});
        }
    });
}

}  // namespace lathe::record
