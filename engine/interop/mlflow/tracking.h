// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/mlflow/artifact_files.h"
#include "interop/mlflow/documents.h"
#include "interop/mlflow/experiments.h"
#include "interop/mlflow/live_run.h"
#include "interop/mlflow/run_library.h"
#include "interop/mlflow/words.h"
#include "interop/record_sink.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lathe::interop::mlflow {

struct TrackingOptions {
    std::string store;
    // The run that is being launched: the first one that a client starts is it. Its points go to `sink`.
    std::string launchedRun;
    RecordSink* sink = nullptr;
    std::function<void(const std::string&)> onProblem;  // something for the user's log
};

// What MLflow's clients may do with a store of Lathe's: every run that they make is a run folder (FORMAT.md),
// every run of the store is theirs to find. Acknowledged is what was handed to the kernel: a kill of this
// process loses nothing. Thread-safe.
class Tracking {
public:
    Tracking(TrackingOptions options, RunLibrary& library);
    ~Tracking();

    struct NewRun {
        std::string experimentId, name, user;
        std::int64_t start = 0;
        std::vector<std::pair<std::string, std::string>> tags;
    };
    Result<Run> createRun(const NewRun& wanted);
    // `id` in either spelling.
    Result<Run> run(const std::string& id);
    // Of these experiments, in no order.
    Result<std::vector<std::shared_ptr<const Run>>> runs(const std::vector<std::string>& experimentIds);
    Result<Run> update(const std::string& id, const std::string& status, std::int64_t end,
                       const std::string& name);
    Result<> log(const std::string& id, const std::vector<Metric>& metrics,
                 const std::vector<std::pair<std::string, std::string>>& params,
                 const std::vector<std::pair<std::string, std::string>>& tags);
    Result<> deleteTag(const std::string& id, const std::string& key);
    Result<> setDeleted(const std::string& id, bool deleted);
    // `kind` "inputs" or "outputs".
    Result<> logData(const std::string& id, std::string_view kind, const Json& fields);
    // By time, then step, then value.
    Result<std::vector<Metric>> history(const std::string& id, const std::string& key);
    // An experiment goes with its runs, and comes back with them.
    Result<> setExperimentDeleted(const std::string& id, bool deleted);

    // Where the files of `path`, as clients write it behind mlflow-artifacts:/, lie; `rest` is the path in
    // there.
    struct ArtifactPlace {
        ArtifactFiles files;
        std::string rest;
    };
    Result<ArtifactPlace> artifacts(const std::string& path);

    Experiments& experiments() { return m_experiments; }
    Documents& loggedModels() { return m_loggedModels; }
    Documents& registeredModels() { return m_registeredModels; }

    // To be called about once a second.
    void settle();
    // All clients are gone: runs that they left open are over. Without it they can go on after a restart.
    void abandonAll(const std::string& reason);

private:
    Result<std::shared_ptr<LiveRun>> live(const std::string& id);
    Result<Run> viewOf(const record::RunSummary& summary,
                       std::map<std::string, std::string>* locations = nullptr);
    Result<Run> adopt(const std::shared_ptr<LiveRun>& launched, const NewRun& wanted,
                      const Experiment& experiment);
    Result<Run> makeRun(const NewRun& wanted, const Experiment& experiment);
    Result<> followChanges();  // with m_viewMutex
    std::set<std::string> experimentNames();
    std::string dirOf(const std::string& id) const;

    const TrackingOptions m_options;
    RunLibrary& m_library;
    Experiments m_experiments;
    Documents m_loggedModels, m_registeredModels;
    std::mutex m_liveMutex, m_viewMutex, m_createMutex;
    std::map<std::string, std::shared_ptr<LiveRun>> m_live;
    // What is known of each run; read again when it changed and somebody asks.
    struct View {
        std::string latheExperiment;     // empty: not read yet
        std::shared_ptr<const Run> run;  // null: likewise
    };
    std::map<std::string, View> m_views;
    std::string m_problem;  // that was told last
};

}  // namespace lathe::interop::mlflow
