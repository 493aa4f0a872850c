// SPDX-License-Identifier: Apache-2.0
#include "interop/export_run.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/sha256.h"
#include "core/text.h"
#include "interop/export_lines.h"
#include "record/journal_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>

namespace lathe::interop {
namespace {

constexpr std::size_t kPiece = 4 << 20;
constexpr std::size_t kBuffer = 1 << 20;

// The metric lines of a journal into an export.
class LineSink : public record::JournalSink {
public:
    LineSink(RunExport& target, bool looking) : m_target(target), m_looking(looking) {}

    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        points += values.size();
        if (m_looking)
            m_target.look(values);
        else if (m_done)
            m_done = m_target.metrics(time, step, values);
    }
    void event(double, std::string_view, const Json&) override {}
    Result<> done() const { return m_done; }

    std::uint64_t points = 0;

private:
    RunExport& m_target;
    bool m_looking;
    Result<> m_done;
};

// Returns false if it was cancelled.
Result<bool> readMetrics(const std::string& runDir, LineSink& sink, const std::function<bool()>& goOn) {
    LATHE_TRY_ASSIGN(const auto names, listDir(runDir));
    record::JournalReader reader;
    for (const std::string& name : names) {
        if (!name.starts_with("journal.") || !name.ends_with(".jsonl"))
            continue;
        record::JournalCursor cursor;
        for (bool more = true; more;) {
            if (!goOn())
                return false;
            LATHE_TRY_ASSIGN(more, reader.read(joinPath(runDir, name), cursor, kPiece, sink));
            LATHE_TRY(sink.done());
        }
    }
    return true;
}

std::string folderFor(const record::RunSummary& run, const std::string& out) {
    // Runs of one name get the end of their id as well.
    const std::string name = plainName(run.spec.name.empty() ? run.spec.id : run.spec.name);
    const std::string path = joinPath(out, name);
    if (!exists(path) || readFile(joinPath(path, ".lathe-run"), 64).value_or("") == run.spec.id)
        return path;
    return path + "-" + run.spec.id.substr(run.spec.id.size() - std::min<std::size_t>(6, run.spec.id.size()));
}

std::string wandbId(const std::string& id) {
    return sha256Hex(id).substr(0, 8);
}

std::string wandbTime(double time) {
    const auto seconds = static_cast<std::time_t>(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y%m%d_%H%M%S", &parts);
    return text;
}

}  // namespace

std::optional<ExportFormat> exportFormatFromName(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, ExportFormat>, 5> formats{
        {{"tensorboard", ExportFormat::TensorBoard},
         {"mlflow", ExportFormat::Mlflow},
         {"wandb", ExportFormat::Wandb},
         {"csv", ExportFormat::Csv},
         {"jsonl", ExportFormat::JsonLines}}};
    for (const auto& [text, format] : formats) {
        if (text == name)
            return format;
    }
    return std::nullopt;
}

std::string plainName(std::string_view name) {
    std::string plain;
    for (const char c : name) {
        const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          c == '-' || c == '_' || c == '.' || c == ' ';
        plain += kept ? c : '_';
    }
    return plain.empty() || plain.find_first_not_of('.') == std::string::npos ? "_" + plain : plain;
}

Json paramsOf(const record::RunSummary& run) {
    return flattenJson(run.params.is_object() ? run.params : Json::object());
}

std::string mlflowExperimentId(const std::string& experiment) {
    // Eighteen digits, as MLflow's own file store draws them at random.
    const std::string sum = sha256Hex(experiment);
    std::uint64_t number = 0;
    std::from_chars(sum.data(), sum.data() + 15, number, 16);
    return fmt::format("{}", 100'000'000'000'000'000 + number % 900'000'000'000'000'000);
}

std::string mlflowRunId(const std::string& runId) {
    return sha256Hex(runId).substr(0, 32);
}

Result<BufferedFile> BufferedFile::create(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd)
        return failErrno(errno, "cannot write the file", path);
    return BufferedFile(std::move(fd), path);
}

Result<> BufferedFile::write(std::string_view bytes) {
    m_buffer += bytes;
    if (m_buffer.size() < kBuffer)
        return {};
    LATHE_TRY(writeAll(m_fd.get(), m_buffer, m_path));
    m_buffer.clear();
    return {};
}

Result<> BufferedFile::close() {
    LATHE_TRY(writeAll(m_fd.get(), m_buffer, m_path));
    m_buffer.clear();
    m_fd.reset();
    return {};
}

Result<ExportedRun> exportRun(record::Store& store, const record::RunSummary& run, ExportFormat format,
                              const std::string& out, const std::function<bool()>& goOn) {
    const std::string runDir = store.runDir(run.spec.id);
    ExportedRun exported;
    std::string folder;
    std::unique_ptr<RunExport> target;
    const std::string experiment = run.spec.experiment.empty() ? "default" : run.spec.experiment;
    switch (format) {
    case ExportFormat::TensorBoard:
        folder = folderFor(run, out);
        target = tensorBoardExport(run, runDir, folder);
        break;
    case ExportFormat::Mlflow: {
        const std::string id = mlflowExperimentId(experiment);
        folder = joinPath(out, id + "/" + mlflowRunId(run.spec.id));
        target = mlflowExport(run, runDir, folder, id);
        break;
    }
    case ExportFormat::Wandb: {
        const std::string id = wandbId(run.spec.id);
        folder = joinPath(out, "offline-run-" + wandbTime(run.spec.created) + "-" + id);
        target = wandbExport(run, runDir, folder, id);
        break;
    }
    case ExportFormat::Csv:
        folder = folderFor(run, out);
        target = csvExport(run, folder);
        break;
    case ExportFormat::JsonLines:
        folder = folderFor(run, out);
        target = jsonLinesExport(run, folder);
        break;
    }
    if (exists(folder))
        return fail(ErrorCode::Exists, "this run was exported here before", folder,
                    "remove the folder, or choose another");
    LATHE_TRY(makeDirs(folder));
    exported.path = folder;

    const auto write = [&]() -> Result<> {
        if (format == ExportFormat::TensorBoard || format == ExportFormat::Csv ||
            format == ExportFormat::JsonLines)
            LATHE_TRY(writeFileAtomic(joinPath(folder, ".lathe-run"), run.spec.id));
        if (target->wantsLook()) {
            LineSink looking(*target, true);
            LATHE_TRY_ASSIGN(const bool looked, readMetrics(runDir, looking, goOn));
            exported.cancelled = !looked;
        }
        if (!exported.cancelled) {
            LATHE_TRY(target->begin());
            LineSink writing(*target, false);
            LATHE_TRY_ASSIGN(const bool wrote, readMetrics(runDir, writing, goOn));
            exported.cancelled = !wrote;
            exported.points = writing.points;
        }
        if (exported.cancelled)
            return {};
        LATHE_TRY_ASSIGN(const auto items, store.items({.run = run.spec.id, .kind = {}, .name = {}}));
        for (const record::Item& item : items)
            LATHE_TRY(target->item(item));
        return target->end();
    };
    const auto written = write();
    if (!written || exported.cancelled)
        (void)removeTree(folder);
    if (!written)
        return std::unexpected(written.error());
    return exported;
}

}  // namespace lathe::interop
