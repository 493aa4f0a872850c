// SPDX-License-Identifier: Apache-2.0
#include "data/array.h"

#include "core/text.h"
#include "data/gzip.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cstring>

namespace lathe::data {

namespace {

std::size_t sizeOf(Array::Type type) {
    constexpr std::array<std::size_t, 7> sizes{1, 1, 2, 4, 8, 4, 8};
    return sizes[static_cast<std::size_t>(type)];
}

std::unexpected<Error> corrupt(std::string what, std::string_view on) {
    return fail(ErrorCode::Corrupt, std::move(what), std::string(on), "fetch or write the file again");
}

// Bytes of an array of this shape; -1 if that is no sensible number.
std::int64_t bytesOf(const std::vector<std::int64_t>& shape, std::size_t element) {
    auto total = static_cast<std::int64_t>(element);
    for (const std::int64_t extent : shape)
        if (extent < 0 || __builtin_mul_overflow(total, extent, &total))
            return -1;
    return total;
}

template <class T> T little(std::string_view bytes, std::size_t at) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// What stands between the quotes or up to the comma behind 'key': in a .npy header.
Result<std::string> headerField(std::string_view header, std::string_view key, std::string_view on) {
    const auto at = header.find(fmt::format("'{}'", key));
    const auto colon = at == std::string_view::npos ? at : header.find(':', at);
    if (colon == std::string_view::npos)
        return corrupt(fmt::format("its header does not say `{}`", key), on);
    std::string_view rest = trim(header.substr(colon + 1));
    const char closing = rest.starts_with('(') ? ')' : rest.starts_with('\'') ? '\'' : ',';
    if (closing != ',')
        rest.remove_prefix(1);
    const auto end = rest.find(closing);
    if (end == std::string_view::npos)
        return corrupt(fmt::format("its header does not end `{}`", key), on);
    return std::string(trim(rest.substr(0, end)));
}

Result<Array::Type> typeOf(std::string_view descr, std::string_view on) {
    constexpr std::pair<std::string_view, Array::Type> types[] = {
        {"<f4", Array::Type::F32}, {"<f8", Array::Type::F64}, {"|u1", Array::Type::U8},
        {"|b1", Array::Type::U8},  {"|i1", Array::Type::I8},  {"<i2", Array::Type::I16},
        {"<i4", Array::Type::I32}, {"<i8", Array::Type::I64}};
    for (const auto& [name, type] : types)
        if (name == descr)
            return type;
    return fail(ErrorCode::Unsupported,
                fmt::format("an array of type {} cannot be read", escapedForDisplay(descr, 20)),
                std::string(on), "save it with .astype('float32'), 'uint8' or 'int64'");
}

// A member of a zip archive, as the central directory lists it.
struct Member {
    std::string name;
    std::uint16_t method = 0;
    std::uint64_t packed = 0, size = 0, offset = 0;
};

constexpr std::uint32_t kMember = 0x02014b50, kLocal = 0x04034b50, kEnd = 0x06054b50;
constexpr std::uint64_t kLargestMember = std::uint64_t{1} << 34;

Result<std::vector<Member>> membersOf(std::string_view bytes, std::string_view on) {
    const auto end = bytes.rfind("PK\x05\x06");
    if (end == std::string_view::npos || bytes.size() - end < 22)
        return corrupt("no zip archive, or a truncated one", on);
    const auto count = little<std::uint16_t>(bytes, end + 10);
    std::uint64_t at = little<std::uint32_t>(bytes, end + 16);
    std::vector<Member> members;
    for (int i = 0; i < count; ++i) {
        if (at + 46 > bytes.size() || little<std::uint32_t>(bytes, at) != kMember)
            return corrupt("the list of the archive is damaged", on);
        Member member{.name = {},
                      .method = little<std::uint16_t>(bytes, at + 10),
                      .packed = little<std::uint32_t>(bytes, at + 20),
                      .size = little<std::uint32_t>(bytes, at + 24),
                      .offset = little<std::uint32_t>(bytes, at + 42)};
        const std::uint64_t nameLength = little<std::uint16_t>(bytes, at + 28);
        const std::uint64_t extra = little<std::uint16_t>(bytes, at + 30);
        const std::uint64_t next = at + 46 + nameLength + extra + little<std::uint16_t>(bytes, at + 32);
        if (next > bytes.size())
            return corrupt("the list of the archive is damaged", on);
        member.name = bytes.substr(at + 46, nameLength);
        // Zip64: what does not fit stands in the extra field 1, in this order.
        std::uint64_t field = at + 46 + nameLength;
        const std::uint64_t fieldsEnd = field + extra;
        while (field + 4 <= fieldsEnd) {
            const auto kind = little<std::uint16_t>(bytes, field),
                       length = little<std::uint16_t>(bytes, field + 2);
            std::uint64_t value = field + 4;
            for (std::uint64_t* number : {&member.size, &member.packed, &member.offset})
                if (kind == 1 && *number == 0xffffffffu && value + 8 <= field + 4 + length &&
                    value + 8 <= fieldsEnd) {
                    *number = little<std::uint64_t>(bytes, value);
                    value += 8;
                }
            field += 4u + length;
        }
        members.push_back(std::move(member));
        at = next;
    }
    return members;
}

Result<std::string> unpack(std::string_view bytes, const Member& member, std::string_view on) {
    if (member.offset + 30 > bytes.size() || member.offset > bytes.size() ||
        little<std::uint32_t>(bytes, member.offset) != kLocal)
        return corrupt(fmt::format("{} is not where the archive says", escapedForDisplay(member.name, 80)),
                       on);
    const std::uint64_t begin = member.offset + 30 + little<std::uint16_t>(bytes, member.offset + 26) +
                                little<std::uint16_t>(bytes, member.offset + 28);
    if (begin > bytes.size() || member.packed > bytes.size() - begin || member.size > kLargestMember)
        return corrupt(fmt::format("{} is truncated", escapedForDisplay(member.name, 80)), on);
    const std::string_view packed = bytes.substr(begin, member.packed);
    if (member.method == 0) {
        if (member.packed != member.size)
            return corrupt(fmt::format("{} has two sizes", escapedForDisplay(member.name, 80)), on);
        return std::string(packed);
    }
    if (member.method == 8)
        return inflateRaw(packed, member.size, on);
    return fail(ErrorCode::Unsupported, fmt::format("a zip archive packed by method {}", member.method),
                std::string(on), "save it with numpy.savez or savez_compressed");
}

}  // namespace

std::int64_t Array::elements() const {
    std::int64_t count = 1;
    for (const std::int64_t extent : shape)
        count *= extent;
    return count;
}

double Array::at(std::int64_t index) const {
    const std::size_t offset = static_cast<std::size_t>(index) * sizeOf(type);
    switch (type) {
    case Type::U8: return static_cast<unsigned char>(bytes[offset]);
    case Type::I8: return static_cast<signed char>(bytes[offset]);
    case Type::I16: return little<std::int16_t>(bytes, offset);
    case Type::I32: return little<std::int32_t>(bytes, offset);
    case Type::I64: return static_cast<double>(little<std::int64_t>(bytes, offset));
    case Type::F32: return static_cast<double>(little<float>(bytes, offset));
    case Type::F64: return little<double>(bytes, offset);
    }
    return 0;
}

std::string Array::shapeText() const {
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

Result<Array> parseIdx(std::string bytes, std::string_view on) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    if (bytes.size() < 4 || byte(0) != 0 || byte(1) != 0)
        return corrupt("not an IDX file: it does not begin with two zero bytes", on);
    if (byte(2) != 8)
        return fail(ErrorCode::Unsupported,
                    fmt::format("IDX data of type 0x{:02x}; only bytes (0x08)", byte(2)), std::string(on));
    const std::size_t rank = byte(3), head = 4 + 4 * rank;
    if (rank < 1 || rank > 4 || bytes.size() < head)
        return corrupt("the head of the IDX file is truncated or damaged", on);
    Array array{.type = Array::Type::U8};
    for (std::size_t i = 0; i < rank; ++i) {
        const std::size_t at = 4 + 4 * i;
        array.shape.push_back(std::int64_t{byte(at)} << 24 | std::int64_t{byte(at + 1)} << 16 |
                              std::int64_t{byte(at + 2)} << 8 | byte(at + 3));
    }
    const std::int64_t wanted = bytesOf(array.shape, 1);
    const auto found = static_cast<std::int64_t>(bytes.size() - head);
    if (wanted != found)
        return corrupt(fmt::format("the IDX file is {}: {} has {} bytes, but {} are there",
                                   found < wanted ? "truncated" : "too long", array.shapeText(), wanted,
                                   found),
                       on);
    bytes.erase(0, head);
    array.bytes = std::move(bytes);
    return array;
}

Result<Array> parseNpy(std::string_view bytes, std::string_view on) {
    if (!bytes.starts_with("\x93NUMPY") || bytes.size() < 10)
        return corrupt("not a .npy file, or a truncated one", on);
    const bool longHeader = bytes[6] > 1;
    if (longHeader && bytes.size() < 12)
        return corrupt("the .npy file is truncated", on);
    const std::size_t begin = longHeader ? 12 : 10;
    const std::size_t length =
        longHeader ? little<std::uint32_t>(bytes, 8) : std::size_t{little<std::uint16_t>(bytes, 8)};
    if (length > bytes.size() - begin)
        return corrupt("the .npy file is truncated", on);
    const std::string_view header = bytes.substr(begin, length), data = bytes.substr(begin + length);
    LATHE_TRY_ASSIGN(const std::string descr, headerField(header, "descr", on));
    LATHE_TRY_ASSIGN(const std::string fortran, headerField(header, "fortran_order", on));
    LATHE_TRY_ASSIGN(const std::string shape, headerField(header, "shape", on));
    Array array;
    LATHE_TRY_ASSIGN(array.type, typeOf(descr, on));
    if (fortran != "False")
        return fail(ErrorCode::Unsupported, "an array in Fortran order", std::string(on),
                    "save numpy.ascontiguousarray(x)");
    for (const std::string& part : split(shape, ',')) {
        const std::string_view digits = trim(part);
        std::int64_t extent = 0;
        if (digits.empty())
            continue;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), extent);
        if (error != std::errc{} || end != digits.data() + digits.size() || extent < 0)
            return corrupt("its header has no proper shape", on);
        array.shape.push_back(extent);
    }
    const std::int64_t wanted = bytesOf(array.shape, sizeOf(array.type));
    if (wanted != static_cast<std::int64_t>(data.size()))
        return corrupt(fmt::format("the .npy file is {}: {} has {} bytes, but {} are there",
                                   static_cast<std::int64_t>(data.size()) < wanted ? "truncated" : "too long",
                                   array.shapeText(), wanted, data.size()),
                       on);
    array.bytes = data;
    return array;
}

Result<std::map<std::string, Array>> parseNpz(std::string_view bytes, std::string_view on) {
    LATHE_TRY_ASSIGN(const auto members, membersOf(bytes, on));
    std::map<std::string, Array> arrays;
    for (const Member& member : members) {
        if (!member.name.ends_with(".npy"))
            continue;
        const std::string where = fmt::format("{}, {}", on, escapedForDisplay(member.name, 80));
        LATHE_TRY_ASSIGN(const std::string content, unpack(bytes, member, where));
        LATHE_TRY_ASSIGN(Array array, parseNpy(content, where));
        arrays[member.name.substr(0, member.name.size() - 4)] = std::move(array);
    }
    return arrays;
}

}  // namespace lathe::data
