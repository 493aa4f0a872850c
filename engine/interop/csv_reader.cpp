// SPDX-License-Identifier: Apache-2.0
#include "interop/csv_reader.h"

#include "core/clock.h"
#include "core/text.h"
#include "interop/number_text.h"

#include <algorithm>
#include <cmath>

namespace lathe::interop {
namespace {

constexpr std::size_t kFill = 1 << 20;
constexpr std::size_t kMaxRow = 4 << 20;
constexpr std::size_t kBudget = 4 << 20;
constexpr std::size_t kMaxColumns = 20'000;

// The newline that ends the row, outside of quotes.
std::size_t rowEnd(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '\n' && !quoted)
            return i;
    }
    return std::string_view::npos;
}

std::string_view withoutReturn(std::string_view line) {
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace

std::vector<std::string> csvCells(std::string_view row, char separator) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == '"' && quoted && i + 1 < row.size() && row[i + 1] == '"')
            cells.back() += row[i++];
        else if (row[i] == '"')
            quoted = !quoted;
        else if (row[i] == separator && !quoted && cells.size() < kMaxColumns)
            cells.emplace_back();
        else
            cells.back() += row[i];
    }
    return cells;
}

bool CsvReader::isLog(std::string_view head, char separator) {
    return std::ranges::any_of(csvCells(withoutReturn(head), separator),
                               [](const std::string& name) { return stepRank(trim(name)) > 0; });
}

Result<> CsvReader::takeHead(std::string_view line) {
    m_head = line;
    line = withoutReturn(line);
    if (line.starts_with("\xEF\xBB\xBF"))
        line.remove_prefix(3);
    m_columns = csvCells(line, m_options.separator);
    m_stepColumn = m_timeColumn = -1;
    int best = 0;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        m_columns[i] = trim(m_columns[i]);
        if (const int rank = stepRank(m_columns[i]); rank > best) {
            best = rank;
            m_stepColumn = static_cast<int>(i);
        }
        if (m_timeColumn < 0 && isTimeName(m_columns[i]))
            m_timeColumn = static_cast<int>(i);
    }
    if (m_stepColumn < 0 && m_options.needStep)
        return fail(ErrorCode::Invalid, "the table has no column of steps", m_file.path());
    return {};
}

// Lightning writes the whole file again, in place, when a name is new: the size alone does not tell.
Result<bool> CsvReader::headChanged() {
    if (m_head.empty())
        return false;
    LATHE_TRY_ASSIGN(const std::string now, readFileFrom(m_file.path(), 0, m_head.size() + 1));
    return now != m_head + "\n";
}

Result<bool> CsvReader::read(SourceSink& sink) {
    const auto changed = headChanged();
    if (changed && *changed) {
        m_given = std::max(m_given, m_row);
        auto again = GrowingFile::open(m_file.path());
        if (!again)
            return std::unexpected(again.error());
        m_file = std::move(*again);
        m_head.clear();
        m_row = 0;
        m_options.skipBytes = 0;  // those rows are counted in m_given
    }
    const std::uint64_t begin = m_file.offset();
    while (m_file.offset() - begin < kBudget) {
        if (sink.full())
            return false;
        LATHE_TRY_ASSIGN(const bool more, takeRow(sink));
        if (!more)
            return false;
    }
    return true;
}

Result<> CsvReader::finish(SourceSink& sink) {
    m_final = true;
    return LogReader::finish(sink);
}

Result<bool> CsvReader::takeRow(SourceSink& sink) {
    std::size_t end = rowEnd(m_file.held());
    while (end == std::string_view::npos) {
        if (m_file.held().size() > kMaxRow) {
            ++m_damaged;
            const auto newline = m_file.held().find('\n');
            m_file.consume(newline == std::string_view::npos ? m_file.held().size() : newline + 1);
            return true;
        }
        auto came = m_file.fill(m_file.held().size() + kFill);
        if (!came)
            return std::unexpected(came.error());
        if (!*came) {
            if (!m_final || m_file.held().empty())
                return false;
            end = m_file.held().size();
            break;
        }
        end = rowEnd(m_file.held());
    }
    const std::string_view line = m_file.held().substr(0, end);
    const std::uint64_t offset = m_file.offset();
    if (m_head.empty()) {
        LATHE_TRY(takeHead(line));
    } else {
        const std::uint64_t row = m_row++;
        if (offset < m_options.skipBytes)
            m_given = std::max(m_given, m_row);
        if (row >= m_given && !trim(line).empty()) {
            sink.at(row);
            take(withoutReturn(line), sink);
            sink.at(row + 1);
        }
    }
    m_file.consume(std::min(end + 1, m_file.held().size()));
    return true;
}

void CsvReader::take(std::string_view line, SourceSink& sink) {
    const auto cells = csvCells(line, m_options.separator);
    if (cells.size() > m_columns.size()) {
        ++m_damaged;
        return;
    }
    const auto number = [&](int column) {
        return column >= 0 && static_cast<std::size_t>(column) < cells.size()
                   ? numberOfCell(cells[static_cast<std::size_t>(column)])
                   : std::nullopt;
    };
    auto step = static_cast<std::int64_t>(m_row) - 1;
    if (const auto given = number(m_stepColumn); given && std::abs(*given) < 9e15)
        step = static_cast<std::int64_t>(*given);
    double time = m_options.time.value_or(wallSeconds());
    bool timed = false;
    if (const auto given = number(m_timeColumn)) {
        if (const auto seconds = secondsSince1970(*given)) {
            time = *seconds;
            timed = true;
        }
    }
    std::vector<std::pair<std::string, double>> numbers;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (static_cast<int>(i) == m_stepColumn || (timed && static_cast<int>(i) == m_timeColumn) ||
            m_columns[i].empty())
            continue;
        if (const auto value = numberOfCell(cells[i]))
            numbers.emplace_back(m_options.rename ? m_options.rename(m_columns[i]) : m_columns[i], *value);
    }
    std::vector<MetricValue> values;
    for (const auto& [name, value] : numbers)
        values.push_back({name, value});
    if (!values.empty())
        sink.metrics(time, step, values);
}

}  // namespace lathe::interop
