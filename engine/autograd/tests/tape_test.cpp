// SPDX-License-Identifier: Apache-2.0
#include "autograd/tests/op_cases.h"

#include <algorithm>
#include <cmath>

using namespace lathe;
using namespace lathe::autograd;
using namespace lathe::autograd::test;

namespace {

Tensor ramp(const Shape& shape, double step = 0.1) {
    Values values(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = step * (static_cast<double>(i % 13) - 6);
    return tensorOf(values, shape, DType::F64);
}

Leaf leafOf(std::string name, const Tensor& value) {
    return {std::move(name), value,
            Tensor::zeros(value.shape(), value.dtype(), tensor::MemoryClass::Gradients).value()};
}

}  // namespace

TEST_CASE("a value that is used twice gets the sum of its gradients") {
    Tape tape;
    const Var x = tape.input(ramp({4}));
    const Var sum = tape.add(x, x);
    const Var y = tape.add(sum, tape.activation(sum, Activation::Relu));
    REQUIRE(tape.backwardFrom(y, tensorOf({1, 1, 1, 1}, {4}, DType::F64)).has_value());
    // d/dx (2x + relu(2x)) is 2 where x ≤ 0, 4 where it is positive; ramp starts below zero.
    CHECK(valuesOf(tape.gradient(x)) == Values{2, 2, 2, 2});
    Tape other;
    const Var p = other.input(tensorOf({1, -1}, {2}, DType::F64));
    const Var twice = other.add(p, p);
    REQUIRE(other
                .backwardFrom(other.add(twice, other.activation(twice, Activation::Relu)),
                              tensorOf({1, 1}, {2}, DType::F64))
                .has_value());
    CHECK(valuesOf(other.gradient(p)) == Values{4, 2});
}

TEST_CASE("the incoming gradient of the caller is never overwritten") {
    Tape tape;
    const Var x = tape.input(ramp({3, 5}));
    const Var y = tape.linear(x, tape.input(ramp({4, 5})), {}, Activation::Gelu);
    const Tensor given = ramp({3, 4});
    const Values before = valuesOf(given);
    REQUIRE(tape.backwardFrom(y, given).has_value());
    CHECK(valuesOf(given) == before);
}

TEST_CASE("two terms of a sum do not share the gradient that one of them adds to") {
    Tape tape;
    const Var x = tape.input(ramp({3, 5})), y = tape.input(ramp({3, 5}, 0.2));
    const Var normal = tape.layerNorm(x, tape.input(ramp({5}, 1)), {});
    const Var sum = tape.add(tape.add(x, y), normal);
    const Tensor given = ramp({3, 5}, 0.3);
    const Values wanted = valuesOf(given);
    REQUIRE(tape.backwardFrom(sum, given).has_value());
    CHECK(valuesOf(tape.gradient(y)) == wanted);
    CHECK(valuesOf(tape.gradient(x)) != wanted);
    CHECK(valuesOf(given) == wanted);
}

TEST_CASE("parameter gradients accumulate over tapes") {
    Leaf w = leafOf("w", ramp({2, 3}));
    for (int round = 1; round <= 3; ++round) {
        Tape tape;
        const Var y = tape.linear(tape.constant(tensorOf({1, 2, 3}, {1, 3}, DType::F64)), tape.parameter(w));
        REQUIRE(tape.backwardFrom(y, tensorOf({1, 10}, {1, 2}, DType::F64)).has_value());
        Values wanted{1, 2, 3, 10, 20, 30};
        for (double& value : wanted)
            value *= round;
        CHECK(valuesOf(w.grad) == wanted);
    }
}

TEST_CASE("hooks come once a leaf, when its last gradient is in, in backward order") {
    Leaf tied = leafOf("tied", ramp({5, 3})), middle = leafOf("middle", ramp({3, 3})),
         unused = leafOf("unused", ramp({2}));
    for (const bool recompute : {false, true}) {
        CAPTURE(recompute);
        tied.grad.fill(0).value();
        middle.grad.fill(0).value();
        Tape tape;
        const Tensor ids = Tensor::of<std::int32_t>(std::vector<std::int32_t>{0, 3, 4, 1}, {2, 2}).value();
        const Tensor targets =
            Tensor::of<std::int32_t>(std::vector<std::int32_t>{1, 2, 3, 0}, {2, 2}).value();
        Var x = tape.embedding(tape.constant(ids), tape.parameter(tied));
        const auto block = [&](Tape& t, const Var& in) {
            return t.linear(in, t.parameter(middle), {}, Activation::Gelu);
        };
        x = recompute ? tape.recompute(block, x) : block(tape, x);
        const Var loss = tape.crossEntropy(tape.linear(x, tape.parameter(tied)), tape.constant(targets));
        std::vector<std::string> order;
        Values tiedAtHook;
        tape.onLeafFinal([&](Leaf& leaf) {
            order.push_back(leaf.name);
            if (leaf.name == "tied")
                tiedAtHook = valuesOf(leaf.grad);
        });
        REQUIRE(tape.backward(loss).has_value());
        CHECK(order == std::vector<std::string>{"middle", "tied"});
        CHECK(tiedAtHook == valuesOf(tied.grad));
    }
}

TEST_CASE("recompute gives the same bits and holds less") {
    std::vector<Leaf> weights;
    for (int i = 0; i < 6; ++i)
        weights.push_back(leafOf("w" + std::to_string(i), ramp({64, 64}, 0.02)));
    const auto gradients = [&](bool recompute, std::int64_t& held) {
        for (Leaf& leaf : weights)
            leaf.grad.fill(0).value();
        Tape tape;
        const auto before = tensor::memoryLedger().count(tensor::MemoryClass::Activations).current;
        Var x = tape.input(ramp({128, 64}));
        const Var first = x;
        for (std::size_t i = 0; i < weights.size(); i += 2) {
            const auto block = [&, i](Tape& t, const Var& in) {
                const Var hidden = t.linear(in, t.parameter(weights[i]), {}, Activation::Gelu);
                return t.linear(hidden, t.parameter(weights[i + 1]), {}, Activation::None, in);
            };
            x = recompute ? tape.recompute(block, x) : block(tape, x);
        }
        held = tensor::memoryLedger().count(tensor::MemoryClass::Activations).current - before;
        REQUIRE(tape.backwardFrom(x, ramp({128, 64})).has_value());
        std::vector<Values> all{valuesOf(tape.gradient(first))};
        for (Leaf& leaf : weights)
            all.push_back(valuesOf(leaf.grad));
        return all;
    };
    std::int64_t plainBytes = 0, recomputedBytes = 0;
    const auto plain = gradients(false, plainBytes), recomputed = gradients(true, recomputedBytes);
    CHECK(plain == recomputed);
    CHECK(recomputedBytes < plainBytes / 2);
}

TEST_CASE("saved tensors go as soon as their gradient is done") {
    Leaf w = leafOf("w", ramp({64, 64}, 0.01));
    auto& ledger = tensor::memoryLedger();
    const auto held = [&] { return ledger.count(tensor::MemoryClass::Activations).current; };
    Tape tape;
    const auto start = held();
    Var x = tape.constant(ramp({256, 64}));
    const auto one = held() - start;
    for (int i = 0; i < 8; ++i)
        x = tape.linear(x, tape.parameter(w));
    CHECK(held() - start == 9 * one);
    ledger.resetPeaks();
    const Tensor gradient = ramp({256, 64});
    const Var y = std::move(x);
    x = {};
    REQUIRE(tape.backwardFrom(y, gradient).has_value());
    // Nine values, the seed, and at most two gradients more at any time; at the end y and the seed.
    CHECK(ledger.count(tensor::MemoryClass::Activations).peak - start <= 12 * one);
    CHECK(held() - start <= 3 * one);
}

TEST_CASE("inference saves nothing") {
    Leaf w = leafOf("w", ramp({64, 64}, 0.01));
    const auto held = [] { return tensor::memoryLedger().count(tensor::MemoryClass::Activations).current; };
    Tape tape(Mode::Inference);
    const auto start = held();
    Var x = tape.constant(ramp({256, 64}));
    const auto one = held() - start;
    for (int i = 0; i < 8; ++i)
        x = tape.linear(x, tape.parameter(w), {}, Activation::Gelu);
    CHECK(held() - start == one);
    CHECK(tape.backwardFrom(x, ramp({256, 64})).error().code == ErrorCode::Invalid);
}

TEST_CASE("the first error stays, names the shapes, and what follows does nothing") {
    Tape tape;
    const Var x = tape.input(ramp({2, 3})), w = tape.input(ramp({4, 5}));
    const Var bad = tape.linear(x, w);
    CHECK_FALSE(bad.defined());
    const Var after = tape.layerNorm(tape.add(bad, x), w, {});
    CHECK_FALSE(after.defined());
    CHECK_FALSE(after.reshape({1}).defined());
    REQUIRE_FALSE(tape.status().has_value());
    CHECK(tape.status().error().text().find("[4, 5]") != std::string::npos);
    CHECK(tape.status().error().text().find("[2, 3]") != std::string::npos);
    CHECK(tape.backward(after).error().what == tape.status().error().what);
}

TEST_CASE("bad values are refused where they come in") {
    const auto error = [](auto use) {
        Tape tape;
        use(tape);
        REQUIRE_FALSE(tape.status().has_value());
        return tape.status().error().text();
    };
    const auto ids = [](std::vector<std::int32_t> v, Shape s) {
        return Tensor::of<std::int32_t>(v, s).value();
    };
    const Tensor logits = ramp({2, 3}), table = ramp({4, 3});
    CHECK(error([&](Tape& t) {
              t.embedding(t.constant(ids({0, 4}, {1, 2})), t.input(table));
          }).find("id 4") != std::string::npos);
    CHECK(error([&](Tape& t) {
              t.embedding(t.constant(ids({0, -1}, {1, 2})), t.input(table));
          }).find("id -1") != std::string::npos);
    CHECK(error([&](Tape& t) {
              t.embedding(t.constant(ids({0, 1, 2, 3}, {1, 4})), t.input(table), t.input(ramp({2, 3})));
          }).find("longer") != std::string::npos);
    CHECK(error([&](Tape& t) {
              t.crossEntropy(t.input(logits), t.constant(ids({0, 3}, {2})));
          }).find("target 3") != std::string::npos);
    CHECK(error([&](Tape& t) {
              t.crossEntropy(t.input(logits), t.constant(ids({-1, -1}, {2})));
          }).find("no target") != std::string::npos);
    CHECK(error([&](Tape& t) {
              t.crossEntropy(t.input(logits), t.constant(ids({1}, {1})));
          }).find("targets") != std::string::npos);
    CHECK(error([&](Tape& t) {
              t.causalAttention(t.input(ramp({1, 2, 8})), 2);
          }).find("H = 2") != std::string::npos);
}

TEST_CASE("targets below zero do not count") {
    const auto loss = [](std::vector<std::int32_t> targets, Values logits) {
        Tape tape;
        const auto n = static_cast<std::int64_t>(targets.size());
        const Var x = tape.input(tensorOf(logits, {n, 2}, DType::F32));
        const Var y = tape.crossEntropy(x, tape.constant(Tensor::of<std::int32_t>(targets, {n}).value()));
        const double value = y.value().item().value();
        REQUIRE(tape.backward(y).has_value());
        return std::pair{value, valuesOf(tape.gradient(x))};
    };
    const auto [with, gradient] = loss({1, -1, 0}, {0.3, 0.7, 5, -5, 0.1, 0.2});
    const auto [without, shorter] = loss({1, 0}, {0.3, 0.7, 0.1, 0.2});
    CHECK(with == without);
    CHECK(gradient[2] == 0);
    CHECK(gradient[3] == 0);
    CHECK(gradient[0] == shorter[0]);
    CHECK(gradient[4] == shorter[2]);
}

TEST_CASE("reshaped views carry gradients") {
    Tape tape;
    const Var x = tape.input(ramp({2, 6}));
    const Var y = tape.linear(x.reshape({4, 3}), tape.input(ramp({2, 3})));
    REQUIRE(tape.backwardFrom(y.reshape({8}), tensorOf(Values(8, 1.0), {8}, DType::F64)).has_value());
    CHECK(tape.gradient(x).shape() == Shape{2, 6});
}

TEST_CASE("a tape goes back once") {
    Tape tape;
    const Var x = tape.input(ramp({2}));
    const Var y = tape.add(x, x);
    CHECK(tape.backward(y).error().code == ErrorCode::Invalid);  // not a single number
    REQUIRE(tape.backwardFrom(y, ramp({2})).has_value());
    CHECK_FALSE(tape.backwardFrom(y, ramp({2})).has_value());
    Tape fresh;
    CHECK(fresh.backwardFrom(fresh.constant(ramp({2})), ramp({2})).error().code == ErrorCode::Invalid);
}

TEST_CASE("dropout draws the same in a recomputed block, and on each rank its part") {
    Leaf w = leafOf("w", ramp({6, 6}, 0.1));
    const auto gradients = [&](bool recompute, std::int64_t firstRow, std::int64_t rows) {
        w.grad.fill(0).value();
        Tape tape(Mode::Train, {.seed = 3, .step = 5, .firstRow = firstRow});
        Var x = tape.input(ramp({8, 6}).slice(0, firstRow, firstRow + rows));
        const auto block = [&](Tape& t, const Var& in) {
            return t.dropout(t.linear(in, t.parameter(w)), 0.4);
        };
        x = tape.dropout(x, 0.4);
        x = recompute ? tape.recompute(block, x) : block(tape, x);
        x = tape.dropout(x, 0.5, true);
        const Values result = valuesOf(x.value());
        REQUIRE(tape.backwardFrom(x, ramp({8, 6}, 0.3).slice(0, firstRow, firstRow + rows)).has_value());
        return std::pair{result, valuesOf(w.grad)};
    };
    const auto [whole, gradient] = gradients(false, 0, 8);
    CHECK(gradients(true, 0, 8) == std::pair{whole, gradient});
    const auto [first, one] = gradients(false, 0, 3);
    const auto [second, two] = gradients(true, 3, 5);
    Values joined = first;
    joined.insert(joined.end(), second.begin(), second.end());
    CHECK(joined == whole);
    for (std::size_t i = 0; i < gradient.size(); ++i)
        CHECK(one[i] + two[i] == doctest::Approx(gradient[i]));
    CHECK(std::count(whole.begin(), whole.end(), 0.0) > 8);
    Tape evaluation(Mode::Inference);
    CHECK(valuesOf(evaluation.dropout(evaluation.constant(ramp({8, 6})), 0.4).value()) ==
          valuesOf(ramp({8, 6})));
}

TEST_CASE("batch norm learns its running values once a step, recomputed or not, and then uses them") {
    for (const bool recompute : {false, true}) {
        CAPTURE(recompute);
        Leaf weight = leafOf("weight", tensorOf({1, 2}, {2}, DType::F64)),
             bias = leafOf("bias", tensorOf({0, 1}, {2}, DType::F64));
        const Tape::Running running{tensorOf({0, 0}, {2}, DType::F64), tensorOf({1, 1}, {2}, DType::F64)};
        const Tensor x = tensorOf({1, 10, 2, 20, 3, 30, 6, 60}, {4, 2}, DType::F64);
        const auto block = [&](Tape& t, const Var& in) {
            return t.batchNorm(in, t.parameter(weight), t.parameter(bias), running);
        };
        {
            Tape tape;
            const Var in = tape.input(x);
            const Var y = recompute ? tape.recompute(block, in) : block(tape, in);
            REQUIRE(tape.backwardFrom(y, ramp({4, 2})).has_value());
        }
        // Means 3 and 30, unbiased variances 14/3 and 1400/3; a tenth of the way.
        CHECK(valuesOf(running.mean)[1] == doctest::Approx(3));
        CHECK(valuesOf(running.variance)[0] == doctest::Approx(0.9 + 14.0 / 30));
        Tape tape(Mode::Inference);
        const Values y = valuesOf(block(tape, tape.constant(x)).value());
        CHECK(y[0] == doctest::Approx((1 - 0.3) / std::sqrt(0.9 + 14.0 / 30 + 1e-5)));
        CHECK(valuesOf(running.mean)[1] == doctest::Approx(3));
    }
}

TEST_CASE("slices, permutations and parts joined carry gradients, also where values are used twice") {
    Tape tape;
    const Var x = tape.input(ramp({2, 3, 4}));
    const Var left = tape.slice(x, 2, 0, 2), right = tape.slice(x, 2, 1, 4);
    const Var parts[] = {right, left};
    const Var joined = tape.permute(tape.concat(parts, 2), {2, 0, 1});
    CHECK(joined.value().shape() == Shape{5, 2, 3});
    const Var flat = tape.reshape(joined, {30});
    Values ones(30, 1.0);
    REQUIRE(tape.backwardFrom(flat, tensorOf(ones, {30}, DType::F64)).has_value());
    Values wanted;
    for (int i = 0; i < 6; ++i)
        for (const double times : {1.0, 2.0, 1.0, 1.0})
            wanted.push_back(times);
    CHECK(valuesOf(tape.gradient(x)) == wanted);
}

TEST_CASE("every operation is told to who listens, forward and back") {
    Leaf w = leafOf("w", ramp({4, 4}));
    Tape tape;
    std::vector<std::string> seen;
    tape.onOp([&](const Tape::OpEvent& event) {
        seen.push_back(std::string(event.backward ? "-" : "+") + std::string(event.name) +
                       (event.leaf ? " " + event.leaf->name : ""));
        CHECK(event.end >= event.begin);
    });
    const Var y =
        tape.activation(tape.linear(tape.constant(ramp({2, 4})), tape.parameter(w)), Activation::Tanh);
    REQUIRE(tape.backwardFrom(y, ramp({2, 4})).has_value());
    CHECK(seen == std::vector<std::string>{"+linear w", "+activation", "-activation", "-linear w"});
}
