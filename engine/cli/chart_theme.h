// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace lathe::cli {

// The colours of a drawn chart: those of the workbench's themes (resources/themes), so that a picture and the window agree.
struct ChartTheme {
    std::string_view background, grid, axis, text, label;
    std::array<std::string_view, 12> series;
};

inline constexpr ChartTheme kLightChart{
    "#FFFFFF", "#EBEDF0", "#B4BBC5", "#1B1F24", "#474F5A",
    {"#1A8DFF", "#D27F19", "#14786A", "#EB2BA8", "#946C02", "#6C0EC0", "#2689AF", "#94223F", "#669D61", "#092E5F",
     "#93491B", "#445567"}};

inline constexpr ChartTheme kDarkChart{
    "#1A1D22", "#252A31", "#3D444E", "#E4E7EB", "#AAB2BD",
    {"#72C0FF", "#FDAE27", "#36A260", "#CB66BD", "#F8FEAD", "#7947F0", "#8DEEF9", "#BD4028", "#C0F342", "#8C7FF7",
     "#EACFBB", "#A3A7B5"}};

}  // namespace lathe::cli
