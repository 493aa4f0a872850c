// SPDX-License-Identifier: Apache-2.0
#include "interop/crc.h"
#include "interop/event_file_reader.h"
#include "interop/event_file_writer.h"
#include "interop/protobuf.h"
#include "interop/tests/recording_sink.h"

#include <cmath>
#include <doctest/doctest.h>
#include <fstream>
#include <limits>

using namespace lathe;
using namespace lathe::interop;

namespace {

std::string same(std::string_view tag) {
    return std::string(tag);
}

// Bytes of an event file with `count` scalars of the tag "loss".
std::string scalars(int count) {
    const TempDir dir;
    auto writer = EventFileWriter::create(dir.path(), 1700000000).value();
    for (int i = 0; i < count; ++i)
        REQUIRE(writer.scalar(1700000000.25 + i, i, "loss", 1.0 / (i + 1), false));
    REQUIRE(writer.close());
    return readFile(writer.path()).value();
}

RecordingSink readBytes(const std::string& bytes, std::uint64_t* damaged = nullptr) {
    const TempDir dir;
    REQUIRE(writeFileAtomic(dir / "events.out.tfevents.1", bytes));
    EventFileReader reader(GrowingFile::open(dir / "events.out.tfevents.1").value(), same);
    RecordingSink sink;
    CHECK(reader.finish(sink));
    if (damaged)
        *damaged = reader.damaged();
    return sink;
}

}  // namespace

TEST_CASE("every bit of a value and of its time comes back") {
    const TempDir dir;
    auto writer = EventFileWriter::create(dir.path(), 1700000000).value();
    const std::vector<double> values{0.1,
                                     1.0 / 3,
                                     -0.0,
                                     5e-324,
                                     1.7976931348623157e308,
                                     std::nan(""),
                                     std::numeric_limits<double>::infinity(),
                                     -std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < values.size(); ++i) {
        REQUIRE(writer.scalar(1700000000.123457, static_cast<std::int64_t>(i) - 3, "a/b", values[i], false));
        REQUIRE(writer.scalar(1700000000.5, static_cast<std::int64_t>(i), "single", values[i], true));
    }
    REQUIRE(writer.close());
    const auto sink = readBytes(readFile(writer.path()).value());
    const auto read = sink.values("a/b");
    REQUIRE(read.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        CHECK(std::memcmp(&read[i], &values[i], sizeof(double)) == 0);
        const double single = sink.values("single")[i];
        CHECK((single == static_cast<float>(values[i]) || (std::isnan(single) && std::isnan(values[i]))));
    }
    CHECK(sink.steps("a/b").front() == -3);
    CHECK(sink.series.at("a/b")[0].time == 1700000000.123457);
}

TEST_CASE("histograms, images, texts and hyperparameters are read") {
    const TempDir dir;
    auto writer = EventFileWriter::create(dir.path(), 1700000000).value();
    REQUIRE(writer.histogram(1, 7, "weights", std::vector<double>{0, 1, 2, 3}, std::vector<double>{5, 0, 2}));
    REQUIRE(writer.image(1, 8, "picture", 2, 3, "\x89PNG and so on"));
    REQUIRE(writer.text(1, 9, "note/text_summary", "hello"));
    REQUIRE(writer.hyperparameters(1, Json{{"lr", 0.5}, {"name", "adam"}, {"amp", true}}, "s"));
    REQUIRE(writer.close());
    const auto sink = readBytes(readFile(writer.path()).value());
    const Json histogram = sink.eventOf("histogram");
    CHECK(histogram["edges"] == Json({0.0, 1.0, 2.0, 3.0}));
    CHECK(histogram["counts"] == Json({5.0, 0.0, 2.0}));
    CHECK(getInt(histogram, "s") == 7);
    const Json image = sink.eventOf("image");
    CHECK(getInt(image, "width") == 2);
    CHECK(getInt(image, "height") == 3);
    CHECK(sink.files.at(getString(image, "file")) == "\x89PNG and so on");
    CHECK(getString(sink.eventOf("text"), "name") == "note");
    CHECK(getString(sink.eventOf("text"), "text") == "hello");
    CHECK(sink.eventOf("params")["v"] == Json{{"lr", 0.5}, {"name", "adam"}, {"amp", true}});
}

TEST_CASE("TensorFlow 2's histograms are rows of left, right and count") {
    const TempDir dir;
    ProtoWriter shape, three, two, data, metadata, tensor, value, summary, event;
    two.varint(1, 2);
    three.varint(1, 3);
    shape.bytes(2, two.message());
    shape.bytes(2, three.message());
    tensor.varint(1, 2);
    tensor.bytes(2, shape.message());
    for (const double number : {0.0, 1.0, 4.0, 1.0, 2.5, 6.0})
        tensor.real(6, number);
    data.bytes(1, "histograms");
    metadata.bytes(1, data.message());
    value.bytes(1, "h");
    value.bytes(8, tensor.message());
    value.bytes(9, metadata.message());
    summary.bytes(1, value.message());
    event.real(1, 5);
    event.bytes(5, summary.message());
    std::string bytes = scalars(0);
    const auto frame = [](const std::string& message) {
        // The writer frames only its own events, so the sums are made here by its means.
        std::string length;
        for (int i = 0; i < 8; ++i)
            length += static_cast<char>(message.size() >> 8 * i);
        const auto sum = [](const std::string& text) {
            std::string four;
            for (int i = 0; i < 4; ++i)
                four += static_cast<char>(maskedCrc32c(text) >> 8 * i);
            return four;
        };
        return length + sum(length) + message + sum(message);
    };
    bytes += frame(event.message());
    const auto sink = readBytes(bytes);
    CHECK(sink.eventOf("histogram")["edges"] == Json({0.0, 1.0, 2.5}));
    CHECK(sink.eventOf("histogram")["counts"] == Json({4.0, 6.0}));
}

TEST_CASE("a file that grows byte by byte gives each event once, when it is whole") {
    const std::string bytes = scalars(5);
    const TempDir dir;
    const std::string path = dir / "events.out.tfevents.1";
    std::ofstream out(path, std::ios::binary);
    out.flush();
    EventFileReader reader(GrowingFile::open(path).value(), same);
    RecordingSink sink;
    for (const char byte : bytes) {
        out.put(byte).flush();
        REQUIRE(reader.read(sink));
    }
    CHECK(sink.steps("loss") == std::vector<std::int64_t>{0, 1, 2, 3, 4});
    CHECK(reader.damaged() == 0);
}

TEST_CASE("behind damage the reader finds the next sound event") {
    const std::string bytes = scalars(20);
    std::uint64_t damaged = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 11) {
        std::string broken = bytes;
        broken[at] = static_cast<char>(broken[at] ^ 0x55);
        const auto sink = readBytes(broken, &damaged);
        CHECK_MESSAGE(sink.steps("loss").size() >= 19, "at ", at);
        CHECK(damaged == 1);
    }
    const auto sink = readBytes(bytes.substr(0, 200) + std::string(5000, 'x') + bytes.substr(200), &damaged);
    CHECK(sink.steps("loss").size() >= 19);
    CHECK(damaged >= 1);
}

TEST_CASE("a length that means nothing good is neither believed nor waited for") {
    std::string length;
    for (int i = 0; i < 8; ++i)
        length += static_cast<char>(std::uint64_t{1} << 40 >> 8 * i);
    const std::uint32_t sum = maskedCrc32c(length);
    for (int i = 0; i < 4; ++i)
        length += static_cast<char>(sum >> 8 * i);
    std::uint64_t damaged = 0;
    CHECK(readBytes(scalars(3) + length + "rest", &damaged).steps("loss").size() == 3);
    CHECK(damaged == 1);
    CHECK(readBytes("", &damaged).series.empty());
    CHECK(readBytes(std::string(100'000, '\0'), &damaged).series.empty());
}

TEST_CASE("a file that became shorter is another file") {
    const TempDir dir;
    const std::string path = dir / "events.out.tfevents.1";
    REQUIRE(writeFileAtomic(path, scalars(20)));
    EventFileReader reader(GrowingFile::open(path).value(), same);
    RecordingSink sink;
    REQUIRE(reader.read(sink));
    std::ofstream(path, std::ios::binary | std::ios::trunc) << scalars(2);
    const auto again = reader.read(sink);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::Corrupt);
}
