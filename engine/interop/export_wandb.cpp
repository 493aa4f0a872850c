// SPDX-License-Identifier: Apache-2.0
#include "core/paths.h"
#include "core/text.h"
#include "interop/export_lines.h"
#include "interop/wandb_writer.h"

#include <algorithm>
#include <optional>
#include <set>

namespace lathe::interop {
namespace {

constexpr std::size_t kMaxConsole = 64 << 20;

class WandbExport : public RunExport {
public:
    WandbExport(const record::RunSummary& run, std::string runDir, std::string folder, std::string id)
        : m_run(run), m_runDir(std::move(runDir)), m_folder(std::move(folder)), m_id(std::move(id)) {}

    Result<> begin() override {
        LATHE_TRY(makeDirs(joinPath(m_folder, "files")));
        LATHE_TRY_ASSIGN(m_writer, WandbWriter::create(joinPath(m_folder, "run-" + m_id + ".wandb")));
        return m_writer->run({.id = m_id,
                              .project = m_run.spec.experiment.empty() ? "default" : m_run.spec.experiment,
                              .name = m_run.spec.name,
                              .group = m_run.group,
                              .notes = m_run.note,
                              .host = m_run.spec.hostName,
                              .tags = m_run.tags,
                              .started = m_run.spec.created,
                              .config = paramsOf(m_run)});
    }
    // W&B numbers anew what goes back, so the lines are put in the order of their steps.
    Result<> metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        Row row{time, step, {}};
        for (const auto& [name, value] : values)
            row.values.emplace_back(&*m_names.emplace(name).first, value);
        m_rows.push_back(std::move(row));
        return {};
    }
    Result<> end() override {
        std::ranges::stable_sort(m_rows, {}, [](const Row& row) { return std::pair(row.step, row.time); });
        std::vector<MetricValue> values;
        for (const Row& row : m_rows) {
            values.clear();
            for (const auto& [name, value] : row.values)
                values.push_back({*name, value});
            LATHE_TRY(m_writer->history(row.time, row.step, m_run.spec.created, values));
        }
        if (!m_run.summary.empty())
            LATHE_TRY(m_writer->summary(m_run.summary));
        const std::string console = readFile(joinPath(m_runDir, "output.log"), kMaxConsole).value_or("");
        for (const std::string& line : split(console, '\n'))
            LATHE_TRY(m_writer->output(m_run.spec.created, line + "\n"));
        LATHE_TRY(writeFileAtomic(joinPath(m_folder, "files/output.log"), console));
        LATHE_TRY(m_writer->exit(m_run.exitCode.value_or(m_run.state == record::RunState::Finished ? 0 : 1)));
        return m_writer->close();
    }

private:
    struct Row {
        double time;
        std::int64_t step;
        std::vector<std::pair<const std::string*, double>> values;
    };
    const record::RunSummary& m_run;
    const std::string m_runDir, m_folder, m_id;
    std::optional<WandbWriter> m_writer;
    std::set<std::string, std::less<>> m_names;
    std::vector<Row> m_rows;
};

}  // namespace

std::unique_ptr<RunExport> wandbExport(const record::RunSummary& run, const std::string& runDir,
                                       const std::string& folder, const std::string& id) {
    return std::make_unique<WandbExport>(run, runDir, folder, id);
}

}  // namespace lathe::interop
