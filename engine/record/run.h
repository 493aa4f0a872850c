// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lathe::record {

enum class RunState { Queued, Starting, Running, Finished, Failed, Stopped, Lost };
std::string_view runStateName(RunState state);  // "running"
std::optional<RunState> runStateFromName(std::string_view name);
bool isOver(RunState state);  // Finished, Failed, Stopped or Lost

// Which code a run was made from. Empty strings where there is no repository.
struct CodeState {
    std::string commit, branch, remote;
    std::vector<std::string> changedFiles;  // uncommitted and untracked; their content is in code.patch
    std::string note;                       // what was left out of code.patch and why; empty: nothing
};

// Which of a metric's values is the best.
enum class Goal { Min, Max };
std::string_view goalName(Goal goal);  // "min"
std::optional<Goal> goalFromName(std::string_view name);
// Learnt from the name: accuracy, F1, throughput … want more, anything else (loss, error, perplexity, time)
// less.
Goal goalFromMetric(std::string_view metric);

// The run that this one goes on from (FORMAT.md, "run.json").
struct ParentRun {
    std::string run;  // empty: none
    std::optional<std::int64_t> step;
    std::string checkpoint;
    std::string how;  // "resume", "fork" or "rerun"
};

// What was asked: the content of run.json, written once, before the command starts (FORMAT.md, "run.json").
struct RunSpec {
    std::string id;          // newId()
    std::string name;        // readableName(id) unless given
    std::string experiment;  // "default" unless given
    std::string kind;        // "command" or "recipe"
    std::vector<std::string> argv;
    std::string cwd;                         // on the host where it runs
    std::map<std::string, std::string> env;  // what was set on request, secrets redacted
    int ranks = 1;
    std::string host = "local";  // as the machine that shows it names it
    std::string hostName;        // gethostname() where it ran
    std::string user;
    double created = 0;  // unix seconds
    std::vector<std::string> tags;
    std::string note;
    Json params = Json::object();  // dotted name → value; the resolved recipe
    std::int64_t totalSteps = 0;   // 0: unknown
    std::string mainMetric;        // "val/loss"; empty: unknown
    CodeState code;
    std::string group;  // empty: none
    ParentRun parent;

    Json toJson() const;
    static Result<RunSpec> fromJson(const Json& json, std::string_view on);
};

// One metric of one run, summed up. NaN points count in `count` and `nonFinite` and touch neither min nor
// max, which are NaN themselves where no point is finite.
struct MetricSummary {
    std::uint64_t count = 0, nonFinite = 0;
    double first = 0, last = 0, min = 0, max = 0;
    std::int64_t firstStep = 0, lastStep = 0, minStep = 0, maxStep = 0;
    double lastTime = 0;
    double sum = 0;     // of the finite values
    double recent = 0;  // mean of the finite among the last kRecentPoints values; NaN if there are none

    double mean() const;  // of the finite values; NaN if there are none
};
inline constexpr std::size_t kRecentPoints = 20;

// A run as lists and tables show it.
struct RunSummary {
    RunSpec spec;
    RunState state = RunState::Starting;
    std::optional<int> exitCode, exitSignal;
    std::string reason;             // why it failed or stopped, in words
    double started = 0, ended = 0;  // unix seconds; 0: not yet
    double lastHeard = 0;           // newest line of any journal
    std::int64_t step = 0;          // largest seen
    Json params = Json::object();   // spec.params overlaid by params events
    std::vector<std::string> tags;
    std::string note;
    std::string group;
    bool archived = false;
    bool deleted = false;  // in the trash: hidden from lists, nothing is gone
    Json summary =
        Json::object();  // name → value, set by the user; wins over what the metric of the name sums up to
    std::map<std::string, Goal, std::less<>> goals;  // as given; goalOf() knows the others
    std::map<std::string, MetricSummary> metrics;
    std::uint64_t tornLines = 0;  // skipped because damaged; 0 in a healthy run
    std::string problem;          // the folder is damaged: what could not be read

    double duration(double now) const;
    // As given, else learnt from the name.
    Goal goalOf(std::string_view metric) const;
    // The least or greatest finite value after goalOf; NaN if the metric is unknown or has no finite value.
    double best(const std::string& metric) const;
};

}  // namespace lathe::record
