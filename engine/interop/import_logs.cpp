// SPDX-License-Identifier: Apache-2.0
// Import of TensorBoard trees, wandb folders, CSV and JSON lines.
#include "core/clock.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "interop/csv_reader.h"
#include "interop/event_file_reader.h"
#include "interop/event_folders.h"
#include "interop/import_runs.h"
#include "interop/import_target.h"
#include "interop/json_lines_reader.h"
#include "interop/open_files.h"
#include "interop/wandb_reader.h"
#include "interop/yaml_values.h"

#include <algorithm>
#include <limits>
#include <map>
#include <sys/stat.h>

namespace lathe::interop {
namespace {

double changedAt(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0
               ? static_cast<double>(info.st_mtim.tv_sec) + static_cast<double>(info.st_mtim.tv_nsec) * 1e-9
               : 0;
}

// Knows the span of time that a log tells of, and passes everything on.
class SpanSink : public SourceSink {
public:
    void at(std::uint64_t) override {}
    bool full() const override { return m_enough; }
    void metrics(double time, std::int64_t, std::span<const MetricValue>) override { saw(time); }
    void event(const Json& line) override {
        if (line.contains("t"))
            saw(getNumber(line, "t"));
    }
    Result<std::string> media(std::string_view, std::string_view) override {
        return std::string("media/none");
    }
    Result<> flush() override { return {}; }

    double first = std::numeric_limits<double>::infinity();

private:
    void saw(double time) {
        if (time > 0)
            first = std::min(first, time);
        m_enough = true;  // the first one will do
    }
    bool m_enough = false;
};

// When the log begins; its file's time if it does not tell.
double beginOf(LogReader& reader, const std::string& path) {
    SpanSink sink;
    (void)reader.read(sink);
    return sink.first < 1e12 ? sink.first : changedAt(path);
}

std::string experimentOf(const ImportContext& context, const std::string& theirs) {
    return context.request.experiment.empty() ? theirs : context.request.experiment;
}

Result<bool> importEvents(ImportContext& context, const std::string& folder, const std::string& root,
                          const std::vector<std::string>& files) {
    record::RunSpec spec;
    const std::string below =
        folder == root ? "" : folder.substr(root.size() + (root.ends_with('/') ? 0 : 1));
    spec.name = below.empty() ? fileName(folder) : below;
    spec.experiment = experimentOf(context, fileName(below.empty() ? parentPath(folder) : root));
    spec.cwd = folder;
    spec.created = std::numeric_limits<double>::infinity();
    double ended = 0;
    for (const std::string& path : files) {
        auto file = GrowingFile::open(path);
        if (!file) {
            context.outcome.problems.push_back(file.error().text());
            continue;
        }
        EventFileReader reader(std::move(*file), [](std::string_view tag) { return std::string(tag); });
        spec.created = std::min(spec.created, beginOf(reader, path));
        ended = std::max(ended, changedAt(path));
    }
    if (ended == 0)
        return true;
    LATHE_TRY_ASSIGN(ImportTarget target, ImportTarget::open(context.store, "tensorboard:" + folder, spec));
    EventFolders names;
    (void)names.renameOf(folder);
    for (const std::string& path : files) {
        auto file = GrowingFile::open(path);
        if (!file)
            continue;
        EventFileReader reader(std::move(*file), names.renameOf(parentPath(path)));
        LATHE_TRY_ASSIGN(const bool whole, target.read("tensorboard", path.substr(folder.size()), reader,
                                                       context.goOn, context.outcome.problems));
        if (!whole)
            return false;
    }
    LATHE_TRY(target.life(spec.created, std::max(ended, spec.created), Json{{"state", "finished"}}));
    LATHE_TRY(context.finish(target));
    return true;
}

Result<bool> importWandb(ImportContext& context, const std::string& path) {
    Json start = Json::object();
    std::string console;
    std::optional<int> code;
    WandbOptions looking;
    looking.start = [&](const Json& known) { start = known; };
    {  // who it is, before its folder can be made
        LATHE_TRY_ASSIGN(GrowingFile file, GrowingFile::open(path));
        WandbReader reader(std::move(file), looking);
        SpanSink sink;
        LATHE_TRY(reader.read(sink));
    }
    record::RunSpec spec;
    std::string id = getString(start, "run_id");
    if (id.empty())
        id = fileName(path).substr(0, fileName(path).size() - extension(path).size());
    spec.name = getString(start, "name", id);
    spec.experiment = experimentOf(context, getString(start, "project"));
    spec.hostName = getString(start, "host");
    spec.created = getNumber(start, "started");
    if (spec.created <= 0)
        spec.created = changedAt(path);
    LATHE_TRY_ASSIGN(ImportTarget target, ImportTarget::open(context.store, "wandb:" + id, spec));

    WandbOptions options;
    options.system = true;
    options.store = context.store.path();
    options.console = [&](std::string_view text) { console += text; };
    options.exit = [&](int exit) { code = exit; };
    LATHE_TRY_ASSIGN(GrowingFile file, GrowingFile::open(path));
    WandbReader reader(std::move(file), options);
    // A resumed run has several files of the same name, in folders that tell when.
    LATHE_TRY_ASSIGN(const bool whole, target.read("wandb", fileName(parentPath(path)) + "/" + fileName(path),
                                                   reader, context.goOn, context.outcome.problems));
    if (!whole)
        return false;
    if (!console.empty() && !exists(joinPath(target.dir(), "output.log")))
        LATHE_TRY(writeFileAtomic(joinPath(target.dir(), "output.log"), console));
    Json end{{"state", !code || *code == 0 ? "finished" : "failed"}};
    if (code)
        end["exit"] = *code;
    else
        end["reason"] = "W&B's file does not tell its end";
    LATHE_TRY(target.life(spec.created, std::max(changedAt(path), spec.created), end));
    LATHE_TRY(context.finish(target));
    return true;
}

Result<bool> importTable(ImportContext& context, const std::string& path, bool jsonLines) {
    const double changed = changedAt(path);
    const auto open = [&]() -> Result<std::unique_ptr<LogReader>> {
        LATHE_TRY_ASSIGN(GrowingFile file, GrowingFile::open(path));
        if (jsonLines)
            return std::make_unique<JsonLinesReader>(std::move(file),
                                                     JsonLinesOptions{.skipBytes = 0, .time = changed});
        CsvOptions options;
        options.time = changed;
        options.needStep = context.request.format.has_value() ? false : true;
        if (extension(path) == ".tsv")
            options.separator = '\t';
        return std::make_unique<CsvReader>(std::move(file), options);
    };
    record::RunSpec spec;
    const std::string folder = parentPath(path), file = fileName(path);
    const bool usual =
        file == "metrics.csv" || file == "metrics.jsonl" || file == "log.csv" || file == "training.log";
    spec.name = usual ? fileName(folder) : file.substr(0, file.size() - extension(file).size());
    spec.experiment = experimentOf(context, fileName(usual ? parentPath(folder) : folder));
    {
        LATHE_TRY_ASSIGN(const auto reader, open());
        SpanSink sink;
        const auto begun = reader->read(sink);
        if (!begun && begun.error().code == ErrorCode::Invalid)
            return true;  // no log of metrics
        spec.created = sink.first < 1e12 ? sink.first : changed;
    }
    for (const char* name : {"hparams.yaml", "params.yaml", "params.json"}) {  // JSON is YAML
        const auto text = readFile(joinPath(folder, name), 1 << 20);
        const auto values = text ? yamlValues(*text) : std::unexpected(text.error());
        if (values && values->is_object())
            spec.params.update(flattenJson(*values));
    }
    LATHE_TRY_ASSIGN(ImportTarget target, ImportTarget::open(context.store, "table:" + path, spec));
    LATHE_TRY_ASSIGN(const auto reader, open());
    LATHE_TRY_ASSIGN(const bool whole, target.read(jsonLines ? "jsonl" : "csv", file, *reader, context.goOn,
                                                   context.outcome.problems));
    if (!whole)
        return false;
    LATHE_TRY(target.life(spec.created, std::max(changed, spec.created), Json{{"state", "finished"}}));
    LATHE_TRY(context.finish(target));
    return true;
}

}  // namespace

Result<> findTensorBoard(const std::string& path, ImportContext&, std::vector<ImportJob>& jobs) {
    std::map<std::string, std::vector<std::string>> folders;
    for (const std::string& file :
         filesBelow(path, [](const std::string& name) { return logKindOf(name) == LogKind::Events; }))
        folders[parentPath(file)].push_back(file);
    // A folder below one with event files, and "train" or "val", is a part of a run.
    const auto runOf = [&](const std::string& folder) {
        for (std::string above = parentPath(folder); above.size() >= path.size() && above != "/";
             above = parentPath(above)) {
            if (folders.contains(above))
                return above;
        }
        return EventFolders::isPart(fileName(folder)) && folder != path ? parentPath(folder) : folder;
    };
    std::map<std::string, std::vector<std::string>> runs;
    for (const auto& [folder, files] : folders) {
        std::string run = runOf(folder);
        for (std::string outer = runOf(run); outer != run && folders.contains(run); outer = runOf(run))
            run = outer;
        auto& all = runs[run];
        all.insert(all.end(), files.begin(), files.end());
    }
    const std::string root = isDirectory(path) ? path : parentPath(path);
    for (const auto& [folder, files] : runs) {
        jobs.push_back({fileName(folder), [folder, root, files](ImportContext& context) {
                            return importEvents(context, folder, root, files);
                        }});
    }
    return {};
}

Result<> findWandb(const std::string& path, ImportContext&, std::vector<ImportJob>& jobs) {
    for (const std::string& file :
         filesBelow(path, [](const std::string& name) { return logKindOf(name) == LogKind::Wandb; }))
        jobs.push_back({fileName(parentPath(file)),
                        [file](ImportContext& context) { return importWandb(context, file); }});
    return {};
}

Result<> findTables(const std::string& path, bool jsonLines, ImportContext&, std::vector<ImportJob>& jobs) {
    const LogKind kind = jsonLines ? LogKind::JsonLines : LogKind::Csv;
    const bool named = !isDirectory(path);
    for (const std::string& file :
         filesBelow(path, [&](const std::string& name) { return named || logKindOf(name) == kind; }))
        jobs.push_back({fileName(file), [file, jsonLines](ImportContext& context) {
                            return importTable(context, file, jsonLines);
                        }});
    return {};
}

}  // namespace lathe::interop
