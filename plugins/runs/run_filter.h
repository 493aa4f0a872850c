// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/query.h"
#include "record/run.h"

#include <expected>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::runs {

// What the filter line says (record/query.h), over runs that are in memory. What only the store can answer,
// the search of consoles, is asked of it once and then held as the set of runs that fit.
class RunFilter {
public:
    static std::expected<RunFilter, record::QueryError> parse(std::string_view line);

    // `now`: unix seconds, for `started` and the duration of running runs.
    bool matches(const record::RunSummary& run, double now) const;
    bool empty() const { return m_filter.empty(); }
    const record::Filter& query() const { return m_filter; }

    // What changed(…) compares with: the baseline, or null and the most frequent value of all runs.
    void setUsual(const record::RunSummary* baseline,
                  const std::vector<std::shared_ptr<const record::RunSummary>>& all, double now);
    // The runs that fit, as the store says.
    void setFound(std::set<std::string> ids);

private:
    record::Filter m_filter;
    std::vector<record::CellValue> m_usual;  // by field of the query
    std::shared_ptr<const std::set<std::string>> m_found;
};

// Whether less is better of a metric, learnt from its name.
bool lowerIsBetter(std::string_view metric);
// The best value: min or max after lowerIsBetter. NaN if the metric holds no finite value.
double bestValue(std::string_view metric, const record::MetricSummary& summary);

}  // namespace lathe::runs
