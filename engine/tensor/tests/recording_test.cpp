// SPDX-License-Identifier: Apache-2.0
#include "tensor/tests/recording.h"

#include "tensor/stream.h"
#include "tensor/tensor.h"

#include <algorithm>

using namespace lathe;
using namespace lathe::tensor;
using test::recorded;
using test::recorder;

namespace {

std::string opLine(LatheOp op, int device, const std::string& stream) {
    return "op " + std::to_string(op) + " device " + std::to_string(device) + " stream " + stream;
}

}  // namespace

TEST_CASE("a plugin of this version is loaded, one of another is refused by its number") {
    const Device device = recorder();
    CHECK(findDevice("recording:1").value() == Device{device.backend, 1});
    const auto other = loadBackend(LATHE_OTHER_BACKEND);
    REQUIRE_FALSE(other.has_value());
    CHECK(other.error().code == ErrorCode::Unsupported);
    CHECK(other.error().on == LATHE_OTHER_BACKEND);
    CHECK(other.error().what.find("version 1") != std::string::npos);
    CHECK_FALSE(other.error().hint.empty());
}

TEST_CASE("tensors live on the device, kernels go to the stream of the scope") {
    const Device device{recorder().backend, 1};
    recorded();
    const Tensor x =
        Tensor::of<float>(std::vector<float>{1, 2, 3, 4}, {2, 2}, MemoryClass::Activations, device).value();
    const Tensor y = Tensor::empty({2, 2}, DType::F32, MemoryClass::Activations, device).value();
    CHECK(recorded() == std::vector<std::string>{"copy 16 kind 0"});
    REQUIRE(runKernel(LATHE_OP_SCALE, {x, y}, {2}).has_value());
    CHECK(recorded() == std::vector{opLine(LATHE_OP_SCALE, 1, "default")});
    {
        auto first = Stream::create(device).value(), second = Stream::create(device).value();
        const auto event = Event::create(device).value();
        const StreamScope outer(first);
        REQUIRE(runKernel(LATHE_OP_SCALE, {x, y}, {2}).has_value());
        REQUIRE(event.record(first).has_value());
        REQUIRE(event.holdBack(second).has_value());
        {
            const StreamScope inner(second);
            REQUIRE(runKernel(LATHE_OP_FILL, {y}, {2}).has_value());
        }
        REQUIRE(runKernel(LATHE_OP_FILL, {y}, {2}).has_value());
        // Another device of the backend has streams of its own.
        const Tensor there = Tensor::empty({4}, DType::F32, MemoryClass::Activations, recorder()).value();
        REQUIRE(runKernel(LATHE_OP_FILL, {there}, {2}).has_value());
        REQUIRE(second.synchronize().has_value());
        first = std::move(second);
    }
    CHECK(recorded() == std::vector<std::string>{"stream 1 on 1", "stream 2 on 1", "event 3 on 1",
                                                 opLine(LATHE_OP_SCALE, 1, "1"), "event 3 in stream 1",
                                                 "stream 2 waits for event 3", opLine(LATHE_OP_FILL, 1, "2"),
                                                 opLine(LATHE_OP_FILL, 1, "1"),
                                                 opLine(LATHE_OP_FILL, 0, "default"), "wait for stream 2",
                                                 "end of stream 1", "end of event 3", "end of stream 2"});
    CHECK(x.toVector<float>().value() == std::vector<float>{1, 2, 3, 4});
    CHECK(recorded() == std::vector<std::string>{"copy 16 kind 1", "wait for stream default"});
}

TEST_CASE("what a backend does not claim is converted on the device before and after") {
    const Device device = recorder();
    const Tensor x = Tensor::zeros({3, 2}, DType::F32, MemoryClass::Activations, device).value();
    const Tensor half = Tensor::zeros({2, 3}, DType::F16, MemoryClass::Activations, device).value();
    const Tensor brain = Tensor::zeros({2, 3}, DType::BF16, MemoryClass::Activations, device).value();
    recorded();
    const auto kernel = opLine(LATHE_OP_ACTIVATION, 0, "default"), copy = opLine(LATHE_OP_COPY, 0, "default");
    REQUIRE(runKernel(LATHE_OP_ACTIVATION, {brain, brain}, {}, {LATHE_ACT_RELU}).has_value());
    CHECK(recorded() == std::vector{kernel});
    REQUIRE(runKernel(LATHE_OP_ACTIVATION, {half, half}, {}, {LATHE_ACT_RELU}).has_value());
    CHECK(recorded() == std::vector{copy, kernel, copy});
    const Tensor turned = x.transpose(0, 1),
                 y = Tensor::zeros({2, 3}, DType::F32, MemoryClass::Activations, device).value();
    recorded();
    REQUIRE(runKernel(LATHE_OP_ACTIVATION, {turned, y}, {}, {LATHE_ACT_RELU}).has_value());
    CHECK(recorded() == std::vector{copy, kernel});
    // Fp64 is nothing it has, and nothing that halves could stand for.
    const Tensor wide = Tensor::zeros({4}, DType::F64, MemoryClass::Activations, device).value();
    CHECK(runKernel(LATHE_OP_ACTIVATION, {wide, wide}, {}, {LATHE_ACT_RELU}).error().code ==
          ErrorCode::Unsupported);
}
