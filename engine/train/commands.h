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
    std::string resume;  // over train.resume
    std::string out;     // over LATHE_RUN_DIR
};
Result<int> runTrain(const TrainCommand& command);

// {"ranks","steps","params","parameters","flops_per_token","main_metric","memory"}; with `json`, errors too
// go to stdout.
Result<int> runPlan(const std::string& recipe, const std::vector<std::string>& sets, bool json);
Result<int> runModels();
Result<int> runKeys();
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

}  // namespace lathe::train
