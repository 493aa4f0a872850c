// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"

#include <string>
#include <utility>
#include <vector>

namespace lathe::train {

// What the time between the start of the process and its first finished step went into.
class StartPhases {
public:
    StartPhases();
    // Everything since the phase before (or since the process began) was `name`.
    void end(std::string name);

    std::string text() const;  // "first step after 0.042 s: program 8 ms, text 9 ms, …"
    Json json() const;         // {"program": seconds, …}

private:
    std::vector<std::pair<std::string, double>> m_phases;  // seconds
    double m_last;
};

}  // namespace lathe::train
