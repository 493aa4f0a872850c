// SPDX-License-Identifier: Apache-2.0
// Import of MLflow's file store (mlruns) and of its SQLite database
// (mlflow/store/tracking/dbmodels/models.py).
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "interop/growing_file.h"
#include "interop/import_runs.h"
#include "interop/import_target.h"
#include "interop/media.h"
#include "interop/number_text.h"
#include "interop/yaml_values.h"
#include "record/sqlite.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <sys/stat.h>

namespace lathe::interop {
namespace {

constexpr std::size_t kBudget = 4 << 20;
constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxText = 1 << 20;
constexpr std::int64_t kMaxCopied = 64 << 20;

// One metric's file: a line is "<milliseconds> <value> <step>".
class MetricFile : public LogReader {
public:
    MetricFile(GrowingFile file, std::string name) : m_file(std::move(file)), m_name(std::move(name)) {}

    Result<bool> read(SourceSink& sink) override {
        const std::uint64_t begin = m_file.offset();
        while (m_file.offset() - begin < kBudget) {
            if (sink.full())
                return false;
            std::size_t end = m_file.held().find('\n');
            if (end == std::string_view::npos) {
                LATHE_TRY_ASSIGN(const bool came, m_file.fill(m_file.held().size() + (1 << 20)));
                if (came && m_file.held().size() <= (2 << 20))
                    continue;
                if (m_file.held().empty())
                    return false;
                end = m_file.held().find('\n');
                if (end == std::string_view::npos)  // MLflow writes whole lines: this is the last one
                    end = m_file.held().size();
            }
            sink.at(m_file.offset());
            take(m_file.held().substr(0, end), sink);
            m_file.consume(std::min(end + 1, m_file.held().size()));
            sink.at(m_file.offset());
        }
        return true;
    }
    std::uint64_t damaged() const override { return m_damaged; }

private:
    void take(std::string_view line, SourceSink& sink) {
        if (trim(line).empty())
            return;
        const auto parts = split(trim(line.substr(0, kMaxLine)), ' ');
        const auto time = numberOfCell(parts[0]);
        const auto value = parts.size() > 1 ? numberOfCell(parts[1]) : std::nullopt;
        std::int64_t step = 0;
        if (parts.size() > 2)
            std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), step);
        if (!time || !value) {
            ++m_damaged;
            return;
        }
        const MetricValue metric{m_name, *value};
        sink.metrics(*time / 1000, step, {&metric, 1});
    }

    GrowingFile m_file;
    std::string m_name;
    std::uint64_t m_damaged = 0;
};

// What both stores say of a run.
struct MlflowRun {
    std::string id, experiment, name, user, status = "FINISHED", artifacts;
    double started = 0, ended = 0;  // seconds; 0: unknown
    bool deleted = false;
    Json params = Json::object();
    std::map<std::string, std::string> tags;

    record::RunSpec spec(const ImportContext& context) const;
    Result<> finish(ImportContext& context, ImportTarget& target) const;
};

std::string tagOf(const MlflowRun& run, const std::string& name) {
    const auto found = run.tags.find(name);
    return found == run.tags.end() ? "" : found->second;
}

record::RunSpec MlflowRun::spec(const ImportContext& context) const {
    record::RunSpec spec;
    spec.name = !name.empty() ? name : tagOf(*this, "mlflow.runName");
    spec.experiment = context.request.experiment.empty() ? experiment : context.request.experiment;
    spec.user = user;
    spec.created = started;
    spec.params = params;
    spec.note = tagOf(*this, "mlflow.note.content");
    spec.code.commit = tagOf(*this, "mlflow.source.git.commit");
    if (const std::string source = tagOf(*this, "mlflow.source.name"); !source.empty())
        spec.argv = {source};
    for (const auto& [tag, value] : tags) {
        if (!tag.starts_with("mlflow."))
            spec.tags.push_back(value.empty() ? tag : tag + "=" + value);
    }
    return spec;
}

Result<> MlflowRun::finish(ImportContext& context, ImportTarget& target) const {
    Json end{{"state", status == "FAILED" ? "failed" : status == "KILLED" ? "stopped" : "finished"}};
    if (status == "RUNNING" || status == "SCHEDULED")
        end["reason"] = "MLflow says that it is still running";
    LATHE_TRY(target.life(started, std::max(ended, started), end));
    if (deleted && target.isNew())
        target.journal().direct("mlflow")->event(Json{{"e", "delete"}, {"deleted", true}});
    return context.finish(target);
}

// Everything below the artifact folder as one artifact of the run; large files are named and not copied.
Result<> takeArtifacts(ImportContext& context, ImportTarget& target, const std::string& folder) {
    if (!target.isNew() || !isDirectory(folder))
        return {};
    Json files = Json::array();
    std::int64_t total = 0;
    for (const std::string& path : filesBelow(folder, [](const std::string&) { return true; })) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0)
            continue;
        Json entry{{"path", path.substr(folder.size() + 1)}};
        const auto bytes =
            info.st_size <= kMaxCopied ? readFile(path, kMaxCopied) : fail(ErrorCode::Full, "large");
        if (bytes) {
            LATHE_TRY_ASSIGN(entry["sha256"], keepObject(context.store.path(), *bytes));
        } else {
            entry["ref"] = "file://" + path;
        }
        entry["bytes"] = info.st_size;
        total += info.st_size;
        files.push_back(std::move(entry));
    }
    if (files.empty())
        return {};
    const std::size_t count = files.size();
    LATHE_TRY_ASSIGN(const std::string manifest,
                     keepObject(context.store.path(), dumpJson(Json{{"files", std::move(files)}})));
    target.journal().direct("mlflow")->event(Json{{"e", "artifact"},
                                                  {"name", "mlflow-artifacts"},
                                                  {"type", "files"},
                                                  {"manifest", manifest},
                                                  {"role", "output"},
                                                  {"aliases", Json::array()},
                                                  {"files", count},
                                                  {"bytes", total},
                                                  {"metadata", Json::object()}});
    return {};
}

double secondsOf(const Json& meta, std::string_view key) {
    const auto found = meta.find(std::string(key));
    return found != meta.end() && found->is_number() ? found->get<double>() / 1000 : 0;
}

Json parameter(const std::string& text) {
    // MLflow keeps text; a number is more useful where it is one.
    const auto number = numberOfCell(text);
    const bool word = text.find_first_of("0123456789") == std::string::npos;
    if (!number || word)
        return text == "True" || text == "true"     ? Json(true)
               : text == "False" || text == "false" ? Json(false)
                                                    : Json(text);
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
    return error == std::errc() && end == text.data() + text.size() ? Json(integer) : jsonNumber(*number);
}

// A folder of small files, one a key; "/" in keys makes folders.
std::map<std::string, std::string> smallFiles(const std::string& folder) {
    std::map<std::string, std::string> values;
    if (!isDirectory(folder))
        return values;
    for (const std::string& path : filesBelow(folder, [](const std::string&) { return true; }))
        values[path.substr(folder.size() + 1)] = readFile(path, kMaxText).value_or("");
    return values;
}

Result<bool> importFolder(ImportContext& context, const std::string& folder) {
    LATHE_TRY_ASSIGN(const std::string text, readFile(joinPath(folder, "meta.yaml"), kMaxText));
    LATHE_TRY_ASSIGN(const Json meta, yamlValues(text));
    MlflowRun run;
    // An id of digits alone reads as a number.
    run.id = fileName(folder);
    run.name = getString(meta, "run_name");
    run.user = getString(meta, "user_id");
    run.started = secondsOf(meta, "start_time");
    run.ended = secondsOf(meta, "end_time");
    run.deleted = getString(meta, "lifecycle_stage") == "deleted";
    switch (getInt(meta, "status", 3)) {
    case 1: run.status = "RUNNING"; break;
    case 2: run.status = "SCHEDULED"; break;
    case 4: run.status = "FAILED"; break;
    case 5: run.status = "KILLED"; break;
    default: break;
    }
    const auto experiment = readFile(joinPath(parentPath(folder), "meta.yaml"), kMaxText);
    const auto about = experiment ? yamlValues(*experiment) : std::unexpected(experiment.error());
    run.experiment = about ? getString(*about, "name") : "";
    for (const auto& [name, value] : smallFiles(joinPath(folder, "params")))
        run.params[name] = parameter(value);
    run.tags = smallFiles(joinPath(folder, "tags"));
    LATHE_TRY_ASSIGN(ImportTarget target,
                     ImportTarget::open(context.store, "mlflow:" + run.id, run.spec(context)));
    const std::string metrics = joinPath(folder, "metrics");
    if (isDirectory(metrics)) {
        for (const std::string& path : filesBelow(metrics, [](const std::string&) { return true; })) {
            const std::string name = path.substr(metrics.size() + 1);
            auto file = GrowingFile::open(path);
            if (!file) {
                context.outcome.problems.push_back(file.error().text());
                continue;
            }
            MetricFile reader(std::move(*file), name);
            LATHE_TRY_ASSIGN(const bool whole, target.read("mlflow", "metrics/" + name, reader, context.goOn,
                                                           context.outcome.problems));
            if (!whole)
                return false;
        }
    }
    LATHE_TRY(takeArtifacts(context, target, joinPath(folder, "artifacts")));
    LATHE_TRY(run.finish(context, target));
    return true;
}

// The metrics of one run in the database, in the order of their rows.
class MetricRows : public LogReader {
public:
    MetricRows(record::Database& db, std::string run) : m_db(db), m_run(std::move(run)) {}

    Result<bool> read(SourceSink& sink) override {
        record::Query query(
            m_db,
            "SELECT rowid, key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? AND rowid > ?"
            " ORDER BY rowid LIMIT 20000",
            m_run, m_row);
        bool any = false;
        while (!sink.full()) {
            LATHE_TRY_ASSIGN(const bool there, query.next());
            if (!there)
                break;
            any = true;
            m_row = query.integer(0);
            double value = query.real(2);
            // SQL databases know neither: MLflow writes a zero with a mark, and the largest number.
            if (query.integer(5) != 0)
                value = std::numeric_limits<double>::quiet_NaN();
            else if (value == std::numeric_limits<double>::max() ||
                     value == std::numeric_limits<double>::lowest())
                value = value > 0 ? std::numeric_limits<double>::infinity()
                                  : -std::numeric_limits<double>::infinity();
            sink.at(static_cast<std::uint64_t>(m_row));
            const MetricValue metric{query.text(1), value};
            sink.metrics(static_cast<double>(query.integer(3)) / 1000, query.integer(4), {&metric, 1});
            sink.at(static_cast<std::uint64_t>(m_row) + 1);
        }
        return any;
    }

private:
    record::Database& m_db;
    const std::string m_run;
    std::int64_t m_row = -1;
};

Result<bool> importRow(ImportContext& context, record::Database& db, const MlflowRun& found) {
    MlflowRun run = found;
    {
        record::Query query(db, "SELECT key, value FROM params WHERE run_uuid = ?", run.id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            run.params[std::string(query.text(0))] = parameter(std::string(query.text(1)));
        }
    }
    {
        record::Query query(db, "SELECT key, value FROM tags WHERE run_uuid = ?", run.id);
        while (true) {
            LATHE_TRY_ASSIGN(const bool more, query.next());
            if (!more)
                break;
            run.tags[std::string(query.text(0))] = std::string(query.text(1));
        }
    }
    LATHE_TRY_ASSIGN(ImportTarget target,
                     ImportTarget::open(context.store, "mlflow:" + run.id, run.spec(context)));
    MetricRows reader(db, run.id);
    LATHE_TRY_ASSIGN(const bool whole,
                     target.read("mlflow", "metrics", reader, context.goOn, context.outcome.problems));
    if (!whole)
        return false;
    if (run.artifacts.starts_with("file://"))
        run.artifacts.erase(0, std::string_view("file://").size());
    if (run.artifacts.starts_with('/'))
        LATHE_TRY(takeArtifacts(context, target, cleanPath(run.artifacts)));
    LATHE_TRY(run.finish(context, target));
    return true;
}

}  // namespace

Result<> findMlflow(const std::string& path, ImportContext&, std::vector<ImportJob>& jobs) {
    for (const std::string& meta : filesBelow(path, [](const std::string& file) {
             // An experiment has one too, but no metrics beside it.
             return fileName(file) == "meta.yaml" && isDirectory(joinPath(parentPath(file), "metrics"));
         })) {
        const std::string folder = parentPath(meta);
        jobs.push_back(
            {fileName(folder), [folder](ImportContext& context) { return importFolder(context, folder); }});
    }
    return {};
}

Result<> findMlflowDb(const std::string& path, ImportContext&, std::vector<ImportJob>& jobs) {
    LATHE_TRY_ASSIGN(auto opened, record::Database::openReadOnly(path));
    const std::shared_ptr<record::Database> db = std::move(opened);
    record::Query query(
        *db,
        "SELECT r.run_uuid, r.name, r.user_id, r.status, r.start_time, r.end_time, r.lifecycle_stage,"
        " r.artifact_uri, e.name FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id"
        " ORDER BY r.start_time");
    while (true) {
        auto more = query.next();
        if (!more)
            return fail(ErrorCode::Corrupt, "not MLflow's database: " + more.error().what, path);
        if (!*more)
            return {};
        MlflowRun run;
        run.id = query.text(0);
        run.name = query.text(1);
        run.user = query.text(2);
        run.status = query.text(3);
        run.started = static_cast<double>(query.integer(4)) / 1000;
        run.ended = static_cast<double>(query.integer(5)) / 1000;
        run.deleted = query.text(6) == "deleted";
        run.artifacts = query.text(7);
        run.experiment = query.text(8);
        jobs.push_back({run.name.empty() ? run.id : run.name,
                        [db, run](ImportContext& context) { return importRow(context, *db, run); }});
    }
}

}  // namespace lathe::interop
