// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace lathe {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t from = 0;;) {
        const auto to = text.find(separator, from);
        parts.emplace_back(text.substr(from, to - from));
        if (to == std::string_view::npos)
            return parts;
        from = to + 1;
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            text += separator;
        text += parts[i];
    }
    return text;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n\v\f";
    const auto from = text.find_first_not_of(blank);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(blank) - from + 1);
}

namespace {

// Optimal string alignment: insert, delete, replace, swap of neighbours.
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::optional<std::string> nearestName(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string* best = nullptr;
    std::size_t bestDistance = std::max<std::size_t>(1, word.size() / 3) + 1;
    const auto lastPart = [](std::string_view name) { return name.substr(name.rfind('.') + 1); };
    for (const std::string& candidate : candidates) {
        std::size_t distance = editDistance(word, candidate);
        // "lr" for "optim.lr": the right word in the wrong place is no typing error of many letters.
        if (distance >= bestDistance && lastPart(candidate) == lastPart(word))
            distance = 1;
        if (distance < bestDistance) {
            bestDistance = distance;
            best = &candidate;
        }
    }
    return best ? std::optional(*best) : std::nullopt;
}

std::string bytesText(std::uint64_t bytes) {
    constexpr std::string_view units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.5 && unit + 1 < std::size(units)) {
        value /= 1000;
        ++unit;
    }
    if (unit == 0)
        return fmt::format("{} B", bytes);
    return fmt::format("{:.{}f} {}", value, value < 9.95 ? 1 : 0, units[unit]);
}

std::string numberText(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    if (value == std::floor(value) && std::abs(value) < 1e6)
        return fmt::format("{:.0f}", value);
    std::string text = fmt::format("{:.4g}", value);
    if (const auto exponent = text.find('e'); exponent == std::string::npos && text.find('.') != std::string::npos)
        text.erase(text.find_last_not_of('0') + 1);
    return text;
}

std::string groupedText(std::int64_t value, std::string_view separator) {
    std::string digits = fmt::format("{}", value);
    if (std::abs(value) < 10000)
        return digits;
    for (std::size_t at = digits.size(); at > 3 + (value < 0 ? 1U : 0U);)
        digits.insert(at -= 3, separator);
    return digits;
}

namespace {

// Length of the well-formed UTF-8 sequence at the start of `bytes` (RFC 3629), 0 if there is none.
std::size_t utf8Length(std::string_view bytes, char32_t& codePoint) {
    const auto lead = static_cast<unsigned char>(bytes[0]);
    std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : (lead & 0xF0) == 0xE0 ? 3
                       : lead >= 0xF0 && lead < 0xF5                   ? 4
                                                                       : 0;
    if (length == 0 || bytes.size() < length)
        return 0;
    codePoint = length == 1 ? lead : lead & (0x7F >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(bytes[i]);
        if ((next & 0xC0) != 0x80)
            return 0;
        codePoint = codePoint << 6 | (next & 0x3F);
    }
    const bool overlong = (length == 3 && codePoint < 0x800) || (length == 4 && codePoint < 0x10000);
    const bool surrogate = codePoint >= 0xD800 && codePoint < 0xE000;
    return overlong || surrogate || codePoint > 0x10FFFF ? 0 : length;
}

bool isUnsafeToShow(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

bool isValidUtf8(std::string_view bytes) {
    char32_t codePoint = 0;
    while (!bytes.empty()) {
        const std::size_t length = utf8Length(bytes, codePoint);
        if (length == 0)
            return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string escapedForDisplay(std::string_view bytes, std::size_t maxBytes) {
    std::string shown;
    while (!bytes.empty()) {
        if (shown.size() >= maxBytes)
            return shown + "…";
        char32_t codePoint = 0;
        std::size_t length = utf8Length(bytes, codePoint);
        if (length > 0 && !isUnsafeToShow(codePoint)) {
            shown += bytes.substr(0, length);
        } else {
            length = std::max<std::size_t>(length, 1);
            for (const char c : bytes.substr(0, length))
                shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
        bytes.remove_prefix(length);
    }
    return shown;
}

std::string shellQuote(std::string_view word) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos)
        return std::string(word);
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string shellCommand(const std::vector<std::string>& argv) {
    std::string line;
    for (const std::string& word : argv) {
        if (!line.empty())
            line += ' ';
        line += shellQuote(word);
    }
    return line;
}

std::optional<std::vector<std::string>> shellSplit(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool inWord = false;
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == '\'') {
            if (c == '\'')
                quote = 0;
            else
                word += c;
        } else if (c == '\\' && i + 1 < line.size() &&
                   (quote == 0 || std::string_view("\"\\$`\n").find(line[i + 1]) != std::string_view::npos)) {
            word += line[++i];
            inWord = true;
        } else if (quote == '"') {
            if (c == '"')
                quote = 0;
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            inWord = true;
        } else if (c == ' ' || c == '\t' || c == '\n') {
            if (inWord)
                words.push_back(std::exchange(word, {}));
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (quote != 0)
        return std::nullopt;
    if (inWord)
        words.push_back(std::move(word));
    return words;
}

std::string hexText(std::string_view bytes) {
    std::string text;
    for (const char c : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

}  // namespace lathe
