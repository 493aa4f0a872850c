// SPDX-License-Identifier: Apache-2.0
// Export as CSV with hparams.yaml, as Lightning's CSVLogger lays it out, and as JSON lines.
#include "core/paths.h"
#include "interop/export_lines.h"
#include "interop/journal_line.h"

#include <optional>
#include <unordered_map>

namespace lathe::interop {
namespace {

std::string csvCell(std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(cell);
    std::string text = "\"";
    for (const char c : cell)
        text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
}

class CsvExport : public RunExport {
public:
    CsvExport(const record::RunSummary& run, std::string folder) : m_run(run), m_folder(std::move(folder)) {}

    Result<> begin() override {
        LATHE_TRY_ASSIGN(m_file, BufferedFile::create(joinPath(m_folder, "metrics.csv")));
        std::string head = "step,timestamp";
        for (const auto& [name, summary] : m_run.metrics) {
            // The two columns of the row's own keep their names; a metric called like them is found all the
            // same.
            m_columns.emplace(name, m_columns.size());
            head += "," + csvCell(name == "step" || name == "timestamp" ? name + "_" : name);
        }
        return m_file->write(head + "\n");
    }
    Result<> metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        m_cells.assign(m_columns.size(), {});
        for (const auto& [name, value] : values) {
            if (const auto column = m_columns.find(std::string(name)); column != m_columns.end())
                m_cells[column->second] = exactNumber(value);
        }
        std::string row = std::to_string(step) + "," + exactNumber(time);
        for (const std::string& cell : m_cells)
            row += "," + cell;
        return m_file->write(row + "\n");
    }
    Result<> end() override {
        LATHE_TRY(m_file->close());
        std::string yaml;
        const Json params = paramsOf(m_run);
        for (const auto& [name, value] : params.items())  // JSON is YAML
            yaml += dumpJson(Json(name)) + ": " + dumpJson(value) + "\n";
        return writeFileAtomic(joinPath(m_folder, "hparams.yaml"), yaml.empty() ? "{}\n" : yaml);
    }

private:
    const record::RunSummary& m_run;
    const std::string m_folder;
    std::optional<BufferedFile> m_file;
    std::unordered_map<std::string, std::size_t> m_columns;
    std::vector<std::string> m_cells;
};

class JsonLinesExport : public RunExport {
public:
    JsonLinesExport(const record::RunSummary& run, std::string folder)
        : m_run(run), m_folder(std::move(folder)) {}

    Result<> begin() override {
        LATHE_TRY_ASSIGN(m_file, BufferedFile::create(joinPath(m_folder, "metrics.jsonl")));
        return {};
    }
    Result<> metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        std::string line = "{\"step\":" + std::to_string(step) + ",\"timestamp\":" + exactNumber(time);
        for (const auto& [name, value] : values) {
            const std::string number = exactNumber(value);
            const bool word = number.find_first_of("0123456789") == std::string::npos;
            line += "," + dumpJson(Json(std::string(name))) + ":" + (word ? "\"" + number + "\"" : number);
        }
        return m_file->write(line + "}\n");
    }
    Result<> end() override {
        LATHE_TRY(m_file->close());
        return writeFileAtomic(joinPath(m_folder, "params.json"), dumpJsonPretty(paramsOf(m_run)));
    }

private:
    const record::RunSummary& m_run;
    const std::string m_folder;
    std::optional<BufferedFile> m_file;
};

}  // namespace

std::unique_ptr<RunExport> csvExport(const record::RunSummary& run, const std::string& folder) {
    return std::make_unique<CsvExport>(run, folder);
}

std::unique_ptr<RunExport> jsonLinesExport(const record::RunSummary& run, const std::string& folder) {
    return std::make_unique<JsonLinesExport>(run, folder);
}

}  // namespace lathe::interop
