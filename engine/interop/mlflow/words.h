// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "record/run.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop::mlflow {

// The words of MLflow's tracking REST interface (mlflow.org/docs/latest/rest-api.html; checked against the
// requests of the Python client, 2.x and 3.x). Times are milliseconds since 1970.

struct Metric {
    std::string key;
    double value = 0;
    std::int64_t timestamp = 0, step = 0;
};

struct Run {
    std::string id;  // 32 hex digits
    std::string name, experimentId, user;
    std::string status = "RUNNING";
    std::int64_t start = 0, end = 0;  // end is 0 while it runs
    std::string artifactUri;
    bool deleted = false;
    std::map<std::string, Metric, std::less<>> metrics;  // the last of each
    std::map<std::string, std::string, std::less<>> params, tags;
    Json datasets = Json::array();      // DatasetInput
    Json modelInputs = Json::array();   // {"model_id"}
    Json modelOutputs = Json::array();  // {"model_id","step"}
};

struct Experiment {
    std::string id, name, artifactLocation;
    bool deleted = false;
    std::int64_t created = 0, updated = 0;
    std::map<std::string, std::string, std::less<>> tags;
};

// The bits of a run's id in both spellings: MLflow's clients want hexadecimal digits. Empty if `id` is none.
std::string hexFromRunId(std::string_view id);
std::string runIdFromHex(std::string_view hex);
// Accepts either spelling, gives Lathe's; empty if it is neither.
std::string anyRunId(std::string_view text);

std::string_view statusOf(record::RunState state);
// RUNNING → running, SCHEDULED → queued, FINISHED → finished, FAILED → failed, KILLED → stopped.
std::optional<record::RunState> stateOf(std::string_view status);

Json toJson(const Metric& metric);
Json infoJson(const Run& run);
Json toJson(const Run& run);
Json toJson(const Experiment& experiment);
Json pairsJson(const std::map<std::string, std::string, std::less<>>& pairs);  // [{"key","value"}]

// Fields of a request: a whole number may be a number or text, the text of a query string is text always.
std::optional<std::int64_t> wholeNumber(const Json& object, std::string_view key);
std::optional<double> realNumber(const Json& object,
                                 std::string_view key);  // "NaN", "Infinity" and "-Infinity" too
std::vector<std::string> texts(const Json& object, std::string_view key);  // of an array, or the one text
std::vector<Json> objects(const Json& object, std::string_view key);
// Invalid if it is missing or empty.
Result<std::string> neededText(const Json& object, std::string_view key);

// A parameter's text as what it says: a number only if that number is written exactly like it.
Json valueOfText(const std::string& text);
// The opposite: text as it is, anything else as JSON.
std::string textOfValue(const Json& value);

// MLflow's limits (mlflow/utils/validation.py); Invalid with MLflow's own words.
struct Limits {
    static constexpr std::size_t metricsPerBatch = 1000, paramsPerBatch = 100, tagsPerBatch = 100,
                                 datasetsPerRequest = 1000;
    static constexpr std::size_t batchBytes = 1'000'000;
    static constexpr std::size_t key = 250, paramValue = 6000, tagValue = 8000, experimentName = 500,
                                 experimentTagValue = 20'000;
};
// `what` is "Metric name", "Param key", "key".
Result<> checkKey(std::string_view name, std::string_view what);
Result<> checkLength(std::string_view value, std::size_t limit, std::string_view what);

}  // namespace lathe::interop::mlflow
