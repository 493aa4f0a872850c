// SPDX-License-Identifier: Apache-2.0
#include "record/chunk_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <zstd.h>

namespace lathe::record {

namespace {

static_assert(std::endian::native == std::endian::little, "byte planes are cut from little-endian words");

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kPackFrom = 512;  // bytes; below, zstd's frame costs more than it saves
constexpr std::size_t kMaxCount = std::size_t{1} << 20;
constexpr std::array<double, 5> kTimeScales{1, 1e3, 1e4, 1e6, 1e9};
constexpr std::array<double, 7> kValueScales{1, 10, 1e2, 1e3, 1e4, 1e5, 1e6};
enum ValueForm : std::uint8_t { kRaw = 0, kFloat32 = 1, kDecimal = 2 };

using Words = std::vector<std::uint64_t>;

std::uint64_t zigzag(std::uint64_t value) {
    return (value << 1) ^ (0 - (value >> 63));
}
std::uint64_t unzigzag(std::uint64_t value) {
    return (value >> 1) ^ (0 - (value & 1));
}

void toDifferences(Words& words) {
    std::uint64_t previous = 0;
    for (std::uint64_t& word : words)
        word = zigzag(word - std::exchange(previous, word));
}

void fromDifferences(Words& words) {
    std::uint64_t sum = 0;
    for (std::uint64_t& word : words)
        word = sum += unzigzag(word);
}

// All as integers of 1/scale, if every one of them can be had back to the bit.
bool asDecimals(std::span<const Point> points, double Point::*field, double scale, Words& words) {
    constexpr double limit = 9007199254740992.0;  // 2^53
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double value = points[i].*field;
        const double scaled = std::nearbyint(value * scale) + 0.0;  // an integer has no negative zero
        if (!(std::abs(scaled) < limit) ||
            std::bit_cast<std::uint64_t>(scaled / scale) != std::bit_cast<std::uint64_t>(value))
            return false;
        words[i] = static_cast<std::uint64_t>(static_cast<std::int64_t>(scaled));
    }
    return true;
}

// One byte says how many of the low planes are kept (the others are zero), then plane after plane.
void appendPlanes(std::string& out, const Words& words) {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words)
        any |= word;
    const auto planes = static_cast<std::size_t>((std::bit_width(any) + 7) / 8);
    out.push_back(static_cast<char>(planes));
    const std::size_t at = out.size();
    out.resize(at + planes * words.size());
    for (std::size_t plane = 0; plane < planes; ++plane) {
        char* to = out.data() + at + plane * words.size();
        const int shift = static_cast<int>(plane * 8);
        for (std::size_t i = 0; i < words.size(); ++i)
            to[i] = static_cast<char>(words[i] >> shift);
    }
}

bool takePlanes(std::string_view& in, Words& words) {
    if (in.empty())
        return false;
    const auto planes = static_cast<std::size_t>(static_cast<std::uint8_t>(in.front()));
    in.remove_prefix(1);
    if (planes > 8 || in.size() < planes * words.size())
        return false;
    std::ranges::fill(words, 0);
    for (std::size_t plane = 0; plane < planes; ++plane) {
        const auto* from = reinterpret_cast<const std::uint8_t*>(in.data()) + plane * words.size();
        const int shift = static_cast<int>(plane * 8);
        for (std::size_t i = 0; i < words.size(); ++i)
            words[i] |= static_cast<std::uint64_t>(from[i]) << shift;
    }
    in.remove_prefix(planes * words.size());
    return true;
}

struct Compressor {
    ZSTD_CCtx* pack = ZSTD_createCCtx();
    ZSTD_DCtx* unpack = ZSTD_createDCtx();
    Compressor() { ZSTD_CCtx_setParameter(pack, ZSTD_c_checksumFlag, 1); }
    ~Compressor() {
        ZSTD_freeCCtx(pack);
        ZSTD_freeDCtx(unpack);
    }
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
};

thread_local Compressor t_compressor;

// Head: version, packed or not, count (4 bytes), size of the body (4 bytes).
constexpr std::size_t kHead = 10;

std::string sealed(const std::string& body, std::size_t count) {
    std::string blob(kHead, '\0');
    blob[0] = static_cast<char>(kVersion);
    const auto count32 = static_cast<std::uint32_t>(count);
    const auto size32 = static_cast<std::uint32_t>(body.size());
    std::memcpy(blob.data() + 2, &count32, 4);
    std::memcpy(blob.data() + 6, &size32, 4);
    if (body.size() >= kPackFrom) {
        blob.resize(kHead + ZSTD_compressBound(body.size()));
        ZSTD_CCtx_setParameter(t_compressor.pack, ZSTD_c_compressionLevel, 1);
        const std::size_t packed = ZSTD_compress2(t_compressor.pack, blob.data() + kHead, blob.size() - kHead,
                                                  body.data(), body.size());
        if (!ZSTD_isError(packed) && packed < body.size()) {
            blob[1] = 1;
            blob.resize(kHead + packed);
            return blob;
        }
        blob.resize(kHead);
    }
    return blob + body;
}

struct Opened {
    std::size_t count = 0;
    std::string unpacked;
    std::string_view body;
};

bool unseal(std::string_view blob, Opened& opened) {
    if (blob.size() < kHead || static_cast<std::uint8_t>(blob[0]) != kVersion)
        return false;
    std::uint32_t count = 0, size = 0;
    std::memcpy(&count, blob.data() + 2, 4);
    std::memcpy(&size, blob.data() + 6, 4);
    if (count > kMaxCount || size > kMaxCount * 80)
        return false;
    opened.count = count;
    const bool packed = blob[1] == 1;
    blob.remove_prefix(kHead);
    opened.body = blob;
    if (packed) {
        opened.unpacked.resize(size);
        const std::size_t got =
            ZSTD_decompressDCtx(t_compressor.unpack, opened.unpacked.data(), size, blob.data(), blob.size());
        if (ZSTD_isError(got) || got != size)
            return false;
        opened.body = opened.unpacked;
    }
    return opened.body.size() == size;
}

std::unexpected<Error> damaged() {
    return fail(ErrorCode::Corrupt, "a chunk of the index is damaged", {},
                "`lathe reindex` makes the index anew");
}

}  // namespace

std::string encodePoints(std::span<const Point> points) {
    std::string body;
    Words words(points.size());

    for (std::size_t i = 0; i < points.size(); ++i)
        words[i] = static_cast<std::uint64_t>(points[i].step);
    toDifferences(words);
    toDifferences(words);
    appendPlanes(body, words);

    std::uint8_t timeScale = 0xFF;
    for (std::size_t s = 0; s < kTimeScales.size() && timeScale == 0xFF; ++s)
        if (asDecimals(points, &Point::time, kTimeScales[s], words))
            timeScale = static_cast<std::uint8_t>(s);
    if (timeScale == 0xFF)
        for (std::size_t i = 0; i < points.size(); ++i)
            words[i] = std::bit_cast<std::uint64_t>(points[i].time);
    toDifferences(words);
    body.push_back(static_cast<char>(timeScale));
    appendPlanes(body, words);

    std::uint8_t form = kRaw, valueScale = 0;
    for (std::size_t s = 0; s < kValueScales.size() && form == kRaw; ++s) {
        if (asDecimals(points, &Point::value, kValueScales[s], words)) {
            form = kDecimal;
            valueScale = static_cast<std::uint8_t>(s);
        }
    }
    if (form == kDecimal) {
        toDifferences(words);
    } else {
        const auto isFloat = [](const Point& point) {
            return std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<float>(point.value))) ==
                   std::bit_cast<std::uint64_t>(point.value);
        };
        form = std::ranges::all_of(points, isFloat) ? kFloat32 : kRaw;
        for (std::size_t i = 0; i < points.size(); ++i)
            words[i] = form == kFloat32 ? std::bit_cast<std::uint32_t>(static_cast<float>(points[i].value))
                                        : std::bit_cast<std::uint64_t>(points[i].value);
    }
    body.push_back(static_cast<char>(form));
    body.push_back(static_cast<char>(valueScale));
    appendPlanes(body, words);
    return sealed(body, points.size());
}

Result<> decodePoints(std::string_view blob, std::vector<Point>& appendTo) {
    Opened opened;
    if (!unseal(blob, opened))
        return damaged();
    std::string_view in = opened.body;
    Words words(opened.count);
    const std::size_t at = appendTo.size();
    appendTo.resize(at + opened.count);
    const std::span<Point> points(appendTo.data() + at, opened.count);
    const auto take = [&](std::uint8_t& byte) {
        if (in.empty())
            return false;
        byte = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        return true;
    };

    if (!takePlanes(in, words))
        return damaged();
    fromDifferences(words);
    fromDifferences(words);
    for (std::size_t i = 0; i < points.size(); ++i)
        points[i].step = static_cast<std::int64_t>(words[i]);

    std::uint8_t timeScale = 0;
    if (!take(timeScale) || (timeScale != 0xFF && timeScale >= kTimeScales.size()) || !takePlanes(in, words))
        return damaged();
    fromDifferences(words);
    for (std::size_t i = 0; i < points.size(); ++i)
        points[i].time = timeScale == 0xFF ? std::bit_cast<double>(words[i])
                                           : static_cast<double>(static_cast<std::int64_t>(words[i])) /
                                                 kTimeScales[timeScale];

    std::uint8_t form = 0, valueScale = 0;
    if (!take(form) || !take(valueScale) || form > kDecimal || valueScale >= kValueScales.size() ||
        !takePlanes(in, words))
        return damaged();
    if (form == kDecimal)
        fromDifferences(words);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::uint64_t word = words[i];
        points[i].value =
            form == kDecimal ? static_cast<double>(static_cast<std::int64_t>(word)) / kValueScales[valueScale]
            : form == kFloat32 ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(word)))
                               : std::bit_cast<double>(word);
    }
    return {};
}

Node nodeOf(std::span<const Point> points) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    Node node;
    node.first = node.last = node.min = node.max = nan;
    if (points.empty())
        return node;
    node.stepMin = node.stepMax = points.front().step;
    node.timeMin = node.timeMax = points.front().time;
    node.count = static_cast<std::uint32_t>(points.size());
    for (const Point& point : points) {
        node.stepMin = std::min(node.stepMin, point.step);
        node.stepMax = std::max(node.stepMax, point.step);
        node.timeMin = std::min(node.timeMin, point.time);
        node.timeMax = std::max(node.timeMax, point.time);
        if (!std::isfinite(point.value)) {
            ++node.nonFinite;
            continue;
        }
        if (std::isnan(node.first))
            node.first = node.min = node.max = point.value;
        node.last = point.value;
        node.sum += point.value;
        node.min = std::min(node.min, point.value);
        node.max = std::max(node.max, point.value);
    }
    return node;
}

Node nodeOf(std::span<const Node> nodes) {
    if (nodes.empty())
        return nodeOf(std::span<const Point>());
    Node sum = nodes.front();
    for (const Node& node : nodes.subspan(1)) {
        sum.stepMin = std::min(sum.stepMin, node.stepMin);
        sum.stepMax = std::max(sum.stepMax, node.stepMax);
        sum.timeMin = std::min(sum.timeMin, node.timeMin);
        sum.timeMax = std::max(sum.timeMax, node.timeMax);
        sum.count += node.count;
        sum.nonFinite += node.nonFinite;
        sum.sum += node.sum;
        if (std::isnan(node.first))
            continue;
        if (std::isnan(sum.first)) {
            sum.first = node.first;
            sum.min = node.min;
            sum.max = node.max;
        }
        sum.last = node.last;
        sum.min = std::min(sum.min, node.min);
        sum.max = std::max(sum.max, node.max);
    }
    return sum;
}

std::string packText(std::string_view text) {
    std::string blob(1, '\0');
    if (text.size() >= kPackFrom) {
        blob.resize(1 + ZSTD_compressBound(text.size()));
        ZSTD_CCtx_setParameter(t_compressor.pack, ZSTD_c_compressionLevel, 1);
        const std::size_t packed =
            ZSTD_compress2(t_compressor.pack, blob.data() + 1, blob.size() - 1, text.data(), text.size());
        if (!ZSTD_isError(packed) && packed < text.size()) {
            blob[0] = 1;
            blob.resize(1 + packed);
            return blob;
        }
        blob.resize(1);
    }
    return blob.append(text);
}

Result<std::string> unpackText(std::string_view blob) {
    constexpr unsigned long long limit = 128ULL << 20;  // beyond the longest line that is read
    if (blob.empty())
        return damaged();
    const bool packed = blob.front() == 1;
    blob.remove_prefix(1);
    if (!packed)
        return std::string(blob);
    const unsigned long long size = ZSTD_getFrameContentSize(blob.data(), blob.size());
    if (size > limit)  // also the two words for "unknown" and "no frame"
        return damaged();
    std::string text(size, '\0');
    const std::size_t got =
        ZSTD_decompressDCtx(t_compressor.unpack, text.data(), text.size(), blob.data(), blob.size());
    if (ZSTD_isError(got) || got != text.size())
        return damaged();
    return text;
}

std::string encodeNodes(std::span<const Node> nodes) {
    std::string body;
    Words words(nodes.size());
    const auto column = [&](bool differences, const auto& wordOf) {
        for (std::size_t i = 0; i < nodes.size(); ++i)
            words[i] = wordOf(nodes[i]);
        if (differences)
            toDifferences(words);
        appendPlanes(body, words);
    };
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    column(true, [](const Node& node) { return static_cast<std::uint64_t>(node.stepMin); });
    column(true, [](const Node& node) { return static_cast<std::uint64_t>(node.stepMax); });
    column(true, [&](const Node& node) { return bits(node.timeMin); });
    column(true, [&](const Node& node) { return bits(node.timeMax); });
    column(false, [&](const Node& node) { return bits(node.first); });
    column(false, [&](const Node& node) { return bits(node.last); });
    column(false, [&](const Node& node) { return bits(node.min); });
    column(false, [&](const Node& node) { return bits(node.max); });
    column(true, [](const Node& node) { return std::uint64_t{node.count}; });
    column(true, [](const Node& node) { return std::uint64_t{node.nonFinite}; });
    column(false, [&](const Node& node) { return bits(node.sum); });
    return sealed(body, nodes.size());
}

Result<std::vector<Node>> decodeNodes(std::string_view blob) {
    Opened opened;
    if (!unseal(blob, opened))
        return damaged();
    std::string_view in = opened.body;
    std::vector<Node> nodes(opened.count);
    Words words(opened.count);
    bool good = true;
    const auto column = [&](bool differences, const auto& set) {
        good = good && takePlanes(in, words);
        if (!good)
            return;
        if (differences)
            fromDifferences(words);
        for (std::size_t i = 0; i < nodes.size(); ++i)
            set(nodes[i], words[i]);
    };
    const auto real = [](std::uint64_t word) { return std::bit_cast<double>(word); };
    column(true, [](Node& node, std::uint64_t word) { node.stepMin = static_cast<std::int64_t>(word); });
    column(true, [](Node& node, std::uint64_t word) { node.stepMax = static_cast<std::int64_t>(word); });
    column(true, [&](Node& node, std::uint64_t word) { node.timeMin = real(word); });
    column(true, [&](Node& node, std::uint64_t word) { node.timeMax = real(word); });
    column(false, [&](Node& node, std::uint64_t word) { node.first = real(word); });
    column(false, [&](Node& node, std::uint64_t word) { node.last = real(word); });
    column(false, [&](Node& node, std::uint64_t word) { node.min = real(word); });
    column(false, [&](Node& node, std::uint64_t word) { node.max = real(word); });
    column(true, [](Node& node, std::uint64_t word) { node.count = static_cast<std::uint32_t>(word); });
    column(true, [](Node& node, std::uint64_t word) { node.nonFinite = static_cast<std::uint32_t>(word); });
    column(false, [&](Node& node, std::uint64_t word) { node.sum = real(word); });
    if (!good)
        return damaged();
    return nodes;
}

}  // namespace lathe::record
