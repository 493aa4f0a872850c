// SPDX-License-Identifier: Apache-2.0
#include "term/string_filter.h"

namespace lathe::term {

namespace {
constexpr char kBell = '\x07', kCancel = '\x18', kSubstitute = '\x1a', kEscape = '\x1b';
}

void StringFilter::finish() {
    if (!m_tooLong)
        m_string(m_kind, m_content);
    m_content.clear();
    m_tooLong = false;
    m_at = At::Plain;
}

void StringFilter::write(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (m_at == At::Plain) {
            const std::size_t escape = bytes.find(kEscape, at);
            if (escape != at)
                m_plain(bytes.substr(at, escape == std::string_view::npos ? escape : escape - at));
            if (escape == std::string_view::npos)
                return;
            m_at = At::Escape;
            at = escape + 1;
            continue;
        }
        const char byte = bytes[at++];
        switch (m_at) {
        case At::Escape:
            if (byte == kEscape)
                break;
            m_at = At::String;
            if (byte == ']') {
                m_kind = Kind::Osc;
            } else if (byte == 'P') {
                m_kind = Kind::Dcs;
            } else if (byte == 'X' || byte == '^' || byte == '_') {
                m_kind = Kind::Other;
            } else {
                const char pair[] = {kEscape, byte};
                m_plain({pair, 2});
                m_at = At::Plain;
            }
            break;
        case At::String:
            if (byte == kEscape)
                m_at = At::StringEscape;
            else if (byte == kBell)
                finish();
            else if (byte == kCancel || byte == kSubstitute) {
                m_tooLong = true; // cancelled: not delivered
                finish();
            } else if (m_content.size() < kMaxString)
                m_content += byte;
            else
                m_tooLong = true;
            break;
        case At::StringEscape:
            if (byte != '\\')
                m_tooLong = true; // broken off by another sequence, which begins here
            finish();
            if (byte != '\\') {
                m_at = At::Escape;
                --at;
            }
            break;
        case At::Plain:
            break;
        }
    }
}

} // namespace lathe::term
