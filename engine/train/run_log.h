// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal_writer.h"
#include "core/json.h"
#include "core/result.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lathe::train {

// What a rank records of its run, in journal.RANK.jsonl. Recording never stops a training: the first event
// that cannot be written (disk full) gives one warning, and later ones are tried again in silence. Without a
// run folder it does nothing.
class RunLog {
public:
    // Exists if another process writes this journal.
    static Result<RunLog> open(const std::string& runFolder, int rank);

    void metrics(std::int64_t step, std::initializer_list<JournalWriter::Metric> values) {
        metrics(step, std::span(values.begin(), values.size()));
    }
    void metrics(std::int64_t step, std::span<const JournalWriter::Metric> values);
    // Keeps bytes as media/<sha256>.<extension> of the run and gives that name; empty if nothing is recorded.
    std::string media(std::string_view bytes, std::string_view extension);
    void params(const Json& values);
    void event(std::string_view type, const Json& fields);
    void alert(std::string_view level, std::string_view title, std::string_view text);
    void sync();

    bool recording() const { return m_writer.has_value(); }

private:
    void note(const Result<>& written);

    std::optional<JournalWriter> m_writer;
    std::string m_folder;
    bool m_warned = false;
};

}  // namespace lathe::train
