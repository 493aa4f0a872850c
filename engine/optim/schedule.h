// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lathe::optim {

enum class ScheduleKind { Constant, Linear, Cosine };
std::optional<ScheduleKind> scheduleFromName(std::string_view name);  // "constant", "linear", "cosine"

// Learning rate by step. Warm-up rises linearly to `peak`, reaching it at step `warmup`; then the kind falls
// to `floor` at step `total` and stays there. Steps count from 0: the first update uses at(0) = peak / warmup
// if there is warm-up.
struct Schedule {
    ScheduleKind kind = ScheduleKind::Cosine;
    double peak = 3e-4;
    double floor = 0;
    std::int64_t warmup = 0;
    std::int64_t total = 0;

    double at(std::int64_t step) const;
};

}  // namespace lathe::optim
