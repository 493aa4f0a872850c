// SPDX-License-Identifier: Apache-2.0
#include "record/series_reader.h"

#include "record/chunk_codec.h"
#include "record/ingest.h"

#include <algorithm>
#include <limits>

namespace lathe::record {

namespace {

constexpr std::size_t kCacheBytes = std::size_t{160} << 20;

std::int64_t rowOf(std::int64_t series, std::size_t n) {
    return series << kRowBits | static_cast<std::int64_t>(n);
}

std::unexpected<Error> missing() {
    return fail(ErrorCode::Corrupt, "a chunk of a series is missing from the index", {},
                "`lathe reindex` makes the index anew");
}

// The clock of a writer may step back; its points keep their order all the same.
std::vector<Point> mergedByTime(std::vector<Point> a, std::vector<Point> b) {
    if (a.empty())
        return b;
    std::vector<Point> merged;
    merged.reserve(a.size() + b.size());
    double clockA = -std::numeric_limits<double>::infinity(), clockB = clockA;
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        const double nextA = std::max(clockA, a[i].time), nextB = std::max(clockB, b[j].time);
        if (nextB < nextA) {
            clockB = nextB;
            merged.push_back(b[j++]);
        } else {
            clockA = nextA;
            merged.push_back(a[i++]);
        }
    }
    merged.insert(merged.end(), a.begin() + static_cast<std::ptrdiff_t>(i), a.end());
    merged.insert(merged.end(), b.begin() + static_cast<std::ptrdiff_t>(j), b.end());
    return merged;
}

}  // namespace

void SeriesReader::clear() {
    m_cache.clear();
    m_ages.clear();
    m_bytes = 0;
}

std::shared_ptr<const void> SeriesReader::recall(std::uint64_t key) {
    const auto found = m_cache.find(key);
    if (found == m_cache.end())
        return nullptr;
    m_ages.splice(m_ages.begin(), m_ages, found->second.age);
    return found->second.value;
}

void SeriesReader::remember(std::uint64_t key, std::shared_ptr<const void> value, std::size_t bytes) {
    if (const auto old = m_cache.find(key); old != m_cache.end()) {
        m_bytes -= old->second.bytes;
        m_ages.erase(old->second.age);
        m_cache.erase(old);
    }
    m_ages.push_front(key);
    m_cache[key] = {std::move(value), bytes, m_ages.begin()};
    m_bytes += bytes;
    while (m_bytes > kCacheBytes && m_ages.size() > 1) {
        const auto oldest = m_cache.find(m_ages.back());
        m_bytes -= oldest->second.bytes;
        m_cache.erase(oldest);
        m_ages.pop_back();
    }
}

Result<std::vector<SeriesReader::Row>> SeriesReader::rows(Database& db, const std::string& run,
                                                          const std::string& metric) {
    std::vector<Row> rows;
    Query query(db,
                "SELECT s.id, s.chunks, s.tail FROM file f JOIN name n ON n.name = ?2"
                " JOIN series s ON s.file = f.id AND s.name = n.id WHERE f.run = ?1 ORDER BY f.name",
                run, metric);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            return rows;
        rows.push_back({query.integer(0), query.integer(1), query.integer(2)});
    }
}

Result<std::shared_ptr<const Tail>> SeriesReader::tail(Database& db, const Row& row) {
    const std::uint64_t key = static_cast<std::uint64_t>(rowOf(row.id, 0)) << 2 | TailOf;
    const auto known = std::static_pointer_cast<const HeldTail>(recall(key));
    if (known && known->chunks == row.chunks &&
        known->tail.points.size() == static_cast<std::size_t>(row.tail))
        return std::shared_ptr<const Tail>(known, &known->tail);
    std::vector<Point> points;
    points.reserve(static_cast<std::size_t>(row.tail));
    Query query(db, "SELECT data FROM tail WHERE id BETWEEN ? AND ? ORDER BY id", rowOf(row.id, 0),
                rowOf(row.id + 1, 0) - 1);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            break;
        LATHE_TRY(decodePoints(query.blob(0), points));
    }
    if (points.size() != static_cast<std::size_t>(row.tail))
        return missing();
    const auto held = std::make_shared<const HeldTail>(HeldTail{row.chunks, tailOf(std::move(points))});
    remember(key, held, sizeof(HeldTail) + held->tail.points.size() * sizeof(Point) * 5 / 4);
    return std::shared_ptr<const Tail>(held, &held->tail);
}

Result<std::shared_ptr<const Spine>> SeriesReader::spine(Database& db, const Row& row) {
    const std::uint64_t key = static_cast<std::uint64_t>(rowOf(row.id, 0)) << 2 | SpineOf;
    auto known = std::static_pointer_cast<const Spine>(recall(key));
    if (known && known->chunks() == static_cast<std::size_t>(row.chunks))
        return known;
    auto spine = known ? std::make_shared<Spine>(*known) : std::make_shared<Spine>();
    Query query(db, "SELECT node FROM node WHERE id BETWEEN ? AND ? ORDER BY id",
                rowOf(row.id, spine->chunks()), rowOf(row.id, static_cast<std::size_t>(row.chunks)) - 1);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            break;
        LATHE_TRY_ASSIGN(const auto node, decodeNodes(query.blob(0)));
        if (node.size() != 1)
            return missing();
        spine->append(node.front());
    }
    if (spine->chunks() != static_cast<std::size_t>(row.chunks))
        return missing();
    remember(key, spine, sizeof(Node) * (spine->chunks() * 8 / 7 + 8));
    return std::shared_ptr<const Spine>(std::move(spine));
}

Result<std::shared_ptr<const ChunkNodes>> SeriesReader::nodes(Database& db, std::int64_t series,
                                                              std::size_t chunk) {
    const std::uint64_t key = static_cast<std::uint64_t>(rowOf(series, chunk)) << 2 | NodesOf;
    if (auto known = recall(key))
        return std::static_pointer_cast<const ChunkNodes>(known);
    Query query(db, "SELECT fine FROM node WHERE id = ?", rowOf(series, chunk));
    LATHE_TRY_ASSIGN(const bool found, query.next());
    if (!found)
        return missing();
    LATHE_TRY_ASSIGN(auto fine, decodeNodes(query.blob(0)));
    if (fine.size() != kChunk / kFine)
        return missing();
    auto nodes = std::make_shared<const ChunkNodes>(chunkNodesOf(std::move(fine)));
    remember(key, nodes, sizeof(Node) * (nodes->fine.size() + nodes->coarse.size()));
    return nodes;
}

Result<std::shared_ptr<const std::vector<Point>>> SeriesReader::chunk(Database& db, std::int64_t series,
                                                                      std::size_t chunk) {
    const std::uint64_t key = static_cast<std::uint64_t>(rowOf(series, chunk)) << 2 | PointsOf;
    if (auto known = recall(key))
        return std::static_pointer_cast<const std::vector<Point>>(known);
    Query query(db, "SELECT data FROM chunk WHERE id = ?", rowOf(series, chunk));
    LATHE_TRY_ASSIGN(const bool found, query.next());
    if (!found)
        return missing();
    auto points = std::make_shared<std::vector<Point>>();
    LATHE_TRY(decodePoints(query.blob(0), *points));
    if (points->size() != kChunk)
        return missing();
    remember(key, points, sizeof(Point) * kChunk);
    return std::shared_ptr<const std::vector<Point>>(std::move(points));
}

Result<std::vector<Point>> SeriesReader::points(Database& db, const std::string& run,
                                                const std::string& metric) {
    LATHE_TRY_ASSIGN(const auto found, rows(db, run, metric));
    std::vector<Point> all;
    for (const Row& row : found) {
        std::vector<Point> points;
        points.reserve(static_cast<std::size_t>(row.chunks) * kChunk + static_cast<std::size_t>(row.tail));
        {
            Query query(db, "SELECT data FROM chunk WHERE id BETWEEN ? AND ? ORDER BY id", rowOf(row.id, 0),
                        rowOf(row.id + 1, 0) - 1);
            while (true) {
                LATHE_TRY_ASSIGN(const bool more, query.next());
                if (!more)
                    break;
                LATHE_TRY(decodePoints(query.blob(0), points));
            }
        }
        if (points.size() != static_cast<std::size_t>(row.chunks) * kChunk)
            return missing();
        LATHE_TRY_ASSIGN(const auto open, tail(db, row));
        points.insert(points.end(), open->points.begin(), open->points.end());
        all = mergedByTime(std::move(all), std::move(points));
    }
    return all;
}

Result<std::vector<Bucket>> SeriesReader::buckets(Database& db, const std::string& run,
                                                  const std::string& metric, XAxis axis, double origin,
                                                  double from, double to, std::size_t maxBuckets) {
    LATHE_TRY_ASSIGN(const auto found, rows(db, run, metric));
    std::vector<SeriesSource> sources;
    for (const Row& row : found) {
        SeriesSource source;
        LATHE_TRY_ASSIGN(source.spine, spine(db, row));
        LATHE_TRY_ASSIGN(source.tail, tail(db, row));
        source.nodes = [this, &db, id = row.id](std::size_t chunk) { return nodes(db, id, chunk); };
        source.points = [this, &db, id = row.id](std::size_t chunk) { return this->chunk(db, id, chunk); };
        sources.push_back(std::move(source));
    }
    return bucketsOf(sources, axis, origin, from, to, maxBuckets);
}

}  // namespace lathe::record
