// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "data/array.h"
#include "data/dataset.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::data {

// Cells of a comma- or tab-separated file (RFC 4180: quotes, doubled inside), row after row.
struct CellTable {
    std::vector<std::string> names;  // of the columns: the first row, or "0", "1", … if that holds numbers
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string>
        classNames;  // from the first row as scikit-learn writes it: rows, columns, classes
};
// Corrupt, naming the line, if rows differ in length or a quote stays open.
Result<CellTable> parseTable(std::string_view text, char separator, std::string_view on);

enum class TableTask { Auto, Classify, Regress };

// Rows of numbers with something to predict.
class NumberTable final : public Dataset {
public:
    // From cells. `target` is a column's name or number; empty: the last one. Columns of text become one
    // column for each of their values, at most 64. Empty cells are the column's mean. Auto classifies if the
    // target is text or has at most 20 distinct whole numbers.
    static Result<std::shared_ptr<NumberTable>> fromCells(const CellTable& cells, const std::string& target,
                                                          TableTask task, std::string_view on);
    // Rows of `inputs`, flattened; `targets` [N] or [N, outputs].
    static Result<std::shared_ptr<NumberTable>> fromArrays(const Array& inputs, const Array& targets,
                                                           TableTask task, std::string_view on);

    // Brings every feature, and what is to be predicted, to mean 0 and deviation 1 over these rows.
    void standardise(const std::vector<std::uint32_t>& rows);
    // Feature names, means and deviations, for those who use the model later.
    Json facts() const;

    const DatasetInfo& info() const override { return m_info; }
    std::uint64_t size() const override { return m_rows; }
    Result<> read(std::uint64_t index, std::uint64_t phase, Sample& sample) const override;

private:
    Result<> setTargets(const std::vector<double>& values, std::int64_t columns, TableTask task,
                        std::string_view on);

    DatasetInfo m_info;
    std::uint64_t m_rows = 0;
    std::vector<std::string> m_names;
    std::vector<float> m_numbers, m_values;
    std::vector<std::int32_t> m_labels;
    std::vector<float> m_mean, m_deviation, m_valueMean, m_valueDeviation;
};

}  // namespace lathe::data
