// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace lathe::cli {

// One line on stderr that says how far a run is: "step 120/400  train/loss 2.931  48.2k tokens/s  1 m 20 s
// left". On a terminal it is redrawn in place below the output; elsewhere it is printed anew every few
// seconds.
class ProgressLine {
public:
    ProgressLine(std::int64_t totalSteps, std::string mainMetric);

    // `time`: when it was logged (unix seconds), which may be well before it is read.
    void metric(std::int64_t step, const std::string& name, double value, double time);
    void progress(std::int64_t done, std::int64_t total, double time);
    // Around anything else that is printed to the terminal.
    void hide();
    void show();
    // A last time, so that it stays.
    void finish();

    std::string text(double now) const;  // `now`: unix seconds; empty while nothing is known

private:
    double ratePerSecond(double now) const;

    std::int64_t m_step = 0, m_total = 0, m_firstStep = -1;
    double m_firstTime = 0, m_lastTime = 0;
    std::string m_mainMetric;
    std::map<std::string, double> m_values;
    bool m_live;
    bool m_visible = false;
    double m_printed = 0;
    std::string m_last;
};

}  // namespace lathe::cli
