// SPDX-License-Identifier: Apache-2.0
#include "record/pyramid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace lathe::record {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kMaxCells = std::size_t{1} << 20;

struct Extent {
    double low = kInfinity, high = -kInfinity;
};

class BucketQuery {
public:
    BucketQuery(XAxis axis, double origin, double from, double to, std::size_t cells)
        : m_axis(axis), m_origin(origin), m_from(from), m_to(to), m_cells(cells),
          m_width((to - from) / static_cast<double>(cells)) {}

    Result<> add(const SeriesSource& source);
    std::vector<Bucket> take() const;

    static double xOf(XAxis axis, double origin, const Point& point) {
        return axis == XAxis::Step ? static_cast<double>(point.step) : point.time - origin;
    }
    static Extent extentOf(XAxis axis, double origin, const Node& node) {
        if (axis == XAxis::Step)
            return {static_cast<double>(node.stepMin), static_cast<double>(node.stepMax)};
        return {node.timeMin - origin, node.timeMax - origin};
    }

private:
    // The nearest thing outside the range, as deep as it was looked into.
    struct Neighbour {
        double x = 0;
        int level = 0;          // of the spine; kCoarse, kFineLevel, kPoint below it
        std::size_t index = 0;  // within its level
        Point point;
    };
    enum : int { kCoarse = -1, kFineLevel = -2, kPoint = -3 };

    Extent extent(const Node& node) const { return extentOf(m_axis, m_origin, node); }
    double x(const Point& point) const { return xOf(m_axis, m_origin, point); }

    bool settled(const Node& node, int level, std::size_t index);
    void addPoint(const Point& point);
    void consider(Extent extent, int level, std::size_t index, const Point* point);
    Bucket& cell(double at);
    Result<> visit(const SeriesSource& source, std::size_t level, std::size_t index);
    void visitTail(const Tail& tail);
    Result<> visitChunk(const SeriesSource& source, std::size_t chunk);
    Result<> resolve(const SeriesSource& source, std::optional<Neighbour>& found, bool below, Bucket& into);
    Bucket bucketOf(const Point& point) const;

    XAxis m_axis;
    double m_origin, m_from, m_to;
    std::vector<Bucket> m_cells;
    double m_width;
    std::optional<Neighbour> m_below, m_above;  // of the source being added
    Bucket m_before, m_after;                   // of all sources; count 0: none
};

Bucket& BucketQuery::cell(double at) {
    const double index = m_width > 0 ? (at - m_from) / m_width : 0;
    return m_cells[std::min(static_cast<std::size_t>(std::max(index, 0.0)), m_cells.size() - 1)];
}

void join(Bucket& bucket, Extent extent, const Node& node) {
    const bool fresh = bucket.count == 0;
    const bool hasFinite = bucket.count > bucket.nonFinite;
    if (!std::isnan(node.first)) {
        if (!hasFinite || extent.low < bucket.xFirst)
            bucket.first = node.first;
        if (!hasFinite || extent.high >= bucket.xLast)
            bucket.last = node.last;
        bucket.min = hasFinite ? std::min(bucket.min, node.min) : node.min;
        bucket.max = hasFinite ? std::max(bucket.max, node.max) : node.max;
    } else if (fresh) {
        bucket.first = bucket.last = bucket.min = bucket.max = std::numeric_limits<double>::quiet_NaN();
    }
    bucket.xFirst = fresh ? extent.low : std::min(bucket.xFirst, extent.low);
    bucket.xLast = fresh ? extent.high : std::max(bucket.xLast, extent.high);
    bucket.count += node.count;
    bucket.nonFinite += node.nonFinite;
    bucket.sum += node.sum;
}

void BucketQuery::consider(Extent extent, int level, std::size_t index, const Point* point) {
    if (extent.high < m_from && (!m_below || extent.high >= m_below->x))
        m_below = Neighbour{extent.high, level, index, point ? *point : Point{}};
    if (extent.low > m_to && (!m_above || extent.low < m_above->x))
        m_above = Neighbour{extent.low, level, index, point ? *point : Point{}};
}

bool BucketQuery::settled(const Node& node, int level, std::size_t index) {
    const Extent range = extent(node);
    if (range.high < m_from || range.low > m_to) {
        consider(range, level, index, nullptr);
        return true;
    }
    if (range.low < m_from || range.high > m_to || range.high - range.low > m_width)
        return false;
    join(cell(range.low), range, node);
    return true;
}

void BucketQuery::addPoint(const Point& point) {
    const double at = x(point);
    if (at < m_from || at > m_to) {
        consider({at, at}, kPoint, 0, &point);
        return;
    }
    // What join() would do with a node of this one point, for the most frequent case.
    Bucket& bucket = cell(at);
    if (bucket.count > bucket.nonFinite && std::isfinite(point.value) && at >= bucket.xLast) {
        bucket.xLast = at;
        bucket.last = point.value;
        bucket.min = std::min(bucket.min, point.value);
        bucket.max = std::max(bucket.max, point.value);
        bucket.sum += point.value;
        ++bucket.count;
        return;
    }
    join(bucket, {at, at}, nodeOf(std::span(&point, 1)));
}

// The tail's nodes are too few to be worth going down from later: its outside points are told one by one.
void BucketQuery::visitTail(const Tail& tail) {
    for (std::size_t f = 0; f < tail.nodes.fine.size(); ++f) {
        const Node& node = tail.nodes.fine[f];
        const Extent range = extent(node);
        if (range.low >= m_from && range.high <= m_to && range.high - range.low <= m_width) {
            join(cell(range.low), range, node);
            continue;
        }
        for (std::size_t p = f * kFine; p < std::min((f + 1) * kFine, tail.points.size()); ++p)
            addPoint(tail.points[p]);
    }
}

Result<> BucketQuery::visitChunk(const SeriesSource& source, std::size_t chunk) {
    LATHE_TRY_ASSIGN(const auto nodes, source.nodes(chunk));
    std::shared_ptr<const std::vector<Point>> points;
    for (std::size_t c = 0; c < nodes->coarse.size(); ++c) {
        const std::size_t perChunk = nodes->coarse.size();
        if (settled(nodes->coarse[c], kCoarse, chunk * perChunk + c))
            continue;
        for (std::size_t f = c * kFanout; f < std::min((c + 1) * kFanout, nodes->fine.size()); ++f) {
            if (settled(nodes->fine[f], kFineLevel, chunk * nodes->fine.size() + f))
                continue;
            if (!points) {
                LATHE_TRY_ASSIGN(points, source.points(chunk));
            }
            for (std::size_t p = f * kFine; p < std::min((f + 1) * kFine, points->size()); ++p)
                addPoint((*points)[p]);
        }
    }
    return {};
}

Result<> BucketQuery::visit(const SeriesSource& source, std::size_t level, std::size_t index) {
    const auto& levels = source.spine->levels();
    if (settled(levels[level][index], static_cast<int>(level), index))
        return {};
    if (level == 0)
        return visitChunk(source, index);
    const std::size_t end = std::min((index + 1) * kFanout, levels[level - 1].size());
    for (std::size_t child = index * kFanout; child < end; ++child)
        LATHE_TRY(visit(source, level - 1, child));
    return {};
}

Bucket BucketQuery::bucketOf(const Point& point) const {
    Bucket bucket;
    join(bucket, {x(point), x(point)}, nodeOf(std::span(&point, 1)));
    return bucket;
}

// Goes down from a node to its point nearest to the range: the last of the greatest x below it, the first of
// the least x above it.
Result<> BucketQuery::resolve(const SeriesSource& source, std::optional<Neighbour>& found, bool below,
                              Bucket& into) {
    if (!found)
        return {};
    Neighbour at = *std::exchange(found, std::nullopt);
    const auto nearer = [&](Extent candidate, double best) {
        return below ? candidate.high >= best : candidate.low < best;
    };
    const auto side = [&](Extent extent) { return below ? extent.high : extent.low; };
    const double start = below ? -kInfinity : kInfinity;
    while (at.level > 0) {
        const auto& children = source.spine->levels()[static_cast<std::size_t>(at.level - 1)];
        const std::size_t end = std::min((at.index + 1) * kFanout, children.size());
        double best = start;
        std::size_t chosen = at.index * kFanout;
        for (std::size_t child = at.index * kFanout; child < end; ++child) {
            if (nearer(extent(children[child]), best)) {
                best = side(extent(children[child]));
                chosen = child;
            }
        }
        at = {best, at.level - 1, chosen, {}};
    }
    if (at.level != kPoint) {
        constexpr std::size_t perCoarse = kFine * kFanout;
        const std::size_t begin = at.level == 0         ? 0
                                  : at.level == kCoarse ? at.index * perCoarse % kChunk
                                                        : at.index * kFine % kChunk;
        const std::size_t length = at.level == 0 ? kChunk : at.level == kCoarse ? perCoarse : kFine;
        const std::size_t chunk = at.level == 0         ? at.index
                                  : at.level == kCoarse ? at.index * perCoarse / kChunk
                                                        : at.index * kFine / kChunk;
        LATHE_TRY_ASSIGN(const auto points, source.points(chunk));
        double best = start;
        for (std::size_t p = begin; p < std::min(begin + length, points->size()); ++p) {
            const double value = x((*points)[p]);
            if (nearer({value, value}, best)) {
                best = value;
                at.point = (*points)[p];
            }
        }
        at.x = best;
    }
    const bool better = into.count == 0 || (below ? at.x >= into.xFirst : at.x < into.xFirst);
    if (better)
        into = bucketOf(at.point);
    return {};
}

Result<> BucketQuery::add(const SeriesSource& source) {
    const auto& levels = source.spine->levels();
    if (!levels.empty())
        for (std::size_t index = 0; index < levels.back().size(); ++index)
            LATHE_TRY(visit(source, levels.size() - 1, index));
    visitTail(*source.tail);
    LATHE_TRY(resolve(source, m_below, true, m_before));
    return resolve(source, m_above, false, m_after);
}

std::vector<Bucket> BucketQuery::take() const {
    std::vector<Bucket> buckets;
    if (m_before.count > 0)
        buckets.push_back(m_before);
    for (const Bucket& bucket : m_cells)
        if (bucket.count > 0)
            buckets.push_back(bucket);
    if (m_after.count > 0)
        buckets.push_back(m_after);
    return buckets;
}

}  // namespace

void Spine::append(const Node& chunk) {
    if (m_levels.empty())
        m_levels.emplace_back();
    m_levels[0].push_back(chunk);
    for (std::size_t level = 0; m_levels[level].size() > kFanout; ++level) {
        if (level + 1 == m_levels.size())
            m_levels.emplace_back();
        const auto& below = m_levels[level];
        auto& above = m_levels[level + 1];
        // All parents but the last are whole, and stay as they are.
        for (std::size_t parent = above.empty() ? 0 : above.size() - 1; parent * kFanout < below.size();
             ++parent) {
            const std::size_t begin = parent * kFanout;
            const Node sum = nodeOf(std::span(below).subspan(begin, std::min(kFanout, below.size() - begin)));
            if (parent < above.size())
                above[parent] = sum;
            else
                above.push_back(sum);
        }
    }
}

std::vector<Node> fineNodesOf(std::span<const Point> chunk) {
    std::vector<Node> fine;
    fine.reserve((chunk.size() + kFine - 1) / kFine);
    for (std::size_t at = 0; at < chunk.size(); at += kFine)
        fine.push_back(nodeOf(chunk.subspan(at, std::min(kFine, chunk.size() - at))));
    return fine;
}

ChunkNodes chunkNodesOf(std::vector<Node> fine) {
    ChunkNodes nodes;
    for (std::size_t at = 0; at < fine.size(); at += kFanout)
        nodes.coarse.push_back(
            nodeOf(std::span<const Node>(fine).subspan(at, std::min(kFanout, fine.size() - at))));
    nodes.fine = std::move(fine);
    return nodes;
}

Tail tailOf(std::vector<Point> points) {
    Tail tail;
    tail.nodes = chunkNodesOf(fineNodesOf(points));
    tail.points = std::move(points);
    return tail;
}

Result<std::vector<Bucket>> bucketsOf(std::span<const SeriesSource> sources, XAxis axis, double origin,
                                      double from, double to, std::size_t maxBuckets) {
    Extent all;
    const auto widen = [&](Extent extent) {
        all.low = std::min(all.low, extent.low);
        all.high = std::max(all.high, extent.high);
    };
    for (const SeriesSource& source : sources) {
        if (!source.spine->levels().empty())
            for (const Node& node : source.spine->levels().back())
                widen(BucketQuery::extentOf(axis, origin, node));
        for (const Node& node : source.tail->nodes.coarse)
            widen(BucketQuery::extentOf(axis, origin, node));
    }
    if (all.low > all.high || maxBuckets == 0)
        return std::vector<Bucket>{};
    if (!(from <= to)) {
        from = all.low;
        to = all.high;
    }
    if (std::isinf(from))
        from = std::min(all.low, to);
    if (std::isinf(to))
        to = std::max(all.high, from);
    BucketQuery query(axis, origin, from, to, std::min(maxBuckets, kMaxCells));
    for (const SeriesSource& source : sources)
        LATHE_TRY(query.add(source));
    return query.take();
}

}  // namespace lathe::record
