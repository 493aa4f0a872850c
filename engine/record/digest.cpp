// SPDX-License-Identifier: Apache-2.0
#include "record/digest.h"

#include <algorithm>
#include <limits>

namespace lathe::record {

namespace {

std::optional<int> intField(const Json& fields, std::string_view key) {
    const auto found = fields.find(key);
    if (found == fields.end() || !found->is_number())
        return std::nullopt;
    const std::int64_t value = getInt(fields, key);
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
        return std::nullopt;
    return static_cast<int>(value);
}

void forStrings(const Json& fields, std::string_view key, const auto& use) {
    const auto found = fields.find(key);
    if (found == fields.end() || !found->is_array())
        return;
    for (const Json& item : *found)
        if (item.is_string())
            use(item.get_ref<const std::string&>());
}

}  // namespace

void Digest::addStep(double time, std::int64_t step) {
    m_lastHeard = std::max(m_lastHeard, time);
    m_step = std::max(m_step, step);
}

void Digest::add(double time, std::string_view type, const Json& fields) {
    m_lastHeard = std::max(m_lastHeard, time);
    if (type == "heartbeat")
        return;
    if (type == "state") {
        const auto state = runStateFromName(getString(fields, "state"));
        if (!state)
            return;
        m_state = {
            time,
            {*state, intField(fields, "exit"), intField(fields, "signal"), getString(fields, "reason")}};
        if (*state == RunState::Running && m_started == 0)
            m_started = time;
    } else if (type == "params") {
        const auto values = fields.find("v");
        if (values == fields.end() || !values->is_object())
            return;
        const Json flat = flattenJson(*values);
        for (const auto& [name, value] : flat.items())
            m_params[name] = {time, value};
    } else if (type == "tags") {
        forStrings(fields, "add", [&](const std::string& tag) { m_tags[tag] = {time, true}; });
        forStrings(fields, "remove", [&](const std::string& tag) { m_tags[tag] = {time, false}; });
    } else if (type == "note") {
        m_note = {time, getString(fields, "text")};
    } else if (type == "name") {
        if (const std::string name = getString(fields, "name"); !name.empty())
            m_name = {time, name};
    } else if (type == "archive") {
        m_archived = {time, getBool(fields, "archived", true)};
    } else if (type == "delete") {
        m_deleted = {time, getBool(fields, "deleted", true)};
    } else if (type == "group") {
        m_group = {time, getString(fields, "group")};
    } else if (type == "experiment") {
        if (const std::string experiment = getString(fields, "experiment"); !experiment.empty())
            m_experiment = {time, experiment};
    } else if (type == "summary") {
        const auto values = fields.find("v");
        if (values == fields.end() || !values->is_object())
            return;
        for (const auto& [name, value] : values->items())
            m_summary[name] = {time, value};
    } else if (type == "goal") {
        const auto values = fields.find("v");
        if (values == fields.end() || !values->is_object())
            return;
        for (const auto& [name, value] : values->items())
            if (value.is_string())
                if (const auto goal = goalFromName(value.get_ref<const std::string&>()))
                    m_goals[name] = {time, *goal};
    } else if (type == "progress") {
        m_step = std::max(m_step, getInt(fields, "s"));
        if (const std::int64_t total = getInt(fields, "total"); total > 0)
            m_total = {time, total};
    }
}

Json Digest::toJson() const {
    Json json = Json::object();
    Json::array_t params, tags;
    for (const auto& [name, param] : m_params)
        params.push_back({name, param.time, param.value});
    for (const auto& [tag, set] : m_tags)
        tags.push_back({tag, set.time, set.value});
    json["params"] = std::move(params);
    json["tags"] = std::move(tags);
    if (!m_summary.empty()) {
        Json::array_t rows;
        for (const auto& [name, value] : m_summary)
            rows.push_back({name, value.time, value.value});
        json["summary"] = std::move(rows);
    }
    if (!m_goals.empty()) {
        Json::array_t rows;
        for (const auto& [name, goal] : m_goals)
            rows.push_back({name, goal.time, goalName(goal.value)});
        json["goals"] = std::move(rows);
    }
    if (m_group)
        json["group"] = {m_group->time, m_group->value};
    if (m_experiment)
        json["experiment"] = {m_experiment->time, m_experiment->value};
    if (m_deleted)
        json["deleted"] = {m_deleted->time, m_deleted->value};
    if (m_note)
        json["note"] = {m_note->time, m_note->value};
    if (m_name)
        json["name"] = {m_name->time, m_name->value};
    if (m_archived)
        json["archived"] = {m_archived->time, m_archived->value};
    if (m_total)
        json["total"] = {m_total->time, m_total->value};
    if (m_state) {
        const State& state = m_state->value;
        json["state"] = {m_state->time, runStateName(state.state),
                         state.exitCode ? Json(*state.exitCode) : Json(),
                         state.exitSignal ? Json(*state.exitSignal) : Json(), state.reason};
    }
    json["started"] = m_started;
    json["heard"] = m_lastHeard;
    json["step"] = m_step;
    return json;
}

Digest Digest::fromJson(const Json& json) {
    Digest digest;
    const auto row = [&](std::string_view key, std::size_t size) -> const Json* {
        const auto found = json.find(key);
        return found != json.end() && found->is_array() && found->size() == size ? &*found : nullptr;
    };
    const auto rows = [&](std::string_view key, const auto& use) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_array())
            return;
        for (const Json& item : *found)
            if (item.is_array() && item.size() == 3 && item[0].is_string() && item[1].is_number())
                use(item[0].get<std::string>(), item[1].get<double>(), item[2]);
    };
    if (!json.is_object())
        return digest;
    rows("params", [&](std::string name, double time, const Json& value) {
        digest.m_params[std::move(name)] = {time, value};
    });
    rows("tags", [&](std::string tag, double time, const Json& value) {
        digest.m_tags[std::move(tag)] = {time, value.is_boolean() && value.get<bool>()};
    });
    rows("summary", [&](std::string name, double time, const Json& value) {
        digest.m_summary[std::move(name)] = {time, value};
    });
    rows("goals", [&](std::string name, double time, const Json& value) {
        if (value.is_string())
            if (const auto goal = goalFromName(value.get_ref<const std::string&>()))
                digest.m_goals[std::move(name)] = {time, *goal};
    });
    if (const Json* group = row("group", 2))
        digest.m_group = {(*group)[0].get<double>(), (*group)[1].get<std::string>()};
    if (const Json* experiment = row("experiment", 2))
        digest.m_experiment = {(*experiment)[0].get<double>(), (*experiment)[1].get<std::string>()};
    if (const Json* deleted = row("deleted", 2))
        digest.m_deleted = {(*deleted)[0].get<double>(), (*deleted)[1].get<bool>()};
    if (const Json* note = row("note", 2))
        digest.m_note = {(*note)[0].get<double>(), (*note)[1].get<std::string>()};
    if (const Json* name = row("name", 2))
        digest.m_name = {(*name)[0].get<double>(), (*name)[1].get<std::string>()};
    if (const Json* archived = row("archived", 2))
        digest.m_archived = {(*archived)[0].get<double>(), (*archived)[1].get<bool>()};
    if (const Json* total = row("total", 2))
        digest.m_total = {(*total)[0].get<double>(), (*total)[1].get<std::int64_t>()};
    if (const Json* state = row("state", 5)) {
        State value;
        value.state = runStateFromName((*state)[1].get<std::string>()).value_or(RunState::Starting);
        if ((*state)[2].is_number_integer())
            value.exitCode = (*state)[2].get<int>();
        if ((*state)[3].is_number_integer())
            value.exitSignal = (*state)[3].get<int>();
        value.reason = (*state)[4].get<std::string>();
        digest.m_state = {(*state)[0].get<double>(), std::move(value)};
    }
    digest.m_started = getNumber(json, "started");
    digest.m_lastHeard = getNumber(json, "heard");
    digest.m_step = getInt(json, "step");
    return digest;
}

template <class T> void Digest::take(std::optional<Stamped<T>>& into, const std::optional<Stamped<T>>& from) {
    if (from && (!into || from->time >= into->time))
        into = from;
}

void Digest::apply(const std::vector<Digest>& files, RunSummary& summary) {
    Digest sum;
    for (const Digest& file : files) {
        const auto merge = [](auto& into, const auto& from) {
            for (const auto& [key, stamped] : from) {
                const auto [at, fresh] = into.try_emplace(key, stamped);
                if (!fresh && stamped.time >= at->second.time)
                    at->second = stamped;
            }
        };
        merge(sum.m_params, file.m_params);
        merge(sum.m_tags, file.m_tags);
        merge(sum.m_summary, file.m_summary);
        merge(sum.m_goals, file.m_goals);
        take(sum.m_group, file.m_group);
        take(sum.m_experiment, file.m_experiment);
        take(sum.m_deleted, file.m_deleted);
        take(sum.m_note, file.m_note);
        take(sum.m_name, file.m_name);
        take(sum.m_archived, file.m_archived);
        take(sum.m_state, file.m_state);
        take(sum.m_total, file.m_total);
        if (file.m_started > 0 && (sum.m_started == 0 || file.m_started < sum.m_started))
            sum.m_started = file.m_started;
        sum.m_lastHeard = std::max(sum.m_lastHeard, file.m_lastHeard);
        sum.m_step = std::max(sum.m_step, file.m_step);
    }

    if (sum.m_experiment)
        summary.spec.experiment = sum.m_experiment->value;
    summary.params = summary.spec.params;
    for (const auto& [name, param] : sum.m_params)
        summary.params[name] = param.value;
    summary.tags = summary.spec.tags;
    for (const auto& [tag, set] : sum.m_tags) {
        const auto at = std::ranges::find(summary.tags, tag);
        if (set.value && at == summary.tags.end())
            summary.tags.push_back(tag);
        else if (!set.value && at != summary.tags.end())
            summary.tags.erase(at);
    }
    summary.note = sum.m_note ? sum.m_note->value : summary.spec.note;
    if (sum.m_name)
        summary.spec.name = sum.m_name->value;
    summary.group = sum.m_group ? sum.m_group->value : summary.spec.group;
    summary.archived = sum.m_archived && sum.m_archived->value;
    summary.deleted = sum.m_deleted && sum.m_deleted->value;
    for (const auto& [name, value] : sum.m_summary)
        summary.summary[name] = value.value;
    for (const auto& [name, goal] : sum.m_goals)
        summary.goals[name] = goal.value;
    if (sum.m_total)
        summary.spec.totalSteps = sum.m_total->value;
    summary.started = sum.m_started;
    summary.lastHeard = sum.m_lastHeard;
    summary.step = sum.m_step;
    if (sum.m_state) {
        const State& state = sum.m_state->value;
        summary.state = state.state;
        summary.exitCode = state.exitCode;
        summary.exitSignal = state.exitSignal;
        summary.reason = state.reason;
        if (isOver(state.state))
            summary.ended = sum.m_state->time;
    }
}

}  // namespace lathe::record
