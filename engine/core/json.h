// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lathe {

// Ordered, so that files read in the order in which they were thought. Exceptions of the library never leave
// this project's code: parse with parseJson, read with the getters below, which fall back on a wrong type.
using Json = nlohmann::ordered_json;

// `on` names the source for the message. Depth is limited to 64; invalid UTF-8 is an error.
Result<Json> parseJson(std::string_view text, std::string_view on = "JSON");
Result<Json> readJsonFile(const std::string& path);

// Compact, one line; bytes that are no UTF-8 become U+FFFD.
std::string dumpJson(const Json& value);
// Indented by two, for files that people open.
std::string dumpJsonPretty(const Json& value);

// Non-finite numbers travel as "nan", "inf", "-inf" (DESIGN.md, section 4).
Json jsonNumber(double value);
std::optional<double> numberFromJson(const Json& value);

// Fields of an object, with a fallback if absent or of another type.
std::string getString(const Json& object, std::string_view key, std::string fallback = {});
double getNumber(const Json& object, std::string_view key, double fallback = 0);
std::int64_t getInt(const Json& object, std::string_view key, std::int64_t fallback = 0);
bool getBool(const Json& object, std::string_view key, bool fallback = false);

// {"a":{"b":1}} → {"a.b":1}; arrays stay as they are.
Json flattenJson(const Json& nested);

// {"error":{"code","what","on","hint"}}: how one program of Lathe tells another of a failure.
Json errorToJson(const Error& error);
// nullopt if `json` holds no error.
std::optional<Error> errorFromJson(const Json& json);

}  // namespace lathe
