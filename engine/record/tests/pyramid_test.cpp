// SPDX-License-Identifier: Apache-2.0
#include "record/pyramid.h"

#include "record/chunk_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>

using namespace lathe;
using namespace lathe::record;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

bool sameBits(const Point& a, const Point& b) {
    return a.step == b.step && std::bit_cast<std::uint64_t>(a.time) == std::bit_cast<std::uint64_t>(b.time) &&
           std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

void checkRoundTrip(const std::vector<Point>& points) {
    std::vector<Point> back{{7, 7, 7}};
    REQUIRE(decodePoints(encodePoints(points), back).has_value());
    REQUIRE(back.size() == points.size() + 1);
    for (std::size_t i = 0; i < points.size(); ++i)
        REQUIRE(sameBits(points[i], back[i + 1]));
}

// A series as the index holds it, with a count of what was fetched.
struct Held {
    std::vector<Point> all;
    int chunksRead = 0, nodesRead = 0;

    SeriesSource source() {
        auto spine = std::make_shared<Spine>();
        const std::size_t sealed = all.size() / kChunk;
        for (std::size_t c = 0; c < sealed; ++c)
            spine->append(nodeOf(std::span(all).subspan(c * kChunk, kChunk)));
        SeriesSource source;
        source.spine = spine;
        source.tail = std::make_shared<const Tail>(
            tailOf({all.begin() + static_cast<std::ptrdiff_t>(sealed * kChunk), all.end()}));
        source.nodes = [this](std::size_t chunk) -> Result<std::shared_ptr<const ChunkNodes>> {
            ++nodesRead;
            return std::make_shared<const ChunkNodes>(
                chunkNodesOf(fineNodesOf(std::span(all).subspan(chunk * kChunk, kChunk))));
        };
        source.points = [this](std::size_t chunk) -> Result<std::shared_ptr<const std::vector<Point>>> {
            ++chunksRead;
            const auto from = all.begin() + static_cast<std::ptrdiff_t>(chunk * kChunk);
            return std::make_shared<const std::vector<Point>>(from, from + kChunk);
        };
        return source;
    }
};

// Whatever the zoom: every point in range is in one bucket, the extremes are the true ones, and one neighbour stands
// on each side.
void checkBuckets(Held& held, XAxis axis, double origin, double from, double to, std::size_t maxBuckets) {
    const SeriesSource source = held.source();
    const auto buckets = bucketsOf({&source, 1}, axis, origin, from, to, maxBuckets);
    REQUIRE(buckets.has_value());
    const auto x = [&](const Point& p) { return axis == XAxis::Step ? static_cast<double>(p.step) : p.time - origin; };
    std::uint64_t inRange = 0, nonFinite = 0;
    double low = kInf, high = -kInf, below = -kInf, above = kInf;
    for (const Point& point : held.all) {
        const double at = x(point);
        if (from <= to && at < from) {
            below = std::max(below, at);
        } else if (from <= to && at > to) {
            above = std::min(above, at);
        } else {
            ++inRange;
            if (!std::isfinite(point.value)) {
                ++nonFinite;
            } else {
                low = std::min(low, point.value);
                high = std::max(high, point.value);
            }
        }
    }
    auto inner = *buckets;
    if (below > -kInf) {
        REQUIRE_FALSE(inner.empty());
        REQUIRE(inner.front().xFirst == below);
        REQUIRE(inner.front().count == 1);
        inner.erase(inner.begin());
    }
    if (above < kInf) {
        REQUIRE_FALSE(inner.empty());
        REQUIRE(inner.back().xFirst == above);
        REQUIRE(inner.back().count == 1);
        inner.pop_back();
    }
    REQUIRE(inner.size() <= maxBuckets);
    std::uint64_t count = 0, countNonFinite = 0;
    double seenLow = kInf, seenHigh = -kInf, previous = -kInf;
    for (const Bucket& bucket : inner) {
        REQUIRE(bucket.xFirst > previous);
        previous = bucket.xFirst;
        REQUIRE(bucket.xLast >= bucket.xFirst);
        count += bucket.count;
        countNonFinite += bucket.nonFinite;
        if (bucket.count == bucket.nonFinite) {
            REQUIRE(std::isnan(bucket.min));
            continue;
        }
        REQUIRE(bucket.min <= bucket.first);
        REQUIRE(bucket.last <= bucket.max);
        seenLow = std::min(seenLow, bucket.min);
        seenHigh = std::max(seenHigh, bucket.max);
    }
    REQUIRE(count == inRange);
    REQUIRE(countNonFinite == nonFinite);
    REQUIRE(seenLow == low);
    REQUIRE(seenHigh == high);
}

}  // namespace

TEST_CASE("chunks give back every bit") {
    std::mt19937_64 random(1);
    std::normal_distribution<double> noise;
    for (const std::size_t count : {0, 1, 2, 63, 64, 65, 4095, 4096}) {
        std::vector<Point> plain, wild, floats, decimals;
        for (std::size_t i = 0; i < count; ++i) {
            const auto step = static_cast<std::int64_t>(i) * 10;
            const double time = std::round((1.7e9 + static_cast<double>(i) * 0.11 + 0.01 * noise(random)) * 1e4) / 1e4;
            plain.push_back({step, time, 3.0 / (1.0 + static_cast<double>(i)) + 0.01 * noise(random)});
            floats.push_back({step, time, static_cast<double>(static_cast<float>(noise(random)))});
            decimals.push_back({step, time, std::round(noise(random) * 1e4) / 1e4});
            wild.push_back({static_cast<std::int64_t>(random()), std::bit_cast<double>(random()),
                            std::bit_cast<double>(random())});
        }
        for (const auto* points : {&plain, &wild, &floats, &decimals})
            checkRoundTrip(*points);
    }
    checkRoundTrip({{0, 0.0, kNan}, {1, -0.0, -0.0}, {-5, 1e300, kInf}, {3, -1e-300, -kInf},
                    {std::numeric_limits<std::int64_t>::min(), 1, 5e-324}, {std::numeric_limits<std::int64_t>::max(), 1, 1}});
}

TEST_CASE("a series of float32 losses takes less than five bytes a point") {
    std::mt19937_64 random(2);
    std::normal_distribution<double> noise;
    std::vector<Point> points;
    double time = 1.7e9;
    for (std::int64_t i = 0; i < 4096; ++i) {
        time += 0.1 + 0.001 * noise(random);
        const double loss = 2.5 + 8.0 / (1.0 + static_cast<double>(i) * 0.01) + 0.05 * noise(random);
        points.push_back({i, std::round(time * 1e4) / 1e4, static_cast<double>(static_cast<float>(loss))});
    }
    const double bytes = static_cast<double>(encodePoints(points).size()) / 4096;
    CAPTURE(bytes);
    CHECK(bytes < 5.0);
}

TEST_CASE("a damaged chunk is refused, never misread") {
    std::vector<Point> points;
    for (std::int64_t i = 0; i < 500; ++i)
        points.push_back({i, 1.7e9 + static_cast<double>(i), std::sin(static_cast<double>(i))});
    const std::string good = encodePoints(points);
    std::vector<Point> out;
    for (std::size_t cut = 0; cut < good.size(); ++cut)
        REQUIRE_FALSE(decodePoints(std::string_view(good).substr(0, cut), out).has_value());
    std::mt19937 random(3);
    for (int i = 0; i < 2000; ++i) {
        std::string bad = good;
        bad[10 + random() % (bad.size() - 10)] ^= static_cast<char>(1 + random() % 255);
        out.clear();
        if (decodePoints(bad, out))
            REQUIRE(out.size() == points.size());
    }
    CHECK_FALSE(decodeNodes("nonsense").has_value());
}

TEST_CASE("buckets hold every point and the true extremes at every zoom") {
    std::mt19937_64 random(4);
    std::normal_distribution<double> noise;
    for (const std::size_t count : {1, 63, 5000, 40000, 300000}) {
        Held held;
        for (std::size_t i = 0; i < count; ++i) {
            double value = noise(random);
            if (random() % 500 == 0)
                value = kNan;
            held.all.push_back({static_cast<std::int64_t>(i) * 3, 1e9 + static_cast<double>(i) * 0.25, value});
        }
        const double last = static_cast<double>(count - 1) * 3;
        checkBuckets(held, XAxis::Step, 0, 1, 0, 800);
        checkBuckets(held, XAxis::Step, 0, 1, 0, 1);
        checkBuckets(held, XAxis::Step, 0, -100, last + 100, 300);
        checkBuckets(held, XAxis::Elapsed, 1e9, 1, 0, 800);
        checkBuckets(held, XAxis::Clock, 0, 1e9 + 10, 1e9 + 20, 50);
        checkBuckets(held, XAxis::Step, 0, last + 5, last + 9, 10);
        checkBuckets(held, XAxis::Step, 0, -9, -5, 10);
        checkBuckets(held, XAxis::Step, 0, 3, 3, 10);
        for (int zoom = 0; zoom < 20; ++zoom) {
            double a = static_cast<double>(random() % (count * 3)), b = static_cast<double>(random() % (count * 3));
            checkBuckets(held, XAxis::Step, 0, std::min(a, b), std::max(a, b), 1 + random() % 1000);
        }
    }
}

TEST_CASE("steps that go back keep every point") {
    Held held;
    for (int pass = 0; pass < 3; ++pass)
        for (std::int64_t i = pass * 2000; i < 20000; ++i)
            held.all.push_back({i, 1e9 + static_cast<double>(held.all.size()), static_cast<double>(i % 97) + pass});
    checkBuckets(held, XAxis::Step, 0, 1, 0, 500);
    checkBuckets(held, XAxis::Step, 0, 3000, 5000, 100);
    checkBuckets(held, XAxis::Clock, 0, 1e9 + 17000, 1e9 + 30000, 100);
}

TEST_CASE("two writers of one series share one set of buckets") {
    Held a, b;
    for (std::int64_t i = 0; i < 10000; ++i) {
        a.all.push_back({i, 1e9 + static_cast<double>(i), 1.0});
        b.all.push_back({i, 1e9 + static_cast<double>(i), i == 7777 ? 50.0 : 2.0});
    }
    const std::vector<SeriesSource> sources{a.source(), b.source()};
    const auto buckets = bucketsOf(sources, XAxis::Step, 0, 1, 0, 100);
    REQUIRE(buckets.has_value());
    CHECK(buckets->size() == 100);
    std::uint32_t count = 0;
    double high = 0;
    for (const Bucket& bucket : *buckets) {
        CHECK(bucket.min == 1.0);
        count += bucket.count;
        high = std::max(high, bucket.max);
    }
    CHECK(count == 20000);
    CHECK(high == 50.0);
    const auto zoomed = bucketsOf(sources, XAxis::Step, 0, 100, 200, 20);
    CHECK(zoomed->front().xFirst == 99);
    CHECK(zoomed->back().xFirst == 201);
}

TEST_CASE("the work does not grow with the number of points") {
    const auto fetched = [](std::size_t count) {
        Held held;
        for (std::size_t i = 0; i < count; ++i)
            held.all.push_back({static_cast<std::int64_t>(i), static_cast<double>(i), 0.5});
        const SeriesSource source = held.source();
        REQUIRE(bucketsOf({&source, 1}, XAxis::Step, 0, 1, 0, 100).has_value());
        const double middle = static_cast<double>(count) / 2;
        REQUIRE(bucketsOf({&source, 1}, XAxis::Step, 0, middle, middle + 2000, 100).has_value());
        return held.chunksRead + held.nodesRead;
    };
    CHECK(fetched(2'000'000) <= fetched(500'000) + 20);
}

TEST_CASE("one spike among a million points is seen, and a series of NaN is told as such") {
    Held held;
    for (std::size_t i = 0; i < 1'000'000; ++i)
        held.all.push_back({static_cast<std::int64_t>(i), static_cast<double>(i), i == 654'321 ? 1e300 : 0.5});
    const SeriesSource source = held.source();
    const auto buckets = bucketsOf({&source, 1}, XAxis::Step, 0, 1, 0, 800);
    REQUIRE(buckets.has_value());
    CHECK(buckets->size() <= 800);
    CHECK(std::ranges::count_if(*buckets, [](const Bucket& b) {
              return b.max == 1e300 && b.xFirst <= 654'321 && b.xLast >= 654'321;
          }) == 1);

    Held nothing;
    for (std::size_t i = 0; i < 10'000; ++i)
        nothing.all.push_back({static_cast<std::int64_t>(i), static_cast<double>(i), kNan});
    checkBuckets(nothing, XAxis::Step, 0, 1, 0, 100);
}
