// SPDX-License-Identifier: Apache-2.0
// One training step of a model without trainer, data or journal: forward, backward, clipping, AdamW. Prints
// one line a round, "tokens/s=…"; tests/bench/train.sh pairs it with peer_step.py.
#include "core/clock.h"
#include "core/text.h"
#include "nn/registry.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "tensor/backend.h"
#include "tensor/cpu/cpu_backend.h"
#include "tensor/random.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <sys/resource.h>
#include <vector>

using namespace lathe;

namespace {

struct Work {
    std::string_view name;
    std::string_view kind;
    Json values;
    nn::ModelInput input;
    std::int64_t batch;
    std::int64_t columns;  // tokens a row; 0: images or rows of numbers
    std::string_view unit;
};

std::vector<Work> works() {
    using Kind = nn::ModelInput::Kind;
    const auto gpt = [](std::int64_t layers, std::int64_t width, std::int64_t heads, std::int64_t context) {
        return Json{{"layers", layers}, {"width", width}, {"heads", heads}, {"context", context}};
    };
    return {
        {"gpt-small", "gpt", gpt(6, 384, 6, 256), {}, 8, 256, "tokens"},
        {"gpt-tiny", "gpt", gpt(4, 128, 4, 128), {}, 16, 128, "tokens"},
        {"gpt2-124m", "gpt", gpt(12, 768, 12, 64), {.vocabulary = 50257}, 4, 64, "tokens"},
        {"llama-small",
         "llama",
         {{"layers", 6}, {"width", 384}, {"heads", 6}, {"key_heads", 2}, {"context", 256}},
         {},
         8,
         256,
         "tokens"},
        {"lstm", "lstm", {{"layers", 2}, {"width", 512}, {"context", 128}}, {}, 16, 128, "tokens"},
        {"resnet18",
         "resnet18",
         Json::object(),
         {.kind = Kind::Images, .side = 32, .outputs = 10},
         64,
         0,
         "images"},
        {"mlp",
         "mlp",
         {{"layers", 2}, {"width", 512}},
         {.kind = Kind::Flat, .features = 784, .outputs = 10},
         128,
         0,
         "samples"},
    };
}

// Processor time of all threads: steadier than the clock where others use the machine too.
double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Result<nn::Batch> batchOf(const Work& work) {
    const tensor::CounterRng rng(1, tensor::streamOf("bench"));
    const auto below = [&](std::int64_t i, std::int64_t bound) {
        return static_cast<std::int32_t>(
            rng.below(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(bound)));
    };
    nn::Batch batch;
    std::vector<std::int32_t> ids;
    if (work.columns > 0) {
        for (std::int64_t i = 0; i <= work.batch * work.columns; ++i)
            ids.push_back(below(i, work.input.vocabulary));
        const tensor::Shape form{work.batch, work.columns};
        LATHE_TRY_ASSIGN(batch.inputs,
                         tensor::Tensor::of<std::int32_t>(std::span(ids).first(ids.size() - 1), form));
        LATHE_TRY_ASSIGN(batch.targets,
                         tensor::Tensor::of<std::int32_t>(std::span(ids).last(ids.size() - 1), form));
        return batch;
    }
    for (std::int64_t i = 0; i < work.batch; ++i)
        ids.push_back(below(i, work.input.outputs));
    const bool images = work.input.kind == nn::ModelInput::Kind::Images;
    const tensor::Shape form =
        images ? tensor::Shape{work.batch, work.input.channels, work.input.side, work.input.side}
               : tensor::Shape{work.batch, work.input.features};
    LATHE_TRY_ASSIGN(batch.inputs, tensor::Tensor::empty(form));
    LATHE_TRY(tensor::runKernel(LATHE_OP_RANDOM_NORMAL, {batch.inputs}, {0, 1}, {1, 2, 0}));
    LATHE_TRY_ASSIGN(batch.targets, tensor::Tensor::of<std::int32_t>(ids, {work.batch}));
    return batch;
}

// What the process took from the system at most, the library's own memory included.
std::int64_t peakResident() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} << 10;
}

Result<> bench(const Work& work, int rounds, int steps) {
    const double start = monotonicSeconds();
    LATHE_TRY_ASSIGN(auto model, nn::ModelRegistry::instance().make(work.kind, work.values, work.input));
    LATHE_TRY_ASSIGN(auto store, nn::ParameterStore::create(*model, 1));
    LATHE_TRY_ASSIGN(auto adamw, optim::AdamW::create(store, {}));
    LATHE_TRY_ASSIGN(const nn::Batch batch, batchOf(work));
    const std::int64_t items = work.batch * std::max<std::int64_t>(1, work.columns);

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
    fmt::print("{}: {} parameters, first step after {:.3f} s\n", work.name, store.count(),
               monotonicSeconds() - start);
    for (int round = 0; round < rounds; ++round) {
        const double begin = monotonicSeconds(), cpuBegin = cpuSeconds();
        for (int i = 0; i < steps; ++i)
            LATHE_TRY(step());
        const double seconds = (monotonicSeconds() - begin) / steps;
        fmt::print("{}: {}/s={:.0f} ms={:.1f} cpu_ms={:.1f} gflops={:.0f} loss={:.4f}\n", work.name,
                   work.unit, static_cast<double>(items) / seconds, 1e3 * seconds,
                   1e3 * (cpuSeconds() - cpuBegin) / steps,
                   model->flopsPerItem() * static_cast<double>(items) / seconds * 1e-9, loss);
        std::fflush(stdout);
    }
    fmt::print("{}: peak_mib={:.0f} tensors={}\n", work.name, static_cast<double>(peakResident()) / (1 << 20),
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
    const auto known = works();
    for (const Work& work : known) {
        if (work.name != name)
            continue;
        if (auto done = bench(work, rounds, steps); !done) {
            fmt::print(stderr, "{}\n", done.error().text());
            return exitCodeOf(done.error().code);
        }
        return 0;
    }
    fmt::print(stderr, "{}: no such work; one of gemm", name);
    for (const Work& work : known)
        fmt::print(stderr, ", {}", work.name);
    fmt::print(stderr, "\n");
    return exitCodeOf(ErrorCode::Invalid);
}
