// SPDX-License-Identifier: Apache-2.0
#include "nn/gpt.h"

#include "core/file.h"
#include "core/json.h"
#include "nn/mlp_classifier.h"
#include "tensor/random.h"
#include "tensor/threads.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::nn;

namespace {

const GptConfig small{.layers = 2, .width = 32, .heads = 2, .context = 16, .vocab = 31};

Tensor idsOf(const std::vector<std::int32_t>& ids, const Shape& shape) {
    return Tensor::of<std::int32_t>(ids, shape).value();
}

// Rows in which each token follows from the one before: something to learn.
Batch countingBatch(std::int64_t rows, std::int64_t time, std::int64_t vocab, std::uint64_t seed) {
    const tensor::CounterRng rng(seed, 1);
    std::vector<std::int32_t> inputs, targets;
    for (std::int64_t r = 0; r < rows; ++r) {
        auto token = static_cast<std::int64_t>(
            rng.below(static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(vocab)));
        for (std::int64_t t = 0; t < time; ++t) {
            inputs.push_back(static_cast<std::int32_t>(token));
            token = (3 * token + 1) % vocab;
            targets.push_back(static_cast<std::int32_t>(token));
        }
    }
    return {idsOf(inputs, {rows, time}), idsOf(targets, {rows, time})};
}

double number(std::uint64_t k) {
    return static_cast<double>((k * 2654435761u) & 0xffffffffu) / 4294967296.0 - 0.5;
}

// The weights of tests/golden/make_gpt.py.
void setGoldenWeights(const ParameterStore& store) {
    std::uint64_t k = 1;
    for (Parameter* p : store.parameters()) {
        std::vector<double> values(static_cast<std::size_t>(p->elements()));
        const bool norm = p->name().find("ln_") != std::string::npos && p->name().ends_with("weight");
        for (double& value : values)
            value = number(k++) + (norm ? 1 : 0);
        p->value().copyFrom(Tensor::of<double>(values, p->shape).value()).value();
    }
}

std::vector<double> doubles(const Tensor& t) {
    return t.to(DType::F64).value().toVector<double>().value();
}

double largestDifference(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

double largestOf(const std::vector<double>& a) {
    return largestDifference(a, std::vector<double>(a.size()));
}

}  // namespace

TEST_CASE("logits and gradients are PyTorch's") {
    const Json golden =
        readJsonFile(std::string(std::getenv("LATHE_SOURCE_DIR")) + "/tests/golden/gpt.json").value();
    const Json& c = golden["config"];
    const GptConfig config{c["layers"], c["width"], c["heads"], c["context"], c["vocab"]};
    std::vector<std::int32_t> ids, targets;
    for (const char* key : {"ids", "targets"})
        for (const Json& row : golden[key])
            for (const Json& id : row)
                (key[0] == 'i' ? ids : targets).push_back(id.get<std::int32_t>());
    const Shape shape{static_cast<std::int64_t>(golden["ids"].size()), config.context};
    const auto wantedLogits = golden["logits"].get<std::vector<double>>();

    for (const DType type : {DType::F64, DType::F32})
        for (const bool recompute : {false, true}) {
            CAPTURE(nameOf(type));
            CAPTURE(recompute);
            auto model = Gpt::create(config).value();
            const auto store = ParameterStore::create(*model, 0, type).value();
            setGoldenWeights(store);
            Tape tape;
            const Var loss = model->loss(tape, {idsOf(ids, shape), idsOf(targets, shape)}, 0, recompute);
            REQUIRE(tape.backward(loss).has_value());
            const bool exact = type == DType::F64;
            CHECK(loss.value().item().value() ==
                  doctest::Approx(golden["losses"][0].get<double>()).epsilon(exact ? 1e-12 : 1e-6));
            Tape inference(autograd::Mode::Inference);
            const auto logits = doubles(model->logits(inference, idsOf(ids, shape)).value());
            CHECK(largestDifference(logits, wantedLogits) < (exact ? 1e-11 : 1e-5));
            REQUIRE(store.parameters().size() == golden["gradients"].size());
            for (Parameter* p : store.parameters()) {
                CAPTURE(p->name());
                const auto wanted = golden["gradients"][p->name()].get<std::vector<double>>();
                CHECK(largestDifference(doubles(p->grad()), wanted) <=
                      (exact ? 1e-11 : 1e-5) * largestOf(wanted));
            }
        }
}

TEST_CASE("names, counts and FLOPs of the byte-level model") {
    auto model = Gpt::create({}).value();
    const auto parameters = model->parameters();
    CHECK(parameters.front()->name() == "wte.weight");
    CHECK(parameters[1]->name() == "wpe.weight");
    CHECK(parameters[2]->name() == "h.0.ln_1.weight");
    CHECK(parameters.back()->name() == "ln_f.bias");
    std::int64_t total = 0;
    for (const Parameter* p : parameters) {
        total += p->elements();
        CHECK(p->decay == (p->shape.rank() == 2));
    }
    CHECK(total == 10844160);
    CHECK(model->parameterCount() == total);
    CHECK(model->flopsPerItem() == 6.0 * 10844160 + 12.0 * 6 * 384 * 256);
    CHECK(model->blocks().size() == 8);
}

TEST_CASE("impossible sizes are refused") {
    CHECK(Gpt::create({.width = 10, .heads = 3}).error().hint.find("multiple") != std::string::npos);
    CHECK(Gpt::create({.layers = 0}).error().code == ErrorCode::Invalid);
    CHECK(Gpt::create({.vocab = -1}).error().code == ErrorCode::Invalid);
    CHECK(MlpClassifier::create({.widths = {5}}).error().code == ErrorCode::Invalid);
    CHECK(MlpClassifier::create({.widths = {5, 0}}).error().code == ErrorCode::Invalid);
}

TEST_CASE("flat buffers hold every parameter, aligned, with gaps of zero") {
    auto model = Gpt::create({.layers = 1, .width = 12, .heads = 3, .context = 5, .vocab = 7}).value();
    const auto store = ParameterStore::create(*model, 3).value();
    CHECK(store.count() == model->parameterCount());
    std::int64_t next = 0;
    for (Parameter* p : store.parameters()) {
        CHECK(p->offset % 16 == 0);
        CHECK(p->offset >= next);
        for (std::int64_t i = next; i < p->offset; ++i)
            CHECK(store.values().data<float>()[i] == 0);
        next = p->offset + p->elements();
        CHECK(p->value().sharesStorage(store.values()));
        CHECK(p->value().data<float>() == store.values().data<float>() + p->offset);
        CHECK(p->grad().data<float>() == store.grads().data<float>() + p->offset);
        CHECK(store.decayMask().data<std::uint8_t>()[p->offset / 16] == (p->decay ? 1 : 0));
        CHECK(store.find(p->name()) == p);
        CHECK(store.of(p->leaf) == p);
    }
    CHECK(store.find("nothing") == nullptr);
}

TEST_CASE("initial weights depend on seed and name alone") {
    auto deep = Gpt::create(small).value();
    GptConfig shallowConfig = small;
    shallowConfig.layers = 1;
    auto shallow = Gpt::create(shallowConfig).value();
    const auto a = ParameterStore::create(*deep, 5).value();
    const auto b = ParameterStore::create(*shallow, 5).value();
    CHECK(doubles(a.find("h.0.mlp.in.weight")->value()) == doubles(b.find("h.0.mlp.in.weight")->value()));
    CHECK(doubles(a.find("h.0.mlp.in.weight")->value()) != doubles(a.find("h.1.mlp.in.weight")->value()));
    auto again = Gpt::create(small).value();
    const auto other = ParameterStore::create(*again, 6).value();
    CHECK(doubles(a.values()) != doubles(other.values()));

    const auto spread = [](const Tensor& t) {
        double sum = 0;
        const auto values = doubles(t);
        for (const double value : values)
            sum += value * value;
        return std::sqrt(sum / static_cast<double>(values.size()));
    };
    CHECK(spread(a.find("h.0.mlp.in.weight")->value()) == doctest::Approx(0.02).epsilon(0.05));
    CHECK(spread(a.find("h.0.mlp.out.weight")->value()) ==
          doctest::Approx(0.01).epsilon(0.05));  // 0.02 / √(2·2)
    CHECK(largestOf(doubles(a.find("h.0.mlp.in.bias")->value())) == 0);
    CHECK(doubles(a.find("ln_f.weight")->value()) == std::vector<double>(32, 1.0));
}

TEST_CASE("a step gives the same bits again") {
    const auto gradients = [](bool recompute) {
        auto model = Gpt::create(small).value();
        const auto store = ParameterStore::create(*model, 1).value();
        Tape tape;
        REQUIRE(
            tape.backward(model->loss(tape, countingBatch(9, 13, small.vocab, 4), 0, recompute)).has_value());
        return store.grads().toVector<float>().value();
    };
    const auto first = gradients(false);
    CHECK(first == gradients(false));
    CHECK(first == gradients(true));
}

TEST_CASE("another number of threads changes no more than the last digits") {
    const auto gradients = [](int threads) {
        const int before = tensor::threadCount();
        tensor::setThreadCount(threads);
        auto model = Gpt::create(small).value();
        const auto store = ParameterStore::create(*model, 1).value();
        Tape tape;
        REQUIRE(tape.backward(model->loss(tape, countingBatch(64, 16, small.vocab, 4))).has_value());
        tensor::setThreadCount(before);
        return doubles(store.grads());
    };
    const auto one = gradients(1);
    for (const int threads : {2, 3, 7})
        CHECK(largestDifference(gradients(threads), one) < 2e-6 * largestOf(one));
}

TEST_CASE("parts of a batch add up to the whole") {
    auto model = Gpt::create(small).value();
    const auto store = ParameterStore::create(*model, 1, DType::F64).value();
    const Batch batch = countingBatch(6, 16, small.vocab, 4);
    Tape whole;
    const Var loss = model->loss(whole, batch);
    REQUIRE(whole.backward(loss).has_value());
    const auto wanted = doubles(store.grads());
    REQUIRE(store.zeroGrads().has_value());
    double total = 0;
    for (const auto& [begin, end] : {std::pair{0, 1}, std::pair{1, 6}}) {
        Tape tape;
        const Var part = model->loss(
            tape, {batch.inputs.slice(0, begin, end), batch.targets.slice(0, begin, end)}, 6 * 16);
        total += part.value().item().value();
        REQUIRE(tape.backward(part).has_value());
    }
    CHECK(total == doctest::Approx(loss.value().item().value()).epsilon(1e-12));
    CHECK(largestDifference(doubles(store.grads()), wanted) < 1e-14);
}

TEST_CASE("sequences longer than the context are refused, shorter ones run") {
    auto model = Gpt::create(small).value();
    const auto store = ParameterStore::create(*model, 1).value();
    Tape tape(autograd::Mode::Inference);
    CHECK(model->logits(tape, idsOf({1, 2, 3}, {1, 3})).value().shape() == Shape{1, 3, 31});
    CHECK_FALSE(model->logits(tape, idsOf(std::vector<std::int32_t>(17), {1, 17})).defined());
    CHECK(tape.status().error().what.find("positions") != std::string::npos);
}

TEST_CASE("a position never sees what comes after it") {
    auto model = Gpt::create(small).value();
    const auto store = ParameterStore::create(*model, 1).value();
    const auto logits = [&](std::int32_t last) {
        Tape tape(autograd::Mode::Inference);
        return doubles(model->logits(tape, idsOf({1, 2, 3, last}, {1, 4})).value());
    };
    const auto a = logits(4), b = logits(9);
    CHECK(std::equal(a.begin(), a.begin() + 3 * 31, b.begin()));
    CHECK_FALSE(std::equal(a.begin() + 3 * 31, a.end(), b.begin() + 3 * 31));
}
