// SPDX-License-Identifier: Apache-2.0
#include "core/paths.h"
#include "interop/event_file_writer.h"
#include "interop/export_lines.h"

#include <cmath>
#include <optional>
#include <unordered_set>

namespace lathe::interop {
namespace {

constexpr std::size_t kMaxMedia = 64 << 20;

std::vector<double> numbers(const Json& list) {
    std::vector<double> values;
    for (const Json& value : list)
        values.push_back(numberFromJson(value).value_or(0));
    return values;
}

class TensorBoardExport : public RunExport {
public:
    TensorBoardExport(const record::RunSummary& run, std::string runDir, std::string folder)
        : m_run(run), m_runDir(std::move(runDir)), m_folder(std::move(folder)) {}

    // A series stays single precision, which every reader of event files knows, if it loses nothing by it.
    bool wantsLook() const override { return true; }
    void look(std::span<const MetricValue> values) override {
        for (const auto& [name, value] : values) {
            if (!std::isnan(value) && static_cast<double>(static_cast<float>(value)) != value)
                m_double.emplace(name);
        }
    }
    Result<> begin() override {
        LATHE_TRY_ASSIGN(m_writer, EventFileWriter::create(m_folder, m_run.spec.created));
        const Json params = paramsOf(m_run);
        if (!params.empty())
            LATHE_TRY(m_writer->hyperparameters(m_run.spec.created, params, m_run.spec.name));
        return {};
    }
    Result<> metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        for (const auto& [name, value] : values)
            LATHE_TRY(m_writer->scalar(time, step, name, value, !m_double.contains(std::string(name))));
        return {};
    }
    Result<> item(const record::Item& item) override {
        const Json& fields = item.fields;
        if (item.kind == record::ItemKind::Text)
            return m_writer->text(item.time, item.step, item.name, getString(fields, "text"));
        if (item.kind == record::ItemKind::Histogram && fields.contains("edges") && fields.contains("counts"))
            return m_writer->histogram(item.time, item.step, item.name, numbers(fields["edges"]),
                                       numbers(fields["counts"]));
        if (item.kind == record::ItemKind::Image) {
            const auto bytes =
                readFile(joinPath(m_runDir, cleanPath("/" + getString(fields, "file")).substr(1)), kMaxMedia);
            if (!bytes)  // gone; the rest is worth having
                return {};
            return m_writer->image(item.time, item.step, item.name, getInt(fields, "width"),
                                   getInt(fields, "height"), *bytes);
        }
        return {};
    }
    Result<> end() override { return m_writer->close(); }

private:
    const record::RunSummary& m_run;
    const std::string m_runDir, m_folder;
    std::optional<EventFileWriter> m_writer;
    std::unordered_set<std::string> m_double;
};

}  // namespace

std::unique_ptr<RunExport> tensorBoardExport(const record::RunSummary& run, const std::string& runDir,
                                             const std::string& folder) {
    return std::make_unique<TensorBoardExport>(run, runDir, folder);
}

}  // namespace lathe::interop
