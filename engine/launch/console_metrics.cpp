// SPDX-License-Identifier: Apache-2.0
#include "launch/console_metrics.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

namespace lathe::launch {
namespace {

constexpr std::size_t kMaxLine = 64 << 10;
constexpr std::size_t kMaxKey = 128;
constexpr std::size_t kMaxPairs = 64;

bool isKey(std::string_view text) {
    if (text.empty() || text.size() > kMaxKey)
        return false;
    const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; };
    return letter(text.front()) && std::ranges::all_of(text, [&](char c) {
        return letter(c) || std::isdigit(static_cast<unsigned char>(c)) || std::strchr("./-@", c);
    });
}

std::optional<double> numberOf(std::string_view text) {
    while (!text.empty() && std::strchr(",;)]}", text.back()))
        text.remove_suffix(1);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool isStepKey(std::string_view key) {
    return key == "step" || key == "global_step" || key == "iteration" || key == "iter";
}

bool isSeparator(char c) {
    return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '(' || c == '[' || c == '{';
}

}  // namespace

std::string withoutEscapes(std::string_view line) {
    std::string plain;
    plain.reserve(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\x1b') {
            plain += line[i];
            continue;
        }
        if (++i >= line.size())
            break;
        if (line[i] == '[') {
            while (++i < line.size() && !(line[i] >= 0x40 && line[i] <= 0x7E)) {
            }
        } else if (line[i] == ']') {
            while (++i < line.size() && line[i] != '\a' && line[i] != '\x1b') {
            }
            if (i < line.size() && line[i] == '\x1b')
                ++i;  // the backslash of ESC \ goes with it
        }
    }
    return plain;
}

void ConsoleMetrics::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto end = bytes.find_first_of("\n\r");
        const std::string_view part = bytes.substr(0, end);
        if (m_line.size() < kMaxLine)
            m_line.append(part.substr(0, kMaxLine - m_line.size()));
        if (end == std::string_view::npos)
            return;
        endLine();
        bytes.remove_prefix(end + 1);
    }
}

void ConsoleMetrics::finish() { endLine(); }

void ConsoleMetrics::endLine() {
    if (m_line.find('=') == std::string::npos) {
        m_line.clear();
        return;
    }
    const std::string plain = m_line.find('\x1b') == std::string::npos ? m_line : withoutEscapes(m_line);
    m_line.clear();

    Line line;
    std::optional<std::int64_t> step;
    std::string_view rest = plain;
    while (!rest.empty() && line.values.size() < kMaxPairs) {
        const auto begin = std::ranges::find_if_not(rest, isSeparator);
        rest.remove_prefix(static_cast<std::size_t>(begin - rest.begin()));
        const auto end = std::ranges::find_if(rest, isSeparator);
        const std::string_view token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
        rest.remove_prefix(token.size());
        const auto equals = token.find('=');
        if (equals == std::string_view::npos || !isKey(token.substr(0, equals)))
            continue;
        const auto value = numberOf(token.substr(equals + 1));
        if (!value)
            continue;
        const std::string_view key = token.substr(0, equals);
        if (!isStepKey(key))
            line.values.emplace_back(key, *value);
        else if (std::abs(*value) < 9e15 && *value == std::floor(*value))
            step = static_cast<std::int64_t>(*value);
    }
    if (step) {
        m_step = *step;
        m_stepSeen = true;
    }
    if (line.values.empty())
        return;
    if (!m_stepSeen)
        ++m_step;
    line.step = m_step;
    m_sink(line);
}

}  // namespace lathe::launch
