// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/experiments.h"

#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace lathe::interop::mlflow {
namespace {

constexpr const char* kDefaultId = "0";
constexpr const char* kDefault = "default";
constexpr double kRememberSeconds = 2;  // another process may have made an experiment

std::int64_t nowMilliseconds() {
    return static_cast<std::int64_t>(wallSeconds() * 1000);
}

Json documentOf(const Experiment& experiment, const std::vector<std::string>& latheNames) {
    Json tags = Json::object();
    for (const auto& [key, value] : experiment.tags)
        tags[key] = value;
    return Json{{"experiment_id", experiment.id},
                {"name", experiment.name},
                {"runs_named", latheNames},
                {"artifact_location", experiment.artifactLocation},
                {"deleted", experiment.deleted},
                {"creation_time", experiment.created},
                {"last_update_time", experiment.updated},
                {"tags", tags}};
}

Experiment experimentOf(const Json& document) {
    Experiment experiment{getString(document, "experiment_id"),
                          getString(document, "name"),
                          getString(document, "artifact_location"),
                          getBool(document, "deleted"),
                          getInt(document, "creation_time"),
                          getInt(document, "last_update_time"),
                          {}};
    if (const auto tags = document.find("tags"); tags != document.end() && tags->is_object()) {
        for (const auto& [key, value] : tags->items())
            experiment.tags[key] = textOfValue(value);
    }
    return experiment;
}

}  // namespace

// Eighteen digits of a hash (FNV-1a): some programs take an experiment's id for a 64-bit number.
std::string Experiments::derivedId(std::string_view name) {
    if (name == kDefault)
        return kDefaultId;
    std::uint64_t hash = 1469598103934665603ULL;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return std::to_string(100'000'000'000'000'000ULL + hash % 900'000'000'000'000'000ULL);
}

Experiment Experiments::plain(const std::string& id, const std::string& latheName) const {
    return {id, latheName == kDefault ? "Default" : latheName, "mlflow-artifacts:/" + id, false, 0, 0, {}};
}

void Experiments::remember() {
    const double now = monotonicSeconds();
    if (m_read >= 0 && now - m_read < kRememberSeconds)
        return;
    m_read = now;
    m_ids.clear();
    for (const Json& document : m_documents.all().value_or(std::vector<Json>())) {
        for (const std::string& name : texts(document, "runs_named"))
            m_ids[name] = getString(document, "experiment_id");
    }
}

std::string Experiments::idOf(const std::string& latheName) {
    const std::lock_guard lock(m_mutex);
    remember();
    const auto known = m_ids.find(latheName);
    return known != m_ids.end() ? known->second : derivedId(latheName.empty() ? kDefault : latheName);
}

std::string Experiments::latheNameOf(const Experiment& experiment) {
    if (const auto document = m_documents.get(experiment.id)) {
        if (const auto names = texts(*document, "runs_named"); !names.empty())
            return names.back();
    }
    return experiment.id == kDefaultId ? kDefault : experiment.name;
}

std::string Experiments::locationOf(const std::string& id) {
    const auto document = m_documents.get(id);
    return document ? experimentOf(*document).artifactLocation : plain(id, id).artifactLocation;
}

Result<Experiment> Experiments::get(const std::string& id) {
    if (const auto document = m_documents.get(id))
        return experimentOf(*document);
    if (id == kDefaultId)
        return plain(kDefaultId, kDefault);
    for (const std::string& name : m_names()) {
        if (idOf(name) == id)
            return plain(id, name);
    }
    return fail(ErrorCode::NotFound,
                fmt::format("No Experiment with id={} exists", escapedForDisplay(id, 100)));
}

Result<std::vector<Experiment>> Experiments::list(bool ofRuns) {
    std::map<std::string, Experiment> found;
    found.emplace(kDefaultId, plain(kDefaultId, kDefault));
    LATHE_TRY_ASSIGN(const auto documents, m_documents.all());
    for (const Json& document : documents) {
        Experiment experiment = experimentOf(document);
        found.insert_or_assign(experiment.id, experiment);
    }
    for (const std::string& name : ofRuns ? m_names() : std::set<std::string>()) {
        const std::string id = idOf(name);
        found.try_emplace(id, plain(id, name));
    }
    std::vector<Experiment> list;
    for (auto& [id, experiment] : found)
        list.push_back(std::move(experiment));
    return list;
}

Result<Experiment> Experiments::byName(const std::string& name) {
    LATHE_TRY_ASSIGN(const auto list, this->list(!m_slowNames));
    const auto wanted = name == kDefault ? std::string("Default") : name;
    const auto found = std::ranges::find(list, wanted, &Experiment::name);
    if (found == list.end())
        return fail(ErrorCode::NotFound,
                    fmt::format("Could not find experiment with name '{}'", escapedForDisplay(name, 500)));
    return *found;
}

Result<Experiment> Experiments::create(const std::string& name, const std::string& artifactLocation,
                                       const std::map<std::string, std::string, std::less<>>& tags) {
    if (const auto known = byName(name))
        return fail(
            ErrorCode::Exists,
            known->deleted
                ? fmt::format(
                      "Experiment '{}' already exists in deleted state. You can restore the experiment, "
                      "or permanently delete the experiment to create a new one.",
                      name)
                : fmt::format("Experiment '{}' already exists.", name));
    // The name may have been that of an experiment which was renamed: its runs keep their word.
    std::string latheName = name;
    for (int number = 2; idOf(latheName) != derivedId(latheName) || m_documents.has(derivedId(latheName));
         ++number)
        latheName = name + " " + std::to_string(number);
    Experiment experiment = plain(derivedId(latheName), latheName);
    experiment.name = name;
    if (!artifactLocation.empty())
        experiment.artifactLocation = artifactLocation;
    experiment.created = experiment.updated = nowMilliseconds();
    experiment.tags = tags;
    LATHE_TRY(m_documents.change(experiment.id, [&](Json& document) -> Result<> {
        if (!document.is_null())
            return fail(ErrorCode::Exists, fmt::format("Experiment '{}' already exists.", name));
        document = documentOf(experiment, {latheName});
        return {};
    }));
    const std::lock_guard lock(m_mutex);
    m_ids[latheName] = experiment.id;
    return experiment;
}

Result<Experiment> Experiments::change(const std::string& id,
                                       const std::function<Result<>(Experiment&)>& change) {
    LATHE_TRY_ASSIGN(Experiment experiment, get(id));
    const std::string latheName = latheNameOf(experiment);
    LATHE_TRY(m_documents.change(id, [&](Json& document) -> Result<> {
        std::vector<std::string> names{latheName};
        if (document.is_object()) {
            experiment = experimentOf(document);
            names = texts(document, "runs_named");
        }
        LATHE_TRY(change(experiment));
        experiment.updated = nowMilliseconds();
        document = documentOf(experiment, names);
        return {};
    }));
    const std::lock_guard lock(m_mutex);
    m_read = -1;
    return experiment;
}

}  // namespace lathe::interop::mlflow
