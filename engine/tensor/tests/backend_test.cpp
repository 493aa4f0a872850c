// SPDX-License-Identifier: Apache-2.0
#include "tensor/backend.h"

#include "tensor/cpu/cpu_backend.h"
#include "tensor/tensor.h"
#include "tensor/threads.h"

#include <atomic>
#include <doctest/doctest.h>
#include <thread>
#include <vector>

using namespace lathe;
using namespace lathe::tensor;

TEST_CASE("the CPU is a backend like any other") {
    const LatheBackend& table = backendTable({});
    CHECK(table.abi == LATHE_BACKEND_ABI);
    CHECK(deviceName({}) == "cpu");
    CHECK(findDevice("cpu").value() == Device{});
    CHECK(findDevice("cpu:0").value() == Device{});
    CHECK(findDevice("tpu").error().code == ErrorCode::NotFound);
    LatheDeviceInfo info;
    REQUIRE(table.deviceInfo(0, &info) == LATHE_OK);
    CHECK(info.memoryBytes > 0);
    CHECK(info.computeUnits == threadCount());
    for (int op = 0; op < LATHE_OP_COUNT; ++op)
        CHECK(table.supports(op, LATHE_F32, LATHE_CONTIGUOUS));
    CHECK_FALSE(table.supports(LATHE_OP_LINEAR, LATHE_BF16, LATHE_CONTIGUOUS));
}

TEST_CASE("a backend of another version, or none at all, is refused with its reason") {
    LatheBackend other = backendTable({});
    other.abi = 99;
    CHECK(registerBackend(&other).error().code == ErrorCode::Unsupported);
    CHECK(registerBackend(nullptr).error().code == ErrorCode::Unsupported);

    const auto missing = loadBackend("/nowhere/libbackend.so");
    CHECK(missing.error().code == ErrorCode::Unavailable);
    CHECK(missing.error().on == "/nowhere/libbackend.so");
    const auto stranger = loadBackend("libm.so.6");
    CHECK(stranger.error().code == ErrorCode::Unsupported);
    CHECK(stranger.error().what.find(LATHE_BACKEND_SYMBOL) != std::string::npos);
}

namespace {

// A second backend: the CPU's table with two devices of which one kernel is missing.
std::vector<LatheKernel> fewerKernels;
const LatheBackend* secondTable() {
    static const LatheBackend table = [] {
        LatheBackend copy = backendTable({});
        copy.name = "second";
        copy.deviceCount = [] { return 2; };
        fewerKernels.assign(copy.kernels, copy.kernels + copy.kernelCount);
        fewerKernels[LATHE_OP_ADAMW] = nullptr;
        copy.kernels = fewerKernels.data();
        return copy;
    }();
    return &table;
}

}  // namespace

TEST_CASE("a further backend has its own devices, memory and kernels") {
    const Device first = registerBackend(secondTable()).value();
    CHECK(findDevice("second:1").value() == Device{first.backend, 1});
    const Tensor there =
        Tensor::of<float>(std::vector<float>{1, 2}, {2}, MemoryClass::Activations, first).value();
    CHECK(there.text() == "fp32 [2] on second:0");
    CHECK(memoryLedger(first).total().current == 64);
    CHECK(there.toVector<float>().value() == std::vector<float>{1, 2});

    const Tensor here = Tensor::zeros({2}).value();
    REQUIRE(here.copyFrom(there).has_value());
    CHECK(here.data<float>()[1] == 2);
    CHECK(runKernel(LATHE_OP_ADD, {here, there, here}).error().code == ErrorCode::Invalid);
    CHECK(runKernel(LATHE_OP_ADAMW, {there}).error().code == ErrorCode::Unsupported);
}

namespace {

// A third one with a megabyte of memory.
std::size_t bytesOut = 0;
const LatheBackend* smallTable() {
    static const LatheBackend table = [] {
        LatheBackend copy = backendTable({});
        copy.name = "small";
        copy.allocate = [](int, std::size_t bytes, void** memory) -> int {
            if (bytesOut + bytes > (std::size_t{1} << 20))
                return LATHE_OUT_OF_MEMORY;
            bytesOut += bytes;
            return backendTable({}).allocate(0, bytes, memory);
        };
        copy.release = [](int, void* memory, std::size_t bytes) {
            bytesOut -= bytes;
            backendTable({}).release(0, memory, bytes);
        };
        return copy;
    }();
    return &table;
}

}  // namespace

TEST_CASE("out of memory is a value that names the classes, after the cache was given back") {
    const Device device = registerBackend(smallTable()).value();
    const auto take = [&](std::int64_t bytes) {
        return Tensor::empty({bytes}, DType::U8, MemoryClass::Parameters, device);
    };
    {
        const auto held = take(600 << 10);
        REQUIRE(held.has_value());
        const auto refused = take(600 << 10);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::Full);
        CHECK(refused.error().what.find("parameters 655") != std::string::npos);
        CHECK_FALSE(refused.error().hint.empty());
    }
    CHECK(allocator(device).cachedBytes() > 0);
    CHECK(take(900 << 10).has_value());  // another size: fits only once the first block is back
    CHECK(memoryLedger(device).total().current == 0);
    allocator(device).trim();
    CHECK(bytesOut == 0);
}

TEST_CASE("every layout and floating dtype is taken, mixed ones are refused") {
    const Tensor half = Tensor::of<float>(std::vector<float>{1, 2, 3, 4}, {4}).value().to(DType::F16).value();
    REQUIRE(runKernel(LATHE_OP_ADD, {half, half, half}).has_value());
    CHECK(half.to(DType::F32).value().toVector<float>().value() == std::vector<float>{2, 4, 6, 8});
    const Tensor strided =
        Tensor::of<float>(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3}).value().transpose(0, 1);
    const Tensor out = Tensor::zeros({3, 2}).value();
    REQUIRE(runKernel(LATHE_OP_ACTIVATION, {strided, out}, {}, {LATHE_ACT_RELU}).has_value());
    CHECK(out.toVector<float>().value() == std::vector<float>{1, 4, 2, 5, 3, 6});
    REQUIRE(runKernel(LATHE_OP_ACTIVATION, {out, strided}, {}, {LATHE_ACT_RELU}).has_value());
    CHECK(strided.toVector<float>().value() == std::vector<float>{1, 4, 2, 5, 3, 6});
    const Tensor single = Tensor::zeros({4}).value(), wide = Tensor::zeros({4}, DType::F64).value();
    CHECK(runKernel(LATHE_OP_ADD, {single, wide, single}).error().code == ErrorCode::Invalid);
    CHECK(memoryLedger().count(MemoryClass::Workspace).current <=
          memoryLedger().count(MemoryClass::Workspace).peak);
}

TEST_CASE("instruction sets can be chosen by name") {
    const std::string best(cpu::currentIsa());
    const auto isas = cpu::availableIsas();
    REQUIRE_FALSE(isas.empty());
    CHECK(isas.front() == "baseline");
    for (const std::string& isa : isas) {
        REQUIRE(cpu::useIsa(isa).has_value());
        CHECK(cpu::currentIsa() == isa);
    }
    CHECK(cpu::useIsa("avx9").error().code == ErrorCode::Unsupported);
    REQUIRE(cpu::useIsa(best).has_value());
}

TEST_CASE("the GEMM check tells speed and kernel") {
    const auto check = cpu::checkGemm(0.01);
    CHECK(check.gflops > 0);
    CHECK(check.kernel.find("oneDNN") == 0);
    CHECK(check.threads == threadCount());
}

TEST_CASE("parallelFor runs every piece once, whatever the threads") {
    const int before = threadCount();
    for (const int threads : {1, 2, 5}) {
        setThreadCount(threads);
        CHECK(threadCount() == threads);
        for (const std::int64_t count : {0, 1, 2, 7, 1000}) {
            std::vector<std::atomic<int>> hits(static_cast<std::size_t>(count));
            parallelFor(count, [&](std::int64_t i) { ++hits[static_cast<std::size_t>(i)]; });
            for (const auto& hit : hits)
                CHECK(hit == 1);
        }
    }
    // Nested calls run in place; callers of several threads take turns.
    std::atomic<int> inner{0};
    parallelFor(8, [&](std::int64_t) { parallelFor(8, [&](std::int64_t) { ++inner; }); });
    CHECK(inner == 64);
    std::atomic<std::int64_t> sum{0};
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 4; ++caller)
        callers.emplace_back([&] {
            for (int round = 0; round < 200; ++round)
                parallelFor(10, [&](std::int64_t i) { sum += i; });
        });
    callers.clear();
    CHECK(sum == 4 * 200 * 45);
    setThreadCount(before);
}

TEST_CASE("pieces cover the whole once and break at multiples") {
    for (const std::int64_t items : {0, 1, 15, 16, 100, 1000})
        for (const std::int64_t pieces : {1, 3, 8}) {
            std::int64_t next = 0;
            for (std::int64_t i = 0; i < pieces; ++i) {
                const auto [begin, end] = pieceOf(items, pieces, i, 16);
                CHECK(begin == next);
                CHECK((end % 16 == 0 || end == items));
                next = end;
            }
            CHECK(next == items);
        }
}
