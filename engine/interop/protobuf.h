// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop {

// One field of a protobuf message (https://protobuf.dev/programming-guides/encoding/). Views point into the
// message.
struct ProtoField {
    int number = 0;
    enum Type { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 } type = Varint;
    std::uint64_t bits = 0;  // of Varint, Fixed64 and Fixed32
    std::string_view bytes;  // of Bytes

    std::int64_t integer() const { return static_cast<std::int64_t>(bits); }
    double real() const;  // a Fixed64 as double, a Fixed32 as float; else 0
};

// Walks the fields of a message that may be hostile: nothing outside of it is read, groups and bad lengths
// end the walk.
class ProtoReader {
public:
    explicit ProtoReader(std::string_view message) : m_rest(message) {}

    // The next field; nullopt at the end and at the first byte that is no field (damaged() tells which).
    std::optional<ProtoField> next();
    bool damaged() const { return m_damaged; }

private:
    std::optional<std::uint64_t> varint();

    std::string_view m_rest;
    bool m_damaged = false;
};

// What a repeated numeric field holds, packed or one by one: appends the numbers of this field.
void appendReals(const ProtoField& field, bool single, std::vector<double>& values);
void appendIntegers(const ProtoField& field, std::vector<std::int64_t>& values);

// Writes messages; the counterpart of ProtoReader.
class ProtoWriter {
public:
    void varint(int number, std::uint64_t value);
    void real(int number, double value);
    void single(int number, float value);
    void bytes(int number, std::string_view value);
    const std::string& message() const { return m_message; }

private:
    void raw(std::uint64_t value);
    void fixed(std::uint64_t value, int count);
    std::string m_message;
};

}  // namespace lathe::interop
