// SPDX-License-Identifier: Apache-2.0
#include "autograd/tests/op_cases.h"
#include "tensor/cpu/cpu_backend.h"

#include <algorithm>
#include <cmath>

using namespace lathe;
using namespace lathe::autograd;
using namespace lathe::autograd::test;

namespace {

double dot(const Values& a, const Values& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

double largestOf(const Values& values) {
    double largest = 0;
    for (const double value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

// Elementwise, against the size of the whole tensor: sums that cancel leave small elements with the error of
// large terms.
void checkClose(const Values& got, const Values& wanted, double tolerance, const std::string& what) {
    REQUIRE(got.size() == wanted.size());
    const double bound = tolerance * std::max(largestOf(wanted), 1e-3);
    for (std::size_t i = 0; i < got.size(); ++i)
        if (!(std::abs(got[i] - wanted[i]) <= bound)) {
            FAIL_CHECK(what << ": element " << i << " is " << got[i] << ", not " << wanted[i] << " (±"
                            << bound << ")");
            return;
        }
}

}  // namespace

TEST_CASE("every row of the table is in the cases") {
    CHECK(opTable().size() == opCount);
    for (std::size_t i = 0; i < opTable().size(); ++i) {
        const OpRow& row = *opTable()[i];
        const auto& cases = opCases();
        CHECK(row.op == static_cast<Op>(i));
        CHECK(std::any_of(cases.begin(), cases.end(), [&](const OpCase& c) { return c.op == row.op; }));
        CHECK(&opRow(row.op) == &row);
    }
}

TEST_CASE("fused fp64 kernels give what the plain form gives") {
    for (const OpCase& c : opCases()) {
        CAPTURE(c.name);
        const auto inputs = randomInputs(c);
        const auto wanted = opRow(c.op).reference(inputs, c.shapes, c.attributes);
        checkClose(run(c, inputs, DType::F64, false).result, wanted.front(), 1e-12, c.name);
    }
}

TEST_CASE("images that lie channels-last give the same, results and gradients") {
    for (const OpCase& c : opCases()) {
        if (!c.images())
            continue;
        CAPTURE(c.name);
        const auto inputs = randomInputs(c);
        for (const DType type : {DType::F64, DType::F32}) {
            const double tolerance = type == DType::F64 ? 1e-12 : 5e-6;
            const Outcome plain = run(c, inputs, DType::F64), last = run(c, inputs, type, true, true);
            checkClose(last.result, plain.result, tolerance, c.name);
            for (std::size_t i = 0; i < inputs.size(); ++i)
                checkClose(last.gradients[i], plain.gradients[i], tolerance,
                           c.name + ", gradient of input " + std::to_string(i));
        }
    }
}

TEST_CASE("halves are stored as such and computed in fp32") {
    for (const OpCase& c : opCases()) {
        CAPTURE(c.name);
        for (const DType type : {DType::BF16, DType::F16}) {
            // Inputs that the type holds exactly: what is left is the rounding of what is written.
            auto inputs = randomInputs(c);
            for (std::size_t i = 0; i < inputs.size(); ++i)
                if (!c.absent(i) && !c.integer(i))
                    inputs[i] = valuesOf(tensorOf(inputs[i], c.shapes[i], type));
            const double step = type == DType::BF16 ? 0x1p-8 : 0x1p-11;
            const Outcome wide = run(c, inputs, DType::F64), narrow = run(c, inputs, type);
            checkClose(narrow.result, wide.result, 1.01 * step, c.name);
            if (c.op == Op::Lstm || c.op == Op::BatchNorm)
                continue;  // they go back through what they saved rounded
            for (std::size_t i = 0; i < inputs.size(); ++i)
                checkClose(narrow.gradients[i], wide.gradients[i], 4 * step,
                           c.name + ", gradient of input " + std::to_string(i));
        }
    }
}

TEST_CASE("gradients in fp64 agree with central differences of the plain form") {
    constexpr double epsilon = 1e-6, absolute = 1e-5, relative = 1e-3;
    for (const OpCase& c : opCases()) {
        if (!c.small)
            continue;
        CAPTURE(c.name);
        auto inputs = randomInputs(c);
        const Outcome outcome = run(c, inputs, DType::F64);
        const Values weights = weightsFor(outcome.result.size());
        const auto value = [&] {
            return dot(opRow(c.op).reference(inputs, c.shapes, c.attributes).front(), weights);
        };
        for (std::size_t i = 0; i < inputs.size(); ++i)
            for (std::size_t k = 0; k < outcome.gradients[i].size(); ++k) {
                const double x = inputs[i][k];
                inputs[i][k] = x + epsilon;
                const double above = value();
                inputs[i][k] = x - epsilon;
                const double below = value();
                inputs[i][k] = x;
                const double numeric = (above - below) / (2 * epsilon), analytic = outcome.gradients[i][k];
                CAPTURE(i);
                CAPTURE(k);
                REQUIRE(std::abs(numeric - analytic) <= absolute + relative * std::abs(numeric));
            }
    }
}

TEST_CASE("fp32 kernels of every instruction set agree with fp64, results and gradients") {
    const std::string best(tensor::cpu::currentIsa());
    for (const std::string& isa : tensor::cpu::availableIsas()) {
        REQUIRE(tensor::cpu::useIsa(isa).has_value());
        for (const OpCase& c : opCases()) {
            CAPTURE(c.name);
            CAPTURE(isa);
            const auto inputs = randomInputs(c);
            const Outcome wide = run(c, inputs, DType::F64), narrow = run(c, inputs, DType::F32);
            checkClose(narrow.result, wide.result, 2e-6, c.name + " on " + isa);
            for (std::size_t i = 0; i < inputs.size(); ++i)
                checkClose(narrow.gradients[i], wide.gradients[i], 5e-6,
                           c.name + " on " + isa + ", gradient of input " + std::to_string(i));
        }
    }
    REQUIRE(tensor::cpu::useIsa(best).has_value());
}

TEST_CASE("fp32 kernels hold at the ends of the range") {
    const std::string best(tensor::cpu::currentIsa());
    for (const std::string& isa : tensor::cpu::availableIsas()) {
        REQUIRE(tensor::cpu::useIsa(isa).has_value());
        CAPTURE(isa);
        Tape tape(Mode::Inference);
        const auto of = [](std::vector<float> v, Shape s) { return Tensor::of<float>(v, s).value(); };

        const float nan = std::nanf(""), large = 1e30f;
        const auto gelu = tape.activation(tape.constant(of({-large, -100, -5, 0, 5, 100, large, nan}, {8})),
                                          Activation::Gelu)
                              .value()
                              .toVector<float>()
                              .value();
        CHECK(gelu[0] == doctest::Approx(0).epsilon(1e-6));
        CHECK(std::abs(gelu[1]) < 1e-30f);
        CHECK(gelu[2] == doctest::Approx(-2.2918e-7).epsilon(0.01));
        CHECK(gelu[3] == 0);
        CHECK(gelu[5] == 100);
        CHECK(gelu[6] == large);
        CHECK(std::isnan(gelu[7]));

        // Logits far apart: the loss is their distance, not infinity.
        const Tensor target = Tensor::of<std::int32_t>(std::vector<std::int32_t>{1}, {1}).value();
        const Var loss = tape.crossEntropy(tape.constant(of({500, -500, 0}, {1, 3})), tape.constant(target));
        CHECK(loss.value().item().value() == doctest::Approx(1000));
        const Var lost = tape.crossEntropy(tape.constant(of({1, nan, 0}, {1, 3})), tape.constant(target));
        CHECK(std::isnan(lost.value().item().value()));

        // A NaN anywhere in a row must not be lost in the maximum of the softmax.
        std::vector<float> qkv(3 * 3 * 4, 0.1f);
        qkv[12 + 4] = nan;  // key of position 1
        const auto y =
            tape.causalAttention(tape.constant(of(qkv, {1, 3, 12})), 1).value().toVector<float>().value();
        CHECK(std::isfinite(y[0]));  // position 0 sees only itself
        CHECK(std::isnan(y[4]));
        CHECK(std::isnan(y[8]));
    }
    REQUIRE(tensor::cpu::useIsa(best).has_value());
}
