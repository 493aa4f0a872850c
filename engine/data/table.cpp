// SPDX-License-Identifier: Apache-2.0
#include "data/table.h"

#include "core/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace lathe::data {

namespace {

constexpr std::size_t kMostValues = 64;  // of a column of text
constexpr std::size_t kMostAutoClasses = 20;
constexpr std::int64_t kMostClasses = 100'000;

std::optional<double> numberOf(std::string_view cell) {
    cell = trim(cell);
    if (cell.starts_with('+'))
        cell.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc{} || end != cell.data() + cell.size())
        return {};
    return value;
}

bool isMissing(std::string_view cell) {
    cell = trim(cell);
    return cell.empty() || cell == "?" || cell == "NA" || cell == "N/A" || cell == "NaN" || cell == "nan";
}

bool isWhole(double value) {
    return value == std::floor(value) && std::abs(value) < 1e9;
}

void moments(const std::vector<float>& values, std::int64_t columns, const std::vector<std::uint32_t>& rows,
             std::vector<float>& mean, std::vector<float>& deviation) {
    const auto width = static_cast<std::size_t>(columns);
    std::vector<double> sum(width), squares(width);
    for (const std::uint32_t row : rows)
        for (std::size_t k = 0; k < width; ++k)
            sum[k] += static_cast<double>(values[row * width + k]);
    const auto count = static_cast<double>(std::max<std::size_t>(1, rows.size()));
    for (const std::uint32_t row : rows)
        for (std::size_t k = 0; k < width; ++k)
            squares[k] += std::pow(static_cast<double>(values[row * width + k]) - sum[k] / count, 2);
    mean.resize(width);
    deviation.resize(width);
    for (std::size_t k = 0; k < width; ++k) {
        mean[k] = static_cast<float>(sum[k] / count);
        const double spread = std::sqrt(squares[k] / count);
        deviation[k] = spread > 1e-12 ? static_cast<float>(spread) : 1.0f;
    }
}

}  // namespace

Result<CellTable> parseTable(std::string_view text, char separator, std::string_view on) {
    CellTable table;
    std::vector<std::string> row;
    std::string cell;
    std::size_t line = 1, width = 0;
    bool quoted = false;
    std::optional<std::vector<std::string>> first;
    const auto endRow = [&]() -> Result<> {
        row.push_back(std::move(cell));
        cell.clear();
        if (row.size() == 1 && trim(row[0]).empty()) {
            row.clear();
            return {};
        }
        if (!first) {
            first = std::move(row);
        } else {
            if (width == 0)
                width = row.size();
            if (row.size() != width)
                return fail(
                    ErrorCode::Corrupt,
                    fmt::format("line {} has {} columns, but those before it {}", line, row.size(), width),
                    std::string(on), "repair the line, or quote cells that hold the separator");
            table.rows.push_back(std::move(row));
        }
        row.clear();
        return {};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"')
                cell += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                cell += text[++i];
            else
                quoted = false;
        } else if (c == '"' && cell.empty()) {
            quoted = true;
        } else if (c == separator) {
            row.push_back(std::move(cell));
            cell.clear();
        } else if (c == '\n') {
            LATHE_TRY(endRow());
        } else if (c != '\r') {
            cell += c;
        }
        line += c == '\n' ? 1 : 0;
    }
    if (quoted)
        return fail(ErrorCode::Corrupt, "a quote stays open until the end of the file", std::string(on));
    LATHE_TRY(endRow());
    if (!first || (table.rows.empty() && first->empty()))
        return fail(ErrorCode::Invalid, "the table is empty", std::string(on));

    const bool numbers =
        std::ranges::all_of(*first, [](const auto& c) { return numberOf(c) || isMissing(c); });
    const auto count = numberOf(first->front());
    if (width > 0 && first->size() != width) {
        // "569,30,malignant,benign": rows, features, then the classes by name.
        if (!count || static_cast<std::size_t>(*count) != table.rows.size() || first->size() < 3)
            return fail(
                ErrorCode::Corrupt,
                fmt::format("the first line has {} columns, but those after it {}", first->size(), width),
                std::string(on));
        table.classNames.assign(first->begin() + 2, first->end());
    } else if (numbers) {
        width = first->size();
        table.rows.insert(table.rows.begin(), std::move(*first));
    } else {
        width = first->size();
        table.names = std::move(*first);
    }
    if (table.rows.empty())
        return fail(ErrorCode::Invalid, "the table has a head but no rows", std::string(on));
    for (std::size_t i = table.names.size(); i < width; ++i)
        table.names.push_back(std::to_string(i));
    return table;
}

Result<std::shared_ptr<NumberTable>> NumberTable::fromCells(const CellTable& cells, const std::string& target,
                                                            TableTask task, std::string_view on) {
    auto table = std::make_shared<NumberTable>();
    table->m_rows = cells.rows.size();
    std::size_t targetColumn = cells.names.size() - 1;
    if (!target.empty()) {
        const auto named = std::ranges::find(cells.names, target);
        const auto number = numberOf(target);
        if (named != cells.names.end()) {
            targetColumn = static_cast<std::size_t>(named - cells.names.begin());
        } else if (number && isWhole(*number) && *number >= 0 &&
                   *number < static_cast<double>(cells.names.size())) {
            targetColumn = static_cast<std::size_t>(*number);
        } else {
            const auto nearest = nearestName(target, cells.names);
            return fail(ErrorCode::NotFound,
                        fmt::format("there is no column `{}`", escapedForDisplay(target, 80)),
                        std::string(on),
                        nearest ? fmt::format("did you mean `{}`?", *nearest)
                                : "the columns are " + escapedForDisplay(join(cells.names, ", "), 300));
        }
    }

    // Each column's way into the features.
    struct Column {
        std::size_t index;
        std::vector<std::string> values;  // of text; empty: numbers
        float mean = 0;
    };
    std::vector<Column> columns;
    for (std::size_t k = 0; k < cells.names.size(); ++k) {
        if (k == targetColumn)
            continue;
        Column column{.index = k};
        double sum = 0;
        std::size_t found = 0;
        std::set<std::string> values;
        bool text = false;
        for (const auto& row : cells.rows) {
            if (isMissing(row[k]))
                continue;
            const auto number = numberOf(row[k]);
            text = text || !number;
            if (number) {
                sum += *number;
                ++found;
            }
            if (values.size() <= kMostValues)
                values.insert(row[k]);
        }
        if (text && values.size() > kMostValues)
            return fail(ErrorCode::Invalid,
                        fmt::format("the column `{}` is text with more than {} different values",
                                    escapedForDisplay(cells.names[k], 80), kMostValues),
                        std::string(on), "take the column out, or make it numbers");
        if (text) {
            column.values.assign(values.begin(), values.end());
            for (const std::string& value : column.values)
                table->m_names.push_back(cells.names[k] + "=" + value);
        } else {
            column.mean = found > 0 ? static_cast<float>(sum / static_cast<double>(found)) : 0;
            table->m_names.push_back(cells.names[k]);
        }
        columns.push_back(std::move(column));
    }
    if (columns.empty())
        return fail(ErrorCode::Invalid, "the table has no column besides the one to predict",
                    std::string(on));
    table->m_info.features = static_cast<std::int64_t>(table->m_names.size());
    table->m_numbers.reserve(cells.rows.size() * table->m_names.size());
    for (const auto& row : cells.rows)
        for (const Column& column : columns) {
            const std::string& cell = row[column.index];
            if (column.values.empty())
                table->m_numbers.push_back(isMissing(cell) ? column.mean
                                                           : static_cast<float>(*numberOf(cell)));
            for (const std::string& value : column.values)
                table->m_numbers.push_back(cell == value ? 1.0f : 0.0f);
        }

    std::vector<double> values;
    std::map<std::string, int> names;
    bool text = false;
    for (std::size_t i = 0; i < cells.rows.size(); ++i) {
        const std::string& cell = cells.rows[i][targetColumn];
        if (isMissing(cell))
            return fail(ErrorCode::Invalid,
                        fmt::format("row {} has nothing in the column `{}`, which is to be predicted", i + 1,
                                    cells.names[targetColumn]),
                        std::string(on), "fill it in, or take the row out");
        text = text || !numberOf(cell);
        names.emplace(trim(cell), 0);
    }
    if (text) {
        if (task == TableTask::Regress)
            return fail(ErrorCode::Invalid,
                        fmt::format("the column `{}` is text, which no regression predicts",
                                    cells.names[targetColumn]),
                        std::string(on), "set data.task to classify, or data.target to another column");
        int next = 0;
        for (auto& [name, label] : names) {
            label = next++;
            table->m_info.classNames.push_back(name);
        }
        for (const auto& row : cells.rows)
            values.push_back(names.at(std::string(trim(row[targetColumn]))));
        task = TableTask::Classify;
    } else {
        for (const auto& row : cells.rows)
            values.push_back(*numberOf(row[targetColumn]));
        table->m_info.classNames = cells.classNames;
    }
    LATHE_TRY(table->setTargets(values, 1, task, on));
    return table;
}

Result<std::shared_ptr<NumberTable>> NumberTable::fromArrays(const Array& inputs, const Array& targets,
                                                             TableTask task, std::string_view on) {
    if (inputs.rows() == 0)
        return fail(ErrorCode::Invalid, "the array has no rows", std::string(on));
    if (inputs.rows() != targets.rows() || inputs.shape.empty() || targets.shape.empty())
        return fail(ErrorCode::Invalid,
                    fmt::format("inputs {} and targets {} have not as many rows", inputs.shapeText(),
                                targets.shapeText()),
                    std::string(on));
    auto table = std::make_shared<NumberTable>();
    table->m_rows = static_cast<std::uint64_t>(inputs.rows());
    table->m_info.features = inputs.rowElements();
    table->m_numbers.resize(static_cast<std::size_t>(inputs.elements()));
    for (std::int64_t i = 0; i < inputs.elements(); ++i)
        table->m_numbers[static_cast<std::size_t>(i)] = static_cast<float>(inputs.at(i));
    std::vector<double> values(static_cast<std::size_t>(targets.elements()));
    for (std::int64_t i = 0; i < targets.elements(); ++i)
        values[static_cast<std::size_t>(i)] = targets.at(i);
    if (task == TableTask::Auto && !targets.isInteger())
        task = TableTask::Regress;
    LATHE_TRY(table->setTargets(values, targets.rowElements(), task, on));
    return table;
}

Result<> NumberTable::setTargets(const std::vector<double>& values, std::int64_t columns, TableTask task,
                                 std::string_view on) {
    for (std::size_t i = 0; i < m_numbers.size(); ++i)
        if (!std::isfinite(m_numbers[i]))
            return fail(ErrorCode::Invalid,
                        fmt::format("row {} holds a number that is not finite",
                                    i / static_cast<std::size_t>(m_info.features) + 1),
                        std::string(on), "repair or take out the row");
    const bool whole = columns == 1 && std::ranges::all_of(values, isWhole);
    if (task == TableTask::Auto) {
        const std::set<double> distinct(values.begin(), values.end());
        task = whole && distinct.size() <= kMostAutoClasses ? TableTask::Classify : TableTask::Regress;
    }
    if (task == TableTask::Regress) {
        m_info.outputs = columns;
        for (const double value : values) {
            if (!std::isfinite(value))
                return fail(ErrorCode::Invalid, "a value to predict is not finite", std::string(on));
            m_values.push_back(static_cast<float>(value));
        }
        return {};
    }
    if (!whole)
        return fail(ErrorCode::Invalid, "labels must be whole numbers, one a row", std::string(on),
                    "set data.task to regress");
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < 0 || values[i] >= static_cast<double>(kMostClasses))
            return fail(ErrorCode::Invalid,
                        fmt::format("row {} has the label {}, which is out of range (0 to {})", i + 1,
                                    numberText(values[i]), kMostClasses - 1),
                        std::string(on), "number the classes from 0");
        m_labels.push_back(static_cast<std::int32_t>(values[i]));
        m_info.classes = std::max<std::int64_t>(m_info.classes, m_labels.back() + 1);
    }
    if (m_info.classNames.size() != static_cast<std::size_t>(m_info.classes))
        m_info.classNames.clear();
    m_info.classes = std::max<std::int64_t>(2, m_info.classes);
    return {};
}

void NumberTable::standardise(const std::vector<std::uint32_t>& rows) {
    moments(m_numbers, m_info.features, rows, m_mean, m_deviation);
    if (m_info.outputs > 0)
        moments(m_values, m_info.outputs, rows, m_valueMean, m_valueDeviation);
}

Json NumberTable::facts() const {
    Json facts = {{"mean", m_mean}, {"deviation", m_deviation}};
    if (!m_names.empty())
        facts["features"] = m_names;
    if (m_info.outputs > 0) {
        facts["value_mean"] = m_valueMean;
        facts["value_deviation"] = m_valueDeviation;
    }
    return facts;
}

Result<> NumberTable::read(std::uint64_t index, std::uint64_t, Sample& sample) const {
    const auto width = static_cast<std::size_t>(m_info.features);
    sample.numbers.resize(width);
    for (std::size_t k = 0; k < width; ++k) {
        const float value = m_numbers[index * width + k];
        sample.numbers[k] = m_mean.empty() ? value : (value - m_mean[k]) / m_deviation[k];
    }
    if (m_info.outputs == 0) {
        sample.label = m_labels[index];
        return {};
    }
    const auto outputs = static_cast<std::size_t>(m_info.outputs);
    sample.values.resize(outputs);
    for (std::size_t k = 0; k < outputs; ++k) {
        const float value = m_values[index * outputs + k];
        sample.values[k] = m_valueMean.empty() ? value : (value - m_valueMean[k]) / m_valueDeviation[k];
    }
    return {};
}

}  // namespace lathe::data
