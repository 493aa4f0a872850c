// SPDX-License-Identifier: Apache-2.0
#include "interop/media.h"

#include "core/file.h"

#include <atomic>
#include <chrono>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

using namespace lathe;

TEST_CASE("an object that is there already becomes new again, so that no collection takes it") {
    TempDir store;
    const auto sum = interop::keepObject(store.path(), "weights");
    REQUIRE(sum);
    const std::string path = store / "objects/" + sum->substr(0, 2) + "/" + *sum;
    CHECK(readFile(path).value_or("") == "weights");
    const timespec old[2] = {{1000, 0}, {1000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), old, 0) == 0);
    CHECK(interop::keepObject(store.path(), "weights") == *sum);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK(info.st_mtime > 1'000'000);
}

TEST_CASE("objects wait for a collection that is deleting just now") {
    TempDir store;
    REQUIRE(interop::keepObject(store.path(), "a"));
    const UniqueFd lock(::open((store / "objects/.lock").c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(lock);
    REQUIRE(::flock(lock.get(), LOCK_EX | LOCK_NB) == 0);
    std::atomic<bool> kept = false;
    std::thread writer([&] { kept = interop::keepObject(store.path(), "b").has_value(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK_FALSE(kept);
    REQUIRE(::flock(lock.get(), LOCK_UN) == 0);
    writer.join();
    CHECK(kept);
}
