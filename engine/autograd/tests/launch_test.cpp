// SPDX-License-Identifier: Apache-2.0
// What rows of the op table launch on a device, seen by a backend that only notes it.
#include "autograd/tests/op_cases.h"
#include "tensor/tests/recording.h"

#include <algorithm>

using namespace lathe;
using namespace lathe::autograd;
using namespace lathe::autograd::test;
using tensor::test::recorded;
using tensor::test::recorder;

TEST_CASE("every row launches kernels on the device alone, and only what the backend claims") {
    const tensor::Device device = recorder();
    for (const OpCase& c : opCases()) {
        if (!c.small)
            continue;
        CAPTURE(c.name);
        for (const DType type : {DType::F32, DType::BF16}) {
            Tape tape;
            std::vector<Var> vars;
            for (std::size_t i = 0; i < c.shapes.size(); ++i) {
                if (c.absent(i)) {
                    vars.emplace_back();
                    continue;
                }
                const bool soft = c.constant(i) && (c.op == Op::CrossEntropy || c.op == Op::Rope);
                const Tensor value = Tensor::zeros(c.shapes[i],
                                                   c.integer(i) ? DType::I32
                                                   : soft       ? DType::F32
                                                                : type,
                                                   tensor::MemoryClass::Activations, device)
                                         .value();
                vars.push_back(c.integer(i) || c.constant(i) ? tape.constant(value) : tape.input(value));
            }
            Attributes attributes = c.attributes;
            attributes.dtype = type;
            recorded();
            const Var y = tape.apply(c.op, vars, attributes).front();
            REQUIRE(tape.status().has_value());
            CHECK(y.value().device() == device);
            const Tensor seed =
                Tensor::zeros(y.value().shape(), y.value().dtype(), tensor::MemoryClass::Activations, device)
                    .value();
            REQUIRE(tape.backwardFrom(y, seed).has_value());
            const auto lines = recorded();
            // No copy to or from the host, nothing refused.
            CHECK(std::ranges::none_of(lines, [](const std::string& line) {
                return line.starts_with("refused") || line.starts_with("copy") || line.starts_with("wait");
            }));
        }
    }
}

TEST_CASE("a linear layer with activation and residual is one launch each way") {
    const tensor::Device device = recorder();
    Tape tape;
    const auto zeros = [&](const Shape& shape) {
        return tape.input(Tensor::zeros(shape, DType::F32, tensor::MemoryClass::Activations, device).value());
    };
    const Var x = zeros({4, 8}), w = zeros({8, 8}), b = zeros({8});
    recorded();
    const Var y = tape.linear(x, w, b, Activation::Gelu, x);
    const auto line = [](LatheOp op) { return "op " + std::to_string(op) + " device 0 stream default"; };
    CHECK(recorded() == std::vector{line(LATHE_OP_LINEAR)});
    const Tensor seed = Tensor::zeros({4, 8}, DType::F32, tensor::MemoryClass::Activations, device).value();
    recorded();
    REQUIRE(tape.backwardFrom(y, seed).has_value());
    // Gradients of weight and bias start from zero; the residual's is added to what came through x.
    CHECK(recorded() == std::vector{line(LATHE_OP_FILL), line(LATHE_OP_FILL), line(LATHE_OP_LINEAR_BACKWARD),
                                    line(LATHE_OP_ADD)});
}
