// SPDX-License-Identifier: Apache-2.0
#include "record/query_node.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <limits>

namespace lathe::record {

namespace {

constexpr std::size_t kMaxDepth = 200;  // of parentheses and "not"; the parser calls itself
constexpr std::string_view kSpecial = "=!<>~(),\"'`";

std::unexpected<QueryError> wrong(const QueryToken& at, std::string what, std::string hint = {}) {
    return std::unexpected(QueryError{at.at, at.length, std::move(what), std::move(hint)});
}

// "1h30m" as seconds; every number needs its unit.
std::optional<double> parseSpan(std::string_view text) {
    double total = 0;
    bool any = false;
    while (!text.empty()) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end == text.data() || !(value >= 0) || std::isinf(value))
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        std::size_t letters = 0;
        while (letters < text.size() && std::isalpha(static_cast<unsigned char>(text[letters])))
            ++letters;
        const std::string_view unit = text.substr(0, letters);
        text.remove_prefix(letters);
        static constexpr std::array<std::pair<std::string_view, double>, 7> units{
            {{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}, {"y", 31557600}}};
        const auto known = std::ranges::find(units, unit, [](const auto& pair) { return pair.first; });
        if (known == units.end())
            return std::nullopt;
        total += value * known->second;
        any = true;
    }
    return any ? std::optional(total) : std::nullopt;
}

std::optional<double> parseDate(std::string_view text, bool& wholeDay) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const auto part = [&](std::size_t from, std::size_t length, int& into) {
        if (from + length > text.size())
            return false;
        const char* const begin = text.data() + from;
        const auto [end, error] = std::from_chars(begin, begin + length, into);
        return error == std::errc{} && end == begin + length && into >= 0;
    };
    if (!part(0, 4, year) || text.size() < 10 || text[4] != '-' || !part(5, 2, month) || text[7] != '-' ||
        !part(8, 2, day))
        return std::nullopt;
    wholeDay = text.size() == 10;
    if (!wholeDay) {
        if ((text[10] != 'T' && text[10] != 't' && text[10] != ' ') || !part(11, 2, hour) ||
            text.size() < 16 || text[13] != ':' || !part(14, 2, minute))
            return std::nullopt;
        if (text.size() > 16 && (text.size() != 19 || text[16] != ':' || !part(17, 2, second)))
            return std::nullopt;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    std::tm local{};
    local.tm_year = year - 1900;
    local.tm_mon = month - 1;
    local.tm_mday = day;
    local.tm_hour = hour;
    local.tm_min = minute;
    local.tm_sec = second;
    local.tm_isdst = -1;
    return static_cast<double>(std::mktime(&local));
}

}  // namespace

std::string lowerCase(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::optional<double> parseNumber(std::string_view text) {
    if (text == "nan" || text == "NaN")
        return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf" || text == "-inf" || text == "+inf")
        return text.front() == '-' ? -std::numeric_limits<double>::infinity()
                                   : std::numeric_limits<double>::infinity();
    double scale = 1;
    if (text.ends_with('k'))
        scale = 1e3;
    else if (text.ends_with('M'))
        scale = 1e6;
    else if (text.ends_with('G'))
        scale = 1e9;
    if (scale != 1)
        text.remove_suffix(1);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    if (text.empty() || std::isalpha(static_cast<unsigned char>(text.back())))
        return std::nullopt;  // from_chars takes "infinity" and "nan(…)"
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value * scale;
}

Literal literalOf(std::string_view text, bool quoted) {
    Literal literal;
    literal.text = lowerCase(text);
    literal.date = parseDate(text, literal.wholeDay);
    if (!quoted || !literal.date) {
        literal.number = parseNumber(text);
        literal.seconds = parseSpan(text);
    }
    return literal;
}

bool isKeyword(const QueryToken& token, std::string_view word) {
    return token.kind == TokenKind::Word && token.quote == 0 && lowerCase(token.text) == word;
}

std::expected<std::vector<QueryToken>, QueryError> tokensOf(std::string_view text) {
    std::vector<QueryToken> tokens;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (std::isspace(static_cast<unsigned char>(c))) {
            ++i;
            continue;
        }
        QueryToken token;
        token.at = i;
        if (c == '"' || c == '\'' || c == '`') {
            const std::size_t end = text.find(c, i + 1);
            if (end == std::string_view::npos)
                return std::unexpected(QueryError{i, text.size() - i, "this quote is not closed",
                                                  fmt::format("a second {} ends the text", c)});
            token.kind = TokenKind::Word;
            token.text = text.substr(i + 1, end - i - 1);
            token.quote = c;
            token.length = end + 1 - i;
        } else if (c == '(' || c == ')' || c == ',') {
            token.kind = c == '(' ? TokenKind::Open : c == ')' ? TokenKind::Close : TokenKind::Comma;
            token.text = c;
            token.length = 1;
        } else if (kSpecial.find(c) != std::string_view::npos) {
            token.kind = TokenKind::Operator;
            const std::string_view two = text.substr(i, 2);
            static constexpr std::array<std::string_view, 6> pairs{"==", "!=", "<=", ">=", "!~", "=~"};
            token.length = std::ranges::find(pairs, two) != pairs.end() ? 2 : 1;
            token.text = text.substr(i, token.length);
            if (token.text == "!")
                return std::unexpected(
                    QueryError{i, 1, "expected != or !~", "to turn a term around, write not before it"});
        } else {
            std::size_t end = i;
            while (end < text.size() && !std::isspace(static_cast<unsigned char>(text[end])) &&
                   kSpecial.find(text[end]) == std::string_view::npos)
                ++end;
            token.kind = TokenKind::Word;
            token.text = text.substr(i, end - i);
            token.length = end - i;
        }
        i = token.at + token.length;
        tokens.push_back(std::move(token));
    }
    tokens.push_back({TokenKind::End, text.size(), 0, {}, 0});
    return tokens;
}

class FilterParser {
public:
    using Node = Filter::Node;
    using Parsed = std::expected<std::shared_ptr<const Node>, QueryError>;

    FilterParser(Filter& filter, std::vector<QueryToken> tokens)
        : m_filter(filter), m_tokens(std::move(tokens)) {}

    Parsed whole() {
        auto node = either(0);
        if (node && current().kind != TokenKind::End)
            return wrong(current(), "expected and, or, or the end", "brackets must come in pairs");
        return node;
    }

private:
    const QueryToken& current() const { return m_tokens[m_at]; }
    const QueryToken& next() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    const QueryToken& afterNext() const { return m_tokens[std::min(m_at + 2, m_tokens.size() - 1)]; }
    void step() { m_at = std::min(m_at + 1, m_tokens.size() - 1); }
    std::size_t lastEnd() const { return m_at == 0 ? 0 : m_tokens[m_at - 1].at + m_tokens[m_at - 1].length; }

    Parsed either(std::size_t depth) { return joined(depth, Node::Kind::Or); }

    // Terms joined by "or", or terms joined by "and" or by nothing.
    Parsed joined(std::size_t depth, Node::Kind kind) {
        auto node = std::make_shared<Node>();
        node->kind = kind;
        node->begin = current().at;
        while (true) {
            auto child = kind == Node::Kind::Or ? joined(depth, Node::Kind::And) : single(depth);
            if (!child)
                return child;
            node->children.push_back(std::move(*child));
            if (kind == Node::Kind::Or ? isKeyword(current(), "or") : isKeyword(current(), "and")) {
                step();
                continue;
            }
            const bool ended = current().kind == TokenKind::End || current().kind == TokenKind::Close ||
                               isKeyword(current(), "or");
            if (kind == Node::Kind::Or || ended)
                break;
        }
        node->end = lastEnd();
        if (node->children.size() == 1)
            return node->children.front();
        return node;
    }

    Parsed single(std::size_t depth) {
        if (depth > kMaxDepth)
            return wrong(current(), "this is nested too deep");
        const QueryToken token = current();
        if (isKeyword(token, "not")) {
            step();
            auto child = single(depth + 1);
            if (!child)
                return child;
            auto node = std::make_shared<Node>();
            node->kind = Node::Kind::Not;
            node->children.push_back(std::move(*child));
            node->begin = token.at;
            node->end = lastEnd();
            return node;
        }
        if (token.kind == TokenKind::Open) {
            step();
            auto inside = either(depth + 1);
            if (!inside)
                return inside;
            if (current().kind != TokenKind::Close)
                return wrong(current(), "expected )",
                             fmt::format("the bracket of column {} is open", token.at + 1));
            step();
            return inside;
        }
        if (token.kind != TokenKind::Word || isKeyword(token, "and") || isKeyword(token, "or"))
            return wrong(token, "expected a field or a word", "for example: state = failed and val/loss < 3");
        auto node = std::make_shared<Node>();
        node->begin = token.at;
        auto made = term(*node);
        if (!made)
            return std::unexpected(std::move(made).error());
        node->end = lastEnd();
        return node;
    }

    std::expected<void, QueryError> term(Node& node) {
        const QueryToken name = current();
        const bool adjacent = next().kind == TokenKind::Open && next().at == name.at + name.length;
        if (adjacent && (isKeyword(name, "changed") || isKeyword(name, "has")))
            return call(node);
        if (adjacent && name.quote == 0 && !isKeyword(name, "in"))
            return wrong(name, fmt::format("there is no function {}", name.text),
                         "there are changed(…) and has(…)");
        if (next().kind == TokenKind::Operator)
            return comparison(node);
        const bool in = isKeyword(next(), "in") && afterNext().kind == TokenKind::Open;
        const bool notIn = isKeyword(next(), "not") && isKeyword(afterNext(), "in");
        if (in || notIn)
            return membership(node, notIn);
        node.kind = Node::Kind::Word;
        node.values.push_back(literalOf(name.text, name.quote != 0));
        step();
        return {};
    }

    std::expected<void, QueryError> call(Node& node) {
        node.kind = isKeyword(current(), "has") ? Node::Kind::Has : Node::Kind::Changed;
        step();
        step();
        if (current().kind != TokenKind::Word)
            return wrong(current(), "expected the name of a field");
        node.field = field(current());
        step();
        if (current().kind != TokenKind::Close)
            return wrong(current(), "expected )");
        step();
        return {};
    }

    std::expected<void, QueryError> comparison(Node& node) {
        const QueryToken name = current(), op = next();
        static constexpr std::array<std::pair<std::string_view, CompareOp>, 10> ops{
            {{"=", CompareOp::Equal},
             {"==", CompareOp::Equal},
             {"!=", CompareOp::NotEqual},
             {"<", CompareOp::Less},
             {"<=", CompareOp::LessEqual},
             {">", CompareOp::Greater},
             {">=", CompareOp::GreaterEqual},
             {"~", CompareOp::Holds},
             {"=~", CompareOp::Holds},
             {"!~", CompareOp::HoldsNot}}};
        const auto known = std::ranges::find(ops, op.text, [](const auto& pair) { return pair.first; });
        if (known == ops.end())
            return wrong(op, "expected = != < <= > >= ~ or !~");
        node.kind = Node::Kind::Compare;
        node.op = known->second;
        node.field = field(name);
        step();
        step();
        if (current().kind != TokenKind::Word || isKeyword(current(), "and") || isKeyword(current(), "or"))
            return wrong(current(), fmt::format("expected a value after {}", op.text));
        if (auto fits = check(name, op, node.op, current()); !fits)
            return fits;
        node.values.push_back(literalOf(current().text, current().quote != 0));
        step();
        return {};
    }

    std::expected<void, QueryError> membership(Node& node, bool negated) {
        const QueryToken name = current();
        const QueryToken equal{TokenKind::Operator, name.at, name.length, "in", 0};
        step();
        step();
        if (negated)
            step();
        if (current().kind != TokenKind::Open)
            return wrong(current(), "expected ( after in", "for example: tag in (a, b)");
        step();
        Node inner;
        Node& list = negated ? inner : node;
        list.kind = Node::Kind::In;
        list.field = field(name);
        while (true) {
            if (current().kind != TokenKind::Word)
                return wrong(current(), "expected a value", "for example: tag in (a, b)");
            if (auto fits = check(name, equal, CompareOp::Equal, current()); !fits)
                return fits;
            list.values.push_back(literalOf(current().text, current().quote != 0));
            step();
            if (current().kind == TokenKind::Close)
                break;
            if (current().kind != TokenKind::Comma)
                return wrong(current(), "expected , or )");
            step();
        }
        step();
        if (negated) {
            node.kind = Node::Kind::Not;
            node.children.push_back(std::make_shared<const Node>(std::move(inner)));
        }
        return {};
    }

    // Whether such a value can be compared with such a field at all.
    std::expected<void, QueryError> check(const QueryToken& name, const QueryToken& op, CompareOp meaning,
                                          const QueryToken& value) {
        const bool ordered = meaning == CompareOp::Less || meaning == CompareOp::LessEqual ||
                             meaning == CompareOp::Greater || meaning == CompareOp::GreaterEqual;
        const bool holds = meaning == CompareOp::Holds || meaning == CompareOp::HoldsNot;
        const FieldType type = fieldType(name.text);
        const Literal literal = literalOf(value.text, value.quote != 0);
        switch (type) {
        case FieldType::Console:
            if (!holds)
                return wrong(op, fmt::format("{} can only be searched", name.text),
                             fmt::format("write {} ~ \"some words\"", name.text));
            m_filter.m_needsConsole = true;
            return {};
        case FieldType::State:
            if (!ordered && !holds && !runStateFromName(literal.text)) {
                const auto nearest = nearestName(
                    literal.text, {"queued", "starting", "running", "finished", "failed", "stopped", "lost"});
                return wrong(value, "expected a state",
                             nearest ? "did you mean " + *nearest + "?"
                                     : "queued, starting, running, finished, failed, stopped or lost");
            }
            [[fallthrough]];
        case FieldType::Text:
        case FieldType::Truth:
            if (ordered)
                return wrong(op, fmt::format("{} has no order", name.text), "use = != ~ !~ or in (…)");
            return {};
        case FieldType::Time:
            if (!literal.date && !literal.seconds)
                return wrong(value, "expected a date, or a time span that ends now",
                             "for example 2026-11-20, 2026-11-20T13:00, 2d or 12h");
            if (holds)
                return wrong(op, fmt::format("{} is a time", name.text), "use < or >");
            return {};
        case FieldType::Duration:
            if (!literal.seconds && !literal.number)
                return wrong(value, "expected a time span", "for example 90s, 20m, 1h30m or 2d");
            return {};
        case FieldType::Number:
        case FieldType::Any: break;
        }
        if ((ordered || (type == FieldType::Number && !holds)) && !literal.number)
            return wrong(value, fmt::format("expected a number after {}", op.text),
                         "for example 3e-4, 20k or 1.5M");
        return {};
    }

    std::size_t field(const QueryToken& token) {
        auto& fields = m_filter.m_fields;
        const auto known = std::ranges::find(fields, token.text, &Filter::Field::name);
        if (known != fields.end())
            return static_cast<std::size_t>(known - fields.begin());
        fields.push_back({token.text, token.at});
        return fields.size() - 1;
    }

    Filter& m_filter;
    std::vector<QueryToken> m_tokens;
    std::size_t m_at = 0;
};

std::expected<Filter, QueryError> Filter::parse(std::string_view text) {
    Filter filter;
    filter.m_text = text;
    auto tokens = tokensOf(text);
    if (!tokens)
        return std::unexpected(std::move(tokens).error());
    if (tokens->size() == 1)
        return filter;
    auto root = FilterParser(filter, std::move(*tokens)).whole();
    if (!root)
        return std::unexpected(std::move(root).error());
    filter.m_root = std::move(*root);
    return filter;
}

std::vector<std::string> Filter::parts() const {
    std::vector<std::string> parts;
    if (!m_root)
        return parts;
    if (m_root->kind != Node::Kind::And)
        return {m_text};
    for (const auto& child : m_root->children)
        parts.push_back(m_text.substr(child->begin, child->end - child->begin));
    return parts;
}

constexpr std::string_view kColumn = " at column ";

Error QueryError::toError(std::string_view text) const {
    return {ErrorCode::Invalid, fmt::format("{}{}{}", what, kColumn, std::min(at, text.size()) + 1),
            std::string(text), hint};
}

std::optional<std::size_t> columnOf(const Error& error) {
    const std::size_t at = error.what.rfind(kColumn);
    if (at == std::string::npos)
        return std::nullopt;
    std::size_t column = 0;
    const char* const end = error.what.data() + error.what.size();
    const auto parsed = std::from_chars(error.what.data() + at + kColumn.size(), end, column);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(column) : std::nullopt;
}

}  // namespace lathe::record
