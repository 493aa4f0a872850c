// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/run_names.h"
#include "launch/console_metrics.h"
#include "launch/recorder.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::launch {

// Records the metrics found on the console, except those that the run logs by itself: one metric that arrives
// by two ways is one series. A script often prints a value just before it logs it, so the values of a name
// not seen before are held back for a moment until it is clear which way is the first. Not thread-safe.
class ConsoleRecorder {
public:
    static constexpr double kSettleSeconds = 1;

    ConsoleRecorder(Recorder& recorder, const std::string& runDir);

    void feed(std::string_view bytes) { m_parser.feed(bytes); }
    void settle();  // call a few times a second
    void finish();  // no more output comes

private:
    struct Held {
        double since;  // monotonic
        double time;   // as recorded
        ConsoleMetrics::Line line;
    };
    void take(const ConsoleMetrics::Line& line);
    void release(bool all);

    Recorder& m_recorder;
    interop::RunNames m_elsewhere;
    ConsoleMetrics m_parser;
    std::set<std::string, std::less<>> m_names;  // seen on the console
    std::set<std::string> m_settled;             // of these: held back long enough
    std::vector<Held> m_held;
    double m_looked = 0;
};

}  // namespace lathe::launch
