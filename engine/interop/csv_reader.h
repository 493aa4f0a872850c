// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/growing_file.h"
#include "interop/log_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::interop {

struct CsvOptions {
    char separator = ',';
    RenameMetric rename;          // empty: names as they are
    std::uint64_t skipBytes = 0;  // rows that begin before this byte belong to an earlier run
    std::optional<double> time;   // of rows that tell none; none: the present
    bool needStep = true;         // a table without a step column is no log
};

// A table of metrics as Lightning's and Keras' CSV loggers and DVCLive write it (RFC 4180): a head of names,
// then one row a step. The best column gives the step (number_text.h), an absent one the row's number; empty
// cells are no points. A table that is written anew with more columns, as Lightning does, goes on with the
// first row that was not there before.
class CsvReader : public LogReader {
public:
    CsvReader(GrowingFile file, CsvOptions options)
        : m_file(std::move(file)), m_options(std::move(options)) {}

    // Fails with Invalid if the head is none of a log.
    Result<bool> read(SourceSink& sink) override;
    Result<> finish(SourceSink& sink) override;
    std::uint64_t damaged() const override { return m_damaged; }

    // The head is one of a log: has a step column, or is not asked for one.
    static bool isLog(std::string_view head, char separator);

private:
    Result<bool> takeRow(SourceSink& sink);
    Result<bool> headChanged();
    Result<> takeHead(std::string_view line);
    void take(std::string_view line, SourceSink& sink);

    GrowingFile m_file;
    CsvOptions m_options;
    std::string m_head;
    std::vector<std::string> m_columns;
    int m_stepColumn = -1, m_timeColumn = -1;
    std::uint64_t m_row = 0;    // of the file, from 0
    std::uint64_t m_given = 0;  // rows given before the file was written anew
    std::uint64_t m_damaged = 0;
    bool m_final = false;
};

// The cells of one row; a quoted cell may hold separators, line ends and doubled quotes.
std::vector<std::string> csvCells(std::string_view row, char separator);

}  // namespace lathe::interop
