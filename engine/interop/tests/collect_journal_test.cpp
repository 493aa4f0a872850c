// SPDX-License-Identifier: Apache-2.0
#include "interop/collect_journal.h"

#include "core/file.h"
#include "core/text.h"

#include <doctest/doctest.h>
#include <fstream>
#include <limits>
#include <unistd.h>

using namespace lathe;
using interop::CollectJournal;
using interop::MetricValue;

namespace {

void append(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

struct Point {
    std::int64_t step;
    double value;
    bool operator==(const Point&) const = default;
};

std::vector<Json> lines(const std::string& path, std::string_view kind) {
    std::vector<Json> found;
    const std::string text = readFile(path).value_or("");
    for (const std::string& line : split(text, '\n')) {
        if (line.empty())
            continue;
        const auto json = parseJson(line);
        REQUIRE_MESSAGE(json, line);
        if (getString(*json, "e") == kind)
            found.push_back(*json);
    }
    return found;
}

std::vector<Point> points(const TempDir& dir, const std::string& name) {
    std::vector<Point> found;
    for (const Json& line : lines(dir / CollectJournal::kFileName, "metrics")) {
        if (line["v"].contains(name))
            found.push_back({getInt(line, "s"), *numberFromJson(line["v"][name])});
    }
    return found;
}

void give(interop::RecordSink& sink, std::int64_t step, std::string_view name, double value) {
    const MetricValue metric{name, value};
    sink.metrics(1700000000.123456 + static_cast<double>(step), step, {&metric, 1});
}

}  // namespace

TEST_CASE("what a direct way brings is in the file at its word") {
    const TempDir dir;
    const auto journal = CollectJournal::open(dir.path()).value();
    const auto sink = journal->direct("mlflow");
    give(*sink, 3, "loss", 0.1);
    give(*sink, 4, "loss", std::numeric_limits<double>::infinity());
    sink->event(Json{{"e", "params"}, {"v", {{"lr", 0.5}}}});
    REQUIRE(sink->flush());
    CHECK(points(dir, "loss") == std::vector<Point>{{3, 0.1}, {4, std::numeric_limits<double>::infinity()}});
    CHECK(lines(dir / CollectJournal::kFileName, "metrics")[0]["t"].get<double>() == 1700000003.123456);
    CHECK(lines(dir / CollectJournal::kFileName, "params").size() == 1);
}

TEST_CASE("one metric that arrives by two ways is one series, that of the first") {
    const TempDir dir;
    append(dir / "journal.0.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"helper":0.5}})"
                                    "\n");
    append(dir / "journal.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"console":0.5}})"
                                  "\n");
    const auto journal = CollectJournal::open(dir.path()).value();
    const auto first = journal->direct("mlflow");
    const auto second = journal->source("tensorboard", "/x/events", "1");
    give(*first, 1, "loss", 1);
    second->at(0);
    give(*second, 1, "loss", 2);
    give(*second, 1, "acc", 3);
    give(*second, 1, "helper", 4);
    give(*second, 1, "console", 5);
    second->at(100);
    give(*first, 2, "acc", 6);
    journal->finish();
    CHECK(points(dir, "loss") == std::vector<Point>{{1, 1}});
    CHECK(points(dir, "acc") == std::vector<Point>{{1, 3}});
    CHECK(points(dir, "helper").empty());
    CHECK(points(dir, "console").empty());
}

TEST_CASE("a name that is new waits for a journal that brings it as well, and keeps its order") {
    const TempDir dir;
    const auto journal = CollectJournal::open(dir.path()).value();
    const auto source = journal->source("csv", "/x/metrics.csv", "1");
    for (int i = 0; i < 10; ++i) {
        source->at(static_cast<std::uint64_t>(i) * 10);
        give(*source, i, i % 2 ? "late" : "mine", i);
    }
    source->at(100);
    journal->settle();
    CHECK(points(dir, "mine").empty());
    append(dir / "journal.0.jsonl", R"({"t":1,"e":"metrics","s":1,"v":{"late":0.5}})"
                                    "\n");
    journal->finish();
    CHECK(points(dir, "mine") == std::vector<Point>{{0, 0}, {2, 2}, {4, 4}, {6, 6}, {8, 8}});
    CHECK(points(dir, "late").empty());
}

TEST_CASE("a collector that died records nothing twice and misses nothing") {
    const auto feed = [](CollectJournal& journal, int records) {
        const auto source = journal.source("csv", "/x/metrics.csv", "7");
        for (int i = 0; i < records; ++i) {
            source->at(static_cast<std::uint64_t>(i) * 10);
            give(*source, i, "a", i);
            give(*source, i, "b", -i);
            source->event(Json{{"e", "text"}, {"name", "t"}, {"s", i}, {"text", "x"}});
            source->at(static_cast<std::uint64_t>(i + 1) * 10);
        }
    };
    const TempDir whole;
    {
        const auto journal = CollectJournal::open(whole.path()).value();
        feed(*journal, 40);
        journal->finish();
    }
    const std::string all = readFile(whole / CollectJournal::kFileName).value();
    std::vector<Point> expected;
    for (int i = 0; i < 60; ++i)
        expected.push_back({i, static_cast<double>(i)});
    // Killed after every possible byte count, sampled; the torn end stays in the file.
    for (std::size_t cut = 0; cut <= all.size(); cut += 97) {
        const TempDir dir;
        append(dir / CollectJournal::kFileName, all.substr(0, cut));
        for (const int records : {50, 60}) {
            const auto journal = CollectJournal::open(dir.path()).value();
            feed(*journal, records);
            journal->finish();
        }
        // The torn line is no JSON: drop it as every reader does.
        std::string text, kept;
        for (const std::string& line : split(readFile(dir / CollectJournal::kFileName).value(), '\n')) {
            if (parseJson(line))
                kept += line + "\n";
        }
        REQUIRE(writeFileAtomic(dir / CollectJournal::kFileName, kept));
        CHECK_MESSAGE(points(dir, "a") == expected, "cut at ", cut);
        CHECK_MESSAGE(points(dir, "b").size() == 60, "cut at ", cut);
        CHECK_MESSAGE(lines(dir / CollectJournal::kFileName, "text").size() == 60, "cut at ", cut);
    }
}

TEST_CASE("media is kept once, under its sum") {
    const TempDir dir;
    const auto journal = CollectJournal::open(dir.path()).value();
    const auto sink = journal->direct("tensorboard");
    const auto name = sink->media("abc", "png");
    REQUIRE(name);
    CHECK(*name == "media/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.png");
    CHECK(readFile(dir / *name).value() == "abc");
    CHECK(sink->media("abc", "png").value() == *name);
    CHECK(sink->media("abc", "../x").error().code == ErrorCode::Invalid);
}
