// SPDX-License-Identifier: Apache-2.0
#include "launch/command_params.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lathe::launch {
namespace {

Json valueOf(const std::string& text) {
    const char *begin = text.data(), *end = begin + text.size();
    if (std::int64_t whole = 0; std::from_chars(begin, end, whole).ptr == end && !text.empty())
        return whole;
    double number = 0;
    if (const auto read = std::from_chars(begin, end, number);
        read.ptr == end && read.ec == std::errc() && !text.empty() &&
        !std::isalpha(static_cast<unsigned char>(text[0])))
        return number;
    return text;
}

bool isName(std::string_view name) {
    return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) &&
           std::ranges::all_of(
               name, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

Json paramsOfCommand(const std::vector<std::string>& argv) {
    Json params = Json::object();
    for (std::size_t i = 1; i < argv.size(); ++i) {
        if (!argv[i].starts_with("--"))
            continue;
        const auto equals = argv[i].find('=');
        std::string name = argv[i].substr(2, equals == std::string::npos ? equals : equals - 2);
        if (!isName(name))
            continue;
        std::ranges::replace(name, '-', '_');
        // A value may be negative, but does not begin like a name.
        if (equals != std::string::npos)
            params[name] = valueOf(argv[i].substr(equals + 1));
        else if (i + 1 < argv.size() && !argv[i + 1].starts_with("--"))
            params[name] = valueOf(argv[++i]);
        else
            params[name] = true;
    }
    return params;
}

}  // namespace lathe::launch
