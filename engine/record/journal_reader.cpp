// SPDX-License-Identifier: Apache-2.0
#include "record/journal_reader.h"

#include "core/file.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <optional>
#include <simdjson.h>
#include <unistd.h>
#include <vector>

namespace lathe::record {

namespace {

constexpr std::size_t kBlock = std::size_t{4} << 20;
constexpr std::size_t kMaxLine = std::size_t{64} << 20;
constexpr std::size_t kMaxName = 1024;
constexpr std::string_view kSystemPrefix = "system/";

std::int64_t stepFromDouble(double step) {
    if (!(std::abs(step) < 9.2e18))
        return 0;
    return static_cast<std::int64_t>(std::llround(step));
}

std::optional<double> numberFromWord(std::string_view word) {
    if (word == "nan" || word == "NaN")
        return std::numeric_limits<double>::quiet_NaN();
    if (word == "inf" || word == "Infinity")
        return std::numeric_limits<double>::infinity();
    if (word == "-inf" || word == "-Infinity")
        return -std::numeric_limits<double>::infinity();
    return std::nullopt;
}

// Second chance for lines of writers less careful than ours: the words that Python's json module writes for
// non-finite numbers are put into quotes, and bytes that are no UTF-8 are replaced.
std::string repaired(std::string_view line) {
    constexpr std::array<std::string_view, 3> words{"NaN", "-Infinity", "Infinity"};
    std::string fixed;
    fixed.reserve(line.size() + 16);
    bool inString = false;
    for (std::size_t i = 0; i < line.size();) {
        if (!inString) {
            const auto word =
                std::ranges::find_if(words, [&](auto w) { return line.substr(i).starts_with(w); });
            if (word != words.end()) {
                fixed.append("\"").append(*word).append("\"");
                i += word->size();
                continue;
            }
        }
        if (inString && line[i] == '\\' && i + 1 < line.size()) {
            fixed.append(line.substr(i, 2));
            i += 2;
            continue;
        }
        if (line[i] == '"')
            inString = !inString;
        fixed += line[i++];
    }
    if (isValidUtf8(fixed))
        return fixed;
    std::string valid;
    valid.reserve(fixed.size());
    for (std::size_t i = 0; i < fixed.size();) {
        std::size_t length = 1;
        while (length <= 4 && i + length <= fixed.size() && !isValidUtf8({fixed.data() + i, length}))
            ++length;
        if (length > 4 || i + length > fixed.size()) {
            valid += "\xEF\xBF\xBD";
            i += 1;
        } else {
            valid.append(fixed, i, length);
            i += length;
        }
    }
    return valid;
}

}  // namespace

struct JournalReader::State {
    simdjson::dom::parser parser;
    std::vector<char> buffer;
    std::vector<MetricValue> values;
    std::vector<std::string> systemNames;

    bool line(std::string_view line, JournalCursor& cursor, JournalSink& sink);
    bool lineFast(std::string_view line, JournalCursor& cursor, JournalSink& sink);
    bool lineSlow(std::string_view line, JournalCursor& cursor, JournalSink& sink);
    void emit(std::string_view type, JournalCursor& cursor, JournalSink& sink);
    Result<bool> skipLongLine(int fd, const std::string& path, JournalCursor& cursor);
};

void JournalReader::State::emit(std::string_view type, JournalCursor& cursor, JournalSink& sink) {
    std::erase_if(
        values, [](const MetricValue& value) { return value.name.empty() || value.name.size() > kMaxName; });
    if (type == "system") {
        systemNames.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (values[i].name.starts_with(kSystemPrefix))
                continue;
            systemNames[i].assign(kSystemPrefix).append(values[i].name);
            values[i].name = systemNames[i];
        }
    }
    sink.metrics(cursor.time, cursor.step, values);
}

bool JournalReader::State::lineFast(std::string_view line, JournalCursor& cursor, JournalSink& sink) {
    namespace dom = simdjson::dom;
    dom::object object;
    if (parser.parse(line.data(), line.size(), false).get(object) != simdjson::SUCCESS)
        return false;
    std::string_view type;
    std::optional<double> time;
    std::optional<std::int64_t> step;
    dom::object payload;
    bool hasPayload = false;
    for (const auto& [key, value] : object) {
        if (key == "t") {
            double number;
            if (value.get(number) == simdjson::SUCCESS)
                time = number;
        } else if (key == "e") {
            if (value.get(type) != simdjson::SUCCESS)
                return false;
        } else if (key == "s") {
            std::int64_t whole;
            double number;
            if (value.get(whole) == simdjson::SUCCESS)
                step = whole;
            else if (value.get(number) == simdjson::SUCCESS)
                step = stepFromDouble(number);
        } else if (key == "v") {
            hasPayload = value.get(payload) == simdjson::SUCCESS;
        }
    }
    if (type.empty())
        return false;
    const bool points = type == "metrics" || type == "system";
    if (points && !hasPayload)
        return false;
    if (time)
        cursor.time = *time;
    if (step)
        cursor.step = *step;
    if (points) {
        values.clear();
        for (const auto& [name, value] : payload) {
            double number;
            bool truth;
            std::string_view word;
            if (value.get(number) == simdjson::SUCCESS)
                values.push_back({name, number});
            else if (value.get(truth) == simdjson::SUCCESS)
                values.push_back({name, truth ? 1.0 : 0.0});
            else if (value.is_null())
                values.push_back({name, std::numeric_limits<double>::quiet_NaN()});
            else if (value.get(word) == simdjson::SUCCESS)
                if (const auto special = numberFromWord(word))
                    values.push_back({name, *special});
        }
        emit(type, cursor, sink);
        return true;
    }
    if (type == "heartbeat") {
        sink.event(cursor.time, type, Json::object());
        return true;
    }
    const auto fields = parseJson(line);
    if (!fields)
        return false;
    sink.event(cursor.time, type, *fields);
    return true;
}

bool JournalReader::State::lineSlow(std::string_view line, JournalCursor& cursor, JournalSink& sink) {
    const auto parsed = parseJson(repaired(line));
    if (!parsed || !parsed->is_object())
        return false;
    const std::string type = getString(*parsed, "e");
    if (type.empty())
        return false;
    const bool points = type == "metrics" || type == "system";
    const auto payload = parsed->find("v");
    if (points && (payload == parsed->end() || !payload->is_object()))
        return false;
    cursor.time = getNumber(*parsed, "t", cursor.time);
    cursor.step = getInt(*parsed, "s", cursor.step);
    if (!points) {
        sink.event(cursor.time, type, *parsed);
        return true;
    }
    values.clear();
    for (const auto& [name, value] : payload->items()) {
        if (value.is_number())
            values.push_back({name, value.get<double>()});
        else if (value.is_string())
            if (const auto special = numberFromWord(value.get_ref<const std::string&>()))
                values.push_back({name, *special});
    }
    emit(type, cursor, sink);
    return true;
}

bool JournalReader::State::line(std::string_view line, JournalCursor& cursor, JournalSink& sink) {
    return trim(line).empty() || lineFast(line, cursor, sink) || lineSlow(line, cursor, sink);
}

Result<bool> JournalReader::State::skipLongLine(int fd, const std::string& path, JournalCursor& cursor) {
    std::uint64_t at = cursor.offset;
    while (true) {
        const ssize_t got = ::pread(fd, buffer.data(), kBlock, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read the journal", path);
        if (got == 0)
            return false;  // its end is not written yet
        if (const void* end = std::memchr(buffer.data(), '\n', static_cast<std::size_t>(got))) {
            cursor.offset =
                at + static_cast<std::uint64_t>(static_cast<const char*>(end) - buffer.data()) + 1;
            ++cursor.damaged;
            return true;
        }
        at += static_cast<std::uint64_t>(got);
    }
}

JournalReader::JournalReader() : m_state(std::make_unique<State>()) {}
JournalReader::~JournalReader() = default;
JournalReader::JournalReader(JournalReader&&) noexcept = default;

Result<bool> JournalReader::read(const std::string& path, JournalCursor& cursor, std::size_t maxBytes,
                                 JournalSink& sink) {
    State& state = *m_state;
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd)
        return failErrno(errno, "cannot open the journal", path);
    const std::uint64_t stopAt = cursor.offset + maxBytes;
    std::size_t want = std::min(kBlock, std::max(maxBytes, std::size_t{4096}));
    while (cursor.offset < stopAt) {
        if (state.buffer.size() < want + simdjson::SIMDJSON_PADDING)
            state.buffer.resize(want + simdjson::SIMDJSON_PADDING);
        const ssize_t got = ::pread(fd.get(), state.buffer.data(), want, static_cast<off_t>(cursor.offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "cannot read the journal", path);
        const std::string_view bytes(state.buffer.data(), static_cast<std::size_t>(got));
        const std::size_t lastNewline = bytes.rfind('\n');
        if (lastNewline == std::string_view::npos) {
            if (bytes.size() < want)
                return false;
            if (want < kMaxLine) {
                want = std::min(want * 4, kMaxLine);
                continue;
            }
            LATHE_TRY_ASSIGN(const bool skipped, state.skipLongLine(fd.get(), path, cursor));
            if (!skipped)
                return false;
            continue;
        }
        const std::uint64_t start = cursor.offset;
        for (std::size_t from = 0; from <= lastNewline;) {
            const std::size_t end = bytes.find('\n', from);
            if (!state.line(bytes.substr(from, end - from), cursor, sink))
                ++cursor.damaged;
            from = end + 1;
            cursor.offset = start + from;
        }
        if (bytes.size() < want)
            return false;
    }
    return true;
}

}  // namespace lathe::record
