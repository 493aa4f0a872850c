// SPDX-License-Identifier: Apache-2.0
#include "parallel/plan.h"

#include <doctest/doctest.h>

#include <initializer_list>

using lathe::parallel::share;

TEST_CASE("shares follow each other, cover everything and differ by one at most") {
    for (const std::int64_t total : {1, 7, 16, 17, 1000})
        for (std::int64_t count = 1; count <= total && count < 20; ++count) {
            std::int64_t end = 0;
            for (std::int64_t i = 0; i < count; ++i) {
                const auto part = share(total, i, count);
                CHECK(part.begin == end);
                CHECK(part.size() >= total / count);
                CHECK(part.size() <= total / count + 1);
                end = part.end;
            }
            CHECK(end == total);
        }
}
