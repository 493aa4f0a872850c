// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/cli_context.h"
#include "core/result.h"
#include "launch/launcher.h"

#include <string>
#include <vector>

namespace lathe::cli {

// One function a command; each returns the exit code, or the failure that main prints.

struct RunOptions {
    launch::RunRequest request;
    std::vector<std::string> env;  // "NAME=value"
    bool detach = false;
};
Result<int> runCommand(Context& context, RunOptions options);

struct ListOptions {
    std::string experiment, state;
    std::size_t limit = 0;  // 0: all
};
Result<int> listCommand(Context& context, const ListOptions& options);
Result<int> showCommand(Context& context, const std::string& run);

struct LogOptions {
    std::string run;
    bool follow = false;
    int rank = 0;
    std::size_t lines = 0;  // 0: all
};
Result<int> logsCommand(Context& context, const LogOptions& options);
Result<int> stopCommand(Context& context, const std::string& run, double grace);
Result<int> seriesCommand(Context& context, const std::string& run, const std::string& key);

struct PlotOptions {
    std::vector<std::string> runs, keys;
    std::string out;
    std::string axis = "step";
    bool logY = false;
};
Result<int> plotCommand(Context& context, const PlotOptions& options);
Result<int> reindexCommand(Context& context);
Result<int> doctorCommand(Context& context);

struct ExportOptions {
    std::vector<std::string> runs;
    bool all = false;
    std::string format, out;
};
Result<int> exportCommand(Context& context, const ExportOptions& options);

struct ImportOptions {
    std::vector<std::string> paths;
    std::string format, experiment;
};
Result<int> importCommand(Context& context, const ImportOptions& options);

}  // namespace lathe::cli
