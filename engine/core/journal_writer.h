// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file.h"
#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lathe {

// The shortest text that every reader of JSON takes for the same double again: "0.1", "-0.0" (bare "-0" would
// be read as an integer), "1e+300"; "nan", "inf" and "-inf" without quotes.
std::string exactNumber(double value);

// The append side of a run's journal (engine/record/FORMAT.md). It lives in core because the trainer writes
// journals too and may not depend on record. One writer a file: open() takes an exclusive flock and fails
// with Exists if another process holds it. Every append is one write(2) of one whole line, so a kill leaves
// at most a torn last line; on reopening, a torn line is closed with a newline first so that it cannot
// swallow the next one. Not thread-safe. A failed append (disk full) returns the error and leaves the journal
// readable.
class JournalWriter {
public:
    static Result<JournalWriter> open(const std::string& path);

    JournalWriter(JournalWriter&&) noexcept = default;
    JournalWriter& operator=(JournalWriter&&) noexcept = default;

    using Metric = std::pair<std::string_view, double>;
    // {"t":1763663050.123,"e":"metrics","s":12,"v":{"train/loss":2.31}}; `time` defaults to now.
    Result<> metrics(std::int64_t step, std::span<const Metric> values, std::optional<double> time = {});
    Result<> metrics(std::int64_t step, std::initializer_list<Metric> values,
                     std::optional<double> time = {}) {
        return metrics(step, std::span<const Metric>(values.begin(), values.size()), time);
    }
    // {"t":…,"e":"params","v":{"optim.lr":0.0003}}: nested objects are flattened to dotted names.
    Result<> params(const Json& values);
    // Any other event: {"t":…,"e":type,…fields}.
    Result<> event(std::string_view type, const Json& fields = Json::object());
    // Whole lines that the caller made, in as few writes as they need; what is in the file is taken off the
    // front of `lines`. On failure `lines` begins with the first line that is not whole in the file: give it
    // again later.
    Result<> lines(std::string_view& lines);
    Result<> sync();  // fdatasync

    const std::string& path() const { return m_path; }

private:
    JournalWriter(UniqueFd fd, std::string path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    Result<> appendLine(std::string& line);

    UniqueFd m_fd;
    std::string m_path;
    std::string m_line;   // reused between appends
    bool m_torn = false;  // a failed append may have left a part of a line
};

}  // namespace lathe
