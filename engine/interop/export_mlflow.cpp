// SPDX-License-Identifier: Apache-2.0
// MLflow's file store (mlflow/store/tracking/file_store.py): folders of small files, times in milliseconds.
#include "core/paths.h"
#include "core/text.h"
#include "interop/export_lines.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <map>

namespace lathe::interop {
namespace {

constexpr std::size_t kFlush = 1 << 20;
constexpr std::size_t kMaxMedia = std::size_t{1} << 30;

std::int64_t milliseconds(double seconds) {
    return std::llround(seconds * 1000);
}

// A key as MLflow takes it: letters, digits, and "_-. :/"; it becomes a path below the run, so no "..".
std::string keyOf(std::string_view name) {
    std::string key;
    for (const char c : name) {
        const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          std::string_view("_-. :/").find(c) != std::string_view::npos;
        key += kept ? c : '_';
    }
    const std::string clean = cleanPath("/" + key).substr(1);
    return clean.empty() ? "_" : clean;
}

std::string yamlText(const std::string& text) {
    return dumpJson(Json(text));
}  // JSON is YAML

int statusOf(record::RunState state) {
    switch (state) {
    case record::RunState::Finished: return 3;
    case record::RunState::Stopped: return 5;
    case record::RunState::Failed:
    case record::RunState::Lost: return 4;
    default: return 1;
    }
}

class MlflowExport : public RunExport {
public:
    MlflowExport(const record::RunSummary& run, std::string runDir, std::string folder,
                 std::string experimentId)
        : m_run(run), m_runDir(std::move(runDir)), m_folder(absolutePath(folder)),
          m_experimentId(std::move(experimentId)) {}

    Result<> begin() override {
        const std::string experiment = parentPath(m_folder);
        if (!exists(joinPath(experiment, "meta.yaml"))) {
            const std::string name = m_run.spec.experiment.empty() ? "default" : m_run.spec.experiment;
            LATHE_TRY(writeFileAtomic(
                joinPath(experiment, "meta.yaml"),
                "artifact_location: " + yamlText("file://" + experiment) + "\ncreation_time: " +
                    std::to_string(milliseconds(m_run.spec.created)) + "\nexperiment_id: '" + m_experimentId +
                    "'\nlast_update_time: " + std::to_string(milliseconds(m_run.spec.created)) +
                    "\nlifecycle_stage: active\nname: " + yamlText(name) + "\n"));
        }
        for (const std::string_view part : {"metrics", "params", "tags", "artifacts"})
            LATHE_TRY(makeDirs(joinPath(m_folder, part)));
        const Json params = paramsOf(m_run);
        for (const auto& [name, value] : params.items())
            LATHE_TRY(small("params/" + keyOf(name),
                            value.is_string() ? value.get<std::string>() : dumpJson(value)));
        for (const std::string& tag : m_run.tags)
            LATHE_TRY(small("tags/" + keyOf(tag), ""));
        if (!m_run.note.empty())
            LATHE_TRY(small("tags/mlflow.note.content", m_run.note));
        LATHE_TRY(small("tags/mlflow.runName", m_run.spec.name));
        LATHE_TRY(small("tags/mlflow.user", m_run.spec.user));
        if (!m_run.spec.code.commit.empty())
            LATHE_TRY(small("tags/mlflow.source.git.commit", m_run.spec.code.commit));
        return small("tags/mlflow.source.name", join(m_run.spec.argv, " "));
    }
    Result<> metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        for (const auto& [name, value] : values) {
            std::string& lines = m_lines[std::string(name)];
            lines += std::to_string(milliseconds(time)) + " " + exactNumber(value) + " " +
                     std::to_string(step) + "\n";
            if (lines.size() >= kFlush)
                LATHE_TRY(flush(std::string(name), lines));
        }
        return {};
    }
    Result<> item(const record::Item& item) override {
        const std::string file = getString(item.fields, "file");
        if (file.empty())
            return {};
        const std::string from = joinPath(m_runDir, cleanPath("/" + file).substr(1));
        const auto bytes = readFile(from, kMaxMedia);
        if (!bytes)
            return {};
        const std::string to =
            joinPath(m_folder, "artifacts/" + std::string(record::itemKindName(item.kind)) + "/" +
                                   keyOf(item.name) + "/" + std::to_string(item.step) + extension(from));
        LATHE_TRY(makeDirs(parentPath(to)));
        return writeFileAtomic(to, *bytes);
    }
    Result<> end() override {
        for (auto& [name, lines] : m_lines)
            LATHE_TRY(flush(name, lines));
        const std::string id = fileName(m_folder);
        const double started = m_run.started > 0 ? m_run.started : m_run.spec.created;
        return writeFileAtomic(
            joinPath(m_folder, "meta.yaml"),
            "artifact_uri: " + yamlText("file://" + joinPath(m_folder, "artifacts")) + "\nend_time: " +
                (m_run.ended > 0 ? std::to_string(milliseconds(m_run.ended)) : std::string("null")) +
                "\nentry_point_name: ''\nexperiment_id: '" + m_experimentId +
                "'\nlifecycle_stage: active\nrun_id: " + yamlText(id) +
                "\nrun_name: " + yamlText(m_run.spec.name) + "\nrun_uuid: " + yamlText(id) +
                "\nsource_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: " +
                std::to_string(milliseconds(started)) + "\nstatus: " + std::to_string(statusOf(m_run.state)) +
                "\ntags: []\nuser_id: " + yamlText(m_run.spec.user) + "\n");
    }

private:
    Result<> small(const std::string& path, const std::string& content) {
        const std::string file = joinPath(m_folder, path);
        LATHE_TRY(makeDirs(parentPath(file)));
        if (isDirectory(file))  // "a" and "a/b" cannot both be files
            return writeFileAtomic(file + "_", content);
        return writeFileAtomic(file, content);
    }
    Result<> flush(const std::string& name, std::string& lines) {
        std::string& path = m_paths[name];
        if (path.empty()) {
            path = joinPath(m_folder, "metrics/" + keyOf(name));
            // Two names may become one key, and a key may be the folder of another.
            while (isDirectory(path) || exists(path))
                path += "_";
            for (std::string folder = parentPath(path); folder.size() > m_folder.size();
                 folder = parentPath(folder)) {
                if (exists(folder) && !isDirectory(folder)) {
                    path = joinPath(m_folder, "metrics/" + keyOf(name));
                    std::ranges::replace(path.begin() + static_cast<std::ptrdiff_t>(m_folder.size()) + 9,
                                         path.end(), '/', '.');
                    break;
                }
            }
            LATHE_TRY(makeDirs(parentPath(path)));
        }
        const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
        if (!fd)
            return failErrno(errno, "cannot write the metric", path);
        LATHE_TRY(writeAll(fd.get(), lines, path));
        lines.clear();
        return {};
    }

    const record::RunSummary& m_run;
    const std::string m_runDir, m_folder, m_experimentId;
    std::map<std::string, std::string> m_lines, m_paths;
};

}  // namespace

std::unique_ptr<RunExport> mlflowExport(const record::RunSummary& run, const std::string& runDir,
                                        const std::string& folder, const std::string& experimentId) {
    return std::make_unique<MlflowExport>(run, runDir, folder, experimentId);
}

}  // namespace lathe::interop
