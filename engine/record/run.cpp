// SPDX-License-Identifier: Apache-2.0
#include "record/run.h"

#include "core/id.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <utility>

namespace lathe::record {

namespace {

constexpr int kFormat = 1;

constexpr std::array<std::pair<RunState, std::string_view>, 7> kStates{{
    {RunState::Queued, "queued"},
    {RunState::Starting, "starting"},
    {RunState::Running, "running"},
    {RunState::Finished, "finished"},
    {RunState::Failed, "failed"},
    {RunState::Stopped, "stopped"},
    {RunState::Lost, "lost"},
}};

std::vector<std::string> stringsFrom(const Json& object, std::string_view key) {
    std::vector<std::string> strings;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array())
        return strings;
    for (const Json& item : *found)
        if (item.is_string())
            strings.push_back(item.get<std::string>());
    return strings;
}

Json objectFrom(const Json& object, std::string_view key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : Json::object();
}

}  // namespace

std::string_view runStateName(RunState state) {
    for (const auto& [known, name] : kStates)
        if (known == state)
            return name;
    return "lost";
}

std::optional<RunState> runStateFromName(std::string_view name) {
    for (const auto& [state, known] : kStates)
        if (known == name)
            return state;
    return std::nullopt;
}

bool isOver(RunState state) {
    return state == RunState::Finished || state == RunState::Failed || state == RunState::Stopped ||
           state == RunState::Lost;
}

std::string_view goalName(Goal goal) {
    return goal == Goal::Min ? "min" : "max";
}

std::optional<Goal> goalFromName(std::string_view name) {
    if (name == "min")
        return Goal::Min;
    if (name == "max")
        return Goal::Max;
    return std::nullopt;
}

Goal goalFromMetric(std::string_view metric) {
    std::string name(metric);
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    // A word for less wins: "accuracy_loss", "map_error".
    for (const std::string_view word : {"loss", "err", "perplexity", "ppl"})
        if (name.find(word) != std::string::npos)
            return Goal::Min;
    for (const std::string_view word :
         {"acc",    "auc",       "f1",     "bleu",       "rouge",      "score", "reward",
          "return", "precision", "recall", "throughput", "tokens_per", "tok/s", "per_sec",
          "mfu",    "util",      "iou",    "psnr",       "ssim",       "r2"})
        if (name.find(word) != std::string::npos)
            return Goal::Max;
    // Too short to be looked for inside other words.
    const std::string_view last = std::string_view(name).substr(name.find_last_of("/_.-") + 1);
    return last.starts_with("map") || last.starts_with("ap") ? Goal::Max : Goal::Min;
}

double MetricSummary::mean() const {
    return count > nonFinite ? sum / static_cast<double>(count - nonFinite)
                             : std::numeric_limits<double>::quiet_NaN();
}

Goal RunSummary::goalOf(std::string_view metric) const {
    const auto given = goals.find(metric);
    return given != goals.end() ? given->second : goalFromMetric(metric);
}

double RunSummary::best(const std::string& metric) const {
    const auto found = metrics.find(metric);
    if (found == metrics.end() || found->second.count <= found->second.nonFinite)
        return std::numeric_limits<double>::quiet_NaN();
    return goalOf(metric) == Goal::Min ? found->second.min : found->second.max;
}

double RunSummary::duration(double now) const {
    if (started <= 0)
        return 0;
    const double end = ended > 0 ? ended : isOver(state) ? lastHeard : now;
    return end > started ? end - started : 0;
}

Json RunSpec::toJson() const {
    Json envJson = Json::object();
    for (const auto& [key, value] : env)
        envJson[key] = value;
    Json json = {{"format", kFormat},
                 {"id", id},
                 {"name", name},
                 {"experiment", experiment},
                 {"kind", kind},
                 {"argv", argv},
                 {"cwd", cwd},
                 {"env", std::move(envJson)},
                 {"ranks", ranks},
                 {"host", host},
                 {"host_name", hostName},
                 {"user", user},
                 {"created", created},
                 {"tags", tags},
                 {"note", note},
                 {"params", params},
                 {"total_steps", totalSteps},
                 {"main_metric", mainMetric}};
    json["code"] = {{"commit", code.commit},
                    {"branch", code.branch},
                    {"remote", code.remote},
                    {"changed_files", code.changedFiles},
                    {"note", code.note}};
    if (!group.empty())
        json["group"] = group;
    if (!parent.run.empty()) {
        json["parent"] = {{"run", parent.run}, {"how", parent.how}};
        if (parent.step)
            json["parent"]["step"] = *parent.step;
        if (!parent.checkpoint.empty())
            json["parent"]["checkpoint"] = parent.checkpoint;
    }
    return json;
}

Result<RunSpec> RunSpec::fromJson(const Json& json, std::string_view on) {
    if (!json.is_object())
        return fail(ErrorCode::Corrupt, "the run's description is no JSON object", std::string(on));
    if (const std::int64_t format = getInt(json, "format", kFormat); format > kFormat)
        return fail(ErrorCode::Unsupported,
                    fmt::format("written in run format {}, this Lathe reads up to {}", format, kFormat),
                    std::string(on), "use a newer Lathe");
    RunSpec spec;
    spec.id = getString(json, "id");
    if (!isId(spec.id))
        return fail(ErrorCode::Corrupt, "the run's description holds no valid id", std::string(on));
    spec.name = getString(json, "name");
    if (spec.name.empty())
        spec.name = readableName(spec.id);
    spec.experiment = getString(json, "experiment");
    if (spec.experiment.empty())
        spec.experiment = "default";
    spec.kind = getString(json, "kind", "command");
    spec.argv = stringsFrom(json, "argv");
    spec.cwd = getString(json, "cwd");
    const Json env = objectFrom(json, "env");
    for (const auto& [key, value] : env.items())
        if (value.is_string())
            spec.env[key] = value.get<std::string>();
    spec.ranks = static_cast<int>(getInt(json, "ranks", 1));
    spec.host = getString(json, "host", "local");
    spec.hostName = getString(json, "host_name");
    spec.user = getString(json, "user");
    spec.created = getNumber(json, "created", static_cast<double>(idMilliseconds(spec.id)) / 1000);
    spec.tags = stringsFrom(json, "tags");
    spec.note = getString(json, "note");
    spec.params = flattenJson(objectFrom(json, "params"));
    if (!spec.params.is_object())
        spec.params = Json::object();
    spec.totalSteps = getInt(json, "total_steps");
    spec.mainMetric = getString(json, "main_metric");
    const Json code = objectFrom(json, "code");
    spec.code.commit = getString(code, "commit");
    spec.code.branch = getString(code, "branch");
    spec.code.remote = getString(code, "remote");
    spec.code.changedFiles = stringsFrom(code, "changed_files");
    spec.code.note = getString(code, "note");
    spec.group = getString(json, "group");
    const Json parent = objectFrom(json, "parent");
    spec.parent.run = getString(parent, "run");
    spec.parent.how = getString(parent, "how");
    spec.parent.checkpoint = getString(parent, "checkpoint");
    if (const auto step = parent.find("step"); step != parent.end() && step->is_number())
        spec.parent.step = getInt(parent, "step");
    return spec;
}

}  // namespace lathe::record
