// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_text.h"

#include <cstdlib>

namespace lathe::runs {

void ConsoleParser::put(std::string_view text) {
    if (text.empty())
        return;
    if (m_return) {
        m_line.clear();
        m_return = false;
    }
    const QString decoded = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    if (!m_line.isEmpty() && m_line.last().color == m_color && m_line.last().bold == m_bold)
        m_line.last().text += decoded;
    else
        m_line.append({decoded, m_color, m_bold});
}

// "\x1b[1;31m": select graphic rendition (ECMA-48, 8.3.117); anything else moves a cursor that a log does not
// have.
void ConsoleParser::escape(std::string_view sequence) {
    if (sequence.size() < 3 || sequence[1] != '[' || sequence.back() != 'm')
        return;
    const std::string codes(sequence.substr(2, sequence.size() - 3));
    std::size_t at = 0;
    bool extended = false;
    do {
        const auto end = codes.find(';', at);
        const int code = std::atoi(codes.substr(at, end - at).c_str());
        if (extended) {
            // 38;5;n: only the sixteen named colours have a place in the theme.
            if (code > 5 && code < 16)
                m_color = code;
        } else if (code == 0) {
            m_color = -1;
            m_bold = false;
        } else if (code == 1) {
            m_bold = true;
        } else if (code == 22) {
            m_bold = false;
        } else if (code >= 30 && code <= 37) {
            m_color = code - 30;
        } else if (code >= 90 && code <= 97) {
            m_color = code - 90 + 8;
        } else if (code == 39) {
            m_color = -1;
        } else if (code == 38 || code == 48) {
            extended = true;
        }
        at = end == std::string::npos ? end : end + 1;
    } while (at != std::string::npos);
}

ConsoleParser::Output ConsoleParser::feed(std::string_view bytes) {
    Output out;
    out.replaceLast = m_open;
    std::string all = std::move(m_pending);
    m_pending.clear();
    all += bytes;
    std::size_t start = 0, i = 0;
    while (i < all.size()) {
        const char c = all[i];
        if (c == '\n') {
            put(std::string_view(all).substr(start, i - start));
            out.lines.append(m_line);
            m_line.clear();
            m_return = false;
            start = ++i;
        } else if (c == '\r') {
            put(std::string_view(all).substr(start, i - start));
            m_return = true;
            start = ++i;
        } else if (c == '\x1b') {
            put(std::string_view(all).substr(start, i - start));
            std::size_t end = i + 1;
            if (end < all.size() && all[end] == '[') {
                ++end;
                while (end < all.size() && (all[end] < '@' || all[end] > '~'))
                    ++end;
            } else if (end < all.size() && all[end] == ']') {
                while (end < all.size() && all[end] != '\a' && all[end] != '\x1b')
                    ++end;
            }
            if (end >= all.size()) {
                start = i;  // the rest comes with the next bytes
                break;
            }
            escape(std::string_view(all).substr(i, end - i + 1));
            start = i = end + 1;
        } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
            put(std::string_view(all).substr(start, i - start));
            start = ++i;
        } else {
            ++i;
        }
    }
    // A character of several bytes may be cut here.
    std::size_t end = all.size();
    if (i >= all.size()) {
        std::size_t back = 0;
        while (back < 3 && end > start + back &&
               (static_cast<unsigned char>(all[end - 1 - back]) & 0xC0) == 0x80)
            ++back;
        if (end > start + back) {
            const auto lead = static_cast<unsigned char>(all[end - 1 - back]);
            const std::size_t wants = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            if (wants > back + 1)
                end -= back + 1;
        }
        put(std::string_view(all).substr(start, end - start));
        start = end;
    }
    m_pending = all.substr(start);
    // An escape sequence without an end would otherwise be kept for ever.
    if (m_pending.size() > 4096)
        m_pending.clear();
    m_open = !m_line.isEmpty();
    if (m_open)
        out.lines.append(m_line);
    return out;
}

}  // namespace lathe::runs
