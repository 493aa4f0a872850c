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
CREATE TABLE run(id TEXT PRIMARY KEY, spec TEXT, problem TEXT, stamp TEXT, folder_time INTEGER, names TEXT, rev INTEGER) WITHOUT ROWID;
CREATE INDEX run_rev ON run(rev);
CREATE TABLE file(id INTEGER PRIMARY KEY, run TEXT, name TEXT, inode INTEGER, size INTEGER, offset INTEGER,
    damaged INTEGER, time REAL, step INTEGER, digest TEXT, problem TEXT, UNIQUE(run, name));
CREATE TABLE name(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE series(id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER, name INTEGER, chunks INTEGER, pieces INTEGER,
    tail INTEGER, count INTEGER, non_finite INTEGER, first REAL, last REAL, min REAL, max REAL, first_step INTEGER,
    last_step INTEGER, min_step INTEGER, max_step INTEGER, last_time REAL, first_time REAL, sum REAL, recent REAL);
CREATE UNIQUE INDEX series_file ON series(file, name);
CREATE INDEX series_name ON series(name);
CREATE TABLE node(id INTEGER PRIMARY KEY, node BLOB, fine BLOB);
CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE tail(id INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE item(id INTEGER PRIMARY KEY, file INTEGER, kind INTEGER, name TEXT, step INTEGER, time REAL, data BLOB);
CREATE INDEX item_file ON item(file);
CREATE INDEX item_artifact ON item(name) WHERE kind = 5;
CREATE TABLE console(run TEXT, name TEXT, inode INTEGER, taken INTEGER, ended INTEGER, PRIMARY KEY(run, name)) WITHOUT ROWID;
CREATE TABLE console_piece(id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT, name TEXT);
CREATE INDEX console_piece_run ON console_piece(run);
CREATE VIRTUAL TABLE console_words USING fts5(text, content='');
)";

namespace {

// Pieces of a tail are many while a run is watched live: one a refresh. Read together they must stay few.
constexpr std::int64_t kMaxPieces = 16;

std::int64_t rowOf(std::int64_t series, std::int64_t n) {
    return series << kRowBits | n;
}

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
    summary.sum += point.value;
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
    MetricSummary& summary = series.summary;
    summary.min = summary.max = summary.recent = std::numeric_limits<double>::quiet_NaN();
    {
        Query query(m_db, "SELECT id FROM name WHERE name = ?", name);
        LATHE_TRY_ASSIGN(const bool known, query.next());
        if (known)
            series.name = query.integer(0);
    }
    if (series.name == 0) {
        LATHE_TRY(record::run(m_db, "INSERT INTO name(name) VALUES(?)", name));
        series.name = m_db.lastInsertId();
        return {};
    }
    Query query(
        m_db,
        "SELECT id, chunks, pieces, tail, count, non_finite, first, last, min, max, first_step, last_step,"
        " min_step, max_step, last_time, first_time, sum, recent FROM series WHERE file = ? AND name = ?",
        m_file, series.name);
    LATHE_TRY_ASSIGN(const bool known, query.next());
    if (!known)
        return {};
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
    summary.sum = query.real(16);
    summary.recent = query.real(17);
    return {};
}

Result<> FileIngest::addRow(Series& series) {
    if (series.id != 0)
        return {};
    LATHE_TRY(record::run(m_db, "INSERT INTO series(file, name) VALUES(?, ?)", m_file, series.name));
    series.id = m_db.lastInsertId();
    return {};
}

// The mean of the last values, of which some may be stored already.
Result<> FileIngest::addRecent(Series& series) {
    std::vector<Point> last;
    const std::size_t fresh = std::min(series.fresh.size(), kRecentPoints);
    last.assign(series.fresh.end() - static_cast<std::ptrdiff_t>(fresh), series.fresh.end());
    // The newest pieces of the tail, then the newest chunk: what is asked for may lie across them.
    const auto prepend = [&](std::string_view blob) -> Result<> {
        std::vector<Point> older;
        LATHE_TRY(decodePoints(blob, older));
        older.insert(older.end(), last.begin(), last.end());
        last = std::move(older);
        return {};
    };
    for (std::int64_t piece = series.pieces - 1; piece >= 0 && last.size() < kRecentPoints; --piece) {
        Query query(m_db, "SELECT data FROM tail WHERE id = ?", rowOf(series.id, piece));
        LATHE_TRY_ASSIGN(const bool found, query.next());
        if (found)
            LATHE_TRY(prepend(query.blob(0)));
    }
    if (last.size() < kRecentPoints && series.chunks > 0) {
        Query query(m_db, "SELECT data FROM chunk WHERE id = ?", rowOf(series.id, series.chunks - 1));
        LATHE_TRY_ASSIGN(const bool found, query.next());
        if (found)
            LATHE_TRY(prepend(query.blob(0)));
    }
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = last.size() - std::min(last.size(), kRecentPoints); i < last.size(); ++i) {
        if (!std::isfinite(last[i].value))
            continue;
        sum += last[i].value;
        ++count;
    }
    series.summary.recent =
        count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
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
    const auto kind = itemKindFromName(type);
    if (!kind)
        return;
    const std::string name = getString(fields, *kind == ItemKind::Alert ? "title" : "name");
    note(record::run(m_db, "INSERT INTO item(file, kind, name, step, time, data) VALUES(?, ?, ?, ?, ?, ?)",
                     m_file, static_cast<std::int64_t>(*kind), name, getInt(fields, "s", m_digest.step()),
                     time, Blob{packText(dumpJson(fields))}));
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
    LATHE_TRY(addRow(series));
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
    LATHE_TRY(addRow(series));
    LATHE_TRY(addRecent(series));
    if (!series.fresh.empty()) {
        if (series.pieces >= kMaxPieces)
            LATHE_TRY(takeTail(series));
        const std::string data = encodePoints(series.fresh);
        LATHE_TRY(record::run(m_db, "INSERT INTO tail(id, data) VALUES(?, ?)",
                              rowOf(series.id, series.pieces), Blob{data}));
        ++series.pieces;
        series.tailCount += static_cast<std::int64_t>(series.fresh.size());
        series.fresh.clear();
    }
    series.dirty = false;
    const MetricSummary& sum = series.summary;
    return record::run(
        m_db,
        "UPDATE series SET chunks = ?, pieces = ?, tail = ?, count = ?, non_finite = ?, first = ?,"
        " last = ?, min = ?, max = ?, first_step = ?, last_step = ?, min_step = ?, max_step = ?,"
        " last_time = ?, first_time = ?, sum = ?, recent = ? WHERE id = ?",
        series.chunks, series.pieces, series.tailCount, static_cast<std::int64_t>(sum.count),
        static_cast<std::int64_t>(sum.nonFinite), sum.first, sum.last, sum.min, sum.max, sum.firstStep,
        sum.lastStep, sum.minStep, sum.maxStep, sum.lastTime, series.firstTime, sum.sum, sum.recent,
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
    LATHE_TRY(record::run(db, "DELETE FROM item WHERE file = ?", file));
    return record::run(db, "DELETE FROM file WHERE id = ?", file);
}

}  // namespace lathe::record
