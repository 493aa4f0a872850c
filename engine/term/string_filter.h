// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lathe::term {

// Takes the strings of control sequences (OSC, DCS, SOS, PM, APC; ECMA-48, 5.6) out of a byte stream, whole
// however it was cut into pieces, and bounded: an endless string costs no memory and ends where a string may end.
class StringFilter {
public:
    static constexpr std::size_t kMaxString = 64 * 1024;

    enum class Kind { Osc, Dcs, Other };

    // `plain` gets everything else; both in the order of the stream.
    StringFilter(std::function<void(std::string_view)> plain,
                 std::function<void(Kind, std::string_view content)> string)
        : m_plain(std::move(plain)), m_string(std::move(string)) {}

    void write(std::string_view bytes);

private:
    enum class At { Plain, Escape, String, StringEscape };

    void finish();

    std::function<void(std::string_view)> m_plain;
    std::function<void(Kind, std::string_view)> m_string;
    At m_at = At::Plain;
    Kind m_kind = Kind::Osc;
    std::string m_content;
    bool m_tooLong = false;
};

} // namespace lathe::term
