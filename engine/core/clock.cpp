// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"

#include <cmath>
#include <ctime>
#include <fmt/format.h>

namespace lathe {
namespace {

double secondsOf(clockid_t clock) {
    timespec at{};
    clock_gettime(clock, &at);
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

}  // namespace

double wallSeconds() { return secondsOf(CLOCK_REALTIME); }
double monotonicSeconds() { return secondsOf(CLOCK_MONOTONIC); }

std::string durationText(double seconds) {
    if (!std::isfinite(seconds))
        return "unknown";
    if (seconds < 0)
        seconds = 0;
    if (seconds < 9.95)
        return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 60)
        return fmt::format("{} s", whole);
    if (whole < 3600)
        return fmt::format("{} m {:02} s", whole / 60, whole % 60);
    if (whole < 86400)
        return fmt::format("{} h {:02} m", whole / 3600, whole / 60 % 60);
    return fmt::format("{} d {:02} h", whole / 86400, whole / 3600 % 24);
}

std::string localTimeText(double wall) {
    const auto at = static_cast<std::time_t>(wall);
    std::tm parts{};
    localtime_r(&at, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

std::string isoTimeText(double wall) {
    const double floored = std::floor(wall);
    const auto at = static_cast<std::time_t>(floored);
    std::tm parts{};
    gmtime_r(&at, &parts);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return fmt::format("{}.{:03}Z", std::string_view(text, size), static_cast<int>((wall - floored) * 1000));
}

}  // namespace lathe
