// SPDX-License-Identifier: Apache-2.0
#include "interop/protobuf.h"

#include <bit>

namespace lathe::interop {
namespace {

std::uint64_t littleEndian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

double singleOf(std::uint64_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

}  // namespace

double ProtoField::real() const {
    if (type == Fixed64)
        return std::bit_cast<double>(bits);
    return type == Fixed32 ? singleOf(bits) : 0;
}

std::optional<std::uint64_t> ProtoReader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(m_rest.front());
        m_rest.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte < 0x80)
            return value;
    }
    m_damaged = true;
    return std::nullopt;
}

std::optional<ProtoField> ProtoReader::next() {
    if (m_rest.empty() || m_damaged)
        return std::nullopt;
    const auto key = varint();
    if (!key)
        return std::nullopt;
    ProtoField field;
    field.number = static_cast<int>(*key >> 3 & 0x1FFFFFFF);
    field.type = static_cast<ProtoField::Type>(*key & 7);
    std::uint64_t length = 0;
    switch (field.type) {
    case ProtoField::Varint:
        if (const auto value = varint())
            field.bits = *value;
        return m_damaged ? std::nullopt : std::optional(field);
    case ProtoField::Fixed64: length = 8; break;
    case ProtoField::Fixed32: length = 4; break;
    case ProtoField::Bytes: {
        const auto given = varint();
        if (!given)
            return std::nullopt;
        length = *given;
        break;
    }
    default: length = UINT64_MAX;  // a group, which none of the messages read here has
    }
    if (length > m_rest.size() || field.number == 0) {
        m_damaged = true;
        return std::nullopt;
    }
    field.bytes = m_rest.substr(0, length);
    m_rest.remove_prefix(length);
    if (field.type != ProtoField::Bytes)
        field.bits = littleEndian(field.bytes);
    return field;
}

void appendReals(const ProtoField& field, bool single, std::vector<double>& values) {
    if (field.type == ProtoField::Fixed32 || field.type == ProtoField::Fixed64) {
        values.push_back(field.real());
        return;
    }
    const std::size_t size = single ? 4 : 8;
    for (std::size_t at = 0; field.type == ProtoField::Bytes && at + size <= field.bytes.size(); at += size) {
        const std::uint64_t bits = littleEndian(field.bytes.substr(at, size));
        values.push_back(single ? singleOf(bits) : std::bit_cast<double>(bits));
    }
}

void appendIntegers(const ProtoField& field, std::vector<std::int64_t>& values) {
    if (field.type == ProtoField::Varint) {
        values.push_back(field.integer());
        return;
    }
    std::uint64_t value = 0;
    int shift = 0;
    for (std::size_t at = 0; field.type == ProtoField::Bytes && at < field.bytes.size(); ++at) {
        const auto byte = static_cast<unsigned char>(field.bytes[at]);
        if (shift < 64)
            value |= std::uint64_t{byte & 0x7FU} << shift;
        shift += 7;
        if (byte < 0x80) {
            values.push_back(static_cast<std::int64_t>(value));
            value = 0;
            shift = 0;
        }
    }
}

void ProtoWriter::raw(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        m_message += static_cast<char>((value & 0x7F) | 0x80);
    m_message += static_cast<char>(value);
}

void ProtoWriter::fixed(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i)
        m_message += static_cast<char>(value >> 8 * i);
}

void ProtoWriter::varint(int number, std::uint64_t value) {
    raw(static_cast<std::uint64_t>(number) << 3 | ProtoField::Varint);
    raw(value);
}

void ProtoWriter::real(int number, double value) {
    raw(static_cast<std::uint64_t>(number) << 3 | ProtoField::Fixed64);
    fixed(std::bit_cast<std::uint64_t>(value), 8);
}

void ProtoWriter::single(int number, float value) {
    raw(static_cast<std::uint64_t>(number) << 3 | ProtoField::Fixed32);
    fixed(std::bit_cast<std::uint32_t>(value), 4);
}

void ProtoWriter::bytes(int number, std::string_view value) {
    raw(static_cast<std::uint64_t>(number) << 3 | ProtoField::Bytes);
    raw(value.size());
    m_message += value;
}

}  // namespace lathe::interop
