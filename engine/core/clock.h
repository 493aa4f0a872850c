// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace lathe {

// Seconds since 1970, UTC. Used for what is recorded; may step back.
double wallSeconds();

// Seconds since an arbitrary start, never stepping back. Used for intervals and deadlines.
double monotonicSeconds();

// "3 h 12 m", "4 m 05 s", "12 s", "0.4 s".
std::string durationText(double seconds);

// "2026-11-20 13:04:10" in local time.
std::string localTimeText(double wall);

// "2026-11-20T13:04:10.123Z".
std::string isoTimeText(double wall);

}  // namespace lathe
