// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <vector>

// The commands of lathe-train. Each gives the exit code, or the error that main prints.
namespace lathe::train {

struct TrainCommand {
    std::string recipe;
    std::vector<std::string> sets;
    std::string resume;   // over train.resume
    std::string out;      // over LATHE_RUN_DIR
    std::string profile;  // trace of some steps
};
Result<int> runTrain(const TrainCommand& command);

// {"ranks","steps","params","parameters","flops_per_token","flops_per_step","step_seconds","main_metric",
// "memory","data"}; with `json`, errors too go to stdout.
Result<int> runPlan(const std::string& recipe, const std::vector<std::string>& sets, bool json);
Result<int> runModels(bool json);
Result<int> runKeys();
Result<int> runSchema();
// {"kernel","detail","threads","gemm_gflops"}.
Result<int> runDoctor(bool json);

struct SampleCommand {
    std::string checkpoint;
    std::int64_t length = 400;
    double temperature = 0.8;
    std::int64_t seed = 1;
    std::string prompt;
};
Result<int> runSample(const SampleCommand& command);

// Loss, and accuracy of classifiers: over what the recipe kept out of its data, or all of it if nothing was;
// over all of other data, or the validation part that it comes with.
struct EvalCommand {
    std::string checkpoint;
    std::string data;  // over the recipe's
    bool json = false;
};
Result<int> runEval(const EvalCommand& command);

struct ExportCommand {
    std::string checkpoint;
    std::string out;
    std::string format;  // hf, onnx, safetensors; empty: by the ending of `out`
};
Result<int> runExport(const ExportCommand& command);

struct PackCommand {
    std::string recipe;
    std::vector<std::string> sets;
    std::string out;
    std::int64_t size = 0;
    std::int64_t quality = 90;
    std::int64_t page = 4 << 20;
};
Result<int> runPack(const PackCommand& command);

}  // namespace lathe::train
