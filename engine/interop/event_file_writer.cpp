// SPDX-License-Identifier: Apache-2.0
#include "interop/event_file_writer.h"

#include "core/paths.h"
#include "interop/crc.h"
#include "interop/protobuf.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fcntl.h>

namespace lathe::interop {
namespace {

constexpr std::size_t kBuffer = 1 << 20;
enum DataClass { kScalar = 1, kTensor = 2, kBlob = 3 };

void appendFixed(std::string& bytes, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i)
        bytes += static_cast<char>(value >> 8 * i);
}

std::string packed(std::span<const double> values) {
    std::string bytes;
    for (const double value : values)
        appendFixed(bytes, std::bit_cast<std::uint64_t>(value), 8);
    return bytes;
}

}  // namespace

Result<EventFileWriter> EventFileWriter::create(const std::string& folder, double started) {
    LATHE_TRY(makeDirs(folder));
    std::string seconds = std::to_string(static_cast<std::int64_t>(started > 0 ? started : 0));
    seconds.insert(0, 10 - std::min<std::size_t>(seconds.size(), 10), '0');
    const std::string path = joinPath(folder, "events.out.tfevents." + seconds + ".lathe");
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot write the event file", path);
    EventFileWriter writer(std::move(fd), path);
    ProtoWriter version;
    version.real(1, started);
    version.bytes(3, "brain.Event:2");
    LATHE_TRY(writer.event(version.message()));
    return writer;
}

Result<> EventFileWriter::event(std::string_view message) {
    std::string length;
    appendFixed(length, message.size(), 8);
    m_buffer += length;
    appendFixed(m_buffer, maskedCrc32c(length), 4);
    m_buffer += message;
    appendFixed(m_buffer, maskedCrc32c(message), 4);
    if (m_buffer.size() < kBuffer)
        return {};
    LATHE_TRY(writeAll(m_fd.get(), m_buffer, m_path));
    m_buffer.clear();
    return {};
}

Result<> EventFileWriter::close() {
    LATHE_TRY(writeAll(m_fd.get(), m_buffer, m_path));
    m_buffer.clear();
    m_fd.reset();
    return {};
}

Result<> EventFileWriter::value(double time, std::int64_t step, std::string_view tag, std::string_view plugin,
                                int dataClass, int number, std::string_view kind) {
    ProtoWriter value;
    value.bytes(1, tag);
    value.bytes(number, kind);
    if (!plugin.empty() && m_tags.emplace(tag).second) {
        ProtoWriter data, metadata;
        data.bytes(1, plugin);
        metadata.bytes(1, data.message());
        metadata.varint(4, static_cast<std::uint64_t>(dataClass));
        value.bytes(9, metadata.message());
    }
    ProtoWriter summary, event;
    summary.bytes(1, value.message());
    event.real(1, time);
    event.varint(2, static_cast<std::uint64_t>(step));
    event.bytes(5, summary.message());
    return this->event(event.message());
}

Result<> EventFileWriter::scalar(double time, std::int64_t step, std::string_view tag, double value,
                                 bool single) {
    if (single) {
        ProtoWriter kind, summary, event;
        kind.bytes(1, tag);
        kind.single(2, static_cast<float>(value));
        summary.bytes(1, kind.message());
        event.real(1, time);
        event.varint(2, static_cast<std::uint64_t>(step));
        event.bytes(5, summary.message());
        return this->event(event.message());
    }
    ProtoWriter tensor;
    tensor.varint(1, 2);  // DT_DOUBLE
    tensor.bytes(2, "");  // no dimensions
    tensor.bytes(6, packed({&value, 1}));
    return this->value(time, step, tag, "scalars", kScalar, 8, tensor.message());
}

Result<> EventFileWriter::text(double time, std::int64_t step, std::string_view tag, std::string_view text) {
    ProtoWriter tensor;
    tensor.varint(1, 7);  // DT_STRING
    tensor.bytes(2, "");
    tensor.bytes(8, text);
    return value(time, step, tag, "text", kTensor, 8, tensor.message());
}

Result<> EventFileWriter::histogram(double time, std::int64_t step, std::string_view tag,
                                    std::span<const double> edges, std::span<const double> counts) {
    if (counts.empty() || edges.size() != counts.size() + 1)
        return {};
    ProtoWriter histogram;
    double number = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double middle = (edges[i] + edges[i + 1]) / 2;
        number += counts[i];
        sum += counts[i] * middle;
        squares += counts[i] * middle * middle;
    }
    histogram.real(1, edges.front());
    histogram.real(2, edges.back());
    histogram.real(3, number);
    histogram.real(4, sum);
    histogram.real(5, squares);
    histogram.bytes(6, packed(edges.subspan(1)));
    histogram.bytes(7, packed(counts));
    return value(time, step, tag, "", 0, 5, histogram.message());
}

Result<> EventFileWriter::image(double time, std::int64_t step, std::string_view tag, std::int64_t width,
                                std::int64_t height, std::string_view encoded) {
    ProtoWriter image;
    image.varint(1, static_cast<std::uint64_t>(height));
    image.varint(2, static_cast<std::uint64_t>(width));
    image.varint(3, 3);
    image.bytes(4, encoded);
    return value(time, step, tag, "", 0, 4, image.message());
}

Result<> EventFileWriter::hyperparameters(double time, const Json& params, std::string_view sessionName) {
    const auto one = [&](std::string_view tag, int number, std::string_view content) {
        ProtoWriter data, plugin, metadata, value, summary, event;
        data.bytes(number, content);
        plugin.bytes(1, "hparams");
        plugin.bytes(2, data.message());
        metadata.bytes(1, plugin.message());
        value.bytes(1, tag);
        value.bytes(9, metadata.message());
        summary.bytes(1, value.message());
        event.real(1, time);
        event.bytes(5, summary.message());
        return this->event(event.message());
    };
    // plugin_data.proto: HParamInfo has a name and a type (1 string, 2 boolean, 3 number).
    ProtoWriter experiment, session;
    for (const auto& [name, value] : params.items()) {
        ProtoWriter info, kind, pair;
        info.bytes(1, name);
        if (const auto number = value.is_number() ? numberFromJson(value) : std::nullopt) {
            info.varint(4, 3);
            kind.real(2, *number);
        } else if (value.is_boolean()) {
            info.varint(4, 2);
            kind.varint(4, value.get<bool>() ? 1 : 0);
        } else {
            info.varint(4, 1);
            kind.bytes(3, value.is_string() ? value.get<std::string>() : dumpJson(value));
        }
        experiment.bytes(4, info.message());
        pair.bytes(1, name);
        pair.bytes(2, kind.message());
        session.bytes(1, pair.message());
    }
    session.bytes(4, sessionName);
    session.real(5, time);
    LATHE_TRY(one("_hparams_/experiment", 2, experiment.message()));
    return one("_hparams_/session_start_info", 3, session.message());
}

}  // namespace lathe::interop
