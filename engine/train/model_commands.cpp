// SPDX-License-Identifier: Apache-2.0
// Commands on models that are trained: sample, eval, export.
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "optim/optimizer.h"
#include "train/command_parts.h"
#include "train/commands.h"
#include "train/foreign.h"
#include "train/onnx_export.h"
#include "train/task.h"
#include "train/text_sampler.h"
#include "train/trained_model.h"
#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>

namespace lathe::train {

Result<int> runSample(const SampleCommand& command) {
    LATHE_TRY_ASSIGN(const TrainedModel trained, TrainedModel::open(command.checkpoint));
    if (trained.input.kind != ModelInputKind::Tokens)
        return fail(ErrorCode::Invalid, fmt::format("a {} writes no text", trained.recipe.model.kind),
                    trained.path, "`lathe-train eval` measures it");
    LATHE_TRY_ASSIGN(const auto tokenizer, trained.tokenizer());
    LATHE_TRY_ASSIGN(const std::string text,
                     sampleText(*trained.model, *tokenizer, trained.recipe.model.integer("context"),
                                {.length = command.length,
                                 .temperature = command.temperature,
                                 .seed = static_cast<std::uint64_t>(command.seed),
                                 .prompt = command.prompt}));
    // A model may write any byte; a terminal must not obey it.
    for (const std::string& line : split(text, '\n'))
        fmt::print("{}\n", escapedForDisplay(line, line.size() * 4));
    return 0;
}

Result<int> runEval(const EvalCommand& command) {
    LATHE_TRY_ASSIGN(TrainedModel trained, TrainedModel::open(command.checkpoint));
    Recipe recipe = trained.recipe;
    if (!command.data.empty()) {
        recipe.data.path = absolutePath(command.data);
        recipe.data.kind = "auto";
    }
    data::DataConfig config = dataConfig(recipe, dataPath(recipe), {});
    if (!command.data.empty()) {
        // None of it was trained on, so all of it counts.
        config.validation = 0;
        config.ownPartOnly = true;
    }
    // A learnt tokenizer lies in the run; never learn another one for its model.
    if (config.tokenizer == "bpe")
        config.tokenizer = joinPath(parentPath(parentPath(trained.path)), "tokenizer");
    LATHE_TRY_ASSIGN(const auto opened, data::openData(config));
    const bool held = opened.validation != nullptr;
    const auto dataset = held ? opened.validation : opened.train;
    const ModelInput input = ModelInput::of(opened);
    if (input.kind != trained.input.kind || input.outputs != trained.input.outputs ||
        input.features != trained.input.features || input.vocabulary != trained.input.vocabulary)
        return fail(ErrorCode::Invalid,
                    fmt::format("the model learnt from other data: {} here, {} there", dumpJson(input.json()),
                                dumpJson(trained.input.json())),
                    config.path, "give data of the same kind with --data");
    data::LoaderConfig loading{.image = opened.image};
    // Normalised as it learnt, not as this data would ask.
    if (const Json image = trained.data.value("image", Json::object()); image.contains("mean")) {
        loading.image.size = getInt(image, "size");
        loading.image.mean.clear();
        loading.image.deviation.clear();
        for (const Json& value : image["mean"])
            loading.image.mean.push_back(value.get<float>());
        for (const Json& value : image["deviation"])
            loading.image.deviation.push_back(value.get<float>());
    }
    const data::Loader loader(dataset, loading);
    Score score;
    const auto rows = static_cast<std::int64_t>(dataset->size());
    const std::int64_t most = std::max<std::int64_t>(1, recipe.train.batch);
    for (std::int64_t row = 0; row < rows; row += most) {
        LATHE_TRY_ASSIGN(const data::HostBatch host,
                         loader.read(static_cast<std::uint64_t>(row), std::min(most, rows - row)));
        LATHE_TRY_ASSIGN(const DeviceBatch batch, toDevice(host, {}));
        LATHE_TRY(addScore(*trained.model, batch, trained.input, score));
    }
    const double loss = score.loss / score.items;
    Json result = {{"checkpoint", trained.path},
                   {"data", config.path},
                   {"part", held ? "validation" : "all"},
                   {"samples", rows},
                   {"loss", loss}};
    const bool classifies = trained.input.kind != ModelInputKind::Tokens && trained.input.classify;
    if (classifies)
        result["accuracy"] = score.correct / score.items;
    if (command.json) {
        fmt::print("{}\n", dumpJson(result));
        return 0;
    }
    fmt::print("loss      {:.4f}\n", loss);
    if (classifies)
        fmt::print("accuracy  {:.2f}%\n", 100 * score.correct / score.items);
    fmt::print("samples   {} ({})\n", groupedText(rows),
               held ? "what was kept out of training" : "all of the data");
    return 0;
}

Result<int> runExport(const ExportCommand& command) {
    LATHE_TRY_ASSIGN(TrainedModel trained, TrainedModel::open(command.checkpoint));
    const std::string out = absolutePath(command.out);
    std::string format = command.format;
    if (format.empty())
        format = out.ends_with(".safetensors") ? "safetensors" : out.ends_with(".onnx") ? "onnx" : "hf";
    if (format == "hf") {
        LATHE_TRY(writeForeign(out, trained.recipe.model, trained.input, *trained.store));
        if (trained.input.vocabulary != 256)
            if (const auto tokenizer = trained.tokenizer())
                LATHE_TRY((*tokenizer)->save(out));
    } else if (format == "onnx") {
        LATHE_TRY(exportOnnx(out, *trained.model, trained.recipe.model, trained.input));
    } else {
        std::vector<NamedTensor> tensors;
        for (const optim::NamedShard& shard : optim::parameterState(*trained.store))
            tensors.push_back({shard.name, shard.global, shard.local});
        LATHE_TRY(writeSafetensors(out, tensors, {{"format", "pt"}}));
    }
    fmt::print("{}: {} parameters of {}\n", command.out, groupedText(trained.store->count()), trained.path);
    return 0;
}

}  // namespace lathe::train
