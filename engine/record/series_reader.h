// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/pyramid.h"
#include "record/sqlite.h"
#include "record/store.h"

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace lathe::record {

// Reads series out of the index and keeps what was read last: spines, nodes and decoded chunks, which never
// change once written. Not thread-safe.
class SeriesReader {
public:
    // All points of all writers, by time between writers and in order of arrival within one.
    Result<std::vector<Point>> points(Database& db, const std::string& run, const std::string& metric);
    Result<std::vector<Bucket>> buckets(Database& db, const std::string& run, const std::string& metric,
                                        XAxis axis, double origin, double from, double to,
                                        std::size_t maxBuckets);
    // To be called when the database was replaced: its ids mean something else then.
    void clear();

private:
    struct Row {
        std::int64_t id, chunks, tail;
    };
    enum Kind : std::uint64_t { SpineOf, NodesOf, PointsOf, TailOf };
    struct HeldTail {
        std::int64_t chunks;  // before it; a tail of as many chunks and points is the same tail
        Tail tail;
    };
    struct Entry {
        std::shared_ptr<const void> value;
        std::size_t bytes = 0;
        std::list<std::uint64_t>::iterator age;
    };

    Result<std::vector<Row>> rows(Database& db, const std::string& run, const std::string& metric);
    Result<std::shared_ptr<const Tail>> tail(Database& db, const Row& row);
    Result<std::shared_ptr<const Spine>> spine(Database& db, const Row& row);
    Result<std::shared_ptr<const ChunkNodes>> nodes(Database& db, std::int64_t series, std::size_t chunk);
    Result<std::shared_ptr<const std::vector<Point>>> chunk(Database& db, std::int64_t series,
                                                            std::size_t chunk);

    std::shared_ptr<const void> recall(std::uint64_t key);
    void remember(std::uint64_t key, std::shared_ptr<const void> value, std::size_t bytes);

    std::unordered_map<std::uint64_t, Entry> m_cache;
    std::list<std::uint64_t> m_ages;  // newest first
    std::size_t m_bytes = 0;
};

}  // namespace lathe::record
