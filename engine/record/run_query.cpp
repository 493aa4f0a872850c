// SPDX-License-Identifier: Apache-2.0
// Index::query: filter, sort, group, one page.
#include "record/index.h"

#include "core/clock.h"
#include "core/text.h"
#include "record/query.h"
#include "record/table_facts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace lathe::record {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct SortKey {
    std::size_t field = 0;
    bool descending = false;
};

// Numbers before texts; what is missing or NaN after all, whichever way the order goes.
int rankOf(const CellValue& cell) {
    switch (cell.kind) {
    case FieldValue::Kind::Missing: return 2;
    case FieldValue::Kind::Text:
    case FieldValue::Kind::Texts: return 1;
    default: return std::isnan(cell.number) ? 2 : 0;
    }
}

int compareCells(const CellValue& a, const CellValue& b, bool descending) {
    const int left = rankOf(a), right = rankOf(b);
    if (left == 2 || right == 2)
        return left == right ? 0 : left == 2 ? 1 : -1;
    int order = left - right;
    if (order == 0 && left == 0)
        order = a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
    else if (order == 0)
        order = a.text.compare(b.text);
    return descending ? -order : order;
}

// A sorted row: numbers are kept as such, so that the usual case compares no texts.
struct Sortable {
    std::size_t row = 0;
    std::vector<CellValue> keys;
};

bool isNumber(const CellValue& cell) {
    return rankOf(cell) == 0;
}

double aggregateOf(Aggregate aggregate, std::vector<double> values) {
    if (aggregate == Aggregate::Count)
        return static_cast<double>(values.size());
    if (values.empty())
        return kNaN;
    const auto count = static_cast<double>(values.size());
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    switch (aggregate) {
    case Aggregate::Sum: return sum;
    case Aggregate::Mean: return sum / count;
    case Aggregate::Min: return *std::ranges::min_element(values);
    case Aggregate::Max: return *std::ranges::max_element(values);
    case Aggregate::Std: {  // of a sample, as NumPy's ddof=1
        if (values.size() < 2)
            return kNaN;
        double squares = 0;
        for (const double value : values)
            squares += (value - sum / count) * (value - sum / count);
        return std::sqrt(squares / (count - 1));
    }
    case Aggregate::Median: {
        std::ranges::sort(values);
        const std::size_t middle = values.size() / 2;
        return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
    case Aggregate::Count: break;
    }
    return kNaN;
}

class Asking {
public:
    Asking(TableFacts& facts, const std::vector<TableRow>& rows, const RunQuery& query, double now)
        : m_facts(facts), m_rows(rows), m_query(query), m_now(now) {}

    Result<RunPage> answer();

private:
    Result<> prepare();
    bool fits(const Filter& filter, std::size_t row) {
        m_facts.select(row);
        const RunSummary& run = m_facts.current();
        return (m_query.archived || !run.archived) &&
               (m_query.experiment.empty() || run.spec.experiment == m_query.experiment) &&
               (!m_query.state || run.state == *m_query.state) && filter.matches(m_facts, m_now);
    }
    CellValue cell(std::size_t row, std::size_t field) {
        m_facts.select(row);
        return cellOf(m_facts.value(field));
    }
    void sortRows(std::size_t wanted);
    void tellRows(RunPage& page);
    Result<> groupKeys(RunPage& page);
    Result<> tellGroups(RunPage& page);
    Result<std::string> blame();

    TableFacts& m_facts;
    const std::vector<TableRow>& m_rows;
    const RunQuery& m_query;
    double m_now;
    Filter m_filter;
    std::vector<SortKey> m_sort;
    std::vector<std::size_t> m_columns, m_groupBy;
    std::vector<std::size_t> m_found;
};

Result<> Asking::prepare() {
    auto parsed = Filter::parse(m_query.filter);
    if (!parsed)
        return std::unexpected(parsed.error().toError(m_query.filter));
    m_filter = std::move(*parsed);
    // Fields are numbered as in the filter, since it comes first.
    for (const Filter::Field& field : m_filter.fields()) {
        auto added = m_facts.addField(field.name);
        if (!added)
            return std::unexpected(
                added.error().code == ErrorCode::Invalid
                    ? QueryError{field.at, field.name.size(), added.error().what, added.error().hint}.toError(
                          m_query.filter)
                    : added.error());
    }
    for (const std::string& part : split(m_query.sort, ',')) {
        std::string_view name = trim(part);
        if (name.empty())
            continue;
        SortKey key;
        key.descending = name.starts_with('-');
        if (name.starts_with('-') || name.starts_with('+'))
            name.remove_prefix(1);
        LATHE_TRY_ASSIGN(key.field, m_facts.addField(std::string(name)));
        m_sort.push_back(key);
    }
    for (const std::string& name : m_query.columns) {
        LATHE_TRY_ASSIGN(const std::size_t field, m_facts.addField(name));
        m_columns.push_back(field);
    }
    for (const std::string& name : m_query.groupBy) {
        LATHE_TRY_ASSIGN(const std::size_t field, m_facts.addField(name));
        m_groupBy.push_back(field);
    }
    for (const std::string& name : m_query.allBut)
        LATHE_TRY(m_facts.addField(name));
    return {};
}

Result<RunPage> Asking::answer() {
    LATHE_TRY(prepare());
    RunPage page;
    page.runs = m_rows.size();
    page.aggregates = m_query.aggregates.empty() ? std::vector{Aggregate::Mean} : m_query.aggregates;
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        if (fits(m_filter, row))
            m_found.push_back(row);
    const bool grouped = !m_query.groupBy.empty() || !m_query.allBut.empty();
    if (m_found.empty()) {
        LATHE_TRY_ASSIGN(page.blame, blame());
    } else if (grouped) {
        sortRows(m_found.size());
        LATHE_TRY(groupKeys(page));
        LATHE_TRY(tellGroups(page));
    } else {
        page.total = m_found.size();
        sortRows(m_query.limit == 0 ? m_found.size()
                                    : std::min(m_found.size(), m_query.offset + m_query.limit));
        tellRows(page);
    }
    if (auto error = m_facts.takeError())
        return std::unexpected(std::move(*error));
    return page;
}

// Brings the first `wanted` rows into order; equal ones stay newest first.
void Asking::sortRows(std::size_t wanted) {
    if (m_sort.empty())
        return;
    std::vector<Sortable> rows;
    rows.reserve(m_found.size());
    for (const std::size_t row : m_found) {
        Sortable& made = rows.emplace_back();
        made.row = row;
        made.keys.reserve(m_sort.size());
        for (const SortKey& key : m_sort)
            made.keys.push_back(cell(row, key.field));
    }
    const auto before = [&](const Sortable& a, const Sortable& b) {
        for (std::size_t i = 0; i < m_sort.size(); ++i)
            if (const int order = compareCells(a.keys[i], b.keys[i], m_sort[i].descending); order != 0)
                return order < 0;
        return a.row < b.row;
    };
    std::ranges::partial_sort(rows, rows.begin() + static_cast<std::ptrdiff_t>(wanted), before);
    for (std::size_t i = 0; i < rows.size(); ++i)
        m_found[i] = rows[i].row;
}

void Asking::tellRows(RunPage& page) {
    const std::size_t end =
        m_query.limit == 0 ? m_found.size() : std::min(m_found.size(), m_query.offset + m_query.limit);
    for (std::size_t i = std::min(m_query.offset, end); i < end; ++i) {
        RunRow& row = page.rows.emplace_back();
        row.id = m_rows[m_found[i]].run->spec.id;
        for (const std::size_t column : m_columns)
            row.cells.push_back(cell(m_found[i], column));
    }
}

// What is grouped by: the fields asked for, and of "all but" every parameter in which the found runs differ.
Result<> Asking::groupKeys(RunPage& page) {
    page.groupBy = m_query.groupBy;
    if (m_query.allBut.empty())
        return {};
    struct Seen {
        const Json* first = nullptr;
        std::size_t count = 0;
        bool differs = false;
    };
    std::unordered_map<std::string, Seen> params;
    for (const std::size_t row : m_found) {
        for (const auto& [name, value] : m_rows[row].run->params.items()) {
            Seen& seen = params[name];
            if (seen.count++ == 0)
                seen.first = &value;
            else if (!seen.differs)
                seen.differs = *seen.first != value;
        }
    }
    std::vector<std::string> names;
    for (const auto& [name, seen] : params)
        if ((seen.differs || seen.count < m_found.size()) &&
            std::ranges::find(m_query.allBut, name) == m_query.allBut.end() &&
            std::ranges::find(page.groupBy, name) == page.groupBy.end())
            names.push_back(name);
    std::ranges::sort(names);
    for (const std::string& name : names) {
        LATHE_TRY_ASSIGN(const std::size_t field, m_facts.addField(name));
        m_groupBy.push_back(field);
        page.groupBy.push_back(name);
    }
    return {};
}

Result<> Asking::tellGroups(RunPage& page) {
    struct Group {
        GroupRow row;
        std::vector<std::size_t> members;  // those that count
        std::vector<CellValue> order;
    };
    std::vector<Group> groups;
    std::unordered_map<std::string, std::size_t> byKey;
    for (const std::size_t found : m_found) {
        std::vector<CellValue> keys;
        std::string text;
        for (const std::size_t field : m_groupBy) {
            keys.push_back(cell(found, field));
            text += fmt::format("{}\x1F{}\x1F{}\x1E", static_cast<int>(keys.back().kind), keys.back().number,
                                keys.back().text);
        }
        const auto [at, fresh] = byKey.try_emplace(text, groups.size());
        if (fresh)
            groups.emplace_back().row.keys = std::move(keys);
        Group& group = groups[at->second];
        group.row.runs.push_back(m_rows[found].run->spec.id);
        if (m_rows[found].run->state == RunState::Failed)
            ++group.row.leftOut;
        else
            group.members.push_back(found);
    }
    const auto numbers = [&](const Group& group, std::size_t field) {
        std::vector<double> values;
        for (const std::size_t member : group.members)
            if (const CellValue value = cell(member, field); isNumber(value))
                values.push_back(value.number);
        return values;
    };
    for (Group& group : groups) {
        for (const std::size_t column : m_columns) {
            const std::vector<double> values = numbers(group, column);
            // A text that all share is told; texts that differ have no mean.
            CellValue shared = group.members.empty() ? CellValue{} : cell(group.members.front(), column);
            if (rankOf(shared) == 1 && !std::ranges::all_of(group.members, [&](std::size_t member) {
                    return cell(member, column) == shared;
                }))
                shared = {};
            for (const Aggregate aggregate : page.aggregates) {
                const double value = aggregateOf(aggregate, values);
                CellValue cell =
                    std::isnan(value) ? CellValue{} : CellValue{FieldValue::Kind::Number, value, {}};
                if (values.empty() && aggregate == page.aggregates.front() && rankOf(shared) == 1)
                    cell = shared;
                else if (!values.empty() && shared.kind == FieldValue::Kind::Duration &&
                         aggregate != Aggregate::Count)
                    cell.kind = FieldValue::Kind::Duration;
                group.row.cells.push_back(std::move(cell));
            }
        }
        for (const SortKey& key : m_sort) {
            const auto by = std::ranges::find(m_groupBy, key.field);
            if (by != m_groupBy.end())
                group.order.push_back(group.row.keys[static_cast<std::size_t>(by - m_groupBy.begin())]);
            else
                group.order.push_back({FieldValue::Kind::Number,
                                       aggregateOf(page.aggregates.front(), numbers(group, key.field)),
                                       {}});
        }
    }
    std::ranges::stable_sort(groups, [&](const Group& a, const Group& b) {
        for (std::size_t i = 0; i < m_sort.size(); ++i)
            if (const int order = compareCells(a.order[i], b.order[i], m_sort[i].descending); order != 0)
                return order < 0;
        return false;
    });
    page.total = groups.size();
    const std::size_t end =
        m_query.limit == 0 ? groups.size() : std::min(groups.size(), m_query.offset + m_query.limit);
    for (std::size_t i = std::min(m_query.offset, end); i < end; ++i)
        page.groups.push_back(std::move(groups[i].row));
    return {};
}

Result<std::string> Asking::blame() {
    const std::vector<std::string> parts = m_filter.parts();
    std::string worst;
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const std::string& part : parts) {
        const auto filter = Filter::parse(part);
        if (!filter)
            continue;
        std::size_t count = 0;
        // The fields of a part are numbered in an order of their own.
        class Renumbered final : public RunFacts {
        public:
            Renumbered(const TableFacts& facts, std::vector<std::size_t> numbers)
                : m_facts(facts), m_numbers(std::move(numbers)) {}
            FieldValue value(std::size_t field) const override { return m_facts.value(m_numbers[field]); }
            FieldValue usual(std::size_t field) const override { return m_facts.usual(m_numbers[field]); }
            bool mentions(std::string_view word) const override { return m_facts.mentions(word); }
            bool holds(std::string_view phrase, bool consoleOnly) const override {
                return m_facts.holds(phrase, consoleOnly);
            }

        private:
            const TableFacts& m_facts;
            std::vector<std::size_t> m_numbers;
        };
        std::vector<std::size_t> numbers;
        for (const Filter::Field& field : filter->fields()) {
            LATHE_TRY_ASSIGN(const std::size_t number, m_facts.addField(field.name));
            numbers.push_back(number);
        }
        const Renumbered facts(m_facts, std::move(numbers));
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            m_facts.select(row);
            count += filter->matches(facts, m_now) ? 1 : 0;
        }
        if (count < least) {
            least = count;
            worst = part;
        }
    }
    return worst;
}

}  // namespace

Result<RunPage> Index::query(const RunQuery& query) {
    return recovering([&]() -> Result<RunPage> {
        LATHE_TRY_ASSIGN(auto transaction, Transaction::begin(*m_file.db, "BEGIN"));
        std::vector<TableRow> rows;
        rows.reserve(m_runs.size());
        for (auto known = m_runs.rbegin(); known != m_runs.rend(); ++known)
            if (known->second.indexed && !known->second.summary.deleted)
                rows.push_back({&known->second.summary, known->second.slot});
        const double now = wallSeconds();
        TableFacts facts(*m_file.db, m_columns, rows, now);
        if (!query.baseline.empty()) {
            const auto baseline = m_runs.find(query.baseline);
            if (baseline == m_runs.end())
                return fail(ErrorCode::NotFound, "no such run to compare with", query.baseline);
            facts.setBaseline({&baseline->second.summary, baseline->second.slot});
        }
        auto page = Asking(facts, rows, query, now).answer();
        LATHE_TRY(transaction.commit());
        return page;
    });
}

}  // namespace lathe::record
