// SPDX-License-Identifier: Apache-2.0
#include "train/commands.h"

#include "core/clock.h"
#include "core/json.h"
#include "core/paths.h"
#include "core/text.h"
#include "data/paged_file.h"
#include "data/text_dataset.h"
#include "tensor/backend.h"
#include "tensor/cpu/cpu_backend.h"
#include "tensor/tensor.h"
#include "tensor/threads.h"
#include "train/command_parts.h"
#include "train/initial_weights.h"
#include "train/memory_plan.h"
#include "train/model_zoo.h"
#include "train/stop_signals.h"
#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>

namespace lathe::train {

namespace {

// Share of the measured peak that a step reaches, for a first guess of its time.
constexpr double kUsualUtilisation = 0.6;

Result<Recipe> resolvedRecipe(const std::string& path, const std::vector<std::string>& sets) {
    LATHE_TRY_ASSIGN(Recipe recipe, readRecipe(path, sets));
    LATHE_TRY(takeForeignSizes(recipe));
    return recipe;
}

struct Planned {
    Recipe recipe;
    MemoryPlan memory;
    Json json;
};

Result<Planned> planned(const std::string& path, const std::vector<std::string>& sets) {
    LATHE_TRY_ASSIGN(const Recipe recipe, resolvedRecipe(path, sets));
    data::DataConfig config = dataConfig(recipe, dataPath(recipe), {});
    // A tokenizer is learnt when the run starts; a plan is to be quick, and only its size matters here.
    const bool learns = config.tokenizer == "bpe";
    if (learns)
        config.tokenizer = "bytes";
    LATHE_TRY_ASSIGN(const auto data, data::openData(config));
    ModelInput input = ModelInput::of(data);
    if (learns && input.kind == ModelInputKind::Tokens)
        input = ModelInput::text(recipe.data.vocabulary);
    LATHE_TRY_ASSIGN(const auto model, makeModel(recipe.model, input));
    LATHE_TRY_ASSIGN(const MemoryPlan memory, planMemory(recipe, input));
    const bool validates = data.validation && recipe.train.valEvery > 0;
    const std::int64_t items = recipe.train.batch * model->itemsPerRow();
    const double flops = model->flopsPerItem() * static_cast<double>(items) * (recipe.tricks.sam > 0 ? 2 : 1);
    const double peak = tensor::cpu::checkGemm(0.05).gflops * 1e9 * recipe.parallel.data;
    return Planned{recipe,
                   memory,
                   {{"ranks", recipe.parallel.data},
                    {"steps", recipe.train.steps},
                    {"params", flattenJson(recipeJson(recipe))},
                    {"parameters", parameterCount(*model)},
                    {"flops_per_token", model->flopsPerItem()},
                    {"flops_per_step", flops},
                    {"step_seconds", flops / (kUsualUtilisation * peak)},
                    {"main_metric", validates ? "val/loss" : "train/loss"},
                    {"data",
                     {{"kind", data.kind},
                      {"train", data.train->text()},
                      {"train_samples", data.train->size()},
                      {"validation_samples", data.validation ? data.validation->size() : 0}}},
                    {"memory", memory.json()}}};
}

}  // namespace

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string dataPath(const Recipe& recipe) {
    const std::string path = expandHome(recipe.data.path);
    const std::string workspace = environment("LATHE_WORKSPACE");
    return path.starts_with('/') || workspace.empty() ? absolutePath(path)
                                                      : absolutePath(joinPath(workspace, path));
}

Result<int> runTrain(const TrainCommand& command) {
    std::vector<std::string> sets = command.sets;
    if (!command.resume.empty())
        sets.push_back("train.resume=" + command.resume);
    TrainerOptions options;
    LATHE_TRY_ASSIGN(options.recipe, resolvedRecipe(command.recipe, sets));
    LATHE_TRY_ASSIGN(options.job, dist::jobFromEnvironment());
    options.runFolder = command.out.empty() ? environment("LATHE_RUN_DIR") : absolutePath(command.out);
    if (!options.runFolder.empty())
        LATHE_TRY(makeDirs(options.runFolder));
    options.dataPath = dataPath(options.recipe);
    options.profilePath = command.profile.empty() ? std::string() : absolutePath(command.profile);
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
    const auto plan = planned(path, sets);
    if (json && !plan) {
        fmt::print("{}\n", dumpJson(errorToJson(plan.error())));
        return exitCodeOf(plan.error().code);
    }
    if (!plan)
        return std::unexpected(plan.error());
    if (json) {
        fmt::print("{}\n", dumpJson(plan->json));
        return 0;
    }
    const Recipe& recipe = plan->recipe;
    fmt::print("parameters  {}\ndata        {}; {} to validate\nranks       {}\nsteps       {}, about {} "
               "each on this "
               "machine\nwork        {:.3g} FLOP a step\nmemory      {}{}\n",
               groupedText(getInt(plan->json, "parameters")), getString(plan->json["data"], "train"),
               groupedText(getInt(plan->json["data"], "validation_samples")), recipe.parallel.data,
               groupedText(recipe.train.steps), durationText(getNumber(plan->json, "step_seconds")),
               getNumber(plan->json, "flops_per_step"), plan->memory.text(),
               recipe.parallel.data > 1 ? ", on each rank" : "");
    return 0;
}

Result<int> runModels(bool json) {
    Json list = Json::array();
    for (const nn::ModelKind* kind : nn::ModelRegistry::instance().kinds()) {
        Json parameters = Json::object();
        std::string keys;
        for (const nn::ModelParameter& parameter : kind->parameters) {
            parameters[parameter.name] = {{"default", parameter.fallback}, {"doc", parameter.doc}};
            const Json& value = parameter.fallback;
            keys += fmt::format("{}{} {}", keys.empty() ? "" : ", ", parameter.name,
                                value.is_string() ? value.get<std::string>() : dumpJson(value));
        }
        list.push_back(
            {{"name", kind->name}, {"doc", kind->doc}, {"parameters", parameters}, {"source", kind->source}});
        if (!json)
            fmt::print("{:<12} {}\n{:<12} model: {}\n", kind->name, kind->doc, "", keys);
    }
    if (json)
        fmt::print("{}\n", dumpJson(list));
    return 0;
}

Result<int> runKeys() {
    const Json defaults = flattenJson(recipeJson(Recipe{}));
    for (const RecipeKey& key : recipeKeys()) {
        const auto* model = std::get_if<ModelField>(&key.field);
        const Json& value = model ? model->type : defaults.at(key.name);
        fmt::print("{}: {}\n    {}\n    {}\n", key.name,
                   value.is_string() ? value.get<std::string>() : dumpJson(value), key.doc, key.rangeText());
    }
    return 0;
}

Result<int> runSchema() {
    fmt::print("{}\n", dumpJsonPretty(recipeSchema()));
    return 0;
}

Result<int> runPack(const PackCommand& command) {
    LATHE_TRY_ASSIGN(const Recipe recipe, resolvedRecipe(command.recipe, command.sets));
    data::DataConfig config = dataConfig(recipe, dataPath(recipe), {});
    // Large images are shrunk here, so the decoder may do a part of it.
    config.imageSize = command.size;
    const bool learns = config.tokenizer != "bytes";
    if (learns)
        config.learntTokenizer = absolutePath(command.out) + ".tokenizer";
    LATHE_TRY_ASSIGN(const auto opened, data::openData(config));
    std::shared_ptr<const data::Dataset> train = opened.train, validation = opened.validation;
    if (learns && config.tokenizer != "bpe" && opened.tokenizer)
        LATHE_TRY(opened.tokenizer->save(config.learntTokenizer));
    if (const auto* bytes = dynamic_cast<const data::ByteText*>(train.get())) {
        LATHE_TRY_ASSIGN(train, data::byteStream(bytes->windows(), config.path));
        if (validation) {
            const auto& held = dynamic_cast<const data::ByteText&>(*validation);
            LATHE_TRY_ASSIGN(validation, data::byteStream(held.windows(), config.path));
        }
    }
    LATHE_TRY_ASSIGN(const std::uint64_t bytes,
                     data::writePaged(absolutePath(command.out), *train, validation.get(),
                                      {.page = command.page,
                                       .size = command.size,
                                       .jpegQuality = static_cast<int>(command.quality),
                                       .facts = opened.facts}));
    fmt::print("{}: {}; {} to validate; {}\n", command.out, train->text(),
               validation ? groupedText(static_cast<std::int64_t>(validation->size())) : "none",
               bytesText(bytes));
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

}  // namespace lathe::train
