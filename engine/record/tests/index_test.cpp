// SPDX-License-Identifier: Apache-2.0
#include "record/tests/store_fixture.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <csignal>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>

using namespace lathe;
using namespace lathe::record;
using namespace lathe::record::test;

namespace {

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

// Everything a store answers, as text, so that two stores can be compared by one check.
std::string answersOf(Store& store) {
    std::string all;
    const auto add = [&](const auto&... parts) { ((all += fmt::format("{} ", parts)), ...); };
    const auto runs = store.runs();
    REQUIRE(runs.has_value());
    for (const RunSummary& run : *runs) {
        add(run.spec.id, run.spec.name, runStateName(run.state), run.reason, run.started, run.ended, run.lastHeard, run.step,
            dumpJson(run.params), run.note, run.archived, run.tornLines, run.problem, run.tags.size());
        for (const auto& [name, m] : run.metrics) {
            add(name, m.count, m.nonFinite, bits(m.first), bits(m.last), bits(m.min), bits(m.max), m.firstStep, m.lastStep,
                m.minStep, m.maxStep, m.lastTime);
            const auto points = store.points(run.spec.id, name);
            for (const Point& point : points.value())
                add(point.step, point.time, bits(point.value));
            const auto buckets = store.buckets(run.spec.id, name, XAxis::Elapsed, 1, 0, 50);
            for (const Bucket& b : buckets.value())
                add(b.xFirst, b.xLast, bits(b.first), bits(b.last), bits(b.min), bits(b.max), b.count, b.nonFinite);
        }
        const auto texts = store.texts(run.spec.id);
        for (const TextSample& text : texts.value())
            add(text.step, text.name, text.text);
        all += '\n';
    }
    return all;
}

// A few runs with all that makes an index work: chunks, tails, several writers, damage, texts, NaN.
void fill(StoreFixture& fixture, Store& store) {
    for (int r = 0; r < 3; ++r) {
        const std::string id = fixture.makeRun(store);
        JournalWriter main = fixture.writer(id), rank = fixture.writer(id, "journal.1.jsonl");
        setState(main, "running");
        REQUIRE(main.params({{"lr", 0.1 * r}}).has_value());
        for (int i = 0; i < 10000; ++i)
            REQUIRE(main.metrics(i, {{"loss", i % 1000 == 7 ? std::nan("") : 1.0 / (1 + i)}, {"acc", i * 0.001}}, 1e9 + i * 0.1)
                        .has_value());
        for (int i = 0; i < 5000; ++i)
            REQUIRE(rank.metrics(i, {{"loss", 2.0 + i % 5}}, 1e9 + i * 0.2 + 0.05).has_value());
        fixture.append(id, "this is no journal line\n");
        REQUIRE(main.event("text", {{"s", 3}, {"name", "sample"}, {"text", "two\nlines"}}).has_value());
        setState(main, r == 0 ? "finished" : "failed", {{"exit", r}});
    }
    REQUIRE(store.refresh().has_value());
}

// Runs `body` in a process of its own; its return value is the exit code.
pid_t inChild(const std::function<int()>& body) {
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0)
        ::_exit(body());
    return pid;
}

int exitOf(pid_t pid) {
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("an index read back, made anew, missing, cut or full of garbage gives the same answers") {
    StoreFixture fixture;
    auto store = fixture.open();
    fill(fixture, *store);
    const std::string expected = answersOf(*store);
    CHECK(expected.size() > 100000);
    const std::string index = fixture.path + "/index.db";

    SUBCASE("read back") {
        store.reset();
        store = fixture.open();
        CHECK(store->takeWarnings().empty());
    }
    SUBCASE("reindex") {
        int calls = 0, last = 0;
        REQUIRE(store->reindex([&](int done, int total) {
                         ++calls;
                         CHECK(done <= total);
                         last = total - done;
                     }).has_value());
        CHECK(calls > 0);
        CHECK(last == 0);
        CHECK(store->takeWarnings().empty());
        CHECK(store->refresh()->size() == 3);  // whoever shows them has to read them again
        const auto names = listDir(fixture.path);
        for (const std::string& name : names.value())
            CHECK(name.find(".new") == std::string::npos);
    }
    SUBCASE("deleted while closed") {
        store.reset();
        REQUIRE(::unlink(index.c_str()) == 0);
        store = fixture.open();
        CHECK(store->takeWarnings().size() == 1);
    }
    SUBCASE("deleted while open") {
        REQUIRE(::unlink(index.c_str()) == 0);
        REQUIRE(store->refresh().has_value());
        CHECK(exists(index));
    }
    SUBCASE("garbage") {
        store.reset();
        REQUIRE(writeFileAtomic(index, std::string(100000, 'x')).has_value());
        store = fixture.open();
        CHECK(store->takeWarnings().size() == 1);
    }
    SUBCASE("empty file") {
        store.reset();
        REQUIRE(writeFileAtomic(index, "").has_value());
        store = fixture.open();
    }
    SUBCASE("cut off at any place") {
        store.reset();
        const std::string whole = *readFile(index);
        for (const double part : {0.001, 0.1, 0.35, 0.7, 0.97}) {
            REQUIRE(writeFileAtomic(index, whole.substr(0, static_cast<std::size_t>(part * static_cast<double>(whole.size()))))
                        .has_value());
            store = fixture.open();
            CHECK(answersOf(*store) == expected);
            store.reset();
        }
        store = fixture.open();
    }
    SUBCASE("pages overwritten") {
        store.reset();
        std::string whole = *readFile(index);
        std::mt19937 random(5);
        for (std::size_t at = 8192; at + 8192 < whole.size(); at += 3 * 8192)
            for (std::size_t i = 0; i < 8192; ++i)
                whole[at + i] = static_cast<char>(random());
        REQUIRE(writeFileAtomic(index, whole).has_value());
        store = fixture.open();
        CHECK(answersOf(*store) == expected);
        CHECK_FALSE(store->takeWarnings().empty());
    }
    SUBCASE("of another version") {
        store.reset();
        std::string whole = *readFile(index);
        whole[63] = 99;  // user_version, big-endian at 60
        REQUIRE(writeFileAtomic(index, whole).has_value());
        store = fixture.open();
        CHECK(store->takeWarnings().size() == 1);
    }
    CHECK(answersOf(*store) == expected);
    CHECK(store->refresh()->empty());
}

TEST_CASE("taken in by bits or at once, the answers are the same") {
    StoreFixture fixture;
    const auto live = fixture.open();
    const std::string id = fixture.makeRun(*live);
    {
        JournalWriter main = fixture.writer(id), rank = fixture.writer(id, "journal.0.jsonl");
        setState(main, "running");
        std::mt19937 random(6);
        for (int i = 0; i < 9000; ++i) {
            REQUIRE(main.metrics(i, {{"a", random() * 1e-9}, {"rare", i * 1.0}}, 1e9 + i).has_value());
            if (i % 3 == 0)
                REQUIRE(rank.metrics(i, {{"a", 5.0}}, 1e9 + i + 0.5).has_value());
            if (random() % 100 == 0)
                REQUIRE(live->refresh().has_value());
        }
        setState(main, "finished");
    }
    REQUIRE(live->refresh().has_value());
    CHECK(live->points(id, "a")->size() == 12000);
    const std::string expected = answersOf(*live);
    REQUIRE(live->reindex({}).has_value());
    CHECK(answersOf(*live) == expected);
}

TEST_CASE("a journal that was cut or replaced is read anew") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    const std::string path = fixture.runDir(id) + "/journal.0.jsonl";
    {
        JournalWriter writer = fixture.writer(id, "journal.0.jsonl");
        for (int i = 0; i < 6000; ++i)
            REQUIRE(writer.metrics(i, {{"a", 1.0}}).has_value());
    }
    REQUIRE(store->refresh().has_value());
    CHECK(store->run(id)->metrics.at("a").count == 6000);
    const std::string half = readFile(path)->substr(0, 1000);
    REQUIRE(::truncate(path.c_str(), 1000) == 0);
    REQUIRE(store->refresh().has_value());
    const auto count = static_cast<std::size_t>(std::count(half.begin(), half.end(), '\n'));
    CHECK(store->run(id)->metrics.at("a").count == count);
    CHECK(store->points(id, "a")->size() == count);
    REQUIRE(writeFileAtomic(path, "{\"t\":1,\"e\":\"metrics\",\"s\":1,\"v\":{\"b\":1}}\n").has_value());
    REQUIRE(store->refresh().has_value());
    CHECK_FALSE(store->run(id)->metrics.contains("a"));
    CHECK(store->points(id, "b")->size() == 1);
}

TEST_CASE("a hundred writers killed at random moments lose nothing they were told was written") {
    StoreFixture fixture;
    const auto store = fixture.open();
    std::mt19937 random(7);
    std::map<std::string, int> said;
    for (int attempt = 0; attempt < 100; ++attempt) {
        const std::string id = fixture.makeRun(*store);
        const std::string path = fixture.runDir(id) + "/journal.jsonl";
        int pipes[2];
        REQUIRE(::pipe(pipes) == 0);
        const pid_t pid = inChild([&] {
            auto writer = JournalWriter::open(path);
            if (!writer)
                return 1;
            for (int step = 0;; ++step) {
                if (!writer->metrics(step, {{"loss", step * 0.25}, {"other", 1.0}}))
                    return 2;
                if (::write(pipes[1], &step, sizeof step) != sizeof step)
                    return 3;
            }
        });
        ::close(pipes[1]);
        int step = -1;
        REQUIRE(::read(pipes[0], &step, sizeof step) == sizeof step);
        ::usleep(random() % 3000);
        ::kill(pid, SIGKILL);
        while (::read(pipes[0], &step, sizeof step) == sizeof step) {
        }
        ::close(pipes[0]);
        CHECK(exitOf(pid) == 128 + SIGKILL);
        said[id] = step;
        if (attempt % 10 == 0)
            REQUIRE(store->refresh().has_value());
    }
    REQUIRE(store->refresh().has_value());
    for (const auto& [id, last] : said) {
        const auto points = store->points(id, "loss");
        REQUIRE(points.has_value());
        REQUIRE(points->size() > static_cast<std::size_t>(last));
        for (std::size_t i = 0; i < points->size(); ++i)
            REQUIRE((*points)[i].value == static_cast<double>(i) * 0.25);
    }
}

TEST_CASE("two processes index while two others write, and both see all in the end") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string first = fixture.makeRun(*store), second = fixture.makeRun(*store);
    constexpr int kSteps = 6000;
    const auto write = [&](const std::string& id) {
        return inChild([&, id] {
            auto writer = JournalWriter::open(fixture.runDir(id) + "/journal.jsonl");
            for (int step = 0; step < kSteps; ++step)
                if (!writer || !writer->metrics(step, {{"loss", step * 1.0}}))
                    return 1;
            return 0;
        });
    };
    const auto read = [&] {
        return inChild([&] {
            auto mine = Store::open(fixture.path);
            if (!mine)
                return 1;
            const double deadline = monotonicSeconds() + 60;
            while (monotonicSeconds() < deadline) {
                if (!(*mine)->refresh())
                    return 2;
                std::size_t total = 0;
                for (const std::string& id : {first, second}) {
                    const auto points = (*mine)->points(id, "loss");
                    if (!points)
                        return 3;
                    for (std::size_t i = 0; i < points->size(); ++i)
                        if ((*points)[i].step != static_cast<std::int64_t>(i))
                            return 4;
                    total += points->size();
                }
                if (total == 2 * kSteps)
                    return (*mine)->takeWarnings().empty() ? 0 : 5;
            }
            return 6;
        });
    };
    const std::vector<pid_t> children{read(), read(), write(first), write(second)};
    for (const pid_t child : children)
        CHECK(exitOf(child) == 0);
    REQUIRE(store->refresh().has_value());
    CHECK(store->points(first, "loss")->size() == kSteps);
}

TEST_CASE("an index thrown away and made anew under another process's feet harms neither") {
    StoreFixture fixture;
    const auto mine = fixture.open();
    const auto theirs = fixture.open();
    fill(fixture, *mine);
    REQUIRE(theirs->refresh().has_value());
    const std::string expected = answersOf(*mine);
    for (int round = 0; round < 5; ++round) {
        REQUIRE(theirs->reindex({}).has_value());
        CHECK(answersOf(*mine) == expected);  // the file it has open is still whole
        REQUIRE(mine->refresh().has_value());
        CHECK(answersOf(*mine) == expected);
        CHECK(answersOf(*theirs) == expected);
    }
}

TEST_CASE("an indexer killed at random moments leaves an index that is right") {
    StoreFixture fixture;
    std::mt19937 random(8);
    std::string expected;
    {
        const auto store = fixture.open();
        fill(fixture, *store);
        expected = answersOf(*store);
    }
    for (int attempt = 0; attempt < 20; ++attempt) {
        for (const char* suffix : {"", "-wal", "-shm"})
            ::unlink((fixture.path + "/index.db" + suffix).c_str());
        const pid_t pid = inChild([&] {
            auto store = Store::open(fixture.path);
            ::pause();
            return store ? 0 : 1;
        });
        ::usleep(random() % 60000);
        ::kill(pid, SIGKILL);
        exitOf(pid);
        const auto store = fixture.open();
        REQUIRE(answersOf(*store) == expected);
    }
}

TEST_CASE("a store that may not be written is read all the same") {
    StoreFixture fixture;
    std::string expected;
    {
        const auto store = fixture.open();
        fill(fixture, *store);
        expected = answersOf(*store);
    }
    for (const char* name : {"index.db", "index.db-wal", "index.db-shm", "index.lock"})
        ::unlink((fixture.path + "/" + name).c_str());
    REQUIRE(::chmod(fixture.folder.path().c_str(), 0755) == 0);
    REQUIRE(::chmod(fixture.path.c_str(), 0555) == 0);
    const pid_t pid = inChild([&] {
        // Permissions do not bind root.
        if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
            return 9;
        auto store = Store::open(fixture.path);
        if (!store)
            return 1;
        const auto warnings = (*store)->takeWarnings();
        if (std::ranges::none_of(warnings, [](const auto& w) { return w.find("no index is kept") != std::string::npos; }))
            return 2;
        if (answersOf(**store) != expected)
            return 3;
        if ((*store)->createRun(StoreFixture::spec()).error().code != ErrorCode::Denied)
            return 4;
        return (*store)->refresh()->empty() ? 0 : 5;
    });
    CHECK(exitOf(pid) == 0);
    REQUIRE(::chmod(fixture.path.c_str(), 0755) == 0);
}

TEST_CASE("an index that finds no space goes on from memory and says so") {
    StoreFixture fixture;
    std::string expected;
    {
        const auto store = fixture.open();
        fill(fixture, *store);
        expected = answersOf(*store);
        REQUIRE(::unlink((fixture.path + "/index.db").c_str()) == 0);
    }
    const pid_t pid = inChild([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100'000, 100'000};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
            return 9;
        auto store = Store::open(fixture.path);
        if (!store)
            return 1;
        if (answersOf(**store) != expected)
            return 2;
        return (*store)->takeWarnings().empty() ? 3 : 0;
    });
    CHECK(exitOf(pid) == 0);
}

TEST_CASE("one spike in a million points is seen through the store at any zoom, live too") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    std::string text;
    for (int i = 0; i < 1'000'000; ++i)
        text += fmt::format("{{\"t\":{}.5,\"e\":\"metrics\",\"s\":{},\"v\":{{\"loss\":{}}}}}\n", 1'000'000'000 + i, i,
                            i == 765'432 ? "1e300" : "0.5");
    fixture.append(id, text, "journal.0.jsonl");
    REQUIRE(store->refresh().has_value());
    CHECK(store->run(id)->metrics.at("loss").count == 1'000'000);
    CHECK(store->run(id)->metrics.at("loss").maxStep == 765'432);
    const auto sees = [](const Result<std::vector<Bucket>>& buckets, double x) {
        REQUIRE(buckets.has_value());
        CHECK(buckets->size() <= 802);
        return std::ranges::any_of(
            *buckets, [&](const Bucket& b) { return b.max == 1e300 && b.xFirst <= x && x <= b.xLast; });
    };
    CHECK(sees(store->buckets(id, "loss", XAxis::Step, 1, 0, 800), 765'432));
    CHECK(sees(store->buckets(id, "loss", XAxis::Step, 700'000, 800'000, 800), 765'432));
    CHECK(sees(store->buckets(id, "loss", XAxis::Step, 765'400, 765'500, 800), 765'432));
    CHECK(sees(store->buckets(id, "loss", XAxis::Clock, 1, 0, 800), 1'000'765'432.5));
    CHECK_FALSE(sees(store->buckets(id, "loss", XAxis::Step, 0, 765'431, 10), -1));
}

TEST_CASE("ten thousand metrics in one run, many of them in one line") {
    StoreFixture fixture;
    const auto store = fixture.open();
    const std::string id = fixture.makeRun(*store);
    {
        JournalWriter writer = fixture.writer(id, "journal.0.jsonl");
        std::vector<std::string> names;
        for (int i = 0; i < 10'000; ++i)
            names.push_back(fmt::format("layer.{}/grad_norm", i));
        std::vector<JournalWriter::Metric> line;
        for (const std::string& name : names)
            line.emplace_back(name, 1.5);
        for (int step = 0; step < 5; ++step) {
            REQUIRE(writer.metrics(step, line).has_value());
            REQUIRE(store->refresh().has_value());
        }
    }
    CHECK(store->run(id)->metrics.size() == 10'000);
    CHECK(store->points(id, "layer.9999/grad_norm")->size() == 5);
}

TEST_CASE("threads share one store") {
    StoreFixture fixture;
    const auto store = fixture.open();
    fill(fixture, *store);
    const std::string id = store->runs()->front().spec.id;
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 30; ++i)
                if (!store->refresh() || store->points(id, "acc")->size() != 10000 ||
                    store->buckets(id, "loss", XAxis::Step, 1, 0, 100)->empty() || store->runs()->size() != 3)
                    ++wrong;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
}
