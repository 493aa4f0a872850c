// SPDX-License-Identifier: Apache-2.0
#include "record/ingest.h"

#include "record/chunk_codec.h"
#include "record/pyramid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lathe::record {

const char* const kIndexSchema = R"(
CREATE TABLE counter(rev INTEGER);
INSERT INTO counter VALUES(0);
CREATE TABLE run(id TEXT PRIMARY KEY, spec TEXT, problem TEXT, stamp TEXT, rev INTEGER) WITHOUT ROWID;
CREATE INDEX run_rev ON run(rev);
CREATE TABLE file(id INTEGER PRIMARY KEY, run TEXT, name TEXT, inode INTEGER, size INTEGER, offset INTEGER,
    damaged INTEGER, time REAL, step INTEGER, digest TEXT, problem TEXT, UNIQUE(run, name));
CREATE TABLE series(id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER, name TEXT, chunks INTEGER, pieces INTEGER, tail INTEGER,
    count INTEGER, non_finite INTEGER, first REAL, last REAL, min REAL, max REAL, first_step INTEGER,
    last_step INTEGER, min_step INTEGER, max_step INTEGER, last_time REAL, first_time REAL,
    UNIQUE(file, name));
CREATE TABLE node(id INTEGER PRIMARY KEY, node BLOB, fine BLOB);
CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE tail(id INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE text(id INTEGER PRIMARY KEY, file INTEGER, step INTEGER, time REAL, name TEXT, text TEXT);
CREATE INDEX text_file ON text(file);
)";

namespace {

// Pieces of a tail are many while a run is watched live: one a refresh. Read together they must stay few.
constexpr std::int64_t kMaxPieces = 16;

std::int64_t rowOf(std::int64_t series, std::int64_t n) { return series << kRowBits | n; }

void addPoint(MetricSummary& summary, const Point& point) {
    if (summary.count++ == 0) {
        summary.first = point.value;
        summary.firstStep = point.step;
    }
    summary.last = point.value;
    summary.lastStep = point.step;
    summary.lastTime = point.time;
    if (!std::isfinite(point.value)) {
        ++summary.nonFinite;
        return;
    }
    const bool first = summary.count - summary.nonFinite == 1;
    if (first || point.value < summary.min) {
        summary.min = point.value;
        summary.minStep = point.step;
    }
    if (first || point.value > summary.max) {
        summary.max = point.value;
        summary.maxStep = point.step;
    }
}

}  // namespace

void FileIngest::note(Result<> result) {
    if (!result && !m_error)
        m_error = std::move(result).error();
}

Result<> FileIngest::load(std::string_view name, Series& series) {
    Query query(m_db,
                "SELECT id, chunks, pieces, tail, count, non_finite, first, last, min, max, first_step, last_step,"
                " min_step, max_step, last_time, first_time FROM series WHERE file = ? AND name = ?",
                m_file, name);
    LATHE_TRY_ASSIGN(const bool known, query.next());
    MetricSummary& summary = series.summary;
    if (!known) {
        summary.min = summary.max = std::numeric_limits<double>::quiet_NaN();
        LATHE_TRY(record::run(m_db, "INSERT INTO series(file, name, chunks, pieces, tail) VALUES(?, ?, 0, 0, 0)",
                              m_file, name));
        series.id = m_db.lastInsertId();
        return {};
    }
    series.id = query.integer(0);
    series.chunks = query.integer(1);
    series.pieces = query.integer(2);
    series.tailCount = query.integer(3);
    summary.count = static_cast<std::uint64_t>(query.integer(4));
    summary.nonFinite = static_cast<std::uint64_t>(query.integer(5));
    summary.first = query.real(6);
    summary.last = query.real(7);
    summary.min = query.real(8);
    summary.max = query.real(9);
    summary.firstStep = query.integer(10);
    summary.lastStep = query.integer(11);
    summary.minStep = query.integer(12);
    summary.maxStep = query.integer(13);
    summary.lastTime = query.real(14);
    series.firstTime = query.real(15);
    return {};
}

FileIngest::Series* FileIngest::series(std::string_view name) {
    if (const auto found = m_series.find(name); found != m_series.end())
        return &found->second;
    Series& made = m_series[std::string(name)];
    note(load(name, made));
    return &made;
}

void FileIngest::metrics(double time, std::int64_t step, std::span<const MetricValue> values) {
    // The machine's values count in seconds: they say nothing of how far the run is.
    const bool ofMachine = !values.empty() && std::ranges::all_of(values, [](const MetricValue& value) {
        return value.name.starts_with("system/");
    });
    m_digest.addStep(time, ofMachine ? 0 : step);
    if (m_lastLine.size() < values.size())
        m_lastLine.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto& [name, series] = m_lastLine[i];
        if (!name || *name != values[i].name) {
            series = this->series(values[i].name);
            name = &m_series.find(values[i].name)->first;
        }
        const Point point{step, time, values[i].value};
        if (series->summary.count == 0)
            series->firstTime = time;
        addPoint(series->summary, point);
        series->fresh.push_back(point);
        series->dirty = true;
        if (static_cast<std::size_t>(series->tailCount) + series->fresh.size() >= kChunk)
            note(seal(*series));
    }
}

void FileIngest::event(double time, std::string_view type, const Json& fields) {
    m_digest.add(time, type, fields);
    if (type == "text")
        note(record::run(m_db, "INSERT INTO text(file, step, time, name, text) VALUES(?, ?, ?, ?, ?)", m_file,
                         getInt(fields, "s"), time, getString(fields, "name"), getString(fields, "text")));
}

Result<> FileIngest::takeTail(Series& series) {
    if (series.pieces == 0)
        return {};
    std::vector<Point> points;
    points.reserve(kChunk);
    {
        Query query(m_db, "SELECT data FROM tail WHERE id BETWEEN ? AND ? ORDER BY id", rowOf(series.id, 0),
                    rowOf(series.id + 1, 0) - 1);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            LATHE_TRY(decodePoints(query.blob(0), points));
        }
    }
    if (points.size() != static_cast<std::size_t>(series.tailCount))
        return fail(ErrorCode::Corrupt, "the tail of a series is not what the index says");
    LATHE_TRY(record::run(m_db, "DELETE FROM tail WHERE id BETWEEN ? AND ?", rowOf(series.id, 0),
                          rowOf(series.id + 1, 0) - 1));
    points.insert(points.end(), series.fresh.begin(), series.fresh.end());
    series.fresh = std::move(points);
    series.pieces = series.tailCount = 0;
    return {};
}

Result<> FileIngest::seal(Series& series) {
    LATHE_TRY(takeTail(series));
    std::span<const Point> rest(series.fresh);
    while (rest.size() >= kChunk) {
        const auto points = rest.first(kChunk);
        rest = rest.subspan(kChunk);
        const std::vector<Node> fine = fineNodesOf(points);
        const Node whole = nodeOf(std::span<const Node>(fine));
        const std::string nodeBlob = encodeNodes({&whole, 1});
        const std::string fineBlob = encodeNodes(fine);
        const std::string data = encodePoints(points);
        const std::int64_t row = rowOf(series.id, series.chunks);
        LATHE_TRY(record::run(m_db, "INSERT INTO node(id, node, fine) VALUES(?, ?, ?)", row, Blob{nodeBlob},
                              Blob{fineBlob}));
        LATHE_TRY(record::run(m_db, "INSERT INTO chunk(id, data) VALUES(?, ?)", row, Blob{data}));
        ++series.chunks;
    }
    series.fresh.erase(series.fresh.begin(), series.fresh.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return {};
}

Result<> FileIngest::store(Series& series) {
    if (!series.fresh.empty()) {
        if (series.pieces >= kMaxPieces)
            LATHE_TRY(takeTail(series));
        const std::string data = encodePoints(series.fresh);
        LATHE_TRY(record::run(m_db, "INSERT INTO tail(id, data) VALUES(?, ?)", rowOf(series.id, series.pieces),
                              Blob{data}));
        ++series.pieces;
        series.tailCount += static_cast<std::int64_t>(series.fresh.size());
        series.fresh.clear();
    }
    const MetricSummary& sum = series.summary;
    return record::run(m_db,
                       "UPDATE series SET chunks = ?, pieces = ?, tail = ?, count = ?, non_finite = ?, first = ?,"
                       " last = ?, min = ?, max = ?, first_step = ?, last_step = ?, min_step = ?, max_step = ?,"
                       " last_time = ?, first_time = ? WHERE id = ?",
                       series.chunks, series.pieces, series.tailCount, static_cast<std::int64_t>(sum.count),
                       static_cast<std::int64_t>(sum.nonFinite), sum.first, sum.last, sum.min, sum.max, sum.firstStep,
                       sum.lastStep, sum.minStep, sum.maxStep, sum.lastTime, series.firstTime,
                       series.id);
}

Result<> FileIngest::flush() {
    for (auto& [name, series] : m_series)
        if (series.dirty && !m_error)
            note(store(series));
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

Result<> forgetFile(Database& db, std::int64_t file) {
    std::vector<std::int64_t> series;
    {
        Query query(db, "SELECT id FROM series WHERE file = ?", file);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            series.push_back(query.integer(0));
        }
    }
    for (const std::int64_t id : series) {
        const std::int64_t from = rowOf(id, 0), to = rowOf(id + 1, 0) - 1;
        LATHE_TRY(record::run(db, "DELETE FROM node WHERE id BETWEEN ? AND ?", from, to));
        LATHE_TRY(record::run(db, "DELETE FROM chunk WHERE id BETWEEN ? AND ?", from, to));
        LATHE_TRY(record::run(db, "DELETE FROM tail WHERE id BETWEEN ? AND ?", from, to));
    }
    LATHE_TRY(record::run(db, "DELETE FROM series WHERE file = ?", file));
    LATHE_TRY(record::run(db, "DELETE FROM text WHERE file = ?", file));
    return record::run(db, "DELETE FROM file WHERE id = ?", file);
}

}  // namespace lathe::record
