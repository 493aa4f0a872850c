// SPDX-License-Identifier: Apache-2.0
#include "tensor/random.h"

#include "tensor/backend.h"
#include "tensor/tensor.h"

#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::tensor;

namespace {

std::vector<float> drawn(LatheOp op, double a, double b, std::int64_t first, std::int64_t count) {
    const Tensor t = Tensor::empty({count}).value();
    REQUIRE(runKernel(op, {t}, {a, b}, {42, 7, first}).has_value());
    return t.toVector<float>().value();
}

}  // namespace

TEST_CASE("philox gives the published answers") {  // kat_vectors of Random123, philox4x32 10
    using Words = std::array<std::uint32_t, 4>;
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a number depends on its index alone") {
    for (const LatheOp op : {LATHE_OP_RANDOM_NORMAL, LATHE_OP_RANDOM_UNIFORM}) {
        const auto whole = drawn(op, 0, 1, 0, 5000);
        for (const std::int64_t first : {1, 3, 1023, 1024, 2500}) {
            const auto part = drawn(op, 0, 1, first, 1500);
            for (std::size_t i = 0; i < part.size(); ++i)
                REQUIRE(part[i] == whole[static_cast<std::size_t>(first) + i]);
        }
    }
    CHECK(drawn(LATHE_OP_RANDOM_NORMAL, 0, 1, 0, 0).empty());
}

TEST_CASE("the vectorised fill agrees with the counter generator") {
    const CounterRng rng(42, 7);
    const auto uniforms = drawn(LATHE_OP_RANDOM_UNIFORM, 0, 1, 0, 3000);
    for (std::size_t i = 0; i < uniforms.size(); ++i)
        REQUIRE(uniforms[i] == static_cast<float>(rng.bits(i) >> 8) * 0x1p-24f);
}

TEST_CASE("normal numbers have the moments of the normal distribution") {
    constexpr std::int64_t n = 1 << 20;
    const auto x = drawn(LATHE_OP_RANDOM_NORMAL, 1, 2, 0, n);
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, pairs = 0;
    std::int64_t within = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double z = (static_cast<double>(x[i]) - 1) / 2;
        REQUIRE(std::isfinite(z));
        m1 += z;
        m2 += z * z;
        m3 += z * z * z;
        m4 += z * z * z * z;
        within += std::abs(z) < 1;
        if (i > 0)
            pairs += z * (static_cast<double>(x[i - 1]) - 1) / 2;
    }
    // Five standard errors each.
    const double root = std::sqrt(static_cast<double>(n));
    CHECK(std::abs(m1 / n) < 5 / root);
    CHECK(std::abs(m2 / n - 1) < 5 * std::sqrt(2.0) / root);
    CHECK(std::abs(m3 / n) < 5 * std::sqrt(15.0) / root);
    CHECK(std::abs(m4 / n - 3) < 5 * std::sqrt(96.0) / root);
    CHECK(std::abs(pairs / n) < 5 / root);
    CHECK(std::abs(static_cast<double>(within) / n - 0.6826895) < 5 * 0.4654 / root);
}

TEST_CASE("below covers its range evenly") {
    const CounterRng rng(1, 2);
    std::array<int, 7> hits{};
    for (std::uint64_t i = 0; i < 70000; ++i)
        ++hits[rng.below(i, 7)];
    for (const int hit : hits)
        CHECK(std::abs(hit - 10000) < 500);
    CHECK(rng.below(0, 1) == 0);
    CHECK(streamOf("a") != streamOf("b"));
    CHECK(streamOf("") == 0xcbf29ce484222325);
}
