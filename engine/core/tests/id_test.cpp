// SPDX-License-Identifier: Apache-2.0
#include "core/id.h"

#include "core/clock.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <set>
#include <thread>
#include <vector>

using namespace lathe;

TEST_CASE("ids ascend, are unique and tell their time") {
    std::string last;
    for (int i = 0; i < 10000; ++i) {
        const std::string id = newId();
        REQUIRE(isId(id));
        REQUIRE(id > last);
        last = id;
    }
    CHECK(std::abs(static_cast<double>(idMilliseconds(last)) / 1000 - wallSeconds()) < 5);
}

TEST_CASE("ids of several threads never meet") {
    std::vector<std::vector<std::string>> made(4);
    std::vector<std::thread> threads;
    for (auto& list : made) {
        threads.emplace_back([&list] {
            for (int i = 0; i < 2000; ++i)
                list.push_back(newId());
        });
    }
    for (auto& thread : threads)
        thread.join();
    std::set<std::string> all;
    for (const auto& list : made)
        all.insert(list.begin(), list.end());
    CHECK(all.size() == 8000);
}

TEST_CASE("what is no id is refused") {
    CHECK_FALSE(isId(""));
    CHECK_FALSE(isId("../../etc/passwd0123456789"));
    CHECK_FALSE(isId("01hzyl"));
    CHECK_FALSE(isId(std::string(26, 'u')));  // Crockford's alphabet has no u
    CHECK(idMilliseconds("nonsense") == 0);
}

TEST_CASE("a name reads the same for the same id") {
    const std::string id = newId();
    const std::string name = readableName(id);
    CHECK(name == readableName(id));
    CHECK(std::count(name.begin(), name.end(), '-') == 2);
    CHECK(name != readableName(newId()));
}

TEST_CASE("random hex has the length asked for and differs") {
    CHECK(randomHex(16).size() == 32);
    CHECK(randomHex(16) != randomHex(16));
}
