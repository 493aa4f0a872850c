// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/chunk_codec.h"
#include "record/store.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace lathe::record {

// A series is cut, in order of arrival, into sealed chunks of kChunk points and an open tail. Over the points
// of a chunk stand nodes of 64 and of 512 points, over the chunks nodes of 8, 64, 512 … chunks.
inline constexpr std::size_t kChunk = 4096;
inline constexpr std::size_t kFine = 64;
inline constexpr std::size_t kFanout = 8;

// The nodes from whole chunks upwards: level 0 has one a chunk, each further level one for kFanout of the
// level below.
class Spine {
public:
    void append(const Node& chunk);
    std::size_t chunks() const { return m_levels.empty() ? 0 : m_levels.front().size(); }
    const std::vector<std::vector<Node>>& levels() const { return m_levels; }

private:
    std::vector<std::vector<Node>> m_levels;
};

struct ChunkNodes {
    std::vector<Node> fine;    // kChunk / kFine
    std::vector<Node> coarse;  // kFanout of the above each
};

std::vector<Node> fineNodesOf(std::span<const Point> chunk);
ChunkNodes chunkNodesOf(std::vector<Node> fine);

// The open end of a series with nodes of its own.
struct Tail {
    std::vector<Point> points;
    ChunkNodes nodes;
};
Tail tailOf(std::vector<Point> points);

// One writer's share of a series. What lies below the spine is fetched when it is needed.
struct SeriesSource {
    std::shared_ptr<const Spine> spine;
    std::shared_ptr<const Tail> tail;
    std::function<Result<std::shared_ptr<const ChunkNodes>>(std::size_t chunk)> nodes;
    std::function<Result<std::shared_ptr<const std::vector<Point>>>(std::size_t chunk)> points;
};

// Store::buckets over all writers of a series; `origin` is the clock time at which Elapsed is 0. The range is
// cut into `maxBuckets` cells; a node narrower than a cell counts whole in the cell where it begins, anything
// wider is looked into. So the work follows the number of cells, and no extreme is dropped. Where x goes
// back, as after a resume, both passes fall into the same cells.
Result<std::vector<Bucket>> bucketsOf(std::span<const SeriesSource> sources, XAxis axis, double origin,
                                      double from, double to, std::size_t maxBuckets);

}  // namespace lathe::record
