// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "interop/mlflow/words.h"
#include "record/run.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop::mlflow {

// The journals of a run into which the endpoint writes: points and states of a run that it made itself in
// journal.jsonl; everything else, of any run, in journal.mlflow.jsonl (journal.mlflow-<pid>.jsonl while
// another process holds that one).
inline constexpr std::string_view kWordsFile = "journal.mlflow.jsonl";
bool isWordsFile(std::string_view name);

// The kind (run.json) of a run that was made by a client of the endpoint.
inline constexpr std::string_view kTrackedKind = "tracked";

// What MLflow's clients said about a run and Lathe's own events have no word for, read from its words files.
struct RunWords {
    std::map<std::string, std::string, std::less<>> params;  // as text, as they were given
    std::map<std::string, std::string, std::less<>> labels;  // tags that are no tags of Lathe
    std::string status;                                      // as the client set it last; empty: it did not
    std::int64_t start = 0, end = 0;                         // milliseconds; 0: not told
    std::string experiment;                                  // moved there; empty: where run.json says
    std::vector<Json> datasets;                              // DatasetInput
    std::vector<Json> modelInputs, modelOutputs;

    // One line of a journal.
    void add(std::string_view kind, const Json& line);
};

// Whole lines of a file from `offset` on, which is moved behind them. Lines that are no JSON objects are
// passed over.
Result<> readJournalLines(const std::string& path, std::uint64_t& offset,
                          const std::function<void(const Json& line)>& use);

RunWords readRunWords(const std::string& runDir);

// A tag of MLflow as a tag of Lathe: {team: nlp} is "team=nlp", {debug: true} is "debug". Empty if it is not
// of that kind: MLflow's own (mlflow.*) and long texts.
std::string latheTagOf(std::string_view key, std::string_view value);
std::pair<std::string, std::string> tagOfLathe(std::string_view tag);

// A run as MLflow's clients see it. `experimentId` and `artifactUri` are the caller's to fill.
Run runFrom(const record::RunSummary& summary, const RunWords& words);

}  // namespace lathe::interop::mlflow
