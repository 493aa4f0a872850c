// SPDX-License-Identifier: Apache-2.0
#include "record/journal_reader.h"

#include "core/file.h"
#include "core/journal_writer.h"

#include <cmath>
#include <doctest/doctest.h>
#include <map>
#include <string>
#include <vector>

using namespace lathe;
using namespace lathe::record;

namespace {

struct Heard final : JournalSink {
    struct Value {
        double time;
        std::int64_t step;
        std::string name;
        double value;
    };
    std::vector<Value> values;
    std::vector<std::string> events;

    void metrics(double time, std::int64_t step, std::span<const MetricValue> line) override {
        for (const MetricValue& value : line)
            values.push_back({time, step, std::string(value.name), value.value});
    }
    void event(double, std::string_view type, const Json&) override { events.emplace_back(type); }
};

struct Reading {
    Heard heard;
    JournalCursor cursor;
};

Reading readText(std::string_view text) {
    const TempDir folder;
    const std::string path = folder / "journal.jsonl";
    REQUIRE(writeFileAtomic(path, text).has_value());
    Reading reading;
    JournalReader reader;
    while (true) {
        const auto more = reader.read(path, reading.cursor, 1 << 20, reading.heard);
        REQUIRE(more.has_value());
        if (!*more)
            return reading;
    }
}

}  // namespace

TEST_CASE("metrics are read in any order of keys, with every way to write a number") {
    const auto [heard, cursor] = readText(
        R"({"t":1.5,"e":"metrics","s":3,"v":{"a":1,"b":-2.5e3,"c":"nan","d":"inf","e":"-inf","f":true,"g":null}})"
        "\n"
        R"({"v":{"a":18446744073709551615},"s":4.0,"e":"metrics","t":2})"
        "\n"
        R"({"e":"metrics","v":{"a":1e300,"huge":123456789012345678901234567890}})"
        "\n"
        R"({"t":3,"e":"metrics","s":-7,"v":{"text":"abc","nested":{"x":1},"ok":5}})"
        "\n"
        R"({"t":4,"e":"system","v":{"gpu.util":90,"system/cpu":1}})"
        "\n");
    REQUIRE(heard.values.size() == 13);
    CHECK(cursor.damaged == 0);
    CHECK(heard.values[1].value == -2500);
    CHECK(std::isnan(heard.values[2].value));
    CHECK(heard.values[3].value > 1e308);
    CHECK(heard.values[4].value < -1e308);
    CHECK(heard.values[5].value == 1);
    CHECK(std::isnan(heard.values[6].value));
    CHECK(heard.values[7].value == 18446744073709551615.0);
    CHECK(heard.values[7].step == 4);
    CHECK(heard.values[8].time == 2);  // taken over from the line before
    CHECK(heard.values[8].step == 4);
    CHECK(heard.values[8].value == 1e300);
    CHECK(heard.values[9].value == doctest::Approx(1.2345678901234568e29));
    CHECK(heard.values[10].name == "ok");
    CHECK(heard.values[10].step == -7);
    CHECK(heard.values[11].name == "system/gpu.util");
    CHECK(heard.values[12].name == "system/cpu");
}

TEST_CASE("garbage is skipped and counted, and costs no other line") {
    const std::string good = R"({"t":1,"e":"metrics","s":1,"v":{"a":1}})";
    for (const std::string& bad : std::vector<std::string>{
             "garbage", "{", "}", "[1,2]", "null", "{}", R"({"t":1})", R"({"e":5})", R"({"e":"metrics","v":3})",
             R"({"t":1,"e":"metr)" + good, good + good, good + "x", std::string(2000, '['), std::string("\0\0\0", 3),
             R"({"e":"metrics","s":1,"v":{"a":1e999}})", R"({"e":"metrics","s":1,"v":{"a":})"}) {
        CAPTURE(bad);
        const auto [heard, cursor] = readText(good + "\n" + bad + "\n" + good + "\n");
        CHECK(heard.values.size() == 2);
        CHECK(cursor.damaged == 1);
    }
}

TEST_CASE("empty lines, Windows line ends, bare NaN and bytes that are no UTF-8 are understood") {
    const auto [heard, cursor] = readText("\n\r\n  \n"
                                          "{\"t\":1,\"e\":\"metrics\",\"s\":1,\"v\":{\"a\":1}}\r\n"
                                          "{\"t\": 1, \"e\": \"metrics\", \"s\": 2, \"v\": {\"a\": NaN, \"NaN\": -Infinity}}\n"
                                          "{\"t\":1,\"e\":\"metrics\",\"s\":3,\"v\":{\"b\xff\xc3\":4}}\n"
                                          "{\"t\":1,\"e\":\"note\",\"text\":\"\xfe\"}\n"
                                          "{\"t\":1,\"e\":\"never-heard-of\",\"x\":[1]}\n");
    CHECK(cursor.damaged == 0);
    REQUIRE(heard.values.size() == 4);
    CHECK(std::isnan(heard.values[1].value));
    CHECK(heard.values[2].name == "NaN");
    CHECK(heard.values[3].name == "b\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(heard.events == std::vector<std::string>{"note", "never-heard-of"});
}

TEST_CASE("a line of ten megabytes is a line like any other; one without end does not hold up the rest") {
    const std::string big(10 << 20, 'x');
    const std::string good = "{\"t\":1,\"e\":\"metrics\",\"s\":1,\"v\":{\"a\":1}}\n";
    const auto [heard, cursor] = readText(good + "{\"t\":1,\"e\":\"text\",\"text\":\"" + big + "\"}\n" + good);
    CHECK(heard.events.size() == 1);
    CHECK(heard.values.size() == 2);
    CHECK(cursor.damaged == 0);

    const auto [past, pastCursor] = readText(good + std::string(70 << 20, 'y') + "\n" + good);
    CHECK(past.values.size() == 2);
    CHECK(pastCursor.damaged == 1);
}

TEST_CASE("a journal cut at any byte gives every whole line, and goes on from there") {
    const TempDir folder;
    const std::string path = folder / "journal.jsonl";
    {
        auto writer = JournalWriter::open(path);
        REQUIRE(writer.has_value());
        for (int step = 0; step < 5; ++step)
            REQUIRE(writer->metrics(step, {{"loss", 1.0 / (step + 1)}, {"\xC3\xBC", 2.0}}).has_value());
        REQUIRE(writer->event("note", {{"text", "end"}}).has_value());
    }
    const std::string whole = *readFile(path);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        const std::string part = whole.substr(0, cut);
        REQUIRE(writeFileAtomic(path, part).has_value());
        Heard heard;
        JournalCursor cursor;
        JournalReader reader;
        REQUIRE(reader.read(path, cursor, 1 << 20, heard).has_value());
        const auto lines = static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
        REQUIRE(heard.values.size() == std::min<std::size_t>(lines, 5) * 2);
        REQUIRE(heard.events.size() == (lines > 5 ? 1 : 0));
        REQUIRE(cursor.damaged == 0);

        // A writer that opens it again closes the torn line; then that one line counts as damaged.
        {
            auto again = JournalWriter::open(path);
            REQUIRE(again.has_value());
            REQUIRE(again->metrics(99, {{"loss", 0.5}}).has_value());
        }
        REQUIRE(reader.read(path, cursor, 1 << 20, heard).has_value());
        REQUIRE(heard.values.back().step == 99);
        // Cut just before a newline the line is whole, and the newline that closes it makes it count.
        const bool torn = cut > 0 && part.back() != '\n' && whole[cut] != '\n';
        REQUIRE(cursor.damaged == (torn ? 1 : 0));
    }
}

TEST_CASE("reading in small pieces gives what reading at once gives") {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "{\"t\":" + std::to_string(i) + ",\"e\":\"metrics\",\"s\":" + std::to_string(i) + ",\"v\":{\"a\":" +
                std::to_string(i * 0.5) + "}}\n" + (i % 100 == 0 ? "bad\n" : "");
    const Reading whole = readText(text);
    const TempDir folder;
    const std::string path = folder / "journal.jsonl";
    REQUIRE(writeFileAtomic(path, text).has_value());
    Reading pieces;
    JournalReader reader;
    int calls = 0;
    while (*reader.read(path, pieces.cursor, 1000, pieces.heard))
        ++calls;
    CHECK(calls > 10);
    CHECK(pieces.heard.values.size() == 3000);
    CHECK(whole.heard.values.size() == 3000);
    CHECK(pieces.cursor.damaged == whole.cursor.damaged);
    CHECK(pieces.cursor.damaged == 30);
    CHECK(pieces.cursor.offset == text.size());
}
