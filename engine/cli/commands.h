// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/cli_context.h"
#include "core/result.h"
#include "launch/launcher.h"

#include <cstdint>
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

// For the commands that make a run from a run.
struct RerunOptions {
    std::string run, name, checkpoint;
    std::string code;  // folder to put the recorded code into and run it there; empty: where it ran
    std::vector<std::string> set, env;
    std::int64_t step = -1;
    bool detach = false, yes = false, dryRun = false;
};
Result<int> restoreCommand(Context& context, const std::string& run, const std::string& folder);
Result<int> rerunCommand(Context& context, const RerunOptions& options);
Result<int> resumeCommand(Context& context, const RerunOptions& options);
Result<int> forkCommand(Context& context, const RerunOptions& options);

struct ArtifactOptions {
    std::string name, path, type, run;
    std::vector<std::string> aliases;
    bool reference = false;
};
Result<int> artifactsCommand(Context& context, const std::string& name);
Result<int> artifactShowCommand(Context& context, const std::string& spec);
Result<int> artifactGetCommand(Context& context, const std::string& spec, const std::string& folder);
Result<int> artifactAddCommand(Context& context, const ArtifactOptions& options);
Result<int> artifactAliasCommand(Context& context, const ArtifactOptions& options);

struct GcOptions {
    bool dryRun = false, deleted = false;
    std::string grace = "24h", keepDeleted = "30d";
};
Result<int> gcCommand(Context& context, const GcOptions& options);
Result<int> reindexCommand(Context& context);
Result<int> doctorCommand(Context& context);

struct ExportOptions {
    std::vector<std::string> runs;
    bool all = false;
    std::string format;
    std::string out;  // a folder, for files
    std::string uri;  // a server, for mlflow-rest
};
Result<int> exportCommand(Context& context, const ExportOptions& options);
// --to mlflow-rest.
Result<int> pushCommand(Context& context, const ExportOptions& options, const std::vector<record::RunSummary>& runs);

struct ImportOptions {
    std::vector<std::string> paths;
    std::string format, experiment;
};
Result<int> importCommand(Context& context, const ImportOptions& options);

}  // namespace lathe::cli
