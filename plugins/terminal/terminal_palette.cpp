// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_palette.h"

#include "app/theme.h"

#include <algorithm>
#include <cmath>

namespace lathe::terminal {

namespace {

constexpr double kReadable = 3.0;

double luminance(const QColor& color) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

double contrastRatio(const QColor& a, const QColor& b) {
    const double one = luminance(a), two = luminance(b);
    return (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
}

TerminalPalette::TerminalPalette()
    : m_foreground(app::theme().color("text.1")), m_background(app::theme().color("bg.panel")) {
    static constexpr std::array names = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
                                         "brightBlack", "brightRed", "brightGreen", "brightYellow", "brightBlue",
                                         "brightMagenta", "brightCyan", "brightWhite"};
    for (std::size_t i = 0; i < names.size(); ++i)
        m_colors[i] = app::theme().color(QStringLiteral("terminal.") + QLatin1String(names[i]));
    // The xterm palette behind the named sixteen: a 6x6x6 cube, then 24 greys.
    const auto level = [](int step) { return step == 0 ? 0 : 55 + 40 * step; };
    for (int i = 0; i < 216; ++i)
        m_colors[static_cast<std::size_t>(16 + i)] = QColor(level(i / 36), level(i / 6 % 6), level(i % 6));
    for (int i = 0; i < 24; ++i)
        m_colors[static_cast<std::size_t>(232 + i)] = QColor(8 + 10 * i, 8 + 10 * i, 8 + 10 * i);
}

QColor TerminalPalette::resolve(const term::Color& color, const QColor& fallback, bool bold) const {
    switch (color.kind) {
    case term::Color::Indexed: return m_colors[bold && color.r < 8 ? color.r + 8u : color.r];
    case term::Color::Rgb: return QColor(color.r, color.g, color.b);
    case term::Color::Default: break;
    }
    return fallback;
}

QColor TerminalPalette::readable(QColor color, const QColor& background) const {
    const quint64 key = (static_cast<quint64>(color.rgb()) << 32) | background.rgb();
    const auto known = m_readable.constFind(key);
    if (known != m_readable.constEnd())
        return *known;
    const bool lighter = luminance(background) < 0.18;
    QColor result = color;
    for (int step = 0; step < 20 && contrastRatio(result, background) < kReadable; ++step) {
        const double goal = lighter ? 1 : 0;
        const auto toward = [goal](double c) { return c + (goal - c) * 0.12; };
        result = QColor::fromRgbF(static_cast<float>(toward(result.redF())), static_cast<float>(toward(result.greenF())),
                                  static_cast<float>(toward(result.blueF())));
    }
    m_readable.insert(key, result);
    return result;
}

TerminalPalette::Pair TerminalPalette::colors(const term::Style& style, bool reversedScreen) const {
    QColor front = resolve(style.foreground, m_foreground, style.has(term::Style::Bold));
    QColor back = resolve(style.background, m_background, false);
    const bool reversed = style.has(term::Style::Reverse) != reversedScreen;
    if (reversed)
        std::swap(front, back);
    const bool own = reversed || style.background.kind != term::Color::Default;
    // Text hidden on purpose (the same colour twice) stays so.
    return {style.foreground == style.background && style.foreground.kind != term::Color::Default
                ? front
                : readable(front, back),
            back, own};
}

} // namespace lathe::terminal
