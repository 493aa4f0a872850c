// SPDX-License-Identifier: Apache-2.0
// Every model family against PyTorch: logits, gradients, running values, ten steps of AdamW (make_models.py).
#include "core/file.h"
#include "core/json.h"
#include "nn/registry.h"
#include "optim/adamw.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::nn;
using Values = std::vector<double>;

namespace {

double number(std::uint64_t k) {
    return static_cast<double>((k * 2654435761u) & 0xffffffffu) / 4294967296.0 - 0.5;
}

bool isNorm(const std::string& name) {
    return name.ends_with("weight") &&
           std::ranges::any_of(std::array{"norm", "bn", "ln_", "downsample.1"},
                               [&](const char* part) { return name.find(part) != name.npos; });
}

Values doubles(const Tensor& t) {
    return t.to(DType::F64).value().toVector<double>().value();
}

Shape shapeOf(const Json& extents) {
    return Shape(extents.get<std::vector<std::int64_t>>());
}

void setWeights(const ParameterStore& store) {
    std::uint64_t k = 1;
    for (Parameter* p : store.parameters()) {
        const Tensor master = store.masters().window(p->offset, p->shape);
        Values values(static_cast<std::size_t>(p->elements()));
        const double scale =
            p->shape.rank() > 1 ? 1 / std::sqrt(static_cast<double>(p->elements() / p->shape[0])) : 1;
        for (double& value : values)
            value = number(k++) * 2 * scale + (isNorm(p->name()) ? 1 : 0);
        master.copyFrom(Tensor::of<double>(values, p->shape).value()).value();
    }
    store.roundValues().value();
}

ModelInput inputOf(const Json& json) {
    const std::string kind = getString(json, "kind");
    return {.kind = kind == "tokens"   ? ModelInput::Kind::Tokens
                    : kind == "images" ? ModelInput::Kind::Images
                                       : ModelInput::Kind::Flat,
            .vocabulary = getInt(json, "vocabulary"),
            .channels = getInt(json, "channels"),
            .side = getInt(json, "side"),
            .features = getInt(json, "features"),
            .outputs = getInt(json, "outputs")};
}

Batch batchOf(const Json& json) {
    const bool tokens = getString(json["input"], "kind") == "tokens";
    const Shape shape = shapeOf(json["inputs_shape"]);
    Values values = json["inputs"].get<Values>();
    for (std::int64_t i = 0; !tokens && i < shape.elements(); ++i)
        values.push_back(2 * number(100000 + static_cast<std::uint64_t>(i)));
    const Tensor inputs = Tensor::of<double>(values, shape).value();
    const Tensor targets =
        Tensor::of<double>(json["targets"].get<Values>(), shapeOf(json["targets_shape"])).value();
    return {tokens ? inputs.to(DType::I32).value() : inputs, targets.to(DType::I32).value()};
}

struct Bounds {
    double logits, gradients, losses, buffers;
    std::size_t steps = 10;
};

void compare(const Json& golden, const Json& adamw, DType type, bool recompute, const Bounds& bound) {
    const auto model = ModelRegistry::instance()
                           .make(getString(golden, "kind"), golden["values"], inputOf(golden["input"]))
                           .value();
    const auto store = ParameterStore::create(*model, 0, type).value();
    setWeights(store);
    const Batch batch = batchOf(golden);
    REQUIRE(store.parameters().size() == golden["parameters"].size());
    std::size_t at = 0;
    for (const auto& [name, expected] : golden["parameters"].items()) {
        Parameter* p = store.parameters()[at++];
        REQUIRE(p->name() == name);
        REQUIRE(p->shape == shapeOf(expected["shape"]));
    }

    {
        // With gradients flowing, so that norms take the batch's own moments.
        Tape tape;
        const Var logits = model->logits(tape, batch.inputs, recompute);
        REQUIRE(tape.status().has_value());
        const auto got = doubles(logits.value()), wanted = golden["logits"].get<Values>();
        REQUIRE(got.size() == wanted.size());
        double largest = 0, worst = 0;
        for (std::size_t i = 0; i < got.size(); ++i) {
            largest = std::max(largest, std::abs(wanted[i]));
            worst = std::max(worst, std::abs(got[i] - wanted[i]));
        }
        CHECK(worst <= bound.logits * largest);
        const Var loss = tape.crossEntropy(logits, tape.constant(batch.targets));
        REQUIRE(tape.backward(loss).has_value());
    }
    for (Parameter* p : store.parameters()) {
        CAPTURE(p->name());
        const Json& wanted = golden["parameters"][p->name()];
        const auto grad = doubles(p->grad());
        double squares = 0, product = 0;
        for (std::size_t i = 0; i < grad.size(); ++i) {
            squares += grad[i] * grad[i];
            product += grad[i] * number(7 + i);
        }
        const double norm = wanted["norm"].get<double>();
        // A gradient that is nothing but rounding says nothing (a bias before a norm).
        const double least = 1e-6;
        CHECK(std::abs(std::sqrt(squares) - norm) <= bound.gradients * (norm + least));
        CHECK(std::abs(product - wanted["product"].get<double>()) <= bound.gradients * (norm + least));
    }
    REQUIRE(store.buffers().size() == golden["buffers"].size());
    for (Buffer* buffer : store.buffers()) {
        CAPTURE(buffer->name);
        double sum = 0;
        for (const double value : doubles(buffer->value))
            sum += value;
        const double wanted = golden["buffers"][buffer->name].get<double>();
        CHECK(std::abs(sum - wanted) <= bound.buffers * (1 + std::abs(wanted)));
    }

    if (type == DType::BF16)
        return;
    auto optimiser = optim::AdamW::create(store, {.beta1 = getNumber(adamw, "beta1"),
                                                  .beta2 = getNumber(adamw, "beta2"),
                                                  .epsilon = getNumber(adamw, "epsilon"),
                                                  .weightDecay = getNumber(adamw, "weight_decay")})
                         .value();
    for (std::size_t step = 0; step < bound.steps; ++step) {
        const Json& wanted = golden["losses"][step];
        REQUIRE(store.zeroGrads().has_value());
        Tape tape;
        const Var loss = model->loss(tape, batch, {.recompute = recompute});
        REQUIRE(tape.backward(loss).has_value());
        CHECK(loss.value().item().value() == doctest::Approx(wanted.get<double>()).epsilon(bound.losses));
        REQUIRE(optimiser.step(getNumber(golden, "lr")).has_value());
    }
}

}  // namespace

TEST_CASE("models of every family are PyTorch's") {
    const Json golden =
        readJsonFile(std::string(std::getenv("LATHE_SOURCE_DIR")) + "/tests/golden/models.json").value();
    for (const Json& model : golden["models"])
        for (const bool recompute : {false, true}) {
            CAPTURE(getString(model, "kind"));
            CAPTURE(recompute);
            const bool residual = getString(model, "kind").starts_with("resnet");
            compare(model, golden["adamw"], DType::F64, recompute,
                    {1e-11, 1e-9, residual ? 1e-6 : 1e-9, 1e-11});
            // Norms over few values, and relus at their kink, make more of a last digit at each step.
            compare(model, golden["adamw"], DType::F32, recompute,
                    residual ? Bounds{1e-4, 1e-3, 1e-3, 1e-5, 3} : Bounds{5e-6, 1e-5, 1e-5, 1e-5});
        }
}
