// SPDX-License-Identifier: Apache-2.0
#include "interop/import_runs.h"

#include "core/file.h"
#include "core/paths.h"
#include "interop/import_target.h"
#include "interop/open_files.h"

#include <array>

namespace lathe::interop {
namespace {

constexpr std::string_view kSqliteHead("SQLite format 3\0", 16);

bool isDatabase(const std::string& path) {
    return readFileFrom(path, 0, 16).value_or("") == kSqliteHead;
}

// What a path holds, by looking: a folder may hold several kinds.
std::vector<ImportFormat> formatsAt(const std::string& path) {
    if (!isDirectory(path)) {
        if (isDatabase(path))
            return {ImportFormat::MlflowDb};
        switch (logKindOf(path)) {
        case LogKind::Events: return {ImportFormat::TensorBoard};
        case LogKind::Wandb: return {ImportFormat::Wandb};
        case LogKind::Csv: return {ImportFormat::Csv};
        case LogKind::JsonLines: return {ImportFormat::JsonLines};
        default: return {};
        }
    }
    std::vector<ImportFormat> formats;
    if (exists(joinPath(path, "mlflow.db")))
        formats.push_back(ImportFormat::MlflowDb);
    const auto has = [&](const std::function<bool(const std::string&)>& wanted) {
        return !filesBelow(path, wanted).empty();
    };
    // mlruns/<experiment>/<run>/meta.yaml, the folder itself or the one around it.
    if (has([](const std::string& file) {
            return fileName(file) == "meta.yaml" && isDirectory(joinPath(parentPath(file), "metrics"));
        }))
        formats.push_back(ImportFormat::Mlflow);
    if (has([](const std::string& file) { return logKindOf(file) == LogKind::Wandb; }))
        formats.push_back(ImportFormat::Wandb);
    if (has([](const std::string& file) { return logKindOf(file) == LogKind::Events; }))
        formats.push_back(ImportFormat::TensorBoard);
    if (formats.empty() && has([](const std::string& file) { return logKindOf(file) == LogKind::Csv; }))
        formats.push_back(ImportFormat::Csv);
    if (formats.empty() && has([](const std::string& file) { return logKindOf(file) == LogKind::JsonLines; }))
        formats.push_back(ImportFormat::JsonLines);
    return formats;
}

Result<> findJobs(ImportFormat format, const std::string& path, ImportContext& context,
                  std::vector<ImportJob>& jobs) {
    switch (format) {
    case ImportFormat::TensorBoard: return findTensorBoard(path, context, jobs);
    case ImportFormat::Mlflow:
        if (!isDirectory(path) && isDatabase(path))
            return findMlflowDb(path, context, jobs);
        return findMlflow(path, context, jobs);
    case ImportFormat::MlflowDb:
        return findMlflowDb(isDirectory(path) ? joinPath(path, "mlflow.db") : path, context, jobs);
    case ImportFormat::Wandb: return findWandb(path, context, jobs);
    case ImportFormat::Csv: return findTables(path, false, context, jobs);
    case ImportFormat::JsonLines: return findTables(path, true, context, jobs);
    }
    return {};
}

}  // namespace

std::optional<ImportFormat> importFormatFromName(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, ImportFormat>, 5> formats{
        {{"tensorboard", ImportFormat::TensorBoard},
         {"mlflow", ImportFormat::Mlflow},
         {"wandb", ImportFormat::Wandb},
         {"csv", ImportFormat::Csv},
         {"jsonl", ImportFormat::JsonLines}}};
    for (const auto& [text, format] : formats) {
        if (text == name)
            return format;
    }
    return std::nullopt;
}

Result<ImportOutcome> importRuns(record::Store& store, const ImportRequest& request,
                                 const std::function<void(int, int, const std::string&)>& progress,
                                 const std::function<bool()>& goOn) {
    ImportOutcome outcome;
    ImportContext context{store, request, progress, goOn, outcome};
    std::vector<ImportJob> jobs;
    for (const std::string& given : request.paths) {
        const std::string path = absolutePath(expandHome(given));
        if (!exists(path))
            return fail(ErrorCode::NotFound, "no such file or folder", given);
        const std::size_t before = jobs.size();
        if (request.format) {
            LATHE_TRY(findJobs(*request.format, path, context, jobs));
        } else {
            for (const ImportFormat format : formatsAt(path))
                LATHE_TRY(findJobs(format, path, context, jobs));
        }
        if (jobs.size() == before && outcome.problems.empty())
            return fail(ErrorCode::NotFound, "nothing to import is here", given,
                        "it looks for event files, mlruns, mlflow.db, wandb folders, metrics.csv and .jsonl");
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (!goOn()) {
            outcome.cancelled = true;
            break;
        }
        if (progress)
            progress(static_cast<int>(i), static_cast<int>(jobs.size()), jobs[i].name);
        const auto done = jobs[i].run(context);
        if (!done && (done.error().code == ErrorCode::Full || done.error().code == ErrorCode::Denied))
            return std::unexpected(done.error());  // of the store: the next run would fare no better
        if (!done)
            outcome.problems.push_back(jobs[i].name + ": " + done.error().text());
        else if (!*done)
            outcome.cancelled = true;
    }
    return outcome;
}

}  // namespace lathe::interop
