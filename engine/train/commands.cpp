// SPDX-License-Identifier: Apache-2.0
#include "train/commands.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "tensor/backend.h"
#include "tensor/tensor.h"
#include "tensor/threads.h"
#include "train/checkpoint.h"
#include "train/memory_plan.h"
#include "train/model_zoo.h"
#include "train/stop_signals.h"
#include "train/text_sampler.h"
#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace lathe::train {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Relative to the workspace, and without one to the folder that the run was started in.
std::string textFolder(const Recipe& recipe) {
    const std::string path = expandHome(recipe.data.path);
    const std::string workspace = environment("LATHE_WORKSPACE");
    return path.starts_with('/') || workspace.empty() ? absolutePath(path)
                                                      : absolutePath(joinPath(workspace, path));
}

Result<Json> planJson(const std::string& path, const std::vector<std::string>& sets) {
    LATHE_TRY_ASSIGN(const Recipe recipe, readRecipe(path, sets));
    LATHE_TRY_ASSIGN(const auto model, makeModel(recipe.model));
    return Json{
        {"ranks", recipe.parallel.data},
        {"steps", recipe.train.steps},
        {"params", flattenJson(recipeJson(recipe))},
        {"parameters", parameterCount(recipe.model)},
        {"flops_per_token", model->flopsPerItem()},
        {"main_metric", recipe.data.validation > 0 && recipe.train.valEvery > 0 ? "val/loss" : "train/loss"},
        {"memory", planMemory(recipe).json()}};
}

}  // namespace

Result<int> runTrain(const TrainCommand& command) {
    std::vector<std::string> sets = command.sets;
    if (!command.resume.empty())
        sets.push_back("train.resume=" + command.resume);
    TrainerOptions options;
    LATHE_TRY_ASSIGN(options.recipe, readRecipe(command.recipe, sets));
    LATHE_TRY_ASSIGN(options.job, dist::jobFromEnvironment());
    options.runFolder = command.out.empty() ? environment("LATHE_RUN_DIR") : absolutePath(command.out);
    if (!options.runFolder.empty())
        LATHE_TRY(makeDirs(options.runFolder));
    options.textFolder = textFolder(options.recipe);
    const StopSignals stopSignals;
    options.stopSignal = &stopSignals.number();

    LATHE_TRY_ASSIGN(const Outcome outcome, Trainer::train(options));
    switch (outcome.end) {
    case Outcome::End::Finished: return 0;
    case Outcome::End::Stopped: return 128 + outcome.signal;
    case Outcome::End::Diverged:
        if (options.job.rank == 0)
            fmt::print(stderr, "lathe-train: {}\n", outcome.message);
        return 1;
    }
    return 1;
}

Result<int> runPlan(const std::string& path, const std::vector<std::string>& sets, bool json) {
    const auto plan = planJson(path, sets);
    if (json && !plan) {
        const Error& error = plan.error();
        fmt::print("{}\n", dumpJson({{"error",
                                      {{"code", errorCodeName(error.code)},
                                       {"what", error.what},
                                       {"on", error.on},
                                       {"hint", error.hint}}}}));
        return exitCodeOf(error.code);
    }
    if (!plan)
        return std::unexpected(plan.error());
    if (json) {
        fmt::print("{}\n", dumpJson(*plan));
        return 0;
    }
    LATHE_TRY_ASSIGN(const Recipe recipe, readRecipe(path, sets));
    fmt::print("parameters  {}\nranks       {}\nsteps       {}\nmemory      {}{}\n",
               groupedText(getInt(*plan, "parameters")), recipe.parallel.data,
               groupedText(recipe.train.steps), planMemory(recipe).text(),
               recipe.parallel.data > 1 ? ", on each rank" : "");
    return 0;
}

Result<int> runModels() {
    for (const ModelKind& kind : modelKinds())
        fmt::print("{:<8} {}\n", kind.name, kind.doc);
    return 0;
}

Result<int> runKeys() {
    const Json defaults = flattenJson(recipeJson(Recipe{}));
    for (const RecipeKey& key : recipeKeys()) {
        const Json& value = defaults.at(std::string(key.name));
        fmt::print("{}: {}\n    {}\n    {}\n", key.name,
                   value.is_string() ? value.get<std::string>() : dumpJson(value), key.doc, key.rangeText());
    }
    return 0;
}

Result<int> runDoctor(bool json) {
    const LatheBackend& backend = tensor::backendTable({});
    LatheDeviceInfo info{};
    if (backend.deviceInfo(0, &info) != LATHE_OK)
        return fail(ErrorCode::Internal,
                    fmt::format("the CPU backend does not answer: {}", backend.lastError()));

    constexpr std::int64_t size = 768;
    LATHE_TRY_ASSIGN(const auto x, tensor::Tensor::zeros({size, size}));
    LATHE_TRY_ASSIGN(const auto w, tensor::Tensor::zeros({size, size}));
    LATHE_TRY_ASSIGN(const auto y, tensor::Tensor::empty({size, size}));
    LATHE_TRY(x.fill(0.5));
    LATHE_TRY(w.fill(0.25));
    double best = 1e9;
    const double end = monotonicSeconds() + 0.2;
    do {
        const double begin = monotonicSeconds();
        LATHE_TRY(tensor::runKernel(LATHE_OP_LINEAR, {x, w, {}, {}, y, {}}, {}, {LATHE_ACT_NONE}));
        best = std::min(best, monotonicSeconds() - begin);
    } while (monotonicSeconds() < end);
    const double gflops = 2.0 * size * size * size / best * 1e-9;

    if (json)
        fmt::print("{}\n", dumpJson({{"device", info.name},
                                     {"detail", info.detail},
                                     {"threads", tensor::threadCount()},
                                     {"gemm_gflops", gflops}}));
    else
        fmt::print("device   {}\ndetail   {}\nthreads  {}\nGEMM     {:.0f} GFLOP/s, fp32\n", info.name,
                   info.detail, tensor::threadCount(), gflops);
    return 0;
}

Result<int> runSample(const SampleCommand& command) {
    LATHE_TRY_ASSIGN(const std::string path, findCheckpoint(command.checkpoint));
    LATHE_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::open(path));
    LATHE_TRY_ASSIGN(const Recipe recipe, recipeFromJson(checkpoint.info().recipe, path));
    LATHE_TRY_ASSIGN(const auto model, makeModel(recipe.model));
    LATHE_TRY_ASSIGN(const auto store, nn::ParameterStore::create(*model, 0));
    LATHE_TRY(checkpoint.readParameters(optim::parameterState(store)));
    LATHE_TRY_ASSIGN(const std::string text, sampleText(*model, recipe.model.context,
                                                        {.length = command.length,
                                                         .temperature = command.temperature,
                                                         .seed = static_cast<std::uint64_t>(command.seed),
                                                         .prompt = command.prompt}));
    // A model may write any byte; a terminal must not obey it.
    for (const std::string& line : split(text, '\n'))
        fmt::print("{}\n", escapedForDisplay(line, line.size() * 4));
    return 0;
}

}  // namespace lathe::train
