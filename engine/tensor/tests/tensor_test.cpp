// SPDX-License-Identifier: Apache-2.0
#include "tensor/tensor.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <numeric>

using namespace lathe;
using namespace lathe::tensor;

namespace {

Tensor counting(const tensor::Shape& shape) {
    std::vector<float> values(static_cast<std::size_t>(shape.elements()));
    std::iota(values.begin(), values.end(), 0.0f);
    return Tensor::of<float>(values, shape).value();
}

}  // namespace

TEST_CASE("a tensor keeps what it was given") {
    const Tensor t = counting({2, 3});
    CHECK(t.shape() == Shape{2, 3});
    CHECK(t.strides() == Shape{3, 1});
    CHECK(t.toVector<float>().value() == std::vector<float>{0, 1, 2, 3, 4, 5});
    CHECK(t.text() == "fp32 [2, 3] on cpu");
    CHECK(reinterpret_cast<std::uintptr_t>(t.raw()) % 64 == 0);
    CHECK_FALSE(Tensor::of<float>(std::vector<float>(5), {2, 3}).has_value());
    CHECK_FALSE(t.toVector<double>().has_value());
}

TEST_CASE("views share memory and see the right elements") {
    const Tensor t = counting({2, 3, 4});
    CHECK(t.select(0, 1).select(0, 2).toVector<float>().value() == std::vector<float>{20, 21, 22, 23});
    CHECK(t.slice(2, 1, 3).toVector<float>().value() ==
          std::vector<float>{1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22});
    CHECK(t.transpose(0, 2).select(0, 1).toVector<float>().value() ==
          std::vector<float>{1, 13, 5, 17, 9, 21});
    CHECK_FALSE(t.transpose(0, 2).isContiguous());
    CHECK(t.slice(0, 1, 2).isContiguous());
    CHECK(t.window(5, {3}).toVector<float>().value() == std::vector<float>{5, 6, 7});
    CHECK(t.slice(1, 0, 0).elements() == 0);

    const Tensor part = t.window(4, {4});
    REQUIRE(part.fill(-1).has_value());
    CHECK(t.data<float>()[4] == -1);
    CHECK(t.data<float>()[8] == 8);
    CHECK(part.sharesStorage(t));
    CHECK_FALSE(t.isSole());
    REQUIRE(t.slice(2, 0, 2).fill(7).has_value());
    CHECK(t.slice(2, 1, 3).select(0, 1).select(0, 0).toVector<float>().value() == std::vector<float>{7, 14});
}

TEST_CASE("copies convert between all dtypes") {
    const Tensor source = Tensor::of<double>(std::vector<double>{0, 1, -2, 3.5, 100}, {5}).value();
    for (const DType type : {DType::F32, DType::F64, DType::F16, DType::BF16})
        CHECK(source.to(type).value().to(DType::F64).value().toVector<double>().value() ==
              std::vector<double>{0, 1, -2, 3.5, 100});
    for (const DType type : {DType::I32, DType::I64})
        CHECK(source.to(type).value().to(DType::F64).value().toVector<double>().value() ==
              std::vector<double>{0, 1, -2, 3, 100});
    CHECK(source.to(DType::Bool).value().to(DType::F64).value().toVector<double>().value() ==
          std::vector<double>{0, 1, 1, 1, 1});
    CHECK(Tensor::of<std::uint8_t>(std::vector<std::uint8_t>{7, 255}, {2})
              .value()
              .to(DType::I64)
              .value()
              .toVector<std::int64_t>()
              .value() == std::vector<std::int64_t>{7, 255});
}

TEST_CASE("halves and bfloats round to nearest even, keep infinities and NaN") {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const auto through = [](DType type, double value) {
        return Tensor::of<double>(std::vector{value}, {1}).value().to(type).value().item().value();
    };
    CHECK(through(DType::F16, 65504) == 65504);
    CHECK(through(DType::F16, 65519) == 65504);
    CHECK(through(DType::F16, 65520) == inf);
    CHECK(through(DType::F16, 0x1p-24) == 0x1p-24);
    CHECK(through(DType::F16, 0x1p-25) == 0);              // a tie, to even
    CHECK(through(DType::F16, 1.5 * 0x1p-24) == 0x1p-23);  // a tie, to even
    CHECK(through(DType::F16, 2049) == 2048);
    CHECK(through(DType::F16, 4095) == 4096);  // carries into the exponent
    CHECK(through(DType::F16, -inf) == -inf);
    CHECK(std::isnan(through(DType::F16, std::nan(""))));
    CHECK(through(DType::BF16, 257) == 256);
    CHECK(through(DType::BF16, 259) == 260);
    CHECK(through(DType::BF16, inf) == inf);
    CHECK(std::isnan(through(DType::BF16, std::nan(""))));
    for (int bits = 0; bits < 0x7c00; bits += 7) {  // every seventh finite half
        const double value =
            bits < 1024 ? std::ldexp(bits, -24) : std::ldexp(1024 + bits % 1024, bits / 1024 - 25);
        CHECK(through(DType::F16, value) == value);
    }
}

TEST_CASE("the ledger counts what tensors hold, by class, and the allocator reuses it") {
    MemoryLedger& ledger = memoryLedger();
    const auto before = ledger.count(MemoryClass::Communication).current;
    void* first = nullptr;
    {
        const Tensor t = Tensor::empty({1000}, DType::F32, MemoryClass::Communication).value();
        first = t.raw();
        const auto held = ledger.count(MemoryClass::Communication).current - before;
        CHECK(held >= 4000);
        CHECK(held <= 4500);
        CHECK(static_cast<std::size_t>(held) == Allocator::roundedSize(4000));
    }
    CHECK(ledger.count(MemoryClass::Communication).current == before);
    CHECK(ledger.count(MemoryClass::Communication).peak >= before + 4000);
    CHECK(Tensor::empty({1000}).value().raw() == first);
    ledger.resetPeaks();
    CHECK(ledger.count(MemoryClass::Communication).peak == before);
    CHECK(ledger.total().peak == ledger.total().current);
}

TEST_CASE("names of dtypes read back") {
    for (const DType type :
         {DType::F32, DType::F64, DType::F16, DType::BF16, DType::I32, DType::I64, DType::U8, DType::Bool})
        CHECK(dtypeFromName(nameOf(type)) == type);
    CHECK_FALSE(dtypeFromName("fp8").has_value());
}
