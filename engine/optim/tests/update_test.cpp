// SPDX-License-Identifier: Apache-2.0
#include "nn/gpt.h"
#include "optim/clip.h"
#include "optim/ema.h"
#include "optim/muon.h"
#include "optim/optimizer.h"
#include "optim/sam.h"
#include "optim/schedule.h"
#include "optim/step_guards.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

using namespace lathe;
using namespace lathe::optim;
using tensor::DType;
using tensor::Tensor;

namespace {

class Numbers final : public nn::Module {
public:
    explicit Numbers(std::vector<tensor::Shape> shapes) {
        for (std::size_t i = 0; i < shapes.size(); ++i)
            addParameter("p" + std::to_string(i), shapes[i], nn::Init::normal(1), i % 2 == 0);
    }
};

void randomGrads(const nn::ParameterStore& store, std::int64_t seed) {
    for (nn::Parameter* p : store.parameters())
        tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {p->grad()}, {0, 0.1}, {seed, p->offset, 0}).value();
}

std::vector<double> doubles(const Tensor& t) {
    return t.to(DType::F64).value().toVector<double>().value();
}

struct Fixture {
    Numbers module{{{33}, {7}, {50, 3}}};
    nn::ParameterStore store;
    std::vector<double> decay;

    explicit Fixture(DType type = DType::F32) : store(nn::ParameterStore::create(module, 3, type).value()) {
        for (const double stretch : doubles(store.decayMask()))
            decay.insert(decay.end(), nn::ParameterStore::decayStretch, stretch);
    }
};

double sign(double x) {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}

}  // namespace

TEST_CASE("every update rule follows its formula, in fp32 and fp64") {
    for (const DType type : {DType::F32, DType::F64})
        for (const auto kind : {OptimizerKind::Sgd, OptimizerKind::Lion, OptimizerKind::Adam})
            for (const bool nesterov : {false, true}) {
                Fixture f(type);
                const OptimizerConfig c{.kind = kind,
                                        .beta1 = 0.8,
                                        .beta2 = 0.97,
                                        .weightDecay = 0.05,
                                        .momentum = 0.7,
                                        .nesterov = nesterov};
                auto optimizer = makeOptimizer(f.store, c).value();
                std::vector<double> value = doubles(f.store.values()), m(value.size()), v(value.size());
                for (int t = 1; t <= 4; ++t) {
                    randomGrads(f.store, t);
                    const auto grad = doubles(f.store.grads());
                    const double lr = 0.01 * t, scale = 0.5;
                    REQUIRE(optimizer->step(lr, scale));
                    for (std::size_t i = 0; i < value.size(); ++i) {
                        double g = grad[i] * scale;
                        const double wd = c.weightDecay * f.decay[i];
                        if (kind == OptimizerKind::Sgd) {
                            g += wd * value[i];
                            m[i] = 0.7 * m[i] + g;
                            value[i] -= lr * (nesterov ? g + 0.7 * m[i] : m[i]);
                        } else if (kind == OptimizerKind::Lion) {
                            const double direction = sign(0.8 * m[i] + 0.2 * g);
                            value[i] = value[i] * (1 - lr * wd) - lr * direction;
                            m[i] = 0.97 * m[i] + 0.03 * g;
                        } else {
                            g += wd * value[i];
                            m[i] = 0.8 * m[i] + 0.2 * g;
                            v[i] = 0.97 * v[i] + 0.03 * g * g;
                            value[i] -= lr * (m[i] / (1 - std::pow(0.8, t))) /
                                        (std::sqrt(v[i] / (1 - std::pow(0.97, t))) + c.epsilon);
                        }
                    }
                }
                const auto got = doubles(f.store.values());
                double worst = 0;
                for (std::size_t i = 0; i < value.size(); ++i)
                    worst = std::max(worst, std::abs(got[i] - value[i]));
                CAPTURE(static_cast<int>(kind));
                CHECK(worst < (type == DType::F32 ? 3e-6 : 1e-12));
                CHECK(optimizer->steps() == 4);
                CHECK(!optimizer->state().empty());
            }
}

TEST_CASE("Newton–Schulz gives a nearly orthogonal matrix along the gradient, wide or tall") {
    for (const tensor::Shape& shape : {tensor::Shape{24, 60}, tensor::Shape{60, 24}, tensor::Shape{16, 16}}) {
        const Tensor x = Tensor::empty(shape).value();
        REQUIRE(tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {x}, {0, 3}, {5, 1, 0}));
        const auto o = doubles(orthogonalised(x).value());
        const auto n = static_cast<std::size_t>(std::min(shape[0], shape[1]));
        const auto columns = static_cast<std::size_t>(shape[1]);
        const bool tall = shape[0] > shape[1];
        const auto at = [&](std::size_t row, std::size_t k) {
            return tall ? o[k * columns + row] : o[row * columns + k];
        };
        const auto longSide = static_cast<std::size_t>(std::max(shape[0], shape[1]));
        double diagonal = 0;
        for (std::size_t a = 0; a < n; ++a)
            for (std::size_t b = 0; b < n; ++b) {
                double dot = 0;
                for (std::size_t k = 0; k < longSide; ++k)
                    dot += at(a, k) * at(b, k);
                if (a == b)
                    diagonal += dot;
                else
                    CHECK(std::abs(dot) < 0.4);
            }
        CHECK(diagonal / static_cast<double>(n) == doctest::Approx(0.9).epsilon(0.3));
        double along = 0;
        const auto before = doubles(x);
        for (std::size_t i = 0; i < o.size(); ++i)
            along += o[i] * before[i];
        CHECK(along > 0);
    }
}

TEST_CASE("Muon takes the hidden matrices, AdamW the rest, and both states have names") {
    auto model = nn::Gpt::create({.layers = 2, .width = 16, .heads = 2, .context = 8, .vocab = 20}).value();
    auto store = nn::ParameterStore::create(*model, 1).value();
    const auto hidden = hiddenMatrices(*model);
    CHECK(hidden.size() == 8);
    CHECK(store.find("h.0.attn.qkv.weight") != nullptr);  // names survive the question
    auto muon = makeOptimizer(store, {.kind = OptimizerKind::Muon}, hidden).value();
    const auto before = doubles(store.values());
    randomGrads(store, 1);
    REQUIRE(muon->step(0.01));
    const auto after = doubles(store.values());
    std::int64_t named = 0;
    bool orthogonal = false;
    for (const NamedShard& shard : muon->state()) {
        named += shard.local.elements();
        orthogonal = orthogonal || shard.name == "muon.m/h.1.mlp.in.weight";
    }
    CHECK(orthogonal);
    std::int64_t inMatrices = 0;
    for (const nn::Parameter* p : hidden)
        inMatrices += p->elements();
    CHECK(named == inMatrices + 2 * (store.count() - inMatrices));
    double moved = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        moved += std::abs(after[i] - before[i]);
    CHECK(moved > 0);
}

TEST_CASE("the moving average starts quickly, swaps both ways and has a state") {
    Fixture f;
    Ema ema = Ema::create(f.store, 0.99).value();
    const auto first = doubles(f.store.values());
    REQUIRE(f.store.values().fill(1));
    REQUIRE(ema.update());  // decay 1/10 at first
    REQUIRE(ema.swap());
    const auto average = doubles(f.store.values());
    CHECK(average[0] == doctest::Approx(0.9 + 0.1 * first[0]));
    REQUIRE(ema.swap());
    CHECK(doubles(f.store.values())[0] == 1);
    CHECK(ema.state().front().name == "ema/p0");
    CHECK(!Ema::create(f.store, 1.0));
}

TEST_CASE("SAM climbs by its radius and comes back bit by bit") {
    Fixture f;
    randomGrads(f.store, 2);
    const auto before = f.store.values().toVector<float>().value();
    Sam sam = Sam::create(f.store, 0.05).value();
    REQUIRE(sam.climb(std::sqrt(sumOfSquares(f.store.grads()).value())));
    const auto up = f.store.values().toVector<float>().value();
    double distance = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        distance += std::pow(static_cast<double>(up[i]) - static_cast<double>(before[i]), 2);
    CHECK(std::sqrt(distance) == doctest::Approx(0.05).epsilon(1e-3));
    REQUIRE(sam.descend());
    CHECK(f.store.values().toVector<float>().value() == before);
}

TEST_CASE("schedules: stable then down, and one cycle") {
    const Schedule wsd{.kind = ScheduleKind::Wsd, .peak = 1, .floor = 0.1, .warmup = 10, .total = 100};
    CHECK(wsd.at(0) == doctest::Approx(0.1));
    CHECK(wsd.at(10) == 1);
    CHECK(wsd.at(79) == 1);
    CHECK(wsd.at(90) == doctest::Approx(0.55));
    CHECK(wsd.at(100) == doctest::Approx(0.1));
    const Schedule cycle{.kind = ScheduleKind::OneCycle, .peak = 1, .floor = 0, .total = 100};
    CHECK(cycle.at(0) == doctest::Approx(0.04));
    CHECK(cycle.at(30) == doctest::Approx(1));
    CHECK(cycle.at(65) == doctest::Approx(0.5));
    CHECK(cycle.at(100) == doctest::Approx(0));
    CHECK(scheduleFromName("wsd") == ScheduleKind::Wsd);
    CHECK(scheduleFromName("one_cycle") == ScheduleKind::OneCycle);
}

TEST_CASE("the loss scale halves on overflow and doubles after good steps") {
    LossScaler scaler(1024, 3);
    CHECK(!scaler.accept(false));
    CHECK(scaler.scale() == 512);
    for (int i = 0; i < 3; ++i)
        CHECK(scaler.accept(true));
    CHECK(scaler.scale() == 1024);
    LossScaler other;
    CHECK(other.setState(scaler.state()));
    CHECK(other.scale() == 1024);
    CHECK(!other.setState(Json::object()));
}

TEST_CASE("a spike of the gradient is left out, a new level is learnt") {
    OutlierGuard guard(6);
    for (int i = 0; i < 50; ++i)
        CHECK(guard.accept(1 + 0.1 * std::sin(i)));
    CHECK(!guard.accept(100));
    CHECK(guard.accept(1.05));
    int refused = 0;
    for (int i = 0; i < 30; ++i)
        refused += guard.accept(3) ? 0 : 1;
    CHECK(refused == OutlierGuard::kPatience - 1);
    OutlierGuard again(6);
    CHECK(again.setState(guard.state()));
    CHECK(again.accept(3));
    CHECK(!again.setState(Json()));
}
