// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"
#include "core/paths.h"
#include "core/result.h"
#include "train/commands.h"
#include "train/model_zoo.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <functional>

using namespace lathe;
using namespace lathe::train;

namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  lathe-train train gpt-bytes.yaml --set data.path=~/notes --set train.steps=200\n"
    "  lathe-train plan gpt-bytes.yaml        what it needs, before anything runs\n"
    "  lathe-train sample runs/ID             text from the last checkpoint of a run\n"
    "  lathe-train eval runs/ID               loss and accuracy on what was kept out\n"
    "  lathe-train export runs/ID gpt2-mine   a folder that transformers reads\n"
    "  lathe-train pack photos.yaml p.lpk     one file instead of a folder of many\n"
    "\n"
    "`lathe run RECIPE` does the same with everything recorded, and starts several ranks.\n"
    "Exit codes: 0 done, 1 the training diverged, 130 stopped by Ctrl-C, 143 stopped by SIGTERM; others "
    "name\n"
    "the kind of error, as in `lathe --help`.";

int report(const Error& error) {
    fmt::print(stderr, "lathe-train: {}\n", error.text());
    return exitCodeOf(error.code);
}

}  // namespace

int main(int argc, char** argv) {
    loadModelPlugins();
    CLI::App app("Trains a model from a recipe (YAML).", "lathe-train");
    app.footer(kFooter);
    app.require_subcommand(1);
    Result<int> outcome = 0;

    std::string recipe, checkpoint;
    std::vector<std::string> sets;
    bool json = false;
    TrainCommand trainCommand;
    SampleCommand sampleCommand;
    EvalCommand evalCommand;
    ExportCommand exportCommand;
    PackCommand packCommand;

    const auto takesRecipe = [&](CLI::App* command) {
        command->add_option("recipe", recipe, "Recipe file (YAML); `lathe-train keys` lists what it may say")
            ->required();
        command->add_option("--set", sets, "Overrides a key of the recipe: optim.lr=3e-4")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
    };

    auto* train = app.add_subcommand("train", "Train, with one line a step");
    takesRecipe(train);
    train->add_option("--resume", trainCommand.resume, "Go on from this checkpoint or run folder");
    train->add_option("--out", trainCommand.out,
                      "Folder for the journal and checkpoints (default: LATHE_RUN_DIR)");
    train->add_option("--profile", trainCommand.profile,
                      "Write a trace of ten steps to this file, for ui.perfetto.dev or chrome://tracing");
    train->callback([&] {
        trainCommand.recipe = recipe;
        trainCommand.sets = sets;
        outcome = runTrain(trainCommand);
    });

    auto* plan = app.add_subcommand("plan", "Check a recipe and say what it needs");
    takesRecipe(plan);
    plan->add_flag("--json", json,
                   "For programs; an error is {\"error\":{\"code\",\"what\",\"on\",\"hint\"}}");
    plan->callback([&] { outcome = runPlan(recipe, sets, json); });

    auto* models = app.add_subcommand("models", "List the models a recipe can name");
    models->add_flag("--json", json, "For programs");
    models->callback([&] { outcome = runModels(json); });

    auto* schema = app.add_subcommand("schema", "Print the JSON Schema of a recipe, for editors and forms");
    schema->callback([&] { outcome = runSchema(); });

    auto* keys = app.add_subcommand("keys", "List the keys of a recipe with their defaults and ranges");
    keys->callback([&] { outcome = runKeys(); });

    auto* doctor = app.add_subcommand("doctor", "Measure what of this machine training can use");
    doctor->add_flag("--json", json, "For programs");
    doctor->callback([&] { outcome = runDoctor(json); });

    auto* sample = app.add_subcommand("sample", "Write text with a trained model");
    sample
        ->add_option("checkpoint", sampleCommand.checkpoint, "Checkpoint, run folder, or Hugging Face folder")
        ->required();
    sample->add_option("--length", sampleCommand.length, "Tokens to write")->check(CLI::Range(1, 1 << 20));
    sample->add_option("--prompt", sampleCommand.prompt, "Text to go on from");
    sample->add_option("--temperature", sampleCommand.temperature, "0: always the likeliest token")
        ->check(CLI::Range(0.0, 100.0));
    sample->add_option("--seed", sampleCommand.seed, "Another number, another text");
    sample->callback([&] { outcome = runSample(sampleCommand); });

    auto* eval = app.add_subcommand("eval", "Measure a trained model on data");
    eval->add_option("checkpoint", evalCommand.checkpoint, "Checkpoint, run folder, or Hugging Face folder")
        ->required();
    eval->add_option("--data", evalCommand.data, "Other data than the recipe's");
    eval->add_flag("--json", evalCommand.json, "For programs");
    eval->callback([&] { outcome = runEval(evalCommand); });

    auto* exporting = app.add_subcommand("export", "Write a trained model for other programs");
    exporting->add_option("checkpoint", exportCommand.checkpoint, "Checkpoint or run folder")->required();
    exporting->add_option("out", exportCommand.out, "File, or folder of the hf format")->required();
    exporting
        ->add_option("--format", exportCommand.format,
                     "hf (folder for transformers), onnx, safetensors; by the ending if it is not given")
        ->check(CLI::IsMember({"hf", "onnx", "safetensors"}));
    exporting->callback([&] { outcome = runExport(exportCommand); });

    auto* pack = app.add_subcommand("pack", "Pack the data of a recipe into one file that is read by pages");
    takesRecipe(pack);
    pack->add_option("out", packCommand.out, "File to write (.lpk)")->required();
    pack->add_option("--size", packCommand.size, "Shrink images to this shorter side; 0: as they are")
        ->check(CLI::Range(0, 4096));
    pack->add_option("--quality", packCommand.quality, "JPEG quality of images; 0: raw pixels")
        ->check(CLI::Range(0, 100));
    pack->callback([&] {
        packCommand.recipe = recipe;
        packCommand.sets = sets;
        outcome = runPack(packCommand);
    });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : exitCodeOf(ErrorCode::Invalid);
    }
    return outcome ? *outcome : report(outcome.error());
}
