// SPDX-License-Identifier: Apache-2.0
#include "interop/json_lines_reader.h"

#include "core/clock.h"
#include "core/text.h"
#include "interop/number_text.h"

#include <cmath>

namespace lathe::interop {
namespace {

constexpr std::size_t kFill = 1 << 20;
constexpr std::size_t kMaxLine = 4 << 20;
constexpr std::size_t kBudget = 4 << 20;
constexpr int kMaxWithoutStep = 5;

// Python writes NaN and Infinity as bare words; as strings they are what our journal has as well.
std::string withQuotedWords(std::string_view line) {
    std::string text;
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && (i == 0 || line[i - 1] != '\\'))
            quoted = !quoted;
        bool replaced = false;
        for (const auto& [word, name] :
             {std::pair{"-Infinity", "\"-inf\""}, {"Infinity", "\"inf\""}, {"NaN", "\"nan\""}}) {
            if (!quoted && line.substr(i).starts_with(word)) {
                text += name;
                i += std::string_view(word).size() - 1;
                replaced = true;
                break;
            }
        }
        if (!replaced)
            text += line[i];
    }
    return text;
}

}  // namespace

Result<bool> JsonLinesReader::read(SourceSink& sink) {
    const std::uint64_t begin = m_file.offset();
    while (m_file.offset() - begin < kBudget) {
        if (sink.full())
            return false;
        std::size_t end = m_file.held().find('\n');
        if (end == std::string_view::npos) {
            if (m_file.held().size() > kMaxLine) {
                m_overlong = true;
                m_file.consume(m_file.held().size());
            }
            LATHE_TRY_ASSIGN(const bool came, m_file.fill(m_file.held().size() + kFill));
            if (came)
                continue;
            if (!m_final || m_file.held().empty())
                return false;
            end = m_file.held().size();
        }
        const std::string_view line = trim(m_file.held().substr(0, end));
        const std::uint64_t offset = m_file.offset();
        if (std::exchange(m_overlong, false)) {
            ++m_damaged;
        } else if (offset >= m_options.skipBytes && !line.empty()) {
            sink.at(offset);
            LATHE_TRY(take(line, sink));
        }
        m_file.consume(std::min(end + 1, m_file.held().size()));
        sink.at(m_file.offset());
    }
    return true;
}

Result<> JsonLinesReader::finish(SourceSink& sink) {
    m_final = true;
    return LogReader::finish(sink);
}

Result<> JsonLinesReader::take(std::string_view line, SourceSink& sink) {
    auto object = parseJson(line, m_file.path());
    if (!object)
        object = parseJson(withQuotedWords(line), m_file.path());
    if (!object || !object->is_object()) {
        ++m_damaged;
        if (!m_stepSeen && m_damaged >= kMaxWithoutStep)
            return fail(ErrorCode::Invalid, "no log of metrics", m_file.path());
        return {};
    }
    int best = 0;
    double time = m_options.time.value_or(wallSeconds());
    std::string stepName, timeName;
    std::vector<std::pair<std::string, double>> numbers;
    const Json flat = flattenJson(*object);
    for (const auto& [name, value] : flat.items()) {
        const auto number =
            value.is_boolean() ? std::optional<double>(value.get<bool>() ? 1 : 0) : numberFromJson(value);
        if (!number)
            continue;
        if (const int rank = stepRank(name); rank > best && std::abs(*number) < 9e15) {
            best = rank;
            stepName = name;
            m_step = static_cast<std::int64_t>(*number);
        }
        if (timeName.empty() && isTimeName(name)) {
            if (const auto seconds = secondsSince1970(*number)) {
                time = *seconds;
                timeName = name;
            }
        }
        numbers.emplace_back(name, *number);
    }
    m_stepSeen |= best > 0;
    if (!m_stepSeen) {
        if (++m_withoutStep >= kMaxWithoutStep)
            return fail(ErrorCode::Invalid, "no log of metrics: no line names its step", m_file.path());
        return {};
    }
    std::vector<MetricValue> values;
    for (const auto& [name, value] : numbers) {
        if (name != stepName && name != timeName)
            values.push_back({name, value});
    }
    if (!values.empty())
        sink.metrics(time, m_step, values);
    return {};
}

}  // namespace lathe::interop
