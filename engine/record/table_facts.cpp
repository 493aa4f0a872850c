// SPDX-License-Identifier: Apache-2.0
#include "record/table_facts.h"

#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace lathe::record {

namespace {

FieldValue viewOf(const CellValue& cell) {
    return {cell.kind, cell.number, cell.text, nullptr};
}

// Equal values have equal keys.
std::string keyOf(const CellValue& cell) {
    std::string key(1, static_cast<char>('0' + static_cast<int>(cell.kind)));
    return cell.text.empty() ? key + numberText(cell.number) + "/" + std::to_string(cell.number)
                             : key + cell.text;
}

}  // namespace

Result<std::vector<std::string>> TableFacts::names() {
    LATHE_TRY_ASSIGN(const auto metrics, m_columns.metricNames(m_db));
    std::unordered_set<std::string> all(metrics->begin(), metrics->end());
    for (const TableRow& row : m_rows) {
        for (const auto& [name, value] : row.run->params.items())
            all.insert(name);
        for (const auto& [name, value] : row.run->summary.items())
            all.insert(name);
    }
    std::vector<std::string> sorted(all.begin(), all.end());
    std::ranges::sort(sorted);
    return sorted;
}

Result<std::size_t> TableFacts::addField(const std::string& name) {
    for (std::size_t i = 0; i < m_fields.size(); ++i)
        if (m_fields[i]->name == name)
            return i;
    auto field = std::make_unique<Field>();
    field->name = name;
    field->builtin = isBuiltinField(name);
    if (!field->builtin) {
        LATHE_TRY_ASSIGN(const auto metrics, m_columns.metricNames(m_db));
        const auto parts = splitAspect(name);
        if (std::ranges::binary_search(*metrics, name)) {
            field->metric = name;
            field->aspect = "best";
        } else if (parts && std::ranges::binary_search(*metrics, parts->first)) {
            std::tie(field->metric, field->aspect) = *parts;
        }
        if (!field->metric.empty()) {
            LATHE_TRY_ASSIGN(field->column, m_columns.metric(m_db, field->metric));
        } else if (!m_rows.empty() && std::ranges::none_of(m_rows, [&](const TableRow& row) {
                       return paramOf(*row.run, name, field->made).kind != FieldValue::Kind::Missing;
                   })) {
            LATHE_TRY_ASSIGN(auto known, names());
            known.insert(known.end(), builtinFields().begin(), builtinFields().end());
            const auto nearest = nearestName(name, known);
            return fail(ErrorCode::Invalid, "no run has a parameter or metric of this name", name,
                        nearest ? "did you mean " + *nearest + "?" : "");
        }
    }
    m_fields.push_back(std::move(field));
    return m_fields.size() - 1;
}

FieldValue TableFacts::valueAt(const TableRow& row, std::size_t number) const {
    const Field& field = *m_fields[number];
    const FieldValue value = field.builtin ? builtinOf(*row.run, field.name, m_now, field.made)
                                           : paramOf(*row.run, field.name, field.made);
    if (value.kind != FieldValue::Kind::Missing || !field.column || row.slot >= field.column->size())
        return value;
    const MetricSummary& metric = (*field.column)[row.slot];
    return metric.count == 0 ? FieldValue{} : aspectOf(metric, row.run->goalOf(field.metric), field.aspect);
}

FieldValue TableFacts::usual(std::size_t number) const {
    const Field& field = *m_fields[number];
    if (m_baseline)
        return valueAt(*m_baseline, number);
    if (!field.usual) {
        std::unordered_map<std::string, std::pair<std::size_t, CellValue>> counts;
        for (const TableRow& row : m_rows) {
            const CellValue cell = cellOf(valueAt(row, number));
            if (cell.kind == FieldValue::Kind::Missing)
                continue;
            auto& [count, first] = counts[keyOf(cell)];
            if (count++ == 0)
                first = cell;
        }
        field.usual = CellValue{};
        std::size_t most = 0;
        std::string mostKey;
        for (const auto& [key, counted] : counts) {
            if (counted.first < most || (counted.first == most && key > mostKey))
                continue;
            most = counted.first;
            mostKey = key;
            field.usual = counted.second;
        }
    }
    return viewOf(*field.usual);
}

bool TableFacts::holds(std::string_view phrase, bool consoleOnly) const {
    auto known = m_consoles.find(phrase);
    if (known == m_consoles.end()) {
        auto runs = runsWithConsole(m_db, phrase);
        if (!runs && !m_error)
            m_error = runs.error();
        known =
            m_consoles.emplace(std::string(phrase), runs ? std::move(*runs) : std::set<std::string>{}).first;
    }
    return known->second.contains(m_at.run->spec.id) || (!consoleOnly && holdsText(*m_at.run, phrase));
}

}  // namespace lathe::record
