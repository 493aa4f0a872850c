// SPDX-License-Identifier: Apache-2.0
#include "cli/list_table.h"

#include "cli/run_json.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace lathe::cli {
namespace {

using record::CellValue;
using record::FieldValue;

constexpr std::size_t kWidest = 40;

struct Column {
    std::string title;
    bool right = false;
    std::vector<std::string> cells;
};

std::string ageText(double seconds) {
    return seconds < 60 ? "just now" : durationText(seconds) + " ago";
}

void printTable(const std::vector<Column>& columns) {
    const bool colour = wantsColour(stdout);
    std::vector<std::size_t> widths;
    for (const Column& column : columns) {
        std::size_t width = textWidth(column.title);
        for (const std::string& cell : column.cells)
            width = std::max(width, textWidth(cell));
        widths.push_back(std::min(width, kWidest));
    }
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i)
        line += fitted(columns[i].title, widths[i], columns[i].right) + "  ";
    fmt::print("{}\n", dimText(trim(line), colour));
    for (std::size_t row = 0; row < columns[0].cells.size(); ++row) {
        line.clear();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string& cell = columns[i].cells[row];
            line += columns[i].title == "STATE"
                        ? stateText(cell, colour) + std::string(widths[i] - textWidth(cell), ' ')
                        : fitted(cell, widths[i], columns[i].right);
            line += "  ";
        }
        while (line.ends_with(' '))
            line.pop_back();
        fmt::print("{}\n", line);
    }
}

std::string cellText(const CellValue& cell) {
    switch (cell.kind) {
    case FieldValue::Kind::Missing: return "";
    case FieldValue::Kind::Number:
        return cell.number == std::floor(cell.number) && std::abs(cell.number) < 1e15
                   ? groupedText(static_cast<std::int64_t>(cell.number))
                   : numberText(cell.number);
    case FieldValue::Kind::Time: return localTimeText(cell.number);
    case FieldValue::Kind::Duration: return durationText(cell.number);
    case FieldValue::Kind::Truth: return cell.number != 0 ? "true" : "false";
    case FieldValue::Kind::Text:
    case FieldValue::Kind::Texts: break;
    }
    return escapedForDisplay(cell.text, 200);
}

bool isRight(const CellValue& cell) {
    return cell.kind == FieldValue::Kind::Number || cell.kind == FieldValue::Kind::Duration;
}

// All digits, so that nothing is lost on the way into another program.
std::string exactText(const CellValue& cell) {
    switch (cell.kind) {
    case FieldValue::Kind::Missing: return "";
    case FieldValue::Kind::Number:
    case FieldValue::Kind::Duration: {
        if (!std::isfinite(cell.number))
            return std::isnan(cell.number) ? "nan" : cell.number > 0 ? "inf" : "-inf";
        char digits[32];
        return {digits, std::to_chars(digits, digits + sizeof digits, cell.number).ptr};
    }
    case FieldValue::Kind::Time: return isoTimeText(cell.number);
    case FieldValue::Kind::Truth: return cell.number != 0 ? "true" : "false";
    case FieldValue::Kind::Text:
    case FieldValue::Kind::Texts: break;
    }
    return cell.text;
}

Json cellToJson(const CellValue& cell) {
    switch (cell.kind) {
    case FieldValue::Kind::Missing: return {};
    case FieldValue::Kind::Number:
    case FieldValue::Kind::Duration:
    case FieldValue::Kind::Time: return jsonNumber(cell.number);
    case FieldValue::Kind::Truth: return cell.number != 0;
    case FieldValue::Kind::Text: return cell.text;
    case FieldValue::Kind::Texts: break;
    }
    Json list = Json::array();
    for (const std::string& tag : split(cell.text, ','))
        list.push_back(std::string(trim(tag)));
    return list;
}

std::string csvCell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

// Titles of a group's columns: the aggregate is named where there is more than one.
std::vector<std::string> groupTitles(const record::RunQuery& query, const record::RunPage& page) {
    std::vector<std::string> titles;
    for (const std::string& column : query.columns)
        for (const record::Aggregate aggregate : page.aggregates)
            titles.push_back(page.aggregates.size() == 1
                                 ? column
                                 : fmt::format("{}:{}", column, record::aggregateName(aggregate)));
    return titles;
}

void addCell(Column& column, const CellValue& cell) {
    column.right = column.right || isRight(cell);
    column.cells.push_back(cellText(cell));
}

}  // namespace

void printRunTable(const std::vector<record::RunSummary>& runs) {
    std::vector<Column> columns{{"NAME"},       {"STATE"},        {"EXPERIMENT"}, {"STARTED"}, {"TIME", true},
                                {"STEP", true}, {"METRIC", true}, {"HOST"},       {"ID"}};
    const double now = wallSeconds();
    for (const record::RunSummary& run : runs) {
        const std::string metric = mainMetricOf(run);
        const double duration = run.duration(now);
        const std::string cells[] = {
            run.problem.empty() ? run.spec.name : "(damaged)",
            std::string(record::runStateName(run.state)),
            run.spec.experiment,
            run.spec.created > 0 ? ageText(now - run.spec.created) : "",
            duration > 0 ? durationText(duration) : "",
            run.step > 0 ? groupedText(run.step) : "",
            metric.empty() ? "" : metric + " " + numberText(run.metrics.at(metric).last),
            run.spec.host,
            run.spec.id,
        };
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].cells.push_back(escapedForDisplay(cells[i], 200));
    }
    if (std::ranges::all_of(columns[7].cells, [](const std::string& host) { return host == "local"; }))
        columns.erase(columns.begin() + 7);
    printTable(columns);
}

void printFieldTable(const record::RunQuery& query, const record::RunPage& page) {
    std::vector<Column> columns;
    for (const std::string& name : query.columns)
        columns.push_back({name == "state" ? "STATE" : escapedForDisplay(name, 100), false, {}});
    for (const record::RunRow& row : page.rows)
        for (std::size_t i = 0; i < columns.size(); ++i)
            addCell(columns[i], row.cells[i]);
    printTable(columns);
}

void printGroupTable(const record::RunQuery& query, const record::RunPage& page) {
    std::vector<Column> columns;
    for (const std::string& name : page.groupBy)
        columns.push_back({escapedForDisplay(name, 100), false, {}});
    columns.push_back({"RUNS", true, {}});
    for (const std::string& title : groupTitles(query, page))
        columns.push_back({escapedForDisplay(title, 100), false, {}});
    bool leftOut = false;
    for (const record::GroupRow& group : page.groups) {
        std::size_t at = 0;
        for (const CellValue& key : group.keys)
            addCell(columns[at++], key);
        leftOut = leftOut || group.leftOut > 0;
        columns[at++].cells.push_back(group.leftOut == 0
                                          ? std::to_string(group.runs.size())
                                          : fmt::format("{} (-{})", group.runs.size(), group.leftOut));
        for (const CellValue& cell : group.cells)
            addCell(columns[at++], cell);
    }
    printTable(columns);
    if (leftOut)
        fmt::print("{}\n", dimText("(-n): failed runs, which count in no figure", wantsColour(stdout)));
}

std::string csvOf(const record::RunQuery& query, const record::RunPage& page) {
    std::string text;
    const auto line = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i)
            text += (i > 0 ? "," : "") + csvCell(cells[i]);
        text += "\r\n";
    };
    std::vector<std::string> cells{"id"};
    if (page.groupBy.empty()) {
        cells.insert(cells.end(), query.columns.begin(), query.columns.end());
        line(cells);
        for (const record::RunRow& row : page.rows) {
            cells = {row.id};
            for (const CellValue& cell : row.cells)
                cells.push_back(exactText(cell));
            line(cells);
        }
        return text;
    }
    cells = page.groupBy;
    cells.insert(cells.end(), {"runs", "left_out"});
    const auto titles = groupTitles(query, page);
    cells.insert(cells.end(), titles.begin(), titles.end());
    line(cells);
    for (const record::GroupRow& group : page.groups) {
        cells.clear();
        for (const CellValue& key : group.keys)
            cells.push_back(exactText(key));
        cells.push_back(std::to_string(group.runs.size()));
        cells.push_back(std::to_string(group.leftOut));
        for (const CellValue& cell : group.cells)
            cells.push_back(exactText(cell));
        line(cells);
    }
    return text;
}

Json rowsToJson(const record::RunQuery& query, const record::RunPage& page) {
    Json list = Json::array();
    for (const record::RunRow& row : page.rows) {
        Json values = Json::object();
        for (std::size_t i = 0; i < query.columns.size(); ++i)
            values[query.columns[i]] = cellToJson(row.cells[i]);
        list.push_back({{"id", row.id}, {"values", std::move(values)}});
    }
    return list;
}

Json groupsToJson(const record::RunQuery& query, const record::RunPage& page) {
    Json list = Json::array();
    for (const record::GroupRow& group : page.groups) {
        Json by = Json::object(), values = Json::object();
        for (std::size_t i = 0; i < page.groupBy.size(); ++i)
            by[page.groupBy[i]] = cellToJson(group.keys[i]);
        std::size_t at = 0;
        for (const std::string& column : query.columns)
            for (const record::Aggregate aggregate : page.aggregates)
                values[column][std::string(record::aggregateName(aggregate))] = cellToJson(group.cells[at++]);
        list.push_back({{"by", std::move(by)},
                        {"runs", group.runs},
                        {"leftOut", group.leftOut},
                        {"values", std::move(values)}});
    }
    return list;
}

}  // namespace lathe::cli
