// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/mlflow/documents.h"
#include "interop/mlflow/words.h"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace lathe::interop::mlflow {

// Lathe's experiments are names of groups of runs; MLflow's have an id, may be empty, renamed and deleted.
// Their ids are derived from the name, so that every process gives the same one; what a name does not say is
// kept in <store>/mlflow/experiments/. "0" is Lathe's "default", which MLflow calls "Default". Thread-safe.
class Experiments {
public:
    // `names` gives the experiments that runs of the store belong to. If that is slow, byName() looks only
    // for those that a client of MLflow made: making one that runs belong to already gives the same id.
    Experiments(std::string folder, std::function<std::set<std::string>()> names, bool slowNames)
        : m_documents(std::move(folder)), m_names(std::move(names)), m_slowNames(slowNames) {}

    // The id of the experiment to which runs of this name of Lathe's belong.
    std::string idOf(const std::string& latheName);
    // What a new run of this experiment says in its run.json.
    std::string latheNameOf(const Experiment& experiment);

    // Where the artifacts of its runs go, without asking whether there is such an experiment.
    std::string locationOf(const std::string& id);

    Result<Experiment> get(const std::string& id);
    Result<Experiment> byName(const std::string& name);
    Result<std::vector<Experiment>> all() { return list(true); }
    Result<Experiment> create(const std::string& name, const std::string& artifactLocation,
                              const std::map<std::string, std::string, std::less<>>& tags);
    // `change` may set name, deleted and tags.
    Result<Experiment> change(const std::string& id, const std::function<Result<>(Experiment&)>& change);

private:
    Result<std::vector<Experiment>> list(bool ofRuns);
    static std::string derivedId(std::string_view name);
    void remember();
    Experiment plain(const std::string& id, const std::string& latheName) const;

    Documents m_documents;
    std::function<std::set<std::string>()> m_names;
    const bool m_slowNames;
    std::mutex m_mutex;
    std::map<std::string, std::string> m_ids;  // Lathe's name → id
    double m_read = -1;                        // monotonic: when the documents were read
};

}  // namespace lathe::interop::mlflow
