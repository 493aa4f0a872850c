// SPDX-License-Identifier: Apache-2.0
#include "cli/run_json.h"

#include <iterator>

namespace lathe::cli {

Json runToJson(const record::RunSummary& run, const std::string& runDir) {
    const record::RunSpec& spec = run.spec;
    Json json{{"id", spec.id},
              {"name", spec.name},
              {"experiment", spec.experiment},
              {"kind", spec.kind},
              {"state", record::runStateName(run.state)},
              {"reason", run.reason}};
    json["exitCode"] = run.exitCode ? Json(*run.exitCode) : Json();
    json["exitSignal"] = run.exitSignal ? Json(*run.exitSignal) : Json();
    json["created"] = spec.created;
    json["started"] = run.started;
    json["ended"] = run.ended;
    json["step"] = run.step;
    json["totalSteps"] = spec.totalSteps;
    json["mainMetric"] = mainMetricOf(run);
    json["argv"] = spec.argv;
    json["cwd"] = spec.cwd;
    json["host"] = spec.host;
    json["hostName"] = spec.hostName;
    json["user"] = spec.user;
    json["ranks"] = spec.ranks;
    json["tags"] = run.tags;
    json["note"] = run.note;
    json["params"] = run.params;
    json["code"] = spec.toJson()["code"];
    json["metrics"] = Json::object();
    for (const auto& [name, metric] : run.metrics) {
        json["metrics"][name] = Json{{"count", metric.count},
                                     {"nonFinite", metric.nonFinite},
                                     {"first", jsonNumber(metric.first)},
                                     {"last", jsonNumber(metric.last)},
                                     {"min", jsonNumber(metric.min)},
                                     {"max", jsonNumber(metric.max)},
                                     {"lastStep", metric.lastStep},
                                     {"minStep", metric.minStep},
                                     {"maxStep", metric.maxStep},
                                     {"lastTime", metric.lastTime},
                                     {"mean", jsonNumber(metric.mean())},
                                     {"recent", jsonNumber(metric.recent)},
                                     {"best", jsonNumber(run.best(name))},
                                     {"goal", record::goalName(run.goalOf(name))}};
    }
    json["tornLines"] = run.tornLines;
    json["summary"] = run.summary;
    json["group"] = run.group;
    json["archived"] = run.archived;
    json["deleted"] = run.deleted;
    if (!spec.parent.run.empty())
        json["parent"] = spec.toJson()["parent"];
    if (!run.problem.empty())
        json["problem"] = run.problem;
    json["dir"] = runDir;
    return json;
}

std::string mainMetricOf(const record::RunSummary& run) {
    if (run.metrics.contains(run.spec.mainMetric))
        return run.spec.mainMetric;
    std::string loss, other;
    for (const auto& [name, metric] : run.metrics) {
        if (name == "train/loss" || name == "loss")
            return name;
        if (loss.empty() && name.find("loss") != std::string::npos)
            loss = name;
        if (other.empty() && !name.starts_with("system/"))
            other = name;
    }
    return loss.empty() ? other : loss;
}

}  // namespace lathe::cli
