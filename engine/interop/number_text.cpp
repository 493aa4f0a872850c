// SPDX-License-Identifier: Apache-2.0
#include "interop/number_text.h"

#include "core/text.h"

#include <charconv>

namespace lathe::interop {

std::optional<double> numberOfCell(std::string_view cell) {
    cell = trim(cell);
    if (cell == "True" || cell == "true")
        return 1;
    if (cell == "False" || cell == "false")
        return 0;
    if (cell.starts_with('+'))
        cell.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (cell.empty() || error != std::errc() || end != cell.data() + cell.size())
        return std::nullopt;
    return value;
}

int stepRank(std::string_view name) {
    if (name == "step" || name == "_step")
        return 5;
    if (name == "global_step" || name == "trainer/global_step" || name == "timestep" ||
        name == "total_timesteps")
        return 4;
    if (name == "iteration" || name == "iter" || name == "iterations" || name == "training_iteration")
        return 3;
    if (name == "batch")
        return 2;
    return name == "epoch" ? 1 : 0;
}

bool isTimeName(std::string_view name) {
    return name == "timestamp" || name == "_timestamp" || name == "wall_time" || name == "time" ||
           name == "created_at";
}

std::optional<double> secondsSince1970(double value) {
    for (int thousands = 0; thousands < 4 && value > 1e11; ++thousands)
        value /= 1000;
    if (value > 1e8 && value < 1e11)  // from 1973 on
        return value;
    return std::nullopt;
}

}  // namespace lathe::interop
