// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/text.h"
#include "interop/mlflow/api_calls.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace lathe::interop::mlflow::run_calls {
namespace {

constexpr std::size_t kHistoryPage = 25'000;
constexpr std::size_t kMostPerRun = 2500;

const Searchable& searchable() {
    static const Searchable words{
        {"run_id", "run_name", "status", "artifact_uri", "user_id", "experiment_id", "lifecycle_stage"},
        {"start_time", "end_time"},
        true,
        true,
        true,
        true,
        {"run_id", "run_name", "status"}};
    return words;
}

template <class Map> Value entryOf(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    if (found == map.end())
        return {};
    if constexpr (std::is_same_v<typename Map::mapped_type, Metric>)
        return found->second.value;
    else
        return found->second;
}

Value valueOf(const Run& run, Entity entity, const std::string& key) {
    switch (entity) {
    case Entity::Metric: return entryOf(run.metrics, key);
    case Entity::Param: return entryOf(run.params, key);
    case Entity::Tag: return entryOf(run.tags, key);
    default: break;
    }
    if (key == "run_id")
        return run.id;
    if (key == "run_name")
        return run.name;
    if (key == "status")
        return run.status;
    if (key == "artifact_uri")
        return run.artifactUri;
    if (key == "user_id")
        return run.user;
    if (key == "experiment_id")
        return run.experimentId;
    if (key == "lifecycle_stage")
        return std::string(run.deleted ? "deleted" : "active");
    if (key == "start_time")
        return static_cast<double>(run.start);
    return run.end > 0 ? Value(static_cast<double>(run.end)) : Value();
}

std::vector<Value> valuesOf(const Run& run, Entity entity, const std::string& key) {
    if (entity != Entity::Dataset)
        return {valueOf(run, entity, key)};
    std::vector<Value> values;
    for (const Json& input : run.datasets) {
        if (key == "context") {
            for (const Json& tag : objects(input, "tags")) {
                if (getString(tag, "key") == "mlflow.data.context")
                    values.emplace_back(getString(tag, "value"));
            }
        } else if (const auto dataset = input.find("dataset"); dataset != input.end()) {
            values.emplace_back(getString(*dataset, key));
        }
    }
    return values;
}

Result<std::string> runIdOf(const Json& args) {
    if (const std::string id = getString(args, "run_id"); !id.empty())
        return id;
    if (const std::string id = getString(args, "run_uuid"); !id.empty())
        return id;
    return neededText(args, "run_id");
}

Result<Metric> metricOf(const Json& args, std::string_view path) {
    Metric metric{getString(args, "key"), 0, 0, wholeNumber(args, "step").value_or(0)};
    LATHE_TRY(checkKey(metric.key, "Metric name"));
    const auto value = realNumber(args, "value");
    if (!value)
        return fail(ErrorCode::Invalid,
                    fmt::format("Invalid value for parameter '{}value' supplied: metric '{}' needs a number "
                                "(64-bit floating point)",
                                path, metric.key));
    metric.value = *value;
    const auto time = wholeNumber(args, "timestamp");
    if (time && *time < 0)
        return fail(
            ErrorCode::Invalid,
            fmt::format("Invalid value {} for parameter '{}timestamp' supplied: metric '{}': Timestamp "
                        "must be a nonnegative long (64-bit integer)",
                        *time, path, metric.key));
    metric.timestamp = time.value_or(static_cast<std::int64_t>(wallSeconds() * 1000));
    return metric;
}

Result<> checkCount(std::size_t count, std::size_t most, std::string_view what) {
    if (count > most)
        return fail(
            ErrorCode::Invalid,
            fmt::format("A batch logging request can contain at most {} {}. Got {} {}. Please split up {} "
                        "across multiple requests and try again.",
                        most, what, count, what, what));
    return {};
}

Json rowJson(const Metric& row, const std::string& runId) {
    Json json = toJson(row);
    json["run_id"] = runId;
    return json;
}

// Of each stretch the least and the greatest value, so that no spike goes missing.
std::vector<Metric> thinned(std::vector<Metric> rows, std::size_t most) {
    if (rows.size() <= most || most < 4)
        return rows;
    std::ranges::stable_sort(rows, {}, &Metric::step);
    std::vector<Metric> kept;
    const std::size_t stretches = most / 2;
    for (std::size_t i = 0; i < stretches; ++i) {
        const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * i / stretches);
        const auto end = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * (i + 1) / stretches);
        const auto less = [](const Metric& a, const Metric& b) { return a.value < b.value; };
        auto least = std::min_element(begin, end, less), greatest = std::max_element(begin, end, less);
        if (greatest < least)
            std::swap(least, greatest);
        kept.push_back(*least);
        if (greatest != least)
            kept.push_back(*greatest);
    }
    return kept;
}

}  // namespace

Result<Json> create(Tracking& tracking, const Json& args) {
    Tracking::NewRun wanted;
    LATHE_TRY_ASSIGN(wanted.experimentId, neededText(args, "experiment_id"));
    wanted.name = getString(args, "run_name");
    wanted.user = getString(args, "user_id");
    wanted.start = wholeNumber(args, "start_time").value_or(0);
    LATHE_TRY_ASSIGN(wanted.tags, pairs(args, "tags", "tag", Limits::tagValue));
    LATHE_TRY_ASSIGN(const Run run, tracking.createRun(wanted));
    return Json{{"run", toJson(run)}};
}

Result<Json> get(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY_ASSIGN(const Run run, tracking.run(id));
    return Json{{"run", toJson(run)}};
}

Result<Json> update(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    std::string status = getString(args, "status");
    if (const auto number = wholeNumber(args, "status"))
        status = std::to_string(*number);
    if (!status.empty()) {
        const auto state = stateOf(status);
        if (!state)
            return fail(ErrorCode::Invalid,
                        fmt::format("Invalid value \"{}\" for parameter 'status' supplied.",
                                    escapedForDisplay(status, 100)));
        status = statusOf(*state);
    }
    LATHE_TRY_ASSIGN(const Run run, tracking.update(id, status, wholeNumber(args, "end_time").value_or(0),
                                                    getString(args, "run_name")));
    return Json{{"run_info", infoJson(run)}};
}

Result<Json> remove(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY(tracking.setDeleted(id, true));
    return Json::object();
}

Result<Json> restore(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY(tracking.setDeleted(id, false));
    return Json::object();
}

Result<Json> search(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto clauses, parseFilter(getString(args, "filter"), searchable()));
    LATHE_TRY_ASSIGN(const auto orders, ordersOf(args, searchable()));
    LATHE_TRY(pageOf(args, 0, 1000, 50'000));
    LATHE_TRY_ASSIGN(auto list, tracking.runs(texts(args, "experiment_ids")));
    using Shared = std::shared_ptr<const Run>;
    std::erase_if(list, [&](const Shared& run) {
        return !isViewed(args, "run_view_type", run->deleted) ||
               !matches(clauses,
                        [&](Entity entity, const std::string& key) { return valuesOf(*run, entity, key); });
    });
    sortBy<Shared>(
        list, orders,
        [](const Shared& run, const Order& order) { return valueOf(*run, order.entity, order.key); },
        [](const Shared& a, const Shared& b) {
            return a->start != b->start ? a->start > b->start : a->id > b->id;
        });
    LATHE_TRY_ASSIGN(const Page page, pageOf(args, list.size(), 1000, 50'000));
    Json found{{"runs", Json::array()}};
    for (std::size_t i = page.from; i < page.to; ++i)
        found["runs"].push_back(toJson(*list[i]));
    if (!page.next.empty())
        found["next_page_token"] = page.next;
    return found;
}

Result<Json> logMetric(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY_ASSIGN(const Metric metric, metricOf(args, ""));
    LATHE_TRY(tracking.log(id, {metric}, {}, {}));
    LATHE_TRY(logged_model_calls::addMetrics(tracking, id, {args}));
    return Json::object();
}

Result<Json> logParam(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    const std::string key = getString(args, "key"), value = getString(args, "value");
    LATHE_TRY(checkKey(key, "Param key"));
    LATHE_TRY(checkLength(value, Limits::paramValue, "Param value"));
    LATHE_TRY(tracking.log(id, {}, {{key, value}}, {}));
    return Json::object();
}

Result<Json> logBatch(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    const auto rows = objects(args, "metrics");
    LATHE_TRY(checkCount(rows.size(), Limits::metricsPerBatch, "metrics"));
    std::vector<Metric> metrics;
    for (const Json& row : rows) {
        LATHE_TRY_ASSIGN(Metric metric, metricOf(row, fmt::format("metrics[{}].", metrics.size())));
        metrics.push_back(std::move(metric));
    }
    LATHE_TRY_ASSIGN(const auto params, pairs(args, "params", "Param", Limits::paramValue));
    LATHE_TRY(checkCount(params.size(), Limits::paramsPerBatch, "params"));
    LATHE_TRY_ASSIGN(const auto tags, pairs(args, "tags", "tag", Limits::tagValue));
    LATHE_TRY(checkCount(tags.size(), Limits::tagsPerBatch, "tags"));
    LATHE_TRY(checkCount(metrics.size() + params.size() + tags.size(), Limits::metricsPerBatch,
                         "metrics, params, and tags"));
    std::set<std::string> keys;
    for (const auto& [key, value] : params) {
        if (!keys.insert(key).second)
            return fail(
                ErrorCode::Invalid,
                fmt::format("Duplicate parameter keys have been submitted: ['{}']. Please ensure the request "
                            "contains only one param value per param key.",
                            key));
    }
    LATHE_TRY(tracking.log(id, metrics, params, tags));
    LATHE_TRY(logged_model_calls::addMetrics(tracking, id, rows));
    return Json::object();
}

Result<Json> setTag(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    const std::string key = getString(args, "key"), value = getString(args, "value");
    LATHE_TRY(checkKey(key, "key"));
    LATHE_TRY(checkLength(value, Limits::tagValue, "value"));
    LATHE_TRY(tracking.log(id, {}, {}, {{key, value}}));
    return Json::object();
}

Result<Json> deleteTag(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY_ASSIGN(const std::string key, neededText(args, "key"));
    LATHE_TRY(tracking.deleteTag(id, key));
    return Json::object();
}

Result<Json> logModel(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY_ASSIGN(const std::string text, neededText(args, "model_json"));
    const auto model = parseJson(text, "model_json");
    if (!model || !model->is_object())
        return fail(ErrorCode::Invalid, "Malformed model info: model_json is no JSON object");
    constexpr const char* kTag = "mlflow.log-model.history";
    LATHE_TRY_ASSIGN(const Run run, tracking.run(id));
    const auto known = run.tags.find(kTag);
    auto models = known == run.tags.end() ? Result<Json>(Json::array()) : parseJson(known->second, kTag);
    if (!models || !models->is_array())
        models = Json::array();
    models->push_back(*model);
    LATHE_TRY(tracking.log(id, {}, {}, {{kTag, dumpJson(*models)}}));
    return Json::object();
}

Result<Json> logInputs(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    const auto datasets = objects(args, "datasets");
    const auto models = objects(args, "models");
    LATHE_TRY(checkCount(datasets.size(), Limits::datasetsPerRequest, "datasets"));
    for (const Json& input : datasets) {
        const auto dataset = input.find("dataset");
        if (dataset == input.end() || !dataset->is_object())
            return fail(ErrorCode::Invalid, "Missing value for required parameter 'datasets.dataset'.");
        LATHE_TRY(neededText(*dataset, "name"));
        LATHE_TRY(neededText(*dataset, "digest"));
        LATHE_TRY(checkLength(getString(*dataset, "name"), 500, "name"));
        LATHE_TRY(checkLength(getString(*dataset, "digest"), 36, "digest"));
        LATHE_TRY(checkLength(getString(*dataset, "source"), 65'535, "source"));
        LATHE_TRY(checkLength(getString(*dataset, "schema"), 1'048'575, "schema"));
        LATHE_TRY(checkLength(getString(*dataset, "profile"), 16'777'215, "profile"));
    }
    LATHE_TRY(tracking.logData(id, "inputs", Json{{"datasets", datasets}, {"models", models}}));
    return Json::object();
}

Result<Json> logOutputs(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY(tracking.logData(id, "outputs", Json{{"models", objects(args, "models")}}));
    return Json::object();
}

Result<Json> history(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY_ASSIGN(const std::string key, neededText(args, "metric_key"));
    LATHE_TRY_ASSIGN(const auto rows, tracking.history(id, key));
    // Without max_results all of it, as the server does.
    LATHE_TRY_ASSIGN(const Page page,
                     pageOf(args, rows.size(), std::max<std::size_t>(rows.size(), 1), 1'000'000'000));
    Json found{{"metrics", Json::array()}};
    for (std::size_t i = page.from; i < page.to; ++i)
        found["metrics"].push_back(toJson(rows[i]));
    if (!page.next.empty())
        found["next_page_token"] = page.next;
    return found;
}

Result<Json> historyBulk(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string key, neededText(args, "metric_key"));
    auto ids = texts(args, "run_id");
    const auto asked = wholeNumber(args, "max_results").value_or(kHistoryPage);
    const auto most = static_cast<std::size_t>(std::clamp<std::int64_t>(asked, 1, kHistoryPage));
    Json found{{"metrics", Json::array()}};
    for (const std::string& id : ids) {
        LATHE_TRY_ASSIGN(const auto rows, tracking.history(id, key));
        for (const Metric& row : rows) {
            if (found["metrics"].size() < most)
                found["metrics"].push_back(rowJson(row, id));
        }
    }
    return found;
}

Result<Json> historyInterval(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string key, neededText(args, "metric_key"));
    const auto ids = texts(args, "run_ids");
    if (ids.empty())
        return fail(ErrorCode::Invalid,
                    "GetMetricHistoryBulkInterval request must specify at least one run_id.");
    const auto from = wholeNumber(args, "start_step"), to = wholeNumber(args, "end_step");
    if (from.has_value() != to.has_value())
        return fail(ErrorCode::Invalid,
                    "If either start step or end step are specified, both must be specified.");
    if (from && *from > *to)
        return fail(
            ErrorCode::Invalid,
            fmt::format("end_step must be greater than start_step. Found start_step={} and end_step={}.",
                        *from, *to));
    const auto most = wholeNumber(args, "max_results").value_or(kMostPerRun);
    if (most < 1 || most > static_cast<std::int64_t>(kMostPerRun))
        return fail(ErrorCode::Invalid, fmt::format("max_results must be between 1 and {}.", kMostPerRun));
    Json found{{"metrics", Json::array()}};
    for (const std::string& id : ids) {
        LATHE_TRY_ASSIGN(auto rows, tracking.history(id, key));
        if (from)
            std::erase_if(rows, [&](const Metric& row) { return row.step < *from || row.step > *to; });
        for (const Metric& row : thinned(std::move(rows), static_cast<std::size_t>(most)))
            found["metrics"].push_back(rowJson(row, id));
    }
    return found;
}

Result<Json> listArtifacts(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, runIdOf(args));
    LATHE_TRY_ASSIGN(const Run run, tracking.run(id));
    const std::string path = getString(args, "path");
    LATHE_TRY_ASSIGN(const auto place,
                     tracking.artifacts("0/" + run.id + "/artifacts" + (path.empty() ? "" : "/" + path)));
    LATHE_TRY_ASSIGN(const auto entries, place.files.list(place.rest));
    Json files = Json::array();
    for (const ArtifactEntry& entry : entries) {
        Json file{{"path", path.empty() ? entry.name : path + "/" + entry.name}, {"is_dir", entry.isDir}};
        if (!entry.isDir)
            file["file_size"] = entry.bytes;
        files.push_back(std::move(file));
    }
    return Json{{"root_uri", run.artifactUri}, {"files", files}};
}

}  // namespace lathe::interop::mlflow::run_calls
