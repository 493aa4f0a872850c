// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/api.h"

#include "core/text.h"
#include "interop/mlflow/api_calls.h"

#include <array>
#include <exception>
#include <fmt/format.h>

namespace lathe::interop::mlflow {
namespace {

struct Route {
    std::string_view method, path;
    Call call;
};

constexpr std::array kRoutes{
    Route{"POST", "experiments/create", experiment_calls::create},
    Route{"GET", "experiments/get", experiment_calls::get},
    Route{"GET", "experiments/get-by-name", experiment_calls::getByName},
    Route{"POST", "experiments/search", experiment_calls::search},
    Route{"GET", "experiments/search", experiment_calls::search},
    Route{"POST", "experiments/update", experiment_calls::update},
    Route{"POST", "experiments/delete", experiment_calls::remove},
    Route{"POST", "experiments/restore", experiment_calls::restore},
    Route{"POST", "experiments/set-experiment-tag", experiment_calls::setTag},
    Route{"POST", "experiments/delete-experiment-tag", experiment_calls::deleteTag},
    Route{"POST", "experiments/search-datasets", experiment_calls::searchDatasets},
    Route{"POST", "runs/create", run_calls::create},
    Route{"GET", "runs/get", run_calls::get},
    Route{"POST", "runs/update", run_calls::update},
    Route{"POST", "runs/delete", run_calls::remove},
    Route{"POST", "runs/restore", run_calls::restore},
    Route{"POST", "runs/search", run_calls::search},
    Route{"POST", "runs/log-metric", run_calls::logMetric},
    Route{"POST", "runs/log-parameter", run_calls::logParam},
    Route{"POST", "runs/log-batch", run_calls::logBatch},
    Route{"POST", "runs/set-tag", run_calls::setTag},
    Route{"POST", "runs/delete-tag", run_calls::deleteTag},
    Route{"POST", "runs/log-model", run_calls::logModel},
    Route{"POST", "runs/log-inputs", run_calls::logInputs},
    Route{"POST", "runs/outputs", run_calls::logOutputs},
    Route{"GET", "metrics/get-history", run_calls::history},
    Route{"GET", "metrics/get-history-bulk", run_calls::historyBulk},
    Route{"GET", "metrics/get-history-bulk-interval", run_calls::historyInterval},
    Route{"GET", "artifacts/list", run_calls::listArtifacts},
    Route{"POST", "logged-models", logged_model_calls::create},
    Route{"POST", "logged-models/search", logged_model_calls::search},
    Route{"GET", "logged-models/{}", logged_model_calls::get},
    Route{"PATCH", "logged-models/{}", logged_model_calls::finalize},
    Route{"DELETE", "logged-models/{}", logged_model_calls::remove},
    Route{"PATCH", "logged-models/{}/tags", logged_model_calls::setTags},
    Route{"DELETE", "logged-models/{}/tags/{}", logged_model_calls::deleteTag},
    Route{"POST", "logged-models/{}/params", logged_model_calls::logParams},
    Route{"GET", "logged-models/{}/artifacts/directories", logged_model_calls::listArtifacts},
    Route{"POST", "registered-models/create", registry_calls::createModel},
    Route{"GET", "registered-models/get", registry_calls::getModel},
    Route{"GET", "registered-models/search", registry_calls::searchModels},
    Route{"PATCH", "registered-models/update", registry_calls::updateModel},
    Route{"POST", "registered-models/rename", registry_calls::renameModel},
    Route{"DELETE", "registered-models/delete", registry_calls::deleteModel},
    Route{"POST", "registered-models/set-tag", registry_calls::setModelTag},
    Route{"DELETE", "registered-models/delete-tag", registry_calls::deleteModelTag},
    Route{"POST", "registered-models/alias", registry_calls::setAlias},
    Route{"DELETE", "registered-models/alias", registry_calls::deleteAlias},
    Route{"GET", "registered-models/alias", registry_calls::getByAlias},
    Route{"POST", "registered-models/get-latest-versions", registry_calls::latestVersions},
    Route{"GET", "registered-models/get-latest-versions", registry_calls::latestVersions},
    Route{"POST", "model-versions/create", registry_calls::createVersion},
    Route{"GET", "model-versions/get", registry_calls::getVersion},
    Route{"GET", "model-versions/search", registry_calls::searchVersions},
    Route{"PATCH", "model-versions/update", registry_calls::updateVersion},
    Route{"DELETE", "model-versions/delete", registry_calls::deleteVersion},
    Route{"POST", "model-versions/transition-stage", registry_calls::transitionVersion},
    Route{"POST", "model-versions/set-tag", registry_calls::setVersionTag},
    Route{"DELETE", "model-versions/delete-tag", registry_calls::deleteVersionTag},
    Route{"GET", "model-versions/get-download-uri", registry_calls::downloadUri},
};

// The variable parts of `path` if it is `pattern`; a fixed part never counts as a variable one.
std::optional<std::vector<std::string>> matched(std::string_view pattern,
                                                const std::vector<std::string>& path) {
    const auto parts = split(pattern, '/');
    if (parts.size() != path.size())
        return {};
    std::vector<std::string> variables;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] == "{}")
            variables.push_back(path[i]);
        else if (parts[i] != path[i])
            return {};
    }
    return variables;
}

}  // namespace

Reply errorReply(int status, std::string_view errorCode, std::string_view message) {
    return {status, Json{{"error_code", std::string(errorCode)}, {"message", std::string(message)}}};
}

Reply errorReply(const Error& error) {
    switch (error.code) {
    case ErrorCode::Invalid: return errorReply(400, "INVALID_PARAMETER_VALUE", error.what);
    case ErrorCode::NotFound: return errorReply(404, "RESOURCE_DOES_NOT_EXIST", error.what);
    case ErrorCode::Exists: return errorReply(400, "RESOURCE_ALREADY_EXISTS", error.what);
    case ErrorCode::Denied: return errorReply(403, "PERMISSION_DENIED", error.text());
    case ErrorCode::Unsupported: return errorReply(501, "NOT_IMPLEMENTED", error.text());
    case ErrorCode::Unavailable: return errorReply(400, "BAD_REQUEST", error.text());
    default: return errorReply(507, "INTERNAL_ERROR", error.text());
    }
}

Reply Api::call(std::string_view method, std::string_view path, const Json& args, std::size_t bytes) {
    const auto parts = split(path, '/');
    bool known = false;
    for (const Route& route : kRoutes) {
        const auto variables = matched(route.path, parts);
        known = known || variables;
        if (!variables || (route.method != method && !(method == "HEAD" && route.method == "GET")))
            continue;
        if (bytes > Limits::batchBytes && route.call == run_calls::logBatch)
            return errorReply(
                400, "INVALID_PARAMETER_VALUE",
                fmt::format(
                    "Batched logging API requests must be at most {} bytes, got a request of size {}.",
                    Limits::batchBytes, bytes));
        Json fields = args.is_object() ? args : Json::object();
        static constexpr std::array<const char*, 2> kVariables{"model_id", "tag_key"};
        for (std::size_t i = 0; i < variables->size(); ++i)
            fields[kVariables[i]] = (*variables)[i];
        try {
            auto answer = route.call(m_tracking, fields);
            return answer ? Reply{200, std::move(*answer)} : errorReply(answer.error());
        } catch (const std::exception&) {  // the JSON library's
            return errorReply(400, "INVALID_PARAMETER_VALUE",
                              "the request's fields are not of the expected types");
        }
    }
    if (known)
        return errorReply(405, "BAD_REQUEST",
                          fmt::format("{} is not answered here: {}", method, escapedForDisplay(path, 200)));
    return errorReply(
        404, "ENDPOINT_NOT_FOUND",
        fmt::format("Lathe does not answer this call of MLflow: {}", escapedForDisplay(path, 200)));
}

Result<std::vector<std::pair<std::string, std::string>>>
pairs(const Json& args, std::string_view field, std::string_view what, std::size_t valueLimit) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const Json& item : objects(args, field)) {
        const std::string key = getString(item, "key");
        LATHE_TRY(checkKey(key, fmt::format("{} key", what)));
        const auto value = item.find("value");
        found.emplace_back(key,
                           value == item.end() || value->is_null() ? std::string() : textOfValue(*value));
        LATHE_TRY(checkLength(found.back().second, valueLimit, fmt::format("{} value", what)));
    }
    return found;
}

Result<Page> pageOf(const Json& args, std::size_t total, std::size_t defaultSize, std::size_t mostSize) {
    const auto asked = wholeNumber(args, "max_results");
    if (asked && (*asked <= 0 || static_cast<std::uint64_t>(*asked) > mostSize))
        return fail(
            ErrorCode::Invalid,
            fmt::format("Invalid value for parameter 'max_results' supplied. It must be at most {}, but "
                        "got value {}",
                        mostSize, *asked));
    Page page;
    if (const std::string token = getString(args, "page_token"); !token.empty()) {
        const auto from = wholeNumber(args, "page_token");
        if (!from || *from < 0)
            return fail(ErrorCode::Invalid,
                        fmt::format("Invalid page token: {}", escapedForDisplay(token, 100)));
        page.from = std::min(static_cast<std::size_t>(*from), total);
    }
    page.to = std::min(total, page.from + (asked ? static_cast<std::size_t>(*asked) : defaultSize));
    if (page.to < total)
        page.next = std::to_string(page.to);
    return page;
}

Result<std::vector<Order>> ordersOf(const Json& args, const Searchable& searchable) {
    std::vector<Order> orders;
    for (const std::string& clause : texts(args, "order_by")) {
        LATHE_TRY_ASSIGN(Order order, parseOrder(clause, searchable));
        orders.push_back(std::move(order));
    }
    return orders;
}

bool isViewed(const Json& args, std::string_view field, bool deleted) {
    std::string view = getString(args, field);
    if (view.empty())
        view = std::to_string(wholeNumber(args, field).value_or(1));
    if (view == "ALL" || view == "3")
        return true;
    return deleted == (view == "DELETED_ONLY" || view == "2");
}

}  // namespace lathe::interop::mlflow
