// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "interop/mlflow/filter.h"
#include "interop/mlflow/tracking.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lathe::interop::mlflow {

// One call each: the request's fields to the answer's. What is wrong with a request is Invalid. Fields that
// nobody knows are passed over.
using Call = Result<Json> (*)(Tracking&, const Json& args);

namespace experiment_calls {
Result<Json> create(Tracking&, const Json&);
Result<Json> get(Tracking&, const Json&);
Result<Json> getByName(Tracking&, const Json&);
Result<Json> search(Tracking&, const Json&);
Result<Json> update(Tracking&, const Json&);
Result<Json> remove(Tracking&, const Json&);
Result<Json> restore(Tracking&, const Json&);
Result<Json> setTag(Tracking&, const Json&);
Result<Json> deleteTag(Tracking&, const Json&);
Result<Json> searchDatasets(Tracking&, const Json&);
}  // namespace experiment_calls

namespace run_calls {
Result<Json> create(Tracking&, const Json&);
Result<Json> get(Tracking&, const Json&);
Result<Json> update(Tracking&, const Json&);
Result<Json> remove(Tracking&, const Json&);
Result<Json> restore(Tracking&, const Json&);
Result<Json> search(Tracking&, const Json&);
Result<Json> logMetric(Tracking&, const Json&);
Result<Json> logParam(Tracking&, const Json&);
Result<Json> logBatch(Tracking&, const Json&);
Result<Json> setTag(Tracking&, const Json&);
Result<Json> deleteTag(Tracking&, const Json&);
Result<Json> logModel(Tracking&, const Json&);
Result<Json> logInputs(Tracking&, const Json&);
Result<Json> logOutputs(Tracking&, const Json&);
Result<Json> history(Tracking&, const Json&);
Result<Json> historyBulk(Tracking&, const Json&);
Result<Json> historyInterval(Tracking&, const Json&);
Result<Json> listArtifacts(Tracking&, const Json&);
}  // namespace run_calls

// The path's variable is in args as "model_id".
namespace logged_model_calls {
Result<Json> create(Tracking&, const Json&);
Result<Json> get(Tracking&, const Json&);
Result<Json> finalize(Tracking&, const Json&);
Result<Json> remove(Tracking&, const Json&);
Result<Json> search(Tracking&, const Json&);
Result<Json> setTags(Tracking&, const Json&);
Result<Json> deleteTag(Tracking&, const Json&);  // "tag_key"
Result<Json> logParams(Tracking&, const Json&);
Result<Json> listArtifacts(Tracking&, const Json&);
// Rows that were logged with a "model_id".
Result<> addMetrics(Tracking&, const std::string& runId, const std::vector<Json>& rows);
Result<std::string> artifactUri(Tracking&, const std::string& modelId);
// Notes that a version of a registered model was made from it.
Result<> addRegistration(Tracking&, const std::string& modelId, const std::string& name,
                         const std::string& version);
}  // namespace logged_model_calls

namespace registry_calls {
Result<Json> createModel(Tracking&, const Json&);
Result<Json> getModel(Tracking&, const Json&);
Result<Json> searchModels(Tracking&, const Json&);
Result<Json> updateModel(Tracking&, const Json&);
Result<Json> renameModel(Tracking&, const Json&);
Result<Json> deleteModel(Tracking&, const Json&);
Result<Json> setModelTag(Tracking&, const Json&);
Result<Json> deleteModelTag(Tracking&, const Json&);
Result<Json> setAlias(Tracking&, const Json&);
Result<Json> deleteAlias(Tracking&, const Json&);
Result<Json> getByAlias(Tracking&, const Json&);
Result<Json> latestVersions(Tracking&, const Json&);
Result<Json> createVersion(Tracking&, const Json&);
Result<Json> getVersion(Tracking&, const Json&);
Result<Json> searchVersions(Tracking&, const Json&);
Result<Json> updateVersion(Tracking&, const Json&);
Result<Json> deleteVersion(Tracking&, const Json&);
Result<Json> transitionVersion(Tracking&, const Json&);
Result<Json> setVersionTag(Tracking&, const Json&);
Result<Json> deleteVersionTag(Tracking&, const Json&);
Result<Json> downloadUri(Tracking&, const Json&);
}  // namespace registry_calls

// [{"key","value"}] of a request; checked with checkKey.
Result<std::vector<std::pair<std::string, std::string>>> pairs(const Json& args, std::string_view field,
                                                               std::string_view what, std::size_t valueLimit);

// The part of a sorted list that a request asks for, and the token of the next.
struct Page {
    std::size_t from = 0, to = 0;
    std::string next;  // empty: there is no more
};
Result<Page> pageOf(const Json& args, std::size_t total, std::size_t defaultSize, std::size_t mostSize);

// Sorts by `orders`, then by what `before` says.
template <class T>
void sortBy(std::vector<T>& list, const std::vector<Order>& orders,
            const std::function<Value(const T&, const Order&)>& value,
            const std::function<bool(const T&, const T&)>& before) {
    std::stable_sort(list.begin(), list.end(), [&](const T& left, const T& right) {
        for (const Order& order : orders) {
            if (const int compared = compareValues(value(left, order), value(right, order), order.ascending);
                compared != 0)
                return compared < 0;
        }
        return before(left, right);
    });
}
Result<std::vector<Order>> ordersOf(const Json& args, const Searchable& searchable);

// "ACTIVE_ONLY", "DELETED_ONLY", "ALL", or their numbers.
bool isViewed(const Json& args, std::string_view field, bool deleted);

}  // namespace lathe::interop::mlflow
