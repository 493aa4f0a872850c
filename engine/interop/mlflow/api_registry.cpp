// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "core/text.h"
#include "interop/mlflow/api_calls.h"

#include <charconv>
#include <fmt/format.h>

// A registered model is a document: {"name","created","updated","description","tags":{},"aliases":{alias:
// version},"next",
// "versions":[{"version","created","updated","description","source","run_id","run_link","model_id","stage","tags":{}}]}.
namespace lathe::interop::mlflow::registry_calls {
namespace {

constexpr std::size_t kName = 256, kTagValue = 100'000;
// MLflow keeps its prompts among the models: a search finds them only if it asks for this tag.
constexpr std::string_view kPromptTag = "mlflow.prompt.is_prompt";

std::int64_t now() {
    return static_cast<std::int64_t>(wallSeconds() * 1000);
}

std::unexpected<Error> noModel(const std::string& name) {
    return fail(ErrorCode::NotFound,
                fmt::format("Registered Model with name={} not found", escapedForDisplay(name, 300)));
}
std::unexpected<Error> noVersion(const std::string& name, const std::string& version) {
    return fail(ErrorCode::NotFound,
                fmt::format("Model Version (name={}, version={}) not found", escapedForDisplay(name, 300),
                            escapedForDisplay(version, 30)));
}

Json pairsOf(const Json& document, const char* field, const char* key, const char* value) {
    Json list = Json::array();
    const auto object = document.find(field);
    if (object != document.end() && object->is_object()) {
        for (const auto& [name, text] : object->items())
            list.push_back(Json{{key, name}, {value, textOfValue(text)}});
    }
    return list;
}

Json versionJson(const Json& model, const Json& version) {
    const std::string number = getString(version, "version");
    Json aliases = Json::array();
    if (const auto known = model.find("aliases"); known != model.end() && known->is_object()) {
        for (const auto& [alias, of] : known->items()) {
            if (textOfValue(of) == number)
                aliases.push_back(alias);
        }
    }
    Json json{{"name", getString(model, "name")},
              {"version", number},
              {"creation_timestamp", getInt(version, "created")},
              {"last_updated_timestamp", getInt(version, "updated")},
              {"current_stage", getString(version, "stage", "None")},
              {"description", getString(version, "description")},
              {"source", getString(version, "source")},
              {"run_id", getString(version, "run_id")},
              {"status", "READY"},
              {"tags", pairsOf(version, "tags", "key", "value")},
              {"run_link", getString(version, "run_link")},
              {"aliases", aliases}};
    if (const std::string id = getString(version, "model_id"); !id.empty())
        json["model_id"] = id;
    return json;
}

std::vector<Json> latestOf(const Json& model, const std::vector<std::string>& stages) {
    std::map<std::string, Json> latest;
    for (const Json& version : objects(model, "versions")) {
        const std::string stage = getString(version, "stage", "None");
        const auto wanted = [&](const std::string& name) { return likeMatches(stage, name, true); };
        if (stages.empty() || std::ranges::any_of(stages, wanted))
            latest[stage] = version;  // they are in their order
    }
    std::vector<Json> list;
    for (const auto& [stage, version] : latest)
        list.push_back(versionJson(model, version));
    return list;
}

Json modelJson(const Json& model) {
    return Json{{"name", getString(model, "name")},
                {"creation_timestamp", getInt(model, "created")},
                {"last_updated_timestamp", getInt(model, "updated")},
                {"description", getString(model, "description")},
                {"latest_versions", latestOf(model, {})},
                {"tags", pairsOf(model, "tags", "key", "value")},
                {"aliases", pairsOf(model, "aliases", "alias", "version")}};
}

Json answer(const Json& model) {
    return Json{{"registered_model", modelJson(model)}};
}

Result<Json> find(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string name, neededText(args, "name"));
    const auto model = tracking.registeredModels().get(name);
    return model ? model : Result<Json>(noModel(name));
}

Result<Json> change(Tracking& tracking, const Json& args, const std::function<Result<>(Json&)>& change) {
    LATHE_TRY_ASSIGN(const std::string name, neededText(args, "name"));
    return tracking.registeredModels().change(name, [&](Json& model) -> Result<> {
        if (!model.is_object())
            return noModel(name);
        LATHE_TRY(change(model));
        if (model.is_object())
            model["updated"] = now();
        return {};
    });
}

std::string numberOf(const Json& args) {
    const auto number = wholeNumber(args, "version");
    return number ? std::to_string(*number) : getString(args, "version");
}

Json* versionIn(Json& model, const std::string& number) {
    for (Json& version : model["versions"]) {
        if (getString(version, "version") == number)
            return &version;
    }
    return nullptr;
}

// Changes one version; the answer shows it as it is then.
Result<Json> changeVersion(Tracking& tracking, const Json& args,
                           const std::function<Result<>(Json& model, Json& version)>& change) {
    const std::string number = numberOf(args);
    LATHE_TRY_ASSIGN(Json model, registry_calls::change(tracking, args, [&](Json& held) -> Result<> {
                         Json* const version = versionIn(held, number);
                         if (!version)
                             return noVersion(getString(args, "name"), number);
                         (*version)["updated"] = now();
                         return change(held, *version);
                     }));
    const Json* const version = versionIn(model, number);
    return version ? Json{{"model_version", versionJson(model, *version)}} : Json::object();
}

const Searchable& searchableModels() {
    static const Searchable words{
        {"name"}, {"creation_timestamp", "last_updated_timestamp", "timestamp"}, false, false, true, false,
        {"name"}};
    return words;
}
const Searchable& searchableVersions() {
    static const Searchable words{{"name", "run_id", "source_path", "current_stage"},
                                  {"version_number", "creation_timestamp", "last_updated_timestamp"},
                                  false,
                                  false,
                                  true,
                                  false,
                                  {"name", "run_id"}};
    return words;
}

Value tagValue(const Json& object, const std::string& key) {
    for (const Json& tag : objects(object, "tags")) {
        if (getString(tag, "key") == key)
            return getString(tag, "value");
    }
    return key == kPromptTag ? Value("false") : Value();
}

// Of the JSON of an answer.
Value valueOf(const Json& object, Entity entity, const std::string& key) {
    if (entity == Entity::Tag)
        return tagValue(object, key);
    if (key == "version_number")
        return static_cast<double>(wholeNumber(object, "version").value_or(0));
    if (key.ends_with("timestamp"))
        return static_cast<double>(getInt(object, key == "timestamp" ? "last_updated_timestamp" : key));
    const std::string text = getString(object, key == "source_path" ? "source" : key);
    return text.empty() ? Value() : Value(text);
}

Result<Json> searched(std::vector<Json> list, const Json& args, const Searchable& searchable,
                      const char* field, std::size_t defaultSize, std::size_t mostSize,
                      const std::function<bool(const Json&, const Json&)>& before) {
    LATHE_TRY_ASSIGN(auto clauses, parseFilter(getString(args, "filter"), searchable));
    if (std::ranges::find(clauses, kPromptTag, &Clause::key) == clauses.end())
        clauses.push_back({Entity::Tag, std::string(kPromptTag), Comparator::NotEqual, 0, {"true"}});
    LATHE_TRY_ASSIGN(const auto orders, ordersOf(args, searchable));
    std::erase_if(list, [&](const Json& object) {
        return !matches(clauses, [&](Entity entity, const std::string& key) {
            return std::vector<Value>{valueOf(object, entity, key)};
        });
    });
    sortBy<Json>(
        list, orders,
        [](const Json& object, const Order& order) { return valueOf(object, order.entity, order.key); },
        before);
    LATHE_TRY_ASSIGN(const Page page, pageOf(args, list.size(), defaultSize, mostSize));
    Json found{{field, Json::array()}};
    for (std::size_t i = page.from; i < page.to; ++i)
        found[field].push_back(std::move(list[i]));
    if (!page.next.empty())
        found["next_page_token"] = page.next;
    return found;
}

}  // namespace

Result<Json> createModel(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string name, neededText(args, "name"));
    LATHE_TRY(checkLength(name, kName, "name"));
    if (name.find('/') != std::string::npos || name.find(':') != std::string::npos)
        return fail(
            ErrorCode::Invalid,
            fmt::format("Invalid model name: '{}'. Registered model names cannot contain '/' or ':'.", name));
    LATHE_TRY_ASSIGN(const auto tags, pairs(args, "tags", "tag", kTagValue));
    LATHE_TRY_ASSIGN(const Json made, tracking.registeredModels().change(name, [&](Json& model) -> Result<> {
        if (model.is_object())
            return fail(ErrorCode::Exists, fmt::format("Registered Model (name={}) already exists.", name));
        model = Json{{"name", name},
                     {"created", now()},
                     {"updated", now()},
                     {"description", getString(args, "description")},
                     {"tags", Json::object()},
                     {"aliases", Json::object()},
                     {"next", 1},
                     {"versions", Json::array()}};
        for (const auto& [key, value] : tags)
            model["tags"][key] = value;
        return {};
    }));
    return answer(made);
}

Result<Json> getModel(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const Json model, find(tracking, args));
    return answer(model);
}

Result<Json> searchModels(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto documents, tracking.registeredModels().all());
    std::vector<Json> list;
    for (const Json& document : documents)
        list.push_back(modelJson(document));
    return searched(std::move(list), args, searchableModels(), "registered_models", 100, 1000,
                    [](const Json& a, const Json& b) { return getString(a, "name") < getString(b, "name"); });
}

Result<Json> updateModel(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const Json model, change(tracking, args, [&](Json& held) -> Result<> {
                         held["description"] = getString(args, "description");
                         return {};
                     }));
    return answer(model);
}

Result<Json> renameModel(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(Json model, find(tracking, args));
    LATHE_TRY_ASSIGN(const std::string name, neededText(args, "new_name"));
    LATHE_TRY(checkLength(name, kName, "new_name"));
    LATHE_TRY_ASSIGN(const Json renamed,
                     tracking.registeredModels().change(name, [&](Json& other) -> Result<> {
                         if (other.is_object())
                             return fail(ErrorCode::Exists,
                                         fmt::format("Registered Model (name={}) already exists.", name));
                         other = model;
                         other["name"] = name;
                         other["updated"] = now();
                         return {};
                     }));
    LATHE_TRY(deleteModel(tracking, args));
    return answer(renamed);
}

Result<Json> deleteModel(Tracking& tracking, const Json& args) {
    LATHE_TRY(change(tracking, args, [](Json& model) -> Result<> {
        model = Json();
        return {};
    }));
    return Json::object();
}

Result<Json> setModelTag(Tracking& tracking, const Json& args) {
    const std::string key = getString(args, "key"), value = getString(args, "value");
    LATHE_TRY(checkKey(key, "key"));
    LATHE_TRY(checkLength(value, kTagValue, "value"));
    LATHE_TRY(change(tracking, args, [&](Json& model) -> Result<> {
        model["tags"][key] = value;
        return {};
    }));
    return Json::object();
}

Result<Json> deleteModelTag(Tracking& tracking, const Json& args) {
    LATHE_TRY(change(tracking, args, [&](Json& model) -> Result<> {
        model["tags"].erase(getString(args, "key"));
        return {};
    }));
    return Json::object();
}

Result<Json> setAlias(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string alias, neededText(args, "alias"));
    LATHE_TRY(checkLength(alias, 255, "alias"));
    for (const char c : alias) {
        const auto byte = static_cast<unsigned char>(c);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
              c == '-' || byte > 0x7F))
            return fail(
                ErrorCode::Invalid,
                fmt::format("Invalid alias name: '{}'. Names may only contain alphanumerics, underscores "
                            "(_), and dashes (-).",
                            escapedForDisplay(alias, 300)));
    }
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(alias.data() + 1, alias.data() + alias.size(), number);
    if (alias == "latest" || ((alias[0] == 'v' || alias[0] == 'V') && alias.size() > 1 &&
                              problem == std::errc() && end == alias.data() + alias.size()))
        return fail(ErrorCode::Invalid, fmt::format("'{}' alias name is reserved.", alias));
    LATHE_TRY(changeVersion(tracking, args, [&](Json& model, Json& version) -> Result<> {
        model["aliases"][alias] = getString(version, "version");
        return {};
    }));
    return Json::object();
}

Result<Json> deleteAlias(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string alias, neededText(args, "alias"));
    LATHE_TRY(change(tracking, args, [&](Json& model) -> Result<> {
        model["aliases"].erase(alias);
        return {};
    }));
    return Json::object();
}

Result<Json> getByAlias(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(Json model, find(tracking, args));
    LATHE_TRY_ASSIGN(const std::string alias, neededText(args, "alias"));
    const auto& aliases = model["aliases"];
    const std::string number = getString(aliases, alias);
    const Json* const version = number.empty() ? nullptr : versionIn(model, number);
    if (!version)
        return fail(ErrorCode::Invalid,
                    fmt::format("Registered model alias {} not found.", escapedForDisplay(alias, 300)));
    return Json{{"model_version", versionJson(model, *version)}};
}

Result<Json> latestVersions(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const Json model, find(tracking, args));
    return Json{{"model_versions", latestOf(model, texts(args, "stages"))}};
}

Result<Json> createVersion(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const std::string source, neededText(args, "source"));
    LATHE_TRY_ASSIGN(const auto tags, pairs(args, "tags", "tag", kTagValue));
    std::string modelId = getString(args, "model_id");
    if (modelId.empty() && source.starts_with("models:/m-"))
        modelId = source.substr(std::string_view("models:/").size());
    Json added;
    LATHE_TRY_ASSIGN(const Json model, change(tracking, args, [&](Json& held) -> Result<> {
                         const std::int64_t number = std::max<std::int64_t>(1, getInt(held, "next", 1));
                         held["next"] = number + 1;
                         added = Json{{"version", std::to_string(number)},
                                      {"created", now()},
                                      {"updated", now()},
                                      {"description", getString(args, "description")},
                                      {"source", source},
                                      {"run_id", getString(args, "run_id")},
                                      {"run_link", getString(args, "run_link")},
                                      {"model_id", modelId},
                                      {"stage", "None"},
                                      {"tags", Json::object()}};
                         for (const auto& [key, value] : tags)
                             added["tags"][key] = value;
                         held["versions"].push_back(added);
                         return {};
                     }));
    if (!modelId.empty()) {
        // A model of another server may be registered here too.
        const auto noted = logged_model_calls::addRegistration(tracking, modelId, getString(model, "name"),
                                                               getString(added, "version"));
        if (!noted && noted.error().code != ErrorCode::NotFound)
            return std::unexpected(noted.error());
    }
    return Json{{"model_version", versionJson(model, added)}};
}

Result<Json> getVersion(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(Json model, find(tracking, args));
    const Json* const version = versionIn(model, numberOf(args));
    if (!version)
        return noVersion(getString(args, "name"), numberOf(args));
    return Json{{"model_version", versionJson(model, *version)}};
}

Result<Json> searchVersions(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const auto documents, tracking.registeredModels().all());
    std::vector<Json> list;
    for (const Json& document : documents) {
        for (const Json& version : objects(document, "versions"))
            list.push_back(versionJson(document, version));
    }
    return searched(std::move(list), args, searchableVersions(), "model_versions", 10'000, 200'000,
                    [](const Json& a, const Json& b) {
                        if (getInt(a, "last_updated_timestamp") != getInt(b, "last_updated_timestamp"))
                            return getInt(a, "last_updated_timestamp") > getInt(b, "last_updated_timestamp");
                        if (getString(a, "name") != getString(b, "name"))
                            return getString(a, "name") < getString(b, "name");
                        return wholeNumber(a, "version") > wholeNumber(b, "version");
                    });
}

Result<Json> updateVersion(Tracking& tracking, const Json& args) {
    return changeVersion(tracking, args, [&](Json&, Json& version) -> Result<> {
        version["description"] = getString(args, "description");
        return {};
    });
}

Result<Json> deleteVersion(Tracking& tracking, const Json& args) {
    const std::string number = numberOf(args);
    LATHE_TRY(change(tracking, args, [&](Json& model) -> Result<> {
        if (!versionIn(model, number))
            return noVersion(getString(args, "name"), number);
        Json kept = Json::array(), aliases = Json::object();
        for (const Json& version : model["versions"]) {
            if (getString(version, "version") != number)
                kept.push_back(version);
        }
        for (const auto& [alias, of] : model["aliases"].items()) {
            if (textOfValue(of) != number)
                aliases[alias] = of;
        }
        model["versions"] = kept;
        model["aliases"] = aliases;
        return {};
    }));
    return Json::object();
}

Result<Json> transitionVersion(Tracking& tracking, const Json& args) {
    std::string stage;
    for (const char* known : {"None", "Staging", "Production", "Archived"}) {
        if (likeMatches(known, getString(args, "stage"), true))
            stage = known;
    }
    if (stage.empty() || getString(args, "stage").find('%') != std::string::npos)
        return fail(
            ErrorCode::Invalid,
            fmt::format(
                "Invalid Model Version stage: {}. Value must be one of None, Staging, Production, Archived.",
                escapedForDisplay(getString(args, "stage"), 100)));
    return changeVersion(tracking, args, [&](Json& model, Json& version) -> Result<> {
        if (getBool(args, "archive_existing_versions")) {
            for (Json& other : model["versions"]) {
                if (getString(other, "stage") == stage)
                    other["stage"] = "Archived";
            }
        }
        version["stage"] = stage;
        return {};
    });
}

Result<Json> setVersionTag(Tracking& tracking, const Json& args) {
    const std::string key = getString(args, "key"), value = getString(args, "value");
    LATHE_TRY(checkKey(key, "key"));
    LATHE_TRY(checkLength(value, kTagValue, "value"));
    LATHE_TRY(changeVersion(tracking, args, [&](Json&, Json& version) -> Result<> {
        version["tags"][key] = value;
        return {};
    }));
    return Json::object();
}

Result<Json> deleteVersionTag(Tracking& tracking, const Json& args) {
    LATHE_TRY(changeVersion(tracking, args, [&](Json&, Json& version) -> Result<> {
        version["tags"].erase(getString(args, "key"));
        return {};
    }));
    return Json::object();
}

Result<Json> downloadUri(Tracking& tracking, const Json& args) {
    LATHE_TRY_ASSIGN(const Json answer, getVersion(tracking, args));
    const Json& version = answer["model_version"];
    if (const std::string id = getString(version, "model_id"); !id.empty()) {
        if (const auto uri = logged_model_calls::artifactUri(tracking, id))
            return Json{{"artifact_uri", *uri}};
    }
    return Json{{"artifact_uri", getString(version, "source")}};
}

}  // namespace lathe::interop::mlflow::registry_calls
