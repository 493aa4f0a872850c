// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/console_text.h"
#include "record/query.h"
#include "record/run_columns.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lathe::record {

// A run as the index holds it: its summary without metrics, and where its metrics stand in the columns.
struct TableRow {
    const RunSummary* run = nullptr;
    std::size_t slot = 0;
};

// Fields of many runs. Metrics come from columns that are read once for each field, all else from the
// summaries. Nothing may change the index while it is in use.
class TableFacts final : public RunFacts {
public:
    TableFacts(Database& db, RunColumns& columns, const std::vector<TableRow>& rows, double now)
        : m_db(db), m_columns(columns), m_rows(rows), m_now(now) {}

    // Makes a field known; returns its number. Invalid if no run has such a field: what it says names the
    // nearest one.
    Result<std::size_t> addField(const std::string& name);
    // Any name that some run has, besides the builtin ones.
    Result<std::vector<std::string>> names();
    void setBaseline(const TableRow& row) { m_baseline = row; }

    void select(std::size_t row) { m_at = m_rows[row]; }
    const RunSummary& current() const { return *m_at.run; }

    FieldValue value(std::size_t field) const override { return valueAt(m_at, field); }
    FieldValue usual(std::size_t field) const override;
    bool mentions(std::string_view word) const override { return mentionsWord(*m_at.run, word); }
    bool holds(std::string_view phrase, bool consoleOnly) const override;
    // What holds() could not return.
    std::optional<Error> takeError() { return std::exchange(m_error, std::nullopt); }

private:
    struct Field {
        std::string name, metric, aspect;  // `metric` is empty if no run has one of this name
        std::shared_ptr<const RunColumns::MetricColumn> column;
        bool builtin = false;
        bool param = false;  // some run may have a parameter, or a value of the summary, of this name
        mutable std::size_t place =
            0;  // of the parameter in the run asked last; most runs have the same ones
        mutable std::string made;
        mutable std::optional<CellValue> usual;
    };
    FieldValue valueAt(const TableRow& row, std::size_t field) const;
    FieldValue paramAt(const TableRow& row, const Field& field) const;

    Database& m_db;
    RunColumns& m_columns;
    const std::vector<TableRow>& m_rows;
    double m_now;
    TableRow m_at;
    std::optional<TableRow> m_baseline;
    std::vector<std::unique_ptr<Field>> m_fields;
    mutable std::map<std::string, std::set<std::string>, std::less<>> m_consoles;  // phrase → runs
    mutable std::optional<Error> m_error;
};

}  // namespace lathe::record
