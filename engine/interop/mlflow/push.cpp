// SPDX-License-Identifier: Apache-2.0
#include "core/file.h"
#include "core/id.h"
#include "core/paths.h"
#include "interop/mlflow/forwarder.h"
#include "interop/mlflow/run_words.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <sys/stat.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::size_t kRowsPerLine = 500;

// A folder that goes with the push.
class Scratch {
public:
    explicit Scratch(std::string path) : m_path(std::move(path)) {}
    ~Scratch() { (void)removeTree(m_path); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::string& path() const { return m_path; }

private:
    const std::string m_path;
};

Json request(const char* call, Json fields) {
    return Json{{"call", call}, {"method", "POST"}, {"request", std::move(fields)}};
}

Result<> addFiles(ForwardQueue& queue, const std::string& run, const std::string& folder,
                  const std::string& name) {
    const std::string at = name.empty() ? folder : joinPath(folder, name);
    LATHE_TRY_ASSIGN(const auto entries, listDir(at));
    for (const std::string& entry : entries) {
        const std::string path = name.empty() ? entry : name + "/" + entry;
        struct stat info {};
        if (::lstat(joinPath(folder, path).c_str(), &info) != 0)
            continue;
        if (S_ISDIR(info.st_mode))
            LATHE_TRY(addFiles(queue, run, folder, path));
        else if (S_ISREG(info.st_mode))
            LATHE_TRY(queue.add(Json{{"artifact", "PUT"},
                                     {"path", "0/" + run + "/artifacts/" + path},
                                     {"file", joinPath(folder, path)}}));
    }
    return {};
}

Result<> fill(ForwardQueue& queue, RunLibrary& library, const std::string& store,
              const record::RunSummary& summary, const Run& run) {
    Json tags = Json::array();
    for (const auto& [key, value] : run.tags) {
        if (key != "mlflow.runName" && !value.empty())
            tags.push_back(Json{{"key", key}, {"value", value}});
    }
    tags.push_back(Json{{"key", "mlflow.runName"}, {"value", run.name}});
    Json made = request("runs/create", Json{{"experiment_id", "0"},
                                            {"user_id", run.user},
                                            {"run_name", run.name},
                                            {"start_time", run.start}});
    made["request"]["tags"] = std::move(tags);
    made["answer"] = Json{{"run_id", run.id}};
    made["experiment"] = summary.spec.experiment == "default" ? "Default" : summary.spec.experiment;
    LATHE_TRY(queue.add(made));
    for (const auto& [key, value] : run.params)
        LATHE_TRY(queue.add(
            request("runs/log-parameter",
                    Json{{"run_id", run.id}, {"key", key}, {"value", value.substr(0, Limits::paramValue)}})));
    for (const auto& [name, metric] : summary.metrics) {
        LATHE_TRY_ASSIGN(const auto points, library.points(summary.spec.id, name));
        for (std::size_t from = 0; from < points.size(); from += kRowsPerLine) {
            Json rows = Json::array();
            for (std::size_t i = from; i < std::min(points.size(), from + kRowsPerLine); ++i)
                rows.push_back(toJson(
                    Metric{name, points[i].value, std::llround(points[i].time * 1000), points[i].step}));
            LATHE_TRY(
                queue.add(request("runs/log-batch", Json{{"run_id", run.id}, {"metrics", std::move(rows)}})));
        }
    }
    if (!run.datasets.empty())
        LATHE_TRY(
            queue.add(request("runs/log-inputs", Json{{"run_id", run.id}, {"datasets", run.datasets}})));
    if (const std::string folder = joinPath(store, "runs/" + summary.spec.id + "/artifacts");
        isDirectory(folder))
        LATHE_TRY(addFiles(queue, run.id, folder, ""));
    Json end{{"run_id", run.id}, {"status", run.status}};
    if (run.end > 0)
        end["end_time"] = run.end;
    LATHE_TRY(queue.add(request("runs/update", std::move(end))));
    return queue.close();
}

}  // namespace

Result<Pushed> pushToMlflow(RunLibrary& library, const std::string& store, const std::string& runId,
                            const std::string& uri, double patience) {
    if (!uri.starts_with("http://") && !uri.starts_with("https://"))
        return fail(ErrorCode::Invalid, "not the address of an MLflow server", uri,
                    "http://HOST:PORT or https://HOST");
    LATHE_TRY_ASSIGN(const record::RunSummary summary, library.run(runId));
    const std::string dir = joinPath(store, "runs/" + summary.spec.id);
    const Run run = runFrom(summary, readRunWords(dir));
    const Scratch scratch(joinPath(store, "mlflow/push-" + randomHex(6)));
    LATHE_TRY_ASSIGN(ForwardQueue queue, ForwardQueue::open(scratch.path()));
    LATHE_TRY(fill(queue, library, store, summary, run));

    SenderOptions options;
    options.uri = uri;
    options.store = store;
    options.folders = {scratch.path()};
    options.patience = patience;
    options.report = true;
    LATHE_TRY_ASSIGN(Process sender, startSender(options));
    std::string said;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(sender.out().get(), buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(got));
    LATHE_TRY_ASSIGN(const ExitStatus status, sender.wait());
    const auto report = parseJson(said, "the sender");
    if (!report)
        return fail(ErrorCode::Internal, "the sender ended with " + status.text(), uri,
                    readFile(joinPath(scratch.path(), "sender.log"), 4096).value_or(""));
    const std::string problem = getString(*report, "problem");
    if (status.code == 4)
        return fail(ErrorCode::Denied, "the server does not let us in: " + problem, uri,
                    "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
    if (!status.ok())
        return fail(ErrorCode::Unavailable, "the server cannot be reached: " + problem, uri);
    Pushed pushed;
    pushed.runId = getString((*report)["runs"], run.id);
    pushed.experimentId = getString((*report)["experiments"], "0");
    pushed.sent = static_cast<std::size_t>(getInt(*report, "sent"));
    pushed.refused = static_cast<std::size_t>(getInt(*report, "refused"));
    pushed.problems = texts(*report, "problems");
    if (pushed.runId.empty())
        return fail(ErrorCode::Unsupported,
                    "the server made no run" + (pushed.problems.empty() ? "" : ": " + pushed.problems.back()),
                    uri);
    return pushed;
}

}  // namespace lathe::interop::mlflow
