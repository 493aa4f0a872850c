// SPDX-License-Identifier: Apache-2.0
#include "train/trace.h"

#include "core/file.h"
#include "core/json.h"

#include <array>

namespace lathe::train {

namespace {
constexpr std::size_t kMostEvents = 1'000'000;
constexpr std::array<const char*, 5> kRows = {"steps", "data", "forward", "backward", "update"};
}  // namespace

void Trace::add(Row row, std::string_view name, double begin, double end, std::string_view detail) {
    if (m_events.size() < kMostEvents)
        m_events.push_back({row, std::string(name), std::string(detail), begin, end});
}

Result<> Trace::write(const std::string& path, int rank) const {
    std::string text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n";
    for (std::size_t row = 0; row < kRows.size(); ++row)
        text += dumpJson({{"ph", "M"},
                          {"name", "thread_name"},
                          {"pid", rank},
                          {"tid", row},
                          {"args", {{"name", kRows[row]}}}}) +
                ",\n";
    for (const Event& event : m_events) {
        Json json = {{"ph", "X"},
                     {"name", event.name},
                     {"pid", rank},
                     {"tid", static_cast<int>(event.row)},
                     {"ts", event.begin * 1e6},
                     {"dur", (event.end - event.begin) * 1e6}};
        if (!event.detail.empty())
            json["args"] = {{"parameter", event.detail}};
        text += dumpJson(json) + ",\n";
    }
    text += dumpJson({{"ph", "M"},
                      {"name", "process_name"},
                      {"pid", rank},
                      {"args", {{"name", "lathe-train rank " + std::to_string(rank)}}}}) +
            "\n]}\n";
    return writeFileAtomic(path, text);
}

}  // namespace lathe::train
