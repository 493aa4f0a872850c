// SPDX-License-Identifier: Apache-2.0
#include "interop/wandb_writer.h"

#include "core/journal_writer.h"
#include "interop/crc.h"
#include "interop/protobuf.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fcntl.h>

namespace lathe::interop {
namespace {

constexpr std::uint64_t kBlock = 32 << 10;
constexpr std::size_t kChunkHead = 7;
constexpr std::size_t kBuffer = 1 << 20;

// Python's JSON of a number.
std::string numberText(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    return exactNumber(value);
}

std::string item(std::string_view key, std::string_view json, bool nested) {
    ProtoWriter writer;
    writer.bytes(nested ? 2 : 1, key);
    writer.bytes(16, json);
    return writer.message();
}

std::string timestamp(double time) {
    ProtoWriter writer;
    const double seconds = std::floor(time);
    writer.varint(1, static_cast<std::uint64_t>(static_cast<std::int64_t>(seconds)));
    writer.varint(2, static_cast<std::uint64_t>((time - seconds) * 1e9));
    return writer.message();
}

}  // namespace

Result<WandbWriter> WandbWriter::create(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot write the .wandb file", path);
    WandbWriter writer(std::move(fd), path);
    writer.m_buffer.assign(":W&B\xE1\xBE\x00", 7);
    writer.m_offset = 7;
    ProtoWriter version, header;
    version.bytes(1, "0.19.0");
    version.bytes(2, "0.10.0");
    header.bytes(1, version.message());
    LATHE_TRY(writer.record(21, header.message()));
    return writer;
}

Result<> WandbWriter::record(int number, std::string_view message) {
    ProtoWriter record;
    record.varint(1, static_cast<std::uint64_t>(++m_records));
    record.bytes(number, message);
    return append(record.message());
}

Result<> WandbWriter::append(std::string_view record) {
    bool first = true;
    do {
        std::uint64_t left = kBlock - m_offset % kBlock;
        if (left < kChunkHead) {
            m_buffer.append(left, '\0');
            m_offset += left;
            left = kBlock;
        }
        const std::string_view part = record.substr(0, left - kChunkHead);
        record.remove_prefix(part.size());
        std::string typed(1, static_cast<char>(first ? (record.empty() ? 1 : 2) : (record.empty() ? 4 : 3)));
        typed += part;
        const std::uint32_t sum = crc32(typed);
        for (int i = 0; i < 4; ++i)
            m_buffer += static_cast<char>(sum >> 8 * i);
        m_buffer += static_cast<char>(part.size());
        m_buffer += static_cast<char>(part.size() >> 8);
        m_buffer += typed;
        m_offset += kChunkHead + part.size();
        first = false;
    } while (!record.empty());
    if (m_buffer.size() < kBuffer)
        return {};
    LATHE_TRY(writeAll(m_fd.get(), m_buffer, m_path));
    m_buffer.clear();
    return {};
}

Result<> WandbWriter::close() {
    LATHE_TRY(writeAll(m_fd.get(), m_buffer, m_path));
    m_buffer.clear();
    m_fd.reset();
    return {};
}

Result<> WandbWriter::run(const WandbRun& run) {
    ProtoWriter config, message;
    for (const auto& [name, value] : run.config.items())
        config.bytes(1, item(name, dumpJson(value), false));
    message.bytes(1, run.id);
    message.bytes(3, run.project);
    message.bytes(4, config.message());
    if (!run.group.empty())
        message.bytes(6, run.group);
    message.bytes(8, run.name);
    if (!run.notes.empty())
        message.bytes(9, run.notes);
    for (const std::string& tag : run.tags)
        message.bytes(10, tag);
    message.bytes(13, run.host);
    message.bytes(17, timestamp(run.started));
    return record(17, message.message());
}

Result<> WandbWriter::history(double time, std::int64_t step, double started,
                              std::span<const MetricValue> values) {
    ProtoWriter message, number;
    for (const auto& [name, value] : values)
        message.bytes(1, item(name, numberText(value), true));
    message.bytes(1, item("_timestamp", numberText(time), true));
    message.bytes(1, item("_runtime", numberText(time - started), true));
    message.bytes(1, item("_step", std::to_string(step), true));
    number.varint(1, static_cast<std::uint64_t>(step));
    message.bytes(2, number.message());
    return record(2, message.message());
}

Result<> WandbWriter::summary(const Json& values) {
    ProtoWriter message;
    for (const auto& [name, value] : values.items())
        message.bytes(1, item(name, dumpJson(value), false));
    return record(3, message.message());
}

Result<> WandbWriter::output(double time, std::string_view line) {
    ProtoWriter message;
    message.varint(1, 1);  // standard output
    message.bytes(2, timestamp(time));
    message.bytes(3, line);
    return record(13, message.message());
}

Result<> WandbWriter::exit(int code) {
    ProtoWriter message;
    message.varint(1, static_cast<std::uint64_t>(static_cast<std::int64_t>(code)));
    return record(18, message.message());
}

}  // namespace lathe::interop
