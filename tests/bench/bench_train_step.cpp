// SPDX-License-Identifier: Apache-2.0
// One training step of a model without trainer, data or journal: forward, backward, clipping, AdamW. Prints
// one line a round, "tokens/s=…"; tests/bench/train_step.sh pairs it with peer_gpt.py.
#include "core/clock.h"
#include "core/text.h"
#include "nn/gpt.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "tensor/backend.h"
#include "tensor/cpu/cpu_backend.h"
#include "tensor/random.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <sys/resource.h>
#include <vector>

using namespace lathe;

namespace {

struct Shape {
    std::string_view name;
    nn::GptConfig config;
    std::int64_t batch;
};

const Shape shapes[] = {
    {"gpt-small", {.layers = 6, .width = 384, .heads = 6, .context = 256, .vocab = 256}, 8},
    {"gpt-tiny", {.layers = 4, .width = 128, .heads = 4, .context = 128, .vocab = 256}, 16},
    {"gpt2-124m", {.layers = 12, .width = 768, .heads = 12, .context = 64, .vocab = 50257}, 4},
};

// Processor time of all threads: steadier than the clock where others use the machine too.
double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<> bench(const Shape& shape, int rounds, int steps) {
    const double start = monotonicSeconds();
    LATHE_TRY_ASSIGN(auto model, nn::Gpt::create(shape.config));
    LATHE_TRY_ASSIGN(auto store, nn::ParameterStore::create(*model, 1));
    LATHE_TRY_ASSIGN(auto adamw, optim::AdamW::create(store, {}));
    const tensor::CounterRng rng(1, tensor::streamOf("bench"));
    const std::int64_t tokens = shape.batch * shape.config.context;
    std::vector<std::int32_t> ids;
    for (std::int64_t i = 0; i <= tokens; ++i)
        ids.push_back(static_cast<std::int32_t>(
            rng.below(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(shape.config.vocab))));
    const tensor::Shape form{shape.batch, shape.config.context};
    nn::Batch batch;
    LATHE_TRY_ASSIGN(batch.inputs,
                     tensor::Tensor::of<std::int32_t>(std::span(ids).first(ids.size() - 1), form));
    LATHE_TRY_ASSIGN(batch.targets,
                     tensor::Tensor::of<std::int32_t>(std::span(ids).last(ids.size() - 1), form));

    double loss = 0;
    const auto step = [&]() -> Result<> {
        LATHE_TRY(store.zeroGrads());
        autograd::Tape tape;
        const nn::Var value = model->loss(tape, batch);
        LATHE_TRY(tape.backward(value));
        LATHE_TRY_ASSIGN(const double squares, optim::sumOfSquares(store.grads()));
        LATHE_TRY(adamw.step(3e-4, optim::clipScale(std::sqrt(squares), 1.0)));
        LATHE_TRY_ASSIGN(loss, value.value().item());
        return {};
    };
    LATHE_TRY(step());
    fmt::print("{}: {} parameters, first step after {:.3f} s\n", shape.name, store.count(),
               monotonicSeconds() - start);
    for (int round = 0; round < rounds; ++round) {
        const double begin = monotonicSeconds(), cpuBegin = cpuSeconds();
        for (int i = 0; i < steps; ++i)
            LATHE_TRY(step());
        const double seconds = (monotonicSeconds() - begin) / steps;
        fmt::print("{}: tokens/s={:.0f} ms={:.1f} cpu_ms={:.1f} gflops={:.0f} loss={:.4f}\n", shape.name,
                   static_cast<double>(tokens) / seconds, 1e3 * seconds,
                   1e3 * (cpuSeconds() - cpuBegin) / steps,
                   model->flopsPerItem() * static_cast<double>(tokens) / seconds * 1e-9, loss);
        std::fflush(stdout);
    }
    fmt::print("{}: peak={}\n", shape.name,
               bytesText(static_cast<std::uint64_t>(tensor::memoryLedger().total().peak)));
    return {};
}

}  // namespace

// bench_train_step NAME [ROUNDS [STEPS]]
int main(int argc, char** argv) {
    const std::string_view name = argc > 1 ? argv[1] : "gpt-small";
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 3, steps = argc > 3 ? std::atoi(argv[3]) : 3;
    if (name == "gemm") {
        const auto check = tensor::cpu::checkGemm(0.3);
        fmt::print("gemm: gflops={:.0f} kernel=\"{}\" threads={}\n", check.gflops, check.kernel,
                   check.threads);
        return 0;
    }
    for (const Shape& shape : shapes) {
        if (shape.name != name)
            continue;
        if (auto done = bench(shape, rounds, steps); !done) {
            fmt::print(stderr, "{}\n", done.error().text());
            return exitCodeOf(done.error().code);
        }
        return 0;
    }
    fmt::print(stderr, "{}: no such model; one of gpt-small, gpt-tiny, gpt2-124m, gemm\n", name);
    return exitCodeOf(ErrorCode::Invalid);
}
