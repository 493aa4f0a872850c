// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lathe::optim {

// Wsd: warm-up, stable, decay (Hu et al. 2024, arXiv:2404.06395). OneCycle: Smith and Topin 2017,
// arXiv:1708.07120.
enum class ScheduleKind { Constant, Linear, Cosine, Wsd, OneCycle };
std::optional<ScheduleKind>
scheduleFromName(std::string_view name);  // "constant", "linear", "cosine", "wsd", …

// Learning rate by step. Warm-up rises linearly to `peak`, reaching it at step `warmup`; then the kind falls
// to `floor` at step `total` and stays there. Steps count from 0: the first update uses at(0) = peak / warmup
// if there is warm-up. Wsd stays at the peak until the last `decayShare` of the steps and falls linearly
// there. OneCycle rises along a cosine from peak / 25, over `warmup` steps or 30% of all if that is 0, and
// falls along one to `floor`.
struct Schedule {
    ScheduleKind kind = ScheduleKind::Cosine;
    double peak = 3e-4;
    double floor = 0;
    std::int64_t warmup = 0;
    std::int64_t total = 0;
    double decayShare = 0.2;

    double at(std::int64_t step) const;
};

}  // namespace lathe::optim
