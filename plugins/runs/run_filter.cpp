// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_filter.h"

#include <limits>
#include <map>
#include <utility>

namespace lathe::runs {
namespace {

class SummaryFacts final : public record::RunFacts {
public:
    SummaryFacts(const record::RunSummary& run, const record::Filter& filter,
                 const std::vector<record::CellValue>& usual, double now)
        : m_run(run), m_filter(filter), m_usual(usual), m_now(now) {}

    record::FieldValue value(std::size_t field) const override {
        return record::fieldOf(m_run, m_filter.fields()[field].name, m_now, m_made);
    }
    record::FieldValue usual(std::size_t field) const override {
        if (field >= m_usual.size())
            return {};
        const record::CellValue& cell = m_usual[field];
        return {cell.kind, cell.number, cell.text, nullptr};
    }
    bool mentions(std::string_view word) const override { return record::mentionsWord(m_run, word); }
    bool holds(std::string_view phrase, bool consoleOnly) const override {
        return !consoleOnly && record::holdsText(m_run, phrase);
    }

private:
    const record::RunSummary& m_run;
    const record::Filter& m_filter;
    const std::vector<record::CellValue>& m_usual;
    double m_now;
    mutable std::string m_made;
};

}  // namespace

bool lowerIsBetter(std::string_view metric) {
    return record::goalFromMetric(metric) == record::Goal::Min;
}

double bestValue(std::string_view metric, const record::MetricSummary& summary) {
    if (summary.count <= summary.nonFinite)
        return std::numeric_limits<double>::quiet_NaN();
    return lowerIsBetter(metric) ? summary.min : summary.max;
}

std::expected<RunFilter, record::QueryError> RunFilter::parse(std::string_view line) {
    RunFilter filter;
    auto parsed = record::Filter::parse(line);
    if (!parsed)
        return std::unexpected(std::move(parsed).error());
    filter.m_filter = std::move(*parsed);
    return filter;
}

bool RunFilter::matches(const record::RunSummary& run, double now) const {
    if (m_found)
        return m_found->contains(run.spec.id);
    return m_filter.matches(SummaryFacts(run, m_filter, m_usual, now), now);
}

void RunFilter::setUsual(const record::RunSummary* baseline,
                         const std::vector<std::shared_ptr<const record::RunSummary>>& all, double now) {
    m_usual.assign(m_filter.fields().size(), {});
    std::string made;
    for (std::size_t field = 0; field < m_usual.size(); ++field) {
        const std::string& name = m_filter.fields()[field].name;
        if (baseline) {
            m_usual[field] = record::cellOf(record::fieldOf(*baseline, name, now, made));
            continue;
        }
        std::map<std::pair<double, std::string>, std::size_t> counts;
        std::size_t most = 0;
        for (const auto& run : all) {
            record::CellValue cell = record::cellOf(record::fieldOf(*run, name, now, made));
            if (cell.kind == record::FieldValue::Kind::Missing || cell.number != cell.number)
                continue;
            if (const std::size_t count = ++counts[{cell.number, cell.text}]; count > most) {
                most = count;
                m_usual[field] = std::move(cell);
            }
        }
    }
}

void RunFilter::setFound(std::set<std::string> ids) {
    m_found = std::make_shared<const std::set<std::string>>(std::move(ids));
}

}  // namespace lathe::runs
