// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/run_words.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>

namespace lathe::interop::mlflow {
namespace {

constexpr std::size_t kChunk = 4 << 20;
constexpr std::size_t kLongestTag = 100;

std::int64_t milliseconds(double seconds) {
    return static_cast<std::int64_t>(std::llround(seconds * 1000));
}

bool sameDataset(const Json& left, const Json& right) {
    const Json none;
    const Json& a = left.contains("dataset") ? left["dataset"] : none;
    const Json& b = right.contains("dataset") ? right["dataset"] : none;
    return getString(a, "name") == getString(b, "name") && getString(a, "digest") == getString(b, "digest");
}

void addModel(std::vector<Json>& list, const Json& model) {
    const std::string id = getString(model, "model_id");
    const auto known =
        std::ranges::find_if(list, [&](const Json& other) { return getString(other, "model_id") == id; });
    if (known == list.end())
        list.push_back(model);
    else
        *known = model;
}

}  // namespace

bool isWordsFile(std::string_view name) {
    return name == kWordsFile || (name.starts_with("journal.mlflow-") && name.ends_with(".jsonl"));
}

void RunWords::add(std::string_view kind, const Json& line) {
    const auto values = line.find("v");
    const bool object = values != line.end() && values->is_object();
    if (kind == "params" && object) {
        for (const auto& [key, value] : values->items())
            params[key] = textOfValue(value);
    } else if (kind == "labels" && object) {
        for (const auto& [key, value] : values->items()) {
            if (value.is_string())
                labels[key] = value.get<std::string>();
            else
                labels.erase(key);
        }
    } else if (kind == "mlflow") {
        status = getString(line, "status", status);
        start = getInt(line, "start", start);
        end = getInt(line, "end", end);
        experiment = getString(line, "experiment", experiment);
    } else if (kind == "experiment") {
        experiment = getString(line, "experiment");
    } else if (kind == "inputs") {
        for (Json& dataset : objects(line, "datasets")) {
            if (std::ranges::none_of(datasets,
                                     [&](const Json& known) { return sameDataset(known, dataset); }))
                datasets.push_back(std::move(dataset));
        }
        for (const Json& model : objects(line, "models"))
            addModel(modelInputs, model);
    } else if (kind == "outputs") {
        for (const Json& model : objects(line, "models"))
            addModel(modelOutputs, model);
    }
}

Result<> readJournalLines(const std::string& path, std::uint64_t& offset,
                          const std::function<void(const Json& line)>& use) {
    std::size_t want = kChunk;
    for (;;) {
        LATHE_TRY_ASSIGN(const std::string bytes, readFileFrom(path, offset, want));
        const auto end = bytes.rfind('\n');
        if (end == std::string::npos) {
            if (bytes.size() < want)
                return {};
            want *= 2;
            continue;
        }
        const std::string_view whole = std::string_view(bytes).substr(0, end + 1);
        for (std::size_t at = 0; at < whole.size();) {
            const auto next = whole.find('\n', at);
            if (const auto line = parseJson(whole.substr(at, next - at)); line && line->is_object())
                use(*line);
            at = next + 1;
        }
        offset += whole.size();
        if (bytes.size() < want)
            return {};
    }
}

RunWords readRunWords(const std::string& runDir) {
    RunWords words;
    const auto files = listDir(runDir);
    if (!files)
        return words;
    for (const std::string& file : *files) {
        if (!isWordsFile(file))
            continue;
        std::uint64_t offset = 0;
        // What cannot be read is not known; the index tells the user of unreadable journals.
        (void)readJournalLines(joinPath(runDir, file), offset,
                               [&](const Json& line) { words.add(getString(line, "e"), line); });
    }
    return words;
}

std::string latheTagOf(std::string_view key, std::string_view value) {
    if (key.starts_with("mlflow.") || key.size() + value.size() > kLongestTag ||
        value.find('\n') != std::string_view::npos || value.empty() ||
        key.find('=') != std::string_view::npos)
        return {};
    return value == "true" ? std::string(key) : std::string(key) + "=" + std::string(value);
}

std::pair<std::string, std::string> tagOfLathe(std::string_view tag) {
    const auto equals = tag.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return {std::string(tag), "true"};
    return {std::string(tag.substr(0, equals)), std::string(tag.substr(equals + 1))};
}

Run runFrom(const record::RunSummary& summary, const RunWords& words) {
    const record::RunSpec& spec = summary.spec;
    Run run;
    run.id = hexFromRunId(spec.id);
    run.name = spec.name;
    run.user = spec.user;
    const bool over = record::isOver(summary.state);
    // The supervisor's word on the end counts before the client's, whose run may end before its process.
    run.status = over || words.status.empty() ? std::string(statusOf(summary.state)) : words.status;
    run.start =
        words.start > 0 ? words.start : milliseconds(summary.started > 0 ? summary.started : spec.created);
    if (run.status != "RUNNING" && run.status != "SCHEDULED")
        run.end =
            words.end > 0 ? words.end : milliseconds(summary.ended > 0 ? summary.ended : summary.lastHeard);
    run.deleted = summary.deleted;
    for (const auto& [name, metric] : summary.metrics)
        run.metrics.emplace(name, Metric{name, metric.last, milliseconds(metric.lastTime), metric.lastStep});
    for (const auto& [name, value] : summary.params.items())
        run.params[name] = textOfValue(value);
    for (const auto& [name, value] : words.params)
        run.params[name] = value;
    const auto describe = [&](const char* key, const std::string& value) {
        if (!value.empty())
            run.tags[key] = value;
    };
    describe("mlflow.user", spec.user);
    describe("mlflow.source.name", spec.kind == "recipe" ? "recipe" : shellCommand(spec.argv));
    describe("mlflow.source.git.commit", spec.code.commit);
    describe("mlflow.source.git.branch", spec.code.branch);
    describe("lathe.id", spec.id);
    describe("lathe.state", std::string(record::runStateName(summary.state)));
    for (const std::string& tag : summary.tags)
        run.tags.insert(tagOfLathe(tag));
    for (const auto& [key, value] : words.labels)
        run.tags[key] = value;
    describe("mlflow.runName", spec.name);
    describe("mlflow.note.content", summary.note);
    run.datasets = words.datasets;
    run.modelInputs = words.modelInputs;
    run.modelOutputs = words.modelOutputs;
    for (Json* list : {&run.datasets, &run.modelInputs, &run.modelOutputs}) {
        if (!list->is_array())
            *list = Json::array();
    }
    return run;
}

}  // namespace lathe::interop::mlflow
