// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/growing_file.h"
#include "interop/log_reader.h"

#include <optional>

namespace lathe::interop {

struct JsonLinesOptions {
    std::uint64_t skipBytes = 0;  // lines that begin before this byte belong to an earlier run
    std::optional<double> time;   // of lines that tell none; none: the present
};

// One JSON object a line: numbers are points, nested ones under dotted names; the best key gives the step
// (number_text.h), the one before if a line has none. A file whose first objects have no step key is no log.
class JsonLinesReader : public LogReader {
public:
    JsonLinesReader(GrowingFile file, JsonLinesOptions options)
        : m_file(std::move(file)), m_options(options) {}

    Result<bool> read(SourceSink& sink) override;
    Result<> finish(SourceSink& sink) override;
    std::uint64_t damaged() const override { return m_damaged; }

private:
    Result<> take(std::string_view line, SourceSink& sink);

    GrowingFile m_file;
    JsonLinesOptions m_options;
    std::int64_t m_step = 0;
    int m_withoutStep = 0;
    bool m_stepSeen = false;
    bool m_final = false;
    bool m_overlong = false;
    std::uint64_t m_damaged = 0;
};

}  // namespace lathe::interop
