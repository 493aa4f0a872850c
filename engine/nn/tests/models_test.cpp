// SPDX-License-Identifier: Apache-2.0
// What golden values cannot show: evaluation, stores of halves, regularisation, bad input.
#include "nn/registry.h"
#include "nn/resnet.h"
#include "nn/vit.h"
#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::nn;

namespace {

Tensor randomImages(const Shape& shape) {
    const Tensor images = Tensor::empty(shape).value();
    tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {images}, {0, 1}, {3, 4, 0}).value();
    return images;
}

std::vector<double> doubles(const Tensor& t) {
    return t.to(DType::F64).value().toVector<double>().value();
}

Batch smallBatch() {
    return {randomImages({4, 3, 8, 8}),
            Tensor::of<std::int32_t>(std::vector<std::int32_t>{0, 1, 2, 1}, {4}).value()};
}

}  // namespace

TEST_CASE("a residual network evaluates with its running values, one image as in a batch") {
    const auto model = Resnet::create({.classes = 3, .side = 8, .width = 8}).value();
    const auto store = ParameterStore::create(*model, 1).value();
    CHECK(store.buffers().front()->name == "bn1.running_mean");
    CHECK(store.find("layer2.0.downsample.0.weight") != nullptr);
    const Batch batch = smallBatch();
    {
        Tape tape;
        REQUIRE(tape.backward(model->loss(tape, batch)).has_value());
    }
    CHECK(doubles(store.buffers().front()->value) != std::vector<double>(8, 0.0));
    Tape tape(autograd::Mode::Inference);
    const auto all = doubles(model->logits(tape, batch.inputs).value());
    const auto one = doubles(model->logits(tape, batch.inputs.slice(0, 2, 3)).value());
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(one[i] == doctest::Approx(all[6 + i]).epsilon(1e-5));
}

TEST_CASE("layouts of images give the same network") {
    std::vector<std::vector<double>> gradients;
    for (const bool last : {false, true}) {
        const auto model =
            Resnet::create({.depth = 50, .classes = 3, .side = 8, .width = 4, .channelsLast = last}).value();
        const auto store = ParameterStore::create(*model, 1, DType::F64).value();
        Tape tape;
        const auto done = tape.backward(model->loss(tape, smallBatch()));
        if (!done)
            FAIL(done.error().text());
        gradients.push_back(doubles(store.grads()));
    }
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < gradients[0].size(); ++i) {
        worst = std::max(worst, std::abs(gradients[0][i] - gradients[1][i]));
        largest = std::max(largest, std::abs(gradients[0][i]));
    }
    CHECK(worst < 1e-8 * largest);
}

TEST_CASE("a store of halves keeps fp32 masters and gradients") {
    for (const DType type : {DType::BF16, DType::F16}) {
        const auto model = ModelRegistry::instance()
                               .make("vit", {{"layers", 1}, {"width", 24}}, {.side = 8, .outputs = 3})
                               .value();
        const auto store = ParameterStore::create(*model, 1, type).value();
        CHECK(store.values().dtype() == type);
        CHECK(store.masters().dtype() == DType::F32);
        CHECK(store.grads().dtype() == DType::F32);
        const auto exact = ParameterStore::create(*model, 1).value();
        CHECK(doubles(store.masters()) == doubles(exact.values()));
        CHECK(doubles(store.values()) == doubles(exact.values().to(type).value()));

        const auto again = ParameterStore::create(*model, 1, type).value();
        Tape tape;
        const Var loss = model->loss(tape, smallBatch());
        REQUIRE(tape.backward(loss).has_value());
        CHECK(std::isfinite(loss.value().item().value()));
        const auto grads = doubles(again.grads());
        CHECK(std::ranges::any_of(grads, [](double g) { return g != 0; }));
        CHECK(std::ranges::all_of(grads, [](double g) { return std::isfinite(g); }));
    }
}

TEST_CASE("dropout and stochastic depth change training alone, the same when blocks run again") {
    const Json values{{"layers", 2}, {"width", 24}, {"dropout", 0.3}, {"depth_drop", 0.5}};
    const auto model = ModelRegistry::instance().make("vit", values, {.side = 8, .outputs = 3}).value();
    const auto store = ParameterStore::create(*model, 1).value();
    const auto gradients = [&](bool recompute, std::uint64_t step) {
        REQUIRE(store.zeroGrads().has_value());
        Tape tape(autograd::Mode::Train, {.seed = 1, .step = step});
        REQUIRE(tape.backward(model->loss(tape, smallBatch(), {.recompute = recompute})).has_value());
        return doubles(store.grads());
    };
    const auto first = gradients(false, 1);
    CHECK(first == gradients(true, 1));
    CHECK(first != gradients(false, 2));
    Tape tape(autograd::Mode::Inference);
    const auto logits = doubles(model->logits(tape, smallBatch().inputs).value());
    CHECK(logits == doubles(model->logits(tape, smallBatch().inputs).value()));
}

TEST_CASE("labels smoothed or mixed, and losses for numbers, go through any model") {
    const auto model =
        ModelRegistry::instance().make("mlp", {{"width", 8}}, {.features = 192, .outputs = 3}).value();
    const auto store = ParameterStore::create(*model, 1).value();
    Batch batch = smallBatch();
    const auto loss = [&](const LossOptions& options) {
        Tape tape;
        const Var value = model->loss(tape, batch, options);
        REQUIRE(tape.backward(value).has_value());
        return value.value().item().value();
    };
    const double hard = loss({});
    CHECK(loss({.smoothing = 0.1}) != hard);
    batch.targets = Tensor::of<float>(std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0}, {4, 3}).value();
    CHECK(loss({}) == doctest::Approx(hard).epsilon(1e-5));
    CHECK(loss({.kind = Loss::MeanSquares}) > 0);
    CHECK(loss({.kind = Loss::BinaryCrossEntropy}) > 0);
}

TEST_CASE("images of the wrong form are refused with what is wanted") {
    const auto vit = ModelRegistry::instance().make("vit", Json::object(), {.side = 8, .outputs = 3}).value();
    const auto resnet =
        ModelRegistry::instance().make("resnet18", Json::object(), {.side = 8, .outputs = 3}).value();
    const auto vitStore = ParameterStore::create(*vit, 1).value();
    const auto resnetStore = ParameterStore::create(*resnet, 1).value();
    const auto error = [](Model& model, const Tensor& images) {
        Tape tape(autograd::Mode::Inference);
        CHECK_FALSE(model.logits(tape, images).defined());
        return tape.status().error().text();
    };
    CHECK(error(*vit, randomImages({2, 3, 12, 12})).find("[B, 3, 8, 8]") != std::string::npos);
    CHECK(error(*resnet, randomImages({2, 1, 8, 8})).find("does not fit") != std::string::npos);
    CHECK(error(*resnet, randomImages({2, 192})).find("[B, C, H, W]") != std::string::npos);
    CHECK(Vit::create({.patch = 5, .side = 32}).error().hint.find("divides") != std::string::npos);
    CHECK(Resnet::create({.depth = 19}).error().hint.find("18") != std::string::npos);
}
