// SPDX-License-Identifier: Apache-2.0
#include "optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lathe::optim {

std::optional<ScheduleKind> scheduleFromName(std::string_view name) {
    if (name == "constant")
        return ScheduleKind::Constant;
    if (name == "linear")
        return ScheduleKind::Linear;
    if (name == "cosine")
        return ScheduleKind::Cosine;
    if (name == "wsd")
        return ScheduleKind::Wsd;
    if (name == "one_cycle")
        return ScheduleKind::OneCycle;
    return {};
}

namespace {

double cosineBetween(double from, double to, double done) {
    return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

double share(std::int64_t part, std::int64_t whole) {
    return std::clamp(static_cast<double>(part) / static_cast<double>(std::max<std::int64_t>(1, whole)), 0.0,
                      1.0);
}

}  // namespace

double Schedule::at(std::int64_t step) const {
    if (kind == ScheduleKind::OneCycle) {
        const std::int64_t rise = warmup > 0 ? warmup : total * 3 / 10;
        return step < rise ? cosineBetween(peak / 25, peak, share(step, rise))
                           : cosineBetween(peak, floor, share(step - rise, total - rise));
    }
    if (step < warmup)
        return peak * static_cast<double>(step + 1) / static_cast<double>(warmup);
    if (kind == ScheduleKind::Constant || total <= warmup)
        return peak;
    if (kind == ScheduleKind::Wsd) {
        const auto decay = static_cast<std::int64_t>(decayShare * static_cast<double>(total));
        return peak + (floor - peak) * share(step - (total - decay), decay);
    }
    const double done = share(step - warmup, total - warmup);
    return kind == ScheduleKind::Linear ? peak + (floor - peak) * done : cosineBetween(peak, floor, done);
}

}  // namespace lathe::optim
