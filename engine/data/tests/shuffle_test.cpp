// SPDX-License-Identifier: Apache-2.0
#include "data/shuffle.h"

#include <doctest/doctest.h>

#include <set>

using lathe::data::Shuffle;

TEST_CASE("a shuffle is a permutation of its range for any size") {
    for (const std::uint64_t size : {1u, 2u, 3u, 4u, 5u, 16u, 17u, 63u, 64u, 65u, 1000u}) {
        const Shuffle shuffle(size, 42);
        std::set<std::uint64_t> seen;
        for (std::uint64_t i = 0; i < size; ++i) {
            CHECK(shuffle[i] < size);
            seen.insert(shuffle[i]);
        }
        CHECK(seen.size() == size);
    }
}

TEST_CASE("a shuffle depends on its key and mixes") {
    const Shuffle one(1000, 1), again(1000, 1), two(1000, 2);
    int sameAsTwo = 0, inPlace = 0, neighbours = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        CHECK(one[i] == again[i]);
        sameAsTwo += one[i] == two[i];
        inPlace += one[i] == i;
        neighbours += i > 0 && one[i] == one[i - 1] + 1;
    }
    // Each is about 1 for a random permutation.
    CHECK(sameAsTwo < 10);
    CHECK(inPlace < 10);
    CHECK(neighbours < 10);
}
