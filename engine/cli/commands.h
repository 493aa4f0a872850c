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
    std::string query, sort, view, saveView, baseline;
    std::vector<std::string> columns, groupBy, allBut, aggregates;
    std::size_t limit = 0;  // 0: all
    std::size_t offset = 0;
    bool csv = false, archived = false, trash = false;
};
Result<int> listCommand(Context& context, const ListOptions& options);
Result<int> viewsCommand(Context& context, const std::string& remove);  // empty: lists them

// For the commands that say something about runs.
struct LifeOptions {
    std::vector<std::string> runs, add, remove;
    std::string text;
    bool undo = false;
};
Result<int> tagCommand(Context& context, const LifeOptions& options);
Result<int> noteCommand(Context& context, const LifeOptions& options);
Result<int> renameCommand(Context& context, const LifeOptions& options);
Result<int> groupCommand(Context& context, const LifeOptions& options);
Result<int> archiveCommand(Context& context, const LifeOptions& options);
Result<int> removeCommand(Context& context, const LifeOptions& options);
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

struct ServeOptions {
    std::string host = "127.0.0.1";
    int port = -1;  // the usual one, else one that is free
    std::string token;
};
Result<int> serveCommand(Context& context, ServeOptions options);
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
