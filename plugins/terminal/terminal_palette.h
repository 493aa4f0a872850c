// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "term/cell.h"

#include <QColor>
#include <QHash>

#include <array>

namespace lathe::terminal {

// What a terminal's colours look like in the theme of now. Colours that a program chose for another background
// are moved in lightness until they can be read on ours. GUI thread only.
class TerminalPalette {
public:
    TerminalPalette();

    QColor background() const { return m_background; }
    QColor foreground() const { return m_foreground; }
    struct Pair {
        QColor foreground, background;
        bool ownBackground = false; // not the terminal's
    };
    Pair colors(const term::Style& style, bool reversedScreen) const;

private:
    QColor resolve(const term::Color& color, const QColor& fallback, bool bold) const;
    QColor readable(QColor color, const QColor& background) const;

    QColor m_foreground, m_background;
    std::array<QColor, 256> m_colors;
    mutable QHash<quint64, QColor> m_readable;
};

// WCAG 2 contrast ratio, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

} // namespace lathe::terminal
