// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

#include "core/file.h"

#include <cmath>
#include <limits>

namespace lathe {
namespace {

constexpr int kMaxDepth = 64;

int depthOf(std::string_view text) {
    int depth = 0, deepest = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return deepest;
}

void flattenInto(Json& flat, const Json& nested, const std::string& prefix) {
    for (const auto& [key, value] : nested.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (value.is_object())
            flattenInto(flat, value, name);
        else
            flat[name] = value;
    }
}

}  // namespace

Result<Json> parseJson(std::string_view text, std::string_view on) {
    if (depthOf(text) > kMaxDepth)
        return fail(ErrorCode::Corrupt, "JSON is nested too deeply", std::string(on));
    try {
        return Json::parse(text);
    } catch (const nlohmann::json::exception& problem) {
        std::string_view what = problem.what();  // "[json.exception.parse_error.101] parse error at line …"
        if (const auto end = what.find("] "); end != std::string_view::npos)
            what.remove_prefix(end + 2);
        return fail(ErrorCode::Corrupt, "not valid JSON: " + std::string(what), std::string(on));
    }
}

Result<Json> readJsonFile(const std::string& path) {
    LATHE_TRY_ASSIGN(const std::string text, readFile(path));
    return parseJson(text, path);
}

std::string dumpJson(const Json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dumpJsonPretty(const Json& value) {
    return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Json jsonNumber(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    return value;
}

std::optional<double> numberFromJson(const Json& value) {
    if (value.is_number())
        return value.get<double>();
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text == "nan")
            return std::numeric_limits<double>::quiet_NaN();
        if (text == "inf")
            return std::numeric_limits<double>::infinity();
        if (text == "-inf")
            return -std::numeric_limits<double>::infinity();
    }
    return std::nullopt;
}

namespace {
const Json* field(const Json& object, std::string_view key) {
    if (!object.is_object())
        return nullptr;
    const auto at = object.find(key);
    return at == object.end() ? nullptr : &*at;
}
}  // namespace

std::string getString(const Json& object, std::string_view key, std::string fallback) {
    const Json* value = field(object, key);
    return value && value->is_string() ? value->get<std::string>() : std::move(fallback);
}

double getNumber(const Json& object, std::string_view key, double fallback) {
    const Json* value = field(object, key);
    return value ? numberFromJson(*value).value_or(fallback) : fallback;
}

std::int64_t getInt(const Json& object, std::string_view key, std::int64_t fallback) {
    const Json* value = field(object, key);
    if (!value || !value->is_number())
        return fallback;
    if (value->is_number_integer())
        return value->get<std::int64_t>();
    const double number = value->get<double>();
    return std::abs(number) < 9.2e18 ? static_cast<std::int64_t>(number) : fallback;
}

bool getBool(const Json& object, std::string_view key, bool fallback) {
    const Json* value = field(object, key);
    return value && value->is_boolean() ? value->get<bool>() : fallback;
}

Json flattenJson(const Json& nested) {
    Json flat = Json::object();
    if (nested.is_object())
        flattenInto(flat, nested, {});
    return flat;
}

Json errorToJson(const Error& error) {
    return Json{{"error", Json{{"code", errorCodeName(error.code)},
                               {"what", error.what},
                               {"on", error.on},
                               {"hint", error.hint}}}};
}

std::optional<Error> errorFromJson(const Json& json) {
    if (!json.is_object() || !json.contains("error") || !json["error"].is_object())
        return std::nullopt;
    const Json& error = json["error"];
    return Error{errorCodeFromName(getString(error, "code")), getString(error, "what"), getString(error, "on"),
                 getString(error, "hint")};
}

}  // namespace lathe
