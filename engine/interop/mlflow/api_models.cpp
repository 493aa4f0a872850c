// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/id.h"
#include "core/text.h"
#include "interop/mlflow/api_calls.h"

#include <array>
#include <fmt/format.h>

// A logged model is a document:
// {"model_id","experiment_id","name","model_type","source_run_id","status","created","updated",
// "params":{},"tags":{},"metrics":[row],"registrations":[{"name","version"}],"deleted"}.
namespace lathe::interop::mlflow::logged_model_calls {
namespace {

constexpr std::size_t kDefaultPage = 100, kMostPage = 50'000;

std::int64_t now() {
    return static_cast<std::int64_t>(wallSeconds() * 1000);
}

std::unexpected<Error> noModel(const std::string& id) {
    return fail(ErrorCode::NotFound,
                fmt::format("Logged model with ID '{}' not found.", escapedForDisplay(id, 100)));
}

Json pairsOf(const Json& object) {
    Json list = Json::array();
    for (const auto& [key, value] : object.items())
        list.push_back(Json{{"key", key}, {"value", textOfValue(value)}});
    return list;
}

Json field(const Json& document, const char* key, Json fallback) {
    const auto found = document.find(key);
    return found != document.end() && found->type() == fallback.type() ? *found : std::move(fallback);
}

std::string uriOf(Tracking& tracking, const Json& document) {
    return tracking.experiments().locationOf(getString(document, "experiment_id")) + "/models/" +
           getString(document, "model_id") + "/artifacts";
}

Json modelJson(Tracking& tracking, const Json& document) {
    Json info{{"model_id", getString(document, "model_id")},
              {"experiment_id", getString(document, "experiment_id")},
              {"name", getString(document, "name")},
              {"creation_timestamp_ms", getInt(document, "created")},
              {"last_updated_timestamp_ms", getInt(document, "updated")},
              {"artifact_uri", uriOf(tracking, document)},
              {"status", getString(document, "status")},
              {"model_type", getString(document, "model_type")},
              {"source_run_id", getString(document, "source_run_id")},
              {"tags", pairsOf(field(document, "tags", Json::object()))},
              {"registrations", field(document, "registrations", Json::array())}};
    return Json{{"info", std::move(info)},
                {"data", Json{{"params", pairsOf(field(document, "params", Json::object()))},
                              {"metrics", field(document, "metrics", Json::array())}}}};
}

Json answer(Tracking& tracking, const Json& document) {
    return Json{{"model", modelJson(tracking, document)}};
}

Result<Json> find(Tracking& tracking, const std::string& id) {
    const auto document = tracking.loggedModels().get(id);
    return document && !getBool(*document, "deleted") ? document : Result<Json>(noModel(id));
}

Result<Json> change(Tracking& tracking, const std::string& id, const std::function<Result<>(Json&)>& change) {
    return tracking.loggedModels().change(id, [&](Json& document) -> Result<> {
        if (!document.is_object() || getBool(document, "deleted"))
            return noModel(id);
        LATHE_TRY(change(document));
        document["updated"] = now();
        return {};
    });
}

std::string statusOf(const Json& args) {
    static constexpr std::array<const char*, 4> kNames{"LOGGED_MODEL_STATUS_UNSPECIFIED",
                                                       "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY",
                                                       "LOGGED_MODEL_UPLOAD_FAILED"};
    if (const auto number = wholeNumber(args, "status"); number && *number >= 0 && *number < 4)
        return kNames[static_cast<std::size_t>(*number)];
    return getString(args, "status");
}

const Searchable& searchable() {
    static const Searchable words{
        {"name", "model_id", "model_type", "status", "source_run_id", "experiment_id"},
        {"creation_timestamp", "creation_time", "last_updated_timestamp", "last_updated_time"},
        true,
        true,
        true,
        false,
        {"name", "model_id", "model_type", "status", "source_run_id", "experiment_id"}};
    return words;
}

Value valueOf(const Json& document, Entity entity, const std::string& key) {
    if (entity == Entity::Metric) {
        Value last;
        for (const Json& row : objects(document, "metrics")) {
            if (getString(row, "key") == key)
                last = realNumber(row, "value").value_or(0);
        }
        return last;
    }
    if (entity == Entity::Param || entity == Entity::Tag) {
        const Json values = field(document, entity == Entity::Param ? "params" : "tags", Json::object());
        const auto found = values.find(key);
        return found == values.end() ? Value() : Value(textOfValue(*found));
    }
    if (key.starts_with("creation"))
        return static_cast<double>(getInt(document, "created"));
    if (key.starts_with("last_updated"))
        return static_cast<double>(getInt(document, "updated"));
    std::string text = getString(document, key);
    if (key == "status" && text.starts_with("LOGGED_MODEL_"))
        text.erase(0, std::string_view("LOGGED_MODEL_").size());
    return text.empty() ? Value() : Value(text);
}

bool isOnDataset(const Json& document, const std::vector<Json>& datasets) {
    if (datasets.empty())
        return true;
    for (const Json& row : objects(document, "metrics")) {
        for (const Json& dataset : datasets) {
            const std::string digest = getString(dataset, "dataset_digest");
            if (getString(row, "dataset_name") == getString(dataset, "dataset_name") &&
                (digest.empty() || getString(row, "dataset_digest") == digest))
                return true;
        }
    }
    return false;
}

}  // namespace

Result<Json> create(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string experiment, neededText(args, "experiment_id"));
    LATHE_TRY(tracking.experiments().get(experiment));
    LATHE_TRY_ASSIGN(const auto params, pairs(args, "params", "Param", Limits::paramValue));
    LATHE_TRY_ASSIGN(const auto tags, pairs(args, "tags", "tag", Limits::tagValue));
    const std::string id = "m-" + randomHex(16);
    Json document{{"model_id", id},
                  {"experiment_id", experiment},
                  {"name", getString(args, "name")},
                  {"model_type", getString(args, "model_type")},
                  {"source_run_id", getString(args, "source_run_id")},
                  {"status", "LOGGED_MODEL_PENDING"},
                  {"created", now()},
                  {"updated", now()},
                  {"params", Json::object()},
                  {"tags", Json::object()}};
    if (getString(document, "name").empty())
        document["name"] = "model-" + id.substr(2, 8);
    for (const auto& [key, value] : params)
        document["params"][key] = value;
    for (const auto& [key, value] : tags)
        document["tags"][key] = value;
    LATHE_TRY_ASSIGN(const Json made, tracking.loggedModels().change(id, [&](Json& empty) -> Result<> {
        empty = document;
        return {};
    }));
    return answer(tracking, made);
}

Result<Json> get(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const Json document, find(tracking, getString(args, "model_id")));
    return answer(tracking, document);
}

Result<Json> finalize(Tracking& tracking, const Json& args) {
    const std::string status = statusOf(args);
    if (status != "LOGGED_MODEL_READY" && status != "LOGGED_MODEL_UPLOAD_FAILED" &&
        status != "LOGGED_MODEL_PENDING")
        return fail(ErrorCode::Invalid, "Invalid model status: " + escapedForDisplay(status, 100));
    LATHE_TRY_ASSIGN(const Json document,
                     change(tracking, getString(args, "model_id"), [&](Json& model) -> Result<> {
                         model["status"] = status;
                         return {};
                     }));
    return answer(tracking, document);
}

Result<Json> remove(Tracking& tracking, const Json& args) {
    LATHE_TRY(change(tracking, getString(args, "model_id"), [](Json& model) -> Result<> {
        model["deleted"] = true;
        return {};
    }));
    return Json::object();
}

Result<Json> search(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto clauses, parseFilter(getString(args, "filter"), searchable()));
    std::vector<Order> orders;
    for (const Json& clause : objects(args, "order_by")) {
        LATHE_TRY_ASSIGN(Order order, parseOrder(getString(clause, "field_name"), searchable()));
        order.ascending = getBool(clause, "ascending", true);
        orders.push_back(std::move(order));
    }
    const auto experiments = texts(args, "experiment_ids");
    const auto datasets = objects(args, "datasets");
    LATHE_TRY_ASSIGN(std::vector<Json> list, tracking.loggedModels().all());
    std::erase_if(list, [&](const Json& model) {
        return getBool(model, "deleted") ||
               std::ranges::find(experiments, getString(model, "experiment_id")) == experiments.end() ||
               !isOnDataset(model, datasets) || !matches(clauses, [&](Entity entity, const std::string& key) {
                   return std::vector<Value>{valueOf(model, entity, key)};
               });
    });
    sortBy<Json>(
        list, orders,
        [](const Json& model, const Order& order) { return valueOf(model, order.entity, order.key); },
        [](const Json& a, const Json& b) { return getInt(a, "created") > getInt(b, "created"); });
    LATHE_TRY_ASSIGN(const Page page, pageOf(args, list.size(), kDefaultPage, kMostPage));
    Json found{{"models", Json::array()}};
    for (std::size_t i = page.from; i < page.to; ++i)
        found["models"].push_back(modelJson(tracking, list[i]));
    if (!page.next.empty())
        found["next_page_token"] = page.next;
    return found;
}

Result<Json> setTags(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto tags, pairs(args, "tags", "tag", Limits::tagValue));
    LATHE_TRY_ASSIGN(const Json document,
                     change(tracking, getString(args, "model_id"), [&](Json& model) -> Result<> {
                         for (const auto& [key, value] : tags)
                             model["tags"][key] = value;
                         return {};
                     }));
    return answer(tracking, document);
}

Result<Json> deleteTag(Tracking& tracking, const Json& args) {
    const std::string id = getString(args, "model_id"), key = getString(args, "tag_key");
    LATHE_TRY(change(tracking, id, [&](Json& model) -> Result<> {
        if (!model["tags"].contains(key))
            return fail(ErrorCode::NotFound,
                        fmt::format("No tag with key '{}' found for model with ID '{}'.", key, id));
        model["tags"].erase(key);
        return {};
    }));
    return Json::object();
}

Result<Json> logParams(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto params, pairs(args, "params", "Param", Limits::paramValue));
    LATHE_TRY(change(tracking, getString(args, "model_id"), [&](Json& model) -> Result<> {
        for (const auto& [key, value] : params)
            model["params"][key] = value;
        return {};
    }));
    return Json::object();
}

Result<Json> listArtifacts(Tracking& tracking, const Json& args) {
    const std::string id = getString(args, "model_id"), path = getString(args, "artifact_directory_path");
    LATHE_TRY_ASSIGN(const Json document, find(tracking, id));
    LATHE_TRY_ASSIGN(const auto place,
                     tracking.artifacts("0/models/" + id + "/artifacts" + (path.empty() ? "" : "/" + path)));
    LATHE_TRY_ASSIGN(const auto entries, place.files.list(place.rest));
    Json files = Json::array();
    for (const ArtifactEntry& entry : entries) {
        Json file{{"path", path.empty() ? entry.name : path + "/" + entry.name}, {"is_dir", entry.isDir}};
        if (!entry.isDir)
            file["file_size"] = entry.bytes;
        files.push_back(std::move(file));
    }
    return Json{{"root_uri", uriOf(tracking, document)}, {"files", files}};
}

Result<> addMetrics(Tracking& tracking, const std::string& runId, const std::vector<Json>& rows) {
    std::map<std::string, std::vector<Json>> byModel;
    for (const Json& row : rows) {
        if (const std::string id = getString(row, "model_id"); !id.empty())
            byModel[id].push_back(row);
    }
    for (const auto& [id, mine] : byModel) {
        LATHE_TRY(change(tracking, id, [&](Json& model) -> Result<> {
            auto metrics = objects(model, "metrics");
            for (const Json& row : mine) {
                Json kept = toJson(Metric{getString(row, "key"), realNumber(row, "value").value_or(0),
                                          wholeNumber(row, "timestamp").value_or(0),
                                          wholeNumber(row, "step").value_or(0)});
                for (const char* name : {"model_id", "dataset_name", "dataset_digest"}) {
                    if (const std::string text = getString(row, name); !text.empty())
                        kept[name] = text;
                }
                kept["run_id"] = runId;
                // The last one of each name, run and data set is the model's.
                std::erase_if(metrics, [&](const Json& known) {
                    return std::ranges::all_of(
                        std::array{"key", "run_id", "dataset_name", "dataset_digest"},
                        [&](const char* name) { return getString(known, name) == getString(kept, name); });
                });
                metrics.push_back(std::move(kept));
            }
            model["metrics"] = metrics;
            return {};
        }));
    }
    return {};
}

Result<std::string> artifactUri(Tracking& tracking, const std::string& modelId) {
    LATHE_TRY_ASSIGN(const Json document, find(tracking, modelId));
    return uriOf(tracking, document);
}

Result<> addRegistration(Tracking& tracking, const std::string& modelId, const std::string& name,
                         const std::string& version) {
    LATHE_TRY(change(tracking, modelId, [&](Json& model) -> Result<> {
        auto registrations = objects(model, "registrations");
        registrations.push_back(Json{{"name", name}, {"version", version}});
        model["registrations"] = registrations;
        return {};
    }));
    return {};
}

}  // namespace lathe::interop::mlflow::logged_model_calls
