// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lathe::launch {

// Finds metrics in what a program prints: every `key=value` token whose value is a number (FORMAT.md, "Console").
// Lines end at a newline or a carriage return, so a progress bar's redraws count; terminal escapes are skipped; of
// each line only the first 64 KiB are read. `step`, `global_step`, `iteration` and `iter` give the step; a line without
// one takes the last step seen, or counts up while none was seen. Never fails; not thread-safe.
class ConsoleMetrics {
public:
    struct Line {
        std::int64_t step = 0;
        std::vector<std::pair<std::string, double>> values;
    };
    using Sink = std::function<void(const Line&)>;

    explicit ConsoleMetrics(Sink sink) : m_sink(std::move(sink)) {}

    void feed(std::string_view bytes);
    void finish();  // the last line may lack its newline

private:
    void endLine();

    Sink m_sink;
    std::string m_line;
    std::int64_t m_step = -1;
    bool m_stepSeen = false;
};

// The text without ECMA-48 control sequences and OSC strings.
std::string withoutEscapes(std::string_view line);

}  // namespace lathe::launch
