// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "host/host.h"
#include "host/poll_watcher.h"

#include <atomic>
#include <chrono>
#include <doctest/doctest.h>
#include <thread>

using namespace lathe;
using namespace lathe::host;

namespace {

struct Fixture {
    std::unique_ptr<Hosts> hosts = Hosts::create();
    std::shared_ptr<Host> host = hosts->local();
    TempDir dir;
    std::atomic<int> calls = 0;
    std::function<void()> count = [this] { ++calls; };

    bool called(int atLeast = 1) const {
        for (int i = 0; i < 400 && calls < atLeast; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return calls >= atLeast;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a watched folder tells of new, changed and removed files") {
    const auto watch = host->watch(dir.path(), count);
    REQUIRE(watch);
    REQUIRE(writeFileAtomic(dir / "a", "1"));
    CHECK(called(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const int before = calls;
    REQUIRE(removeTree(dir / "a"));
    CHECK(called(before + 1));
}

TEST_CASE_FIXTURE(Fixture, "a watched file survives being replaced and does not tell of its neighbours") {
    REQUIRE(writeFileAtomic(dir / "a", "1"));
    const auto watch = host->watch(dir / "a", count);
    REQUIRE(watch);
    REQUIRE(writeFileAtomic(dir / "b", "1"));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    CHECK(calls == 0);
    REQUIRE(writeFileAtomic(dir / "a", "2"));
    CHECK(called(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const int before = calls;
    REQUIRE(writeFileAtomic(dir / "a", "3"));
    CHECK(called(before + 1));
}

TEST_CASE_FIXTURE(Fixture, "a released watch is silent, another of the same folder goes on") {
    auto first = host->watch(dir.path(), count);
    std::atomic<int> others = 0;
    const auto second = host->watch(dir.path(), [&] { ++others; });
    REQUIRE(first);
    REQUIRE(second);
    first->reset();
    REQUIRE(writeFileAtomic(dir / "a", "1"));
    for (int i = 0; i < 400 && others == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(others > 0);
    CHECK(calls == 0);
    CHECK(host->watch(dir / "none", count).error().code == ErrorCode::NotFound);
}

TEST_CASE_FIXTURE(Fixture, "a folder that is removed and made again is still watched") {
    REQUIRE(makeDirs(dir / "sub"));
    const auto watch = host->watch(dir / "sub", count);
    REQUIRE(watch);
    REQUIRE(removeTree(dir / "sub"));
    CHECK(called(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const int before = calls;
    REQUIRE(makeDirs(dir / "sub"));
    REQUIRE(writeFileAtomic(dir / "sub/a", "1"));
    CHECK(called(before + 1));
}

TEST_CASE_FIXTURE(Fixture, "polling sees changes, and no change while the host is away") {
    PollWatcher poll(0.02);
    std::atomic<bool> away = false;
    auto watch = poll.add(
        [&]() -> std::optional<std::string> {
            if (away)
                return std::nullopt;
            return fingerprintOf(*host, dir.path());
        },
        count);
    away = true;
    REQUIRE(writeFileAtomic(dir / "a", "1"));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    CHECK(calls == 0);
    away = false;
    CHECK(called(1));
    watch.reset();
    const int before = calls;
    REQUIRE(writeFileAtomic(dir / "b", "1"));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    CHECK(calls == before);
}
