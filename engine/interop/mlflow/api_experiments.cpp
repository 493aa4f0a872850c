// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/api_calls.h"

#include <fmt/format.h>
#include <set>
#include <tuple>

namespace lathe::interop::mlflow::experiment_calls {
namespace {

const Searchable& searchable() {
    static const Searchable words{
        {"name", "experiment_id"}, {"creation_time", "last_update_time"}, false, false, true, false,
        {"experiment_id", "name"}};
    return words;
}

Value valueOf(const Experiment& experiment, Entity entity, const std::string& key) {
    if (entity == Entity::Tag) {
        const auto tag = experiment.tags.find(key);
        return tag == experiment.tags.end() ? Value() : Value(tag->second);
    }
    if (key == "name")
        return experiment.name;
    if (key == "experiment_id")
        return experiment.id;
    return static_cast<double>(key == "creation_time" ? experiment.created : experiment.updated);
}

Json answer(const Experiment& experiment) {
    return Json{{"experiment", toJson(experiment)}};
}

}  // namespace

Result<Json> create(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string name, neededText(args, "name"));
    LATHE_TRY(checkLength(name, Limits::experimentName, "name"));
    LATHE_TRY_ASSIGN(const auto tags, pairs(args, "tags", "tag", Limits::experimentTagValue));
    LATHE_TRY_ASSIGN(const Experiment made,
                     tracking.experiments().create(name, getString(args, "artifact_location"),
                                                   {tags.begin(), tags.end()}));
    return Json{{"experiment_id", made.id}};
}

Result<Json> get(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, neededText(args, "experiment_id"));
    LATHE_TRY_ASSIGN(const Experiment experiment, tracking.experiments().get(id));
    return answer(experiment);
}

Result<Json> getByName(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string name, neededText(args, "experiment_name"));
    LATHE_TRY_ASSIGN(const Experiment experiment, tracking.experiments().byName(name));
    return answer(experiment);
}

Result<Json> search(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto clauses, parseFilter(getString(args, "filter"), searchable()));
    LATHE_TRY_ASSIGN(const auto orders, ordersOf(args, searchable()));
    LATHE_TRY_ASSIGN(std::vector<Experiment> list, tracking.experiments().all());
    std::erase_if(list, [&](const Experiment& experiment) {
        return !isViewed(args, "view_type", experiment.deleted) ||
               !matches(clauses, [&](Entity entity, const std::string& key) {
                   return std::vector<Value>{valueOf(experiment, entity, key)};
               });
    });
    sortBy<Experiment>(
        list, orders,
        [](const Experiment& e, const Order& order) { return valueOf(e, order.entity, order.key); },
        [](const Experiment& a, const Experiment& b) {
            return std::tie(b.created, b.id) < std::tie(a.created, a.id);
        });
    LATHE_TRY_ASSIGN(const Page page, pageOf(args, list.size(), 1000, 50'000));
    Json found{{"experiments", Json::array()}};
    for (std::size_t i = page.from; i < page.to; ++i)
        found["experiments"].push_back(toJson(list[i]));
    if (!page.next.empty())
        found["next_page_token"] = page.next;
    return found;
}

Result<Json> update(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, neededText(args, "experiment_id"));
    const std::string name = getString(args, "new_name");
    if (name.empty())
        return Json::object();
    LATHE_TRY(checkLength(name, Limits::experimentName, "new_name"));
    if (const auto other = tracking.experiments().byName(name); other && other->id != id)
        return fail(ErrorCode::Exists, fmt::format("Experiment '{}' already exists.", name));
    LATHE_TRY(tracking.experiments().change(id, [&](Experiment& experiment) -> Result<> {
        if (experiment.deleted)
            return fail(ErrorCode::Invalid, "Cannot rename a non-active experiment.");
        experiment.name = name;
        return {};
    }));
    return Json::object();
}

Result<Json> remove(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, neededText(args, "experiment_id"));
    LATHE_TRY(tracking.setExperimentDeleted(id, true));
    return Json::object();
}

Result<Json> restore(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, neededText(args, "experiment_id"));
    LATHE_TRY(tracking.setExperimentDeleted(id, false));
    return Json::object();
}

Result<Json> setTag(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, neededText(args, "experiment_id"));
    const std::string key = getString(args, "key"), value = getString(args, "value");
    LATHE_TRY(checkKey(key, "key"));
    LATHE_TRY(checkLength(value, Limits::experimentTagValue, "value"));
    LATHE_TRY(tracking.experiments().change(id, [&](Experiment& experiment) -> Result<> {
        experiment.tags[key] = value;
        return {};
    }));
    return Json::object();
}

Result<Json> deleteTag(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string id, neededText(args, "experiment_id"));
    LATHE_TRY_ASSIGN(const std::string key, neededText(args, "key"));
    LATHE_TRY(tracking.experiments().change(id, [&](Experiment& experiment) -> Result<> {
        if (experiment.tags.erase(key) == 0)
            return fail(ErrorCode::NotFound,
                        fmt::format("No tag with name: {} in experiment with id {}", key, id));
        return {};
    }));
    return Json::object();
}

Result<Json> searchDatasets(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto runs, tracking.runs(texts(args, "experiment_ids")));
    std::set<std::tuple<std::string, std::string, std::string, std::string>> found;
    for (const auto& run : runs) {
        for (const Json& input : run->datasets) {
            std::string context;
            for (const Json& tag : objects(input, "tags")) {
                if (getString(tag, "key") == "mlflow.data.context")
                    context = getString(tag, "value");
            }
            const Json dataset = input.value("dataset", Json::object());
            found.emplace(run->experimentId, getString(dataset, "name"), getString(dataset, "digest"),
                          context);
        }
    }
    Json list = Json::array();
    for (const auto& [experiment, name, digest, context] : found)
        list.push_back(
            Json{{"experiment_id", experiment}, {"name", name}, {"digest", digest}, {"context", context}});
    return Json{{"dataset_summaries", list}};
}

}  // namespace lathe::interop::mlflow::experiment_calls
