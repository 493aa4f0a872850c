// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "term/screen.h"

#include <string>

namespace lathe::term {

// The grid's rows without empty ends, joined by '|'; empty rows at the end are left out.
inline std::string shown(const Screen& screen) {
    std::string out;
    std::size_t keep = 0;
    for (int row = 0; row < screen.size().rows; ++row) {
        const std::string text = screen.text(screen.historyLines() + row, 0, screen.historyLines() + row,
                                             screen.size().columns);
        out += (row ? "|" : "") + text;
        if (!text.empty())
            keep = out.size();
    }
    out.resize(keep);
    return out;
}

} // namespace lathe::term
