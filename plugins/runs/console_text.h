// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <string>
#include <string_view>

namespace lathe::runs {

// Console bytes as lines of coloured text: SGR colours are kept, other escape sequences are dropped, a
// carriage return begins its line anew (progress bars leave their last state), bytes that are no UTF-8 become
// U+FFFD. Fed in pieces of any size.
class ConsoleParser {
public:
    struct Span {
        QString text;
        int color = -1;  // ANSI 0…15; -1: the default
        bool bold = false;
    };
    struct Output {
        bool replaceLast = false;  // the first line stands in place of the last one given before
        QList<QList<Span>> lines;
    };

    // Complete lines, and at the end the line under way (which the next call then replaces).
    Output feed(std::string_view bytes);
    void reset() { *this = {}; }

private:
    void escape(std::string_view sequence);
    void put(std::string_view text);

    std::string m_pending;  // an unfinished escape sequence or UTF-8 character
    QList<Span> m_line;
    int m_color = -1;
    bool m_bold = false, m_return = false, m_open = false;
};

}  // namespace lathe::runs
