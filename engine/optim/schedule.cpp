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
    return {};
}

double Schedule::at(std::int64_t step) const {
    if (step < warmup)
        return peak * static_cast<double>(step + 1) / static_cast<double>(warmup);
    if (kind == ScheduleKind::Constant || total <= warmup)
        return peak;
    const double done =
        std::min(1.0, static_cast<double>(step - warmup) / static_cast<double>(total - warmup));
    const double share =
        kind == ScheduleKind::Linear ? 1 - done : 0.5 * (1 + std::cos(std::numbers::pi * done));
    return floor + (peak - floor) * share;
}

}  // namespace lathe::optim
