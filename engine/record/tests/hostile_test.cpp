// SPDX-License-Identifier: Apache-2.0
// What goes wrong around a store: clocks, writers, consoles, versions, damage.
#include "core/text.h"
#include "record/query.h"
#include "record/tests/store_fixture.h"

#include <atomic>
#include <cmath>
#include <limits>
#include <sqlite3.h>
#include <sys/wait.h>
#include <thread>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

TEST_CASE("clocks and steps that go back lose no point and no order of arrival") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    const double now = wallSeconds();
    const std::vector<std::pair<std::int64_t, double>> moments{
        {10, now},
        {11, now + 1},
        {12, now - 86400},
        {5, now - 86399},
        {6, now + 2},
        {-3, now - 1e9},
        {std::numeric_limits<std::int64_t>::max(), 0},
        {std::numeric_limits<std::int64_t>::min(), now + 3}};
    {
        JournalWriter journal = fixture.writer(id);
        for (std::size_t i = 0; i < moments.size(); ++i)
            REQUIRE(journal.metrics(moments[i].first, {{"x", static_cast<double>(i)}}, moments[i].second)
                        .has_value());
    }
    REQUIRE(store->refresh().has_value());
    const auto points = store->points(id, "x");
    REQUIRE(points->size() == moments.size());
    for (std::size_t i = 0; i < moments.size(); ++i) {
        CHECK((*points)[i].value == static_cast<double>(i));
        CHECK((*points)[i].step == moments[i].first);
    }
    CHECK(store->run(id)->metrics.at("x").last == 7);
    for (const XAxis axis : {XAxis::Step, XAxis::Elapsed, XAxis::Clock}) {
        std::uint64_t count = 0;
        const auto told = store->buckets(id, "x", axis, 1, 0, 50);
        for (const Bucket& bucket : *told)
            count += bucket.count;
        CHECK(count == moments.size());
    }
}

TEST_CASE("values that are not finite or hardly finite are told as they are") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    fixture.append(id, R"({"t":1,"e":"metrics","s":1,"v":{"x":NaN,"big":1.7976931348623157e308,"all":"nan"}}
{"t":2,"e":"metrics","s":2,"v":{"x":-Infinity,"big":-1.7976931348623157e308,"all":"inf"}}
{"t":3,"e":"metrics","s":3,"v":{"x":5e-324,"big":"inf","all":null}}
)");
    REQUIRE(store->refresh().has_value());
    const RunSummary run = *store->run(id);
    CHECK(run.metrics.at("x").nonFinite == 2);
    CHECK(run.metrics.at("x").min == 5e-324);
    CHECK(run.metrics.at("x").recent == 5e-324);
    CHECK(run.metrics.at("big").max == std::numeric_limits<double>::max());
    CHECK(run.metrics.at("all").nonFinite == 3);
    CHECK(std::isnan(run.metrics.at("all").min));
    CHECK(std::isnan(run.metrics.at("all").mean()));
    CHECK(std::isnan(run.metrics.at("all").recent));
    CHECK(store->query({.filter = "x < 1", .sort = "all", .columns = {"all", "big"}})->rows.size() == 1);
    const auto buckets = store->buckets(id, "all", XAxis::Step, 1, 0, 10);
    REQUIRE(!buckets->empty());
    CHECK(std::isnan(buckets->front().min));
}

TEST_CASE("a console of one line of ten megabytes, and bytes that are no text") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    fixture.append(id,
                   "needle \xff\xfe\xc0 \xed\xa0\x80 caf\xc3\xa9 " + std::string(10 << 20, 'z') + " haystack",
                   "output.log");
    fixture.append(id, "{\"t\":1,\"e\":\"note\",\"text\":\"\xff\xfe "
                       "caf\xc3\xa9\"}\n{\"t\":2,\"e\":\"metrics\",\"s\":1,\"v\":{\"\xff\":1}}\n");
    {
        JournalWriter journal = fixture.writer(id);
        setState(journal, "finished");
    }
    REQUIRE(store->refresh().has_value());
    REQUIRE(store->refresh().has_value());
    for (const char* word : {"needle", "caf\xc3\xa9", "haystack"})
        CHECK_MESSAGE(store->query({.filter = std::string("console ~ ") + word})->rows.size() == 1, word);
    const RunSummary run = *store->run(id);
    CHECK(isValidUtf8(run.note));
    CHECK(run.note.ends_with("caf\xc3\xa9"));
    CHECK(run.metrics.size() == 1);
    CHECK(isValidUtf8(run.metrics.begin()->first));
    const auto index = readFile(fixture.path + "/index.db");
    REQUIRE(index.has_value());
    CHECK(index->size() < (4U << 20));  // the line itself is not in it
}

TEST_CASE("ten thousand metrics are listed at once") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    constexpr int kNames = 12345;
    {
        std::string line = "{\"t\":1,\"e\":\"metrics\",\"s\":1,\"v\":{";
        for (int i = 0; i < kNames; ++i)
            line += (i > 0 ? ",\"m/" : "\"m/") + std::to_string(i) + "\":" + std::to_string(i);
        fixture.append(id, line + "}}\n");
    }
    REQUIRE(store->refresh().has_value());
    CHECK(store->run(id)->metrics.size() == kNames);
    CHECK(store->query({.filter = "m/12344 > 12000 and m/7 = 7"})->rows.size() == 1);
    CHECK(!store->complete("m/12", 4)->candidates.empty());
}

TEST_CASE("thirty-two processes write into one store while others read it") {
    StoreFixture fixture;
    auto store = fixture.open();
    const std::string shared = fixture.makeRun(*store, "shared");
    constexpr int kWriters = 32, kLines = 300;
    std::vector<pid_t> writers;
    for (int w = 0; w < kWriters; ++w) {
        const pid_t pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            // One journal each in a run that all share, and a run of its own.
            auto mine =
                JournalWriter::open(fixture.runDir(shared) + "/journal." + std::to_string(w) + ".jsonl");
            RunSpec spec = StoreFixture::spec("writer-" + std::to_string(w));
            bool good = mine && makeDirs(fixture.runDir(spec.id)) &&
                        writeFileAtomic(fixture.runDir(spec.id) + "/run.json", dumpJson(spec.toJson()));
            auto own = good ? JournalWriter::open(fixture.runDir(spec.id) + "/journal.jsonl")
                            : std::unexpected(Error{});
            good = good && own;
            for (int i = 0; good && i < kLines; ++i)
                good = mine->metrics(i, {{"loss", i}, {"w" + std::to_string(w), w}}) &&
                       own->metrics(i, {{"loss", w}});
            ::_exit(good ? 0 : 1);
        }
        writers.push_back(pid);
    }
    auto second = fixture.open();
    std::atomic<bool> done = false;
    std::thread reader([&] {
        while (!done)
            if (!second->refresh())
                break;
    });
    for (const pid_t pid : writers) {
        int status = 0;
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        CHECK(status == 0);
    }
    done = true;
    reader.join();
    for (Store* one : {store.get(), second.get()}) {
        REQUIRE(one->refresh().has_value());
        CHECK(one->runs()->size() == kWriters + 1);
        CHECK(one->run(shared)->metrics.at("loss").count == kWriters * kLines);
        CHECK(one->run(shared)->metrics.size() == kWriters + 1);
        CHECK(one->points(shared, "loss")->size() == kWriters * kLines);
        CHECK(one->query({.filter = "loss.count = 300"})->total == kWriters);
        CHECK(one->takeWarnings().empty());
    }
}

TEST_CASE("runs and an index of a newer version are named as such, and left alone or made anew") {
    StoreFixture fixture;
    auto store = fixture.open();
    const std::string id = fixture.makeRun(*store, "old");
    RunSpec spec = StoreFixture::spec("newer");
    Json json = spec.toJson();
    json["format"] = 7;
    REQUIRE(makeDirs(fixture.runDir(spec.id)).has_value());
    const std::string text = dumpJson(json);
    REQUIRE(writeFileAtomic(fixture.runDir(spec.id) + "/run.json", text).has_value());
    REQUIRE(store->refresh().has_value());
    const RunSummary newer = *store->run(spec.id);
    CHECK(newer.problem.find("run format 7, this Lathe reads up to 1") != std::string::npos);
    CHECK(newer.problem.find("use a newer Lathe") != std::string::npos);
    CHECK(*readFile(fixture.runDir(spec.id) + "/run.json") == text);
    CHECK(store->run(id)->problem.empty());
    store.reset();
    {
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open((fixture.path + "/index.db").c_str(), &db) == SQLITE_OK);
        REQUIRE(sqlite3_exec(db, "PRAGMA user_version = 99", nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(db);
    }
    store = fixture.open();
    CHECK(store->runs()->size() == 2);
    const auto warnings = store->takeWarnings();
    REQUIRE(!warnings.empty());
    CHECK(warnings.front().find("another version of Lathe") != std::string::npos);
}
