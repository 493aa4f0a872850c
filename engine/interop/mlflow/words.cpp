// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/words.h"

#include "core/id.h"
#include "core/paths.h"
#include "core/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace lathe::interop::mlflow {
namespace {

constexpr std::string_view kBase32 = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view kHex = "0123456789abcdef";

// Both spellings hold the same 128 bits, most significant first; base32 has two zero bits in front.
std::string recode(std::string_view text, std::string_view from, int fromBits, std::string_view to,
                   int toBits, int toDigits) {
    std::string bits;
    for (const char c : text) {
        const auto at = from.find(c);
        if (at == std::string_view::npos)
            return {};
        for (int bit = fromBits - 1; bit >= 0; --bit)
            bits += static_cast<char>((at >> bit) & 1);
    }
    const auto wanted = static_cast<std::size_t>(toBits) * static_cast<std::size_t>(toDigits);
    while (bits.size() < wanted)
        bits.insert(bits.begin(), 0);
    while (bits.size() > wanted) {
        if (bits.front() != 0)
            return {};
        bits.erase(bits.begin());
    }
    std::string recoded;
    for (std::size_t at = 0; at < wanted; at += static_cast<std::size_t>(toBits)) {
        std::size_t digit = 0;
        for (int bit = 0; bit < toBits; ++bit)
            digit = digit << 1 | static_cast<std::size_t>(bits[at + static_cast<std::size_t>(bit)]);
        recoded += to[digit];
    }
    return recoded;
}

const Json* member(const Json& object, std::string_view key) {
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Json realJson(double value) {
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    return value;
}

// A JSON value of any number type that int64 holds; doubles only if they are whole.
std::optional<std::int64_t> wholeOf(double value) {
    if (!(std::abs(value) < 9.2e18) || std::nearbyint(value) != value)
        return {};
    return static_cast<std::int64_t>(value);
}

}  // namespace

std::string hexFromRunId(std::string_view id) {
    return isId(id) ? recode(id, kBase32, 5, kHex, 4, 32) : std::string();
}

std::string runIdFromHex(std::string_view hex) {
    std::string lower(hex);
    for (char& c : lower)
        c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower.size() == 32 ? recode(lower, kHex, 4, kBase32, 5, 26) : std::string();
}

std::string anyRunId(std::string_view text) {
    return isId(text) ? std::string(text) : runIdFromHex(text);
}

std::string_view statusOf(record::RunState state) {
    switch (state) {
    case record::RunState::Queued: return "SCHEDULED";
    case record::RunState::Starting:
    case record::RunState::Running: return "RUNNING";
    case record::RunState::Finished: return "FINISHED";
    case record::RunState::Failed: return "FAILED";
    case record::RunState::Stopped:
    case record::RunState::Lost: return "KILLED";
    }
    return "RUNNING";
}

std::optional<record::RunState> stateOf(std::string_view status) {
    using enum record::RunState;
    static constexpr std::array<std::pair<std::string_view, record::RunState>, 5> kStates{
        {{"RUNNING", Running},
         {"SCHEDULED", Queued},
         {"FINISHED", Finished},
         {"FAILED", Failed},
         {"KILLED", Stopped}}};
    // A number is the value of the enumeration, as protocol buffers allow.
    static constexpr std::string_view kNumbers = "12345";
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (status == kStates[i].first || status == kNumbers.substr(i, 1))
            return kStates[i].second;
    }
    return {};
}

Json toJson(const Metric& metric) {
    return Json{{"key", metric.key},
                {"value", realJson(metric.value)},
                {"timestamp", metric.timestamp},
                {"step", metric.step}};
}

Json pairsJson(const std::map<std::string, std::string, std::less<>>& pairs) {
    Json list = Json::array();
    for (const auto& [key, value] : pairs)
        list.push_back(Json{{"key", key}, {"value", value}});
    return list;
}

Json infoJson(const Run& run) {
    Json info{{"run_uuid", run.id},   {"experiment_id", run.experimentId},
              {"run_name", run.name}, {"user_id", run.user},
              {"status", run.status}, {"start_time", run.start}};
    if (run.end > 0)
        info["end_time"] = run.end;
    info["artifact_uri"] = run.artifactUri;
    info["lifecycle_stage"] = run.deleted ? "deleted" : "active";
    info["run_id"] = run.id;
    return info;
}

Json toJson(const Run& run) {
    Json metrics = Json::array();
    for (const auto& [key, metric] : run.metrics)
        metrics.push_back(toJson(metric));
    return Json{{"info", infoJson(run)},
                {"data", Json{{"metrics", std::move(metrics)},
                              {"params", pairsJson(run.params)},
                              {"tags", pairsJson(run.tags)}}},
                {"inputs", Json{{"dataset_inputs", run.datasets}, {"model_inputs", run.modelInputs}}},
                {"outputs", Json{{"model_outputs", run.modelOutputs}}}};
}

Json toJson(const Experiment& experiment) {
    return Json{{"experiment_id", experiment.id},
                {"name", experiment.name},
                {"artifact_location", experiment.artifactLocation},
                {"lifecycle_stage", experiment.deleted ? "deleted" : "active"},
                {"last_update_time", experiment.updated},
                {"creation_time", experiment.created},
                {"tags", pairsJson(experiment.tags)}};
}

std::optional<std::int64_t> wholeNumber(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (!value)
        return {};
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
        return {};
    if (value->is_number_integer())
        return value->get<std::int64_t>();
    if (value->is_number())
        return wholeOf(value->get<double>());
    if (!value->is_string())
        return {};
    const auto& text = value->get_ref<const std::string&>();
    std::int64_t whole = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (problem == std::errc() && end == text.data() + text.size())
        return whole;
    const auto real = realNumber(object, key);
    return real ? wholeOf(*real) : std::nullopt;
}

std::optional<double> realNumber(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (!value || value->is_boolean())
        return {};
    if (value->is_number())
        return value->get<double>();
    if (!value->is_string())
        return {};
    const auto& text = value->get_ref<const std::string&>();
    if (text == "NaN" || text == "nan")
        return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity" || text == "inf")
        return std::numeric_limits<double>::infinity();
    if (text == "-Infinity" || text == "-inf")
        return -std::numeric_limits<double>::infinity();
    double real = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), real);
    if (problem != std::errc() || end != text.data() + text.size())
        return {};
    return real;
}

std::vector<std::string> texts(const Json& object, std::string_view key) {
    std::vector<std::string> found;
    const Json* value = member(object, key);
    if (value && value->is_string())
        found.push_back(value->get<std::string>());
    if (value && value->is_array()) {
        for (const Json& item : *value) {
            if (item.is_string())
                found.push_back(item.get<std::string>());
            else if (item.is_number_integer())
                found.push_back(item.dump());
        }
    }
    return found;
}

std::vector<Json> objects(const Json& object, std::string_view key) {
    std::vector<Json> found;
    const Json* value = member(object, key);
    if (value && value->is_array()) {
        for (const Json& item : *value) {
            if (item.is_object())
                found.push_back(item);
        }
    }
    return found;
}

Result<std::string> neededText(const Json& object, std::string_view key) {
    const Json* value = member(object, key);
    if (value && value->is_number_integer())
        return value->dump();
    if (!value || !value->is_string() || value->get_ref<const std::string&>().empty())
        return fail(ErrorCode::Invalid, fmt::format("Missing value for required parameter '{}'.", key));
    return value->get<std::string>();
}

Json valueOfText(const std::string& text) {
    if (text.empty() || text.size() > 32 || (text[0] != '-' && (text[0] < '0' || text[0] > '9')))
        return text;
    const auto parsed = parseJson(text);
    return parsed && parsed->is_number() && dumpJson(*parsed) == text ? *parsed : Json(text);
}

std::string textOfValue(const Json& value) {
    return value.is_string() ? value.get<std::string>() : dumpJson(value);
}

Result<> checkLength(std::string_view value, std::size_t limit, std::string_view what) {
    // MLflow counts characters, not bytes.
    std::size_t characters = 0;
    for (const char c : value)
        characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (characters > limit)
        return fail(ErrorCode::Invalid,
                    fmt::format("'{}' exceeds the maximum length of {} characters", what, limit));
    return {};
}

Result<> checkKey(std::string_view name, std::string_view what) {
    const auto invalid = [&](std::string_view why) {
        return fail(ErrorCode::Invalid, fmt::format("Invalid value \"{}\" for parameter '{}' supplied: {}",
                                                    escapedForDisplay(name, 300), what, why));
    };
    if (name.empty())
        return invalid("A key name must be provided.");
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                            (byte >= 'A' && byte <= 'Z') || byte > 0x7F;
        if (!letter && std::string_view("/_.- :").find(c) == std::string_view::npos)
            return invalid(
                "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), "
                "colon(:) and slashes (/).");
    }
    if (cleanPath(name) != name || name.starts_with('/') || name.starts_with("..") || name == ".")
        return invalid("Names may be treated as files in certain cases, and must not resolve to other names "
                       "when treated "
                       "as such.");
    return checkLength(name, Limits::key, what);
}

}  // namespace lathe::interop::mlflow
