// SPDX-License-Identifier: Apache-2.0
#include "interop/yaml_values.h"

#include "core/text.h"
#include "interop/number_text.h"

#include <charconv>
#include <exception>
#include <yaml-cpp/yaml.h>

namespace lathe::interop {
namespace {

constexpr int kMaxValues = 10'000;
constexpr int kMaxDepth = 32;

Json plainWord(const std::string& text) {
    if (text.empty() || text == "null" || text == "~" || text == "Null" || text == "NULL")
        return nullptr;
    if (text == "true" || text == "True" || text == "TRUE")
        return true;
    if (text == "false" || text == "False" || text == "FALSE")
        return false;
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (error == std::errc() && end == text.data() + text.size())
        return integer;
    if (text == ".nan" || text == ".inf" || text == "-.inf")
        return text == ".nan" ? "nan" : text == ".inf" ? "inf" : "-inf";
    const auto number = numberOfCell(text);
    if (number && text.find_first_of("0123456789") != std::string::npos)
        return jsonNumber(*number);
    return text;
}

class Converter {
public:
    bool tooMuch() const { return m_values > kMaxValues || m_tooDeep; }

    Json convert(const YAML::Node& node, int depth) {
        if (++m_values > kMaxValues || depth > kMaxDepth) {
            m_tooDeep |= depth > kMaxDepth;
            return nullptr;
        }
        switch (node.Type()) {
        case YAML::NodeType::Scalar:
            return node.Tag() == "!" ? Json(node.Scalar()) : plainWord(node.Scalar());
        case YAML::NodeType::Sequence: {
            Json list = Json::array();
            for (const auto& entry : node)
                list.push_back(convert(entry, depth + 1));
            return list;
        }
        case YAML::NodeType::Map: {
            Json object = Json::object();
            for (const auto& entry : node)
                object[entry.first.IsScalar() ? entry.first.Scalar() : "?"] =
                    convert(entry.second, depth + 1);
            return object;
        }
        default: return nullptr;
        }
    }

private:
    int m_values = 0;
    bool m_tooDeep = false;
};

}  // namespace

Result<Json> yamlValues(std::string_view text) {
    try {
        Converter converter;
        Json value = converter.convert(YAML::Load(std::string(text)), 0);
        if (converter.tooMuch())
            return fail(ErrorCode::Corrupt, "the YAML holds too much");
        return value;
    } catch (const std::exception& problem) {
        return fail(ErrorCode::Corrupt, problem.what());
    }
}

}  // namespace lathe::interop
