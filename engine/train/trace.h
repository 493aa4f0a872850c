// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::train {

// What a few steps spent their time on, in the Trace Event format that chrome://tracing and Perfetto open
// ("Trace Event Format", Google). Kept in memory until it is written. Not thread-safe.
class Trace {
public:
    enum class Row { Steps = 0, Data = 1, Forward = 2, Backward = 3, Update = 4 };

    // Seconds of core/clock.h, monotonicSeconds().
    void add(Row row, std::string_view name, double begin, double end, std::string_view detail = {});
    Result<> write(const std::string& path, int rank) const;
    std::size_t size() const { return m_events.size(); }

private:
    struct Event {
        Row row;
        std::string name, detail;
        double begin, end;
    };
    std::vector<Event> m_events;
};

}  // namespace lathe::train
