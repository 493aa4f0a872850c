// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/json.h"
#include "nn/gpt.h"
#include "nn/mlp_classifier.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"
#include "tensor/cpu/cpu_backend.h"
#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::optim;
using tensor::DType;
using tensor::Tensor;

namespace {

class Numbers final : public nn::Module {
public:
    explicit Numbers(std::vector<std::int64_t> sizes) {
        for (std::size_t i = 0; i < sizes.size(); ++i)
            addParameter("p" + std::to_string(i), {sizes[i]}, nn::Init::normal(1), i % 2 == 0);
    }
};

void randomGrads(const nn::ParameterStore& store, std::int64_t seed) {
    for (nn::Parameter* p : store.parameters())
        tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {p->grad()}, {0, 0.1}, {seed, p->offset, 0}).value();
}

std::vector<double> doubles(const Tensor& t) {
    return t.to(DType::F64).value().toVector<double>().value();
}

// AdamW as the paper writes it, one number at a time.
struct PlainAdamW {
    std::vector<double> value, first, second;
    void step(const std::vector<double>& grad, const std::vector<double>& decay, double lr,
              const AdamWConfig& c, int t) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            first[i] = c.beta1 * first[i] + (1 - c.beta1) * grad[i];
            second[i] = c.beta2 * second[i] + (1 - c.beta2) * grad[i] * grad[i];
            const double m = first[i] / (1 - std::pow(c.beta1, t)),
                         v = second[i] / (1 - std::pow(c.beta2, t));
            value[i] -= lr * (m / (std::sqrt(v) + c.epsilon) + c.weightDecay * decay[i] * value[i]);
        }
    }
};

}  // namespace

TEST_CASE("fused AdamW follows the plain one on every instruction set") {
    const std::string best(tensor::cpu::currentIsa());
    const AdamWConfig config{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weightDecay = 0.2};
    for (const std::string& isa : tensor::cpu::availableIsas())
        for (const DType type : {DType::F32, DType::F64}) {
            CAPTURE(isa);
            REQUIRE(tensor::cpu::useIsa(isa).has_value());
            Numbers numbers({1, 37, 20011, 5});
            const auto store = nn::ParameterStore::create(numbers, 1, type).value();
            auto adamw = AdamW::create(store, config).value();
            PlainAdamW plain{
                doubles(store.values()), std::vector<double>(static_cast<std::size_t>(store.elements())), {}};
            plain.second = plain.first;
            std::vector<double> decay;
            for (const double stretch : doubles(store.decayMask()))
                decay.insert(decay.end(), nn::ParameterStore::decayStretch, stretch);
            for (int t = 1; t <= 5; ++t) {
                randomGrads(store, t);
                auto grad = doubles(store.grads());
                for (double& g : grad)
                    g *= 0.5;
                plain.step(grad, decay, 0.01, config, t);
                REQUIRE(adamw.step(0.01, 0.5).has_value());
            }
            CHECK(adamw.steps() == 5);
            const auto got = doubles(store.values());
            double worst = 0;
            for (std::size_t i = 0; i < got.size(); ++i)
                worst =
                    std::max(worst, std::abs(got[i] - plain.value[i]) / (0.05 + std::abs(plain.value[i])));
            CHECK(worst < (type == DType::F32 ? 2e-6 : 1e-13));
        }
    REQUIRE(tensor::cpu::useIsa(best).has_value());
}

TEST_CASE("shards step to the same bits as the whole") {
    const auto after = [](std::vector<std::int64_t> borders) {
        Numbers numbers({100, 37, 64});
        const auto store = nn::ParameterStore::create(numbers, 1).value();
        borders.insert(borders.begin(), 0);
        borders.push_back(store.elements());
        std::vector<AdamW> shards;
        for (std::size_t i = 0; i + 1 < borders.size(); ++i)
            shards.push_back(AdamW::create(store, {}, borders[i], borders[i + 1]).value());
        for (int t = 1; t <= 3; ++t) {
            randomGrads(store, t);
            for (AdamW& shard : shards)
                REQUIRE(shard.step(0.01).has_value());
        }
        return store.values().toVector<float>().value();
    };
    const auto whole = after({});
    CHECK(after({50}) == whole);
    CHECK(after({1, 111, 160}) == whole);
}

TEST_CASE("state is named, covers every parameter once, and restores a run") {
    Numbers numbers({100, 37, 64});
    const auto store = nn::ParameterStore::create(numbers, 1).value();
    auto adamw = AdamW::create(store, {}).value();
    const auto steps = [&](AdamW& optimiser, int from, int to) {
        for (int t = from; t < to; ++t) {
            randomGrads(store, t);
            REQUIRE(optimiser.step(0.01).has_value());
        }
    };
    steps(adamw, 0, 3);
    std::vector<std::pair<std::string, std::vector<float>>> saved;
    for (auto& shard : parameterState(store))
        saved.emplace_back(shard.name, shard.local.toVector<float>().value());
    for (auto& shard : adamw.state())
        saved.emplace_back(shard.name, shard.local.toVector<float>().value());
    CHECK(saved.size() == 9);
    CHECK(saved.front().first == "p0");
    CHECK(saved.back().first == "adamw.v/p2");
    steps(adamw, 3, 6);
    const auto wanted = store.values().toVector<float>().value();

    auto resumed = AdamW::create(store, {}).value();
    resumed.setSteps(3);
    auto targets = parameterState(store);
    for (auto& shard : resumed.state())
        targets.push_back(shard);
    for (std::size_t i = 0; i < saved.size(); ++i) {
        REQUIRE(targets[i].name == saved[i].first);
        REQUIRE(targets[i]
                    .local.copyFrom(Tensor::of<float>(saved[i].second, targets[i].local.shape()).value())
                    .has_value());
    }
    steps(resumed, 3, 6);
    CHECK(store.values().toVector<float>().value() == wanted);

    // Shards of a cut in the middle of p1 (which starts at 112): names and ranges say so.
    const auto left = AdamW::create(store, {}, 0, 120).value().state();
    const auto right = AdamW::create(store, {}, 120, store.elements()).value().state();
    CHECK(left[1].name == "adamw.m/p1");
    CHECK(left[1].begin == 0);
    CHECK(left[1].end == 8);
    CHECK(right[0].name == "adamw.m/p1");
    CHECK(right[0].begin == 8);
    CHECK(right[0].end == 37);
    CHECK(right[0].global == tensor::Shape{37});
    CHECK(right[0].local.elements() == 29);
}

TEST_CASE("bad optimiser settings are refused") {
    Numbers numbers({8});
    const auto store = nn::ParameterStore::create(numbers, 1).value();
    CHECK(AdamW::create(store, {.beta1 = 1}).error().code == ErrorCode::Invalid);
    CHECK(AdamW::create(store, {.epsilon = 0}).error().code == ErrorCode::Invalid);
    CHECK(AdamW::create(store, {.weightDecay = std::nan("")}).error().code == ErrorCode::Invalid);
    CHECK(AdamW::create(store, {}, 4, 99).error().code == ErrorCode::Invalid);
}

TEST_CASE("norms and clipping") {
    std::vector<float> values(200001);
    double wanted = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(std::sin(static_cast<double>(i)));
        wanted += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
    const auto n = static_cast<std::int64_t>(values.size());
    const Tensor t = Tensor::of<float>(values, {n}).value();
    CHECK(sumOfSquares(t).value() == doctest::Approx(wanted).epsilon(1e-7));
    CHECK(sumOfSquares(t).value() == sumOfSquares(t).value());
    CHECK(sumOfSquares(t.to(DType::F64).value()).value() == doctest::Approx(wanted).epsilon(1e-12));
    CHECK(clipScale(5, 0) == 1);
    CHECK(clipScale(0.5, 1) == 1);
    CHECK(clipScale(4, 1) == 0.25);
    CHECK(clipScale(std::nan(""), 1) == 1);
}

TEST_CASE("schedules") {
    const Schedule cosine{ScheduleKind::Cosine, 1.0, 0.1, 10, 110};
    CHECK(cosine.at(0) == doctest::Approx(0.1));
    CHECK(cosine.at(9) == doctest::Approx(1));
    CHECK(cosine.at(10) == doctest::Approx(1));
    CHECK(cosine.at(60) == doctest::Approx(0.55));
    CHECK(cosine.at(110) == doctest::Approx(0.1));
    CHECK(cosine.at(100000) == doctest::Approx(0.1));
    const Schedule linear{ScheduleKind::Linear, 2.0, 0, 0, 100};
    CHECK(linear.at(0) == 2);
    CHECK(linear.at(25) == doctest::Approx(1.5));
    CHECK(linear.at(100) == 0);
    CHECK(Schedule{ScheduleKind::Constant, 0.5, 0, 2, 10}.at(0) == 0.25);
    CHECK(Schedule{ScheduleKind::Constant, 0.5, 0, 2, 10}.at(99) == 0.5);
    CHECK(Schedule{ScheduleKind::Cosine, 0.5, 0, 20, 10}.at(30) == 0.5);  // all warm-up
    CHECK(scheduleFromName("cosine") == ScheduleKind::Cosine);
    CHECK(scheduleFromName("linear") == ScheduleKind::Linear);
    CHECK(scheduleFromName("constant") == ScheduleKind::Constant);
    CHECK_FALSE(scheduleFromName("step").has_value());
}

TEST_CASE("ten losses are PyTorch's") {
    const Json golden =
        readJsonFile(std::string(std::getenv("LATHE_SOURCE_DIR")) + "/tests/golden/gpt.json").value();
    const Json &c = golden["config"], &o = golden["adamw"];
    std::vector<std::int32_t> ids, targets;
    for (const Json& row : golden["ids"])
        for (const Json& id : row)
            ids.push_back(id.get<std::int32_t>());
    for (const Json& row : golden["targets"])
        for (const Json& id : row)
            targets.push_back(id.get<std::int32_t>());
    const tensor::Shape shape{static_cast<std::int64_t>(golden["ids"].size()),
                              c["context"].get<std::int64_t>()};
    const nn::Batch batch{Tensor::of<std::int32_t>(ids, shape).value(),
                          Tensor::of<std::int32_t>(targets, shape).value()};
    for (const DType type : {DType::F64, DType::F32}) {
        auto model = nn::Gpt::create({c["layers"], c["width"], c["heads"], c["context"], c["vocab"]}).value();
        const auto store = nn::ParameterStore::create(*model, 0, type).value();
        std::uint64_t k = 1;
        for (nn::Parameter* p : store.parameters()) {  // the weights of tests/golden/make_gpt.py
            std::vector<double> values(static_cast<std::size_t>(p->elements()));
            const bool norm = p->name().find("ln_") != std::string::npos && p->name().ends_with("weight");
            for (double& value : values)
                value = static_cast<double>((k++ * 2654435761u) & 0xffffffffu) / 4294967296.0 - 0.5 +
                        (norm ? 1 : 0);
            p->value().copyFrom(Tensor::of<double>(values, p->shape).value()).value();
        }
        auto adamw = AdamW::create(store, {o["beta1"], o["beta2"], o["epsilon"], o["weight_decay"]}).value();
        for (std::size_t step = 0; step < golden["losses"].size(); ++step) {
            CAPTURE(step);
            REQUIRE(store.zeroGrads().has_value());
            autograd::Tape tape;
            const nn::Var loss = model->loss(tape, batch);
            REQUIRE(tape.backward(loss).has_value());
            const double norm = std::sqrt(sumOfSquares(store.grads()).value());
            REQUIRE(adamw.step(o["lr"], clipScale(norm, o["clip"])).has_value());
            const double tolerance = type == DType::F64 ? 1e-9 : 1e-5;
            CHECK(std::abs(loss.value().item().value() - golden["losses"][step].get<double>()) < tolerance);
            CHECK(std::abs(norm - golden["norms"][step].get<double>()) < 10 * tolerance);
        }
    }
}

TEST_CASE("a small GPT learns a rule") {
    const nn::GptConfig config{.layers = 2, .width = 32, .heads = 2, .context = 16, .vocab = 31};
    auto model = nn::Gpt::create(config).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    auto adamw = AdamW::create(store, {.weightDecay = 0}).value();
    const tensor::CounterRng rng(2, 1);
    double first = 0, last = 0;
    for (int step = 0; step < 120; ++step) {
        std::vector<std::int32_t> inputs, targets;
        for (std::uint64_t row = 0; row < 16; ++row) {
            auto token =
                static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(step) * 16 + row, 31));
            for (int t = 0; t < 16; ++t) {
                inputs.push_back(token);
                token = (3 * token + 1) % 31;
                targets.push_back(token);
            }
        }
        REQUIRE(store.zeroGrads().has_value());
        autograd::Tape tape;
        const nn::Var loss = model->loss(tape, {Tensor::of<std::int32_t>(inputs, {16, 16}).value(),
                                                Tensor::of<std::int32_t>(targets, {16, 16}).value()});
        REQUIRE(tape.backward(loss).has_value());
        REQUIRE(adamw.step(1e-2).has_value());
        last = loss.value().item().value();
        if (step == 0)
            first = last;
    }
    CHECK(first == doctest::Approx(std::log(31)).epsilon(0.05));
    CHECK(last < 0.05);
}

TEST_CASE("a classifier learns a circle") {
    auto model = nn::MlpClassifier::create({.widths = {2, 32, 32, 2}}).value();
    const auto store = nn::ParameterStore::create(*model, 1).value();
    auto adamw = AdamW::create(store, {}).value();
    const tensor::CounterRng rng(3, 1);
    double correct = 0;
    for (std::uint64_t step = 0; step < 200; ++step) {
        std::vector<float> inputs;
        std::vector<std::int32_t> targets;
        for (std::uint64_t row = 0; row < 64; ++row) {
            const double x = 2 * rng.uniform(2 * (step * 64 + row)) - 1,
                         y = 2 * rng.uniform(2 * (step * 64 + row) + 1) - 1;
            inputs.push_back(static_cast<float>(x));
            inputs.push_back(static_cast<float>(y));
            targets.push_back(x * x + y * y < 0.6);
        }
        const nn::Batch batch{Tensor::of<float>(inputs, {64, 1, 2}).value(),
                              Tensor::of<std::int32_t>(targets, {64}).value()};
        REQUIRE(store.zeroGrads().has_value());
        autograd::Tape tape;
        const nn::Var logits = model->logits(tape, batch.inputs);
        const auto values = logits.value().toVector<float>().value();
        if (step >= 190)
            for (std::size_t i = 0; i < 64; ++i)
                correct += (values[2 * i + 1] > values[2 * i]) == (targets[i] == 1);
        REQUIRE(tape.backward(tape.crossEntropy(logits, tape.constant(batch.targets))).has_value());
        REQUIRE(adamw.step(1e-2).has_value());
    }
    CHECK(correct / 640 > 0.95);
}
