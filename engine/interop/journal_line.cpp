// SPDX-License-Identifier: Apache-2.0
#include "interop/journal_line.h"

#include "core/clock.h"
#include "core/journal_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lathe::interop {
namespace {

void appendNumber(std::string& line, double value) {
    const std::string text = exactNumber(value);
    if (std::isfinite(value))
        line += text;
    else
        line.append("\"").append(text).append("\"");
}

void appendTime(std::string& line, double time) {
    // Fixed and not the shorter 1.7e9: some readers take an exponent for no time.
    char digits[512];
    line.append(digits, std::to_chars(digits, digits + sizeof digits,
                                      std::isfinite(time) ? time : wallSeconds(), std::chars_format::fixed)
                            .ptr);
}

void appendString(std::string& line, std::string_view text) {
    const bool plain =
        std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\'; });
    if (plain)
        line.append("\"").append(text).append("\"");
    else
        line += dumpJson(Json(std::string(text)));
}

void appendHead(std::string& line, double time, std::string_view kind, std::optional<int> source) {
    line += "{\"t\":";
    appendTime(line, time);
    line += ",\"e\":";
    appendString(line, kind);
    if (source)
        line.append(",\"src\":").append(std::to_string(*source));
}

}  // namespace

void appendMetricsLine(std::string& lines, double time, std::int64_t step,
                       std::span<const MetricValue> values, std::optional<int> source) {
    appendHead(lines, time, "metrics", source);
    lines.append(",\"s\":").append(std::to_string(step)).append(",\"v\":{");
    for (bool first = true; const auto& [name, value] : values) {
        if (!std::exchange(first, false))
            lines += ',';
        appendString(lines, name);
        lines += ':';
        appendNumber(lines, value);
    }
    lines += "}}\n";
}

void appendEventLine(std::string& lines, const Json& line, std::optional<int> source) {
    appendHead(lines, getNumber(line, "t", wallSeconds()), getString(line, "e"), source);
    for (const auto& [key, value] : line.items()) {
        if (key == "t" || key == "e")
            continue;
        lines += ',';
        appendString(lines, key);
        lines.append(":").append(dumpJson(value));
    }
    lines += "}\n";
}

}  // namespace lathe::interop
