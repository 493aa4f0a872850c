// SPDX-License-Identifier: Apache-2.0
#include "interop/mlflow/filter.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace lathe::interop::mlflow {
namespace {

constexpr std::size_t kLongestFilter = 100'000;

enum class Kind { Word, Text, Number, Operator, Open, Close, Comma, End };

struct Token {
    Kind kind = Kind::End;
    std::string text;
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// A word runs to a blank or an operator and may hold quoted parts: params."my key", tags.`a b`.
Result<std::vector<Token>> tokens(std::string_view text) {
    std::vector<Token> list;
    std::size_t at = 0;
    const auto quoted = [&](char quote, std::string& into) -> bool {
        for (++at; at < text.size(); ++at) {
            if (text[at] == quote) {
                if (at + 1 < text.size() && text[at + 1] == quote && quote == '\'') {
                    into += quote;  // a doubled quote stands for one
                    ++at;
                    continue;
                }
                ++at;
                return true;
            }
            into += text[at];
        }
        return false;
    };
    const auto open = [&] {
        return fail(ErrorCode::Invalid,
                    fmt::format("Invalid clause(s) in filter string: a quote is left open in '{}'",
                                escapedForDisplay(text, 300)));
    };
    while (at < text.size()) {
        const char c = text[at];
        if (isBlank(c)) {
            ++at;
        } else if (c == '(' || c == ')' || c == ',') {
            list.push_back({c == '(' ? Kind::Open : c == ')' ? Kind::Close : Kind::Comma, std::string(1, c)});
            ++at;
        } else if (c == '\'' || c == '"') {
            Token token{Kind::Text, {}};
            if (!quoted(c, token.text))
                return open();
            list.push_back(token);
        } else if (std::string_view("=<>!").find(c) != std::string_view::npos) {
            const auto end = std::min(text.find_first_not_of("=<>!", at), text.size());
            list.push_back({Kind::Operator, std::string(text.substr(at, end - at))});
            at = end;
        } else {
            Token token{Kind::Word, {}};
            while (at < text.size() && !isBlank(text[at]) &&
                   std::string_view("=<>!(),'").find(text[at]) == std::string_view::npos) {
                if (text[at] == '`' || text[at] == '"') {
                    if (!quoted(text[at], token.text))
                        return open();
                } else {
                    token.text += text[at++];
                }
            }
            double number = 0;
            const auto [end, problem] =
                std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
            if (problem == std::errc() && end == token.text.data() + token.text.size() &&
                std::isfinite(number))
                token.kind = Kind::Number;
            list.push_back(token);
        }
    }
    list.push_back({});
    return list;
}

struct Named {
    Entity entity;
    std::string key;
    bool number = false;  // what it is compared with
};

std::string listed(const std::vector<std::string>& words) {
    return "'" + join(words, "', '") + "'";
}

Result<Named> identifier(const std::string& word, const Searchable& searchable) {
    const auto dot = word.find('.');
    const std::string entity = dot == std::string::npos ? "attribute" : word.substr(0, dot);
    std::string key = dot == std::string::npos ? word : word.substr(dot + 1);
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::find(names, entity) != names.end();
    };
    if (searchable.metrics && is({"metric", "metrics"}))
        return Named{Entity::Metric, key, true};
    if (searchable.params && is({"parameter", "parameters", "param", "params"}))
        return Named{Entity::Param, key};
    if (searchable.tags && is({"tag", "tags"}))
        return Named{Entity::Tag, key};
    if (searchable.datasets && is({"dataset", "datasets"})) {
        if (key != "name" && key != "digest" && key != "context")
            return fail(
                ErrorCode::Invalid,
                fmt::format("Invalid dataset key '{}' specified. Valid keys are 'name', 'digest', 'context'",
                            escapedForDisplay(key, 100)));
        return Named{Entity::Dataset, key};
    }
    if (!is({"attribute", "attributes", "attr", "run"}))
        return fail(ErrorCode::Invalid,
                    fmt::format("Invalid entity type '{}'. Valid values are ['metric', 'parameter', 'tag', "
                                "'attribute', 'dataset']",
                                escapedForDisplay(entity, 100)));
    const std::string alias = lowered(key);
    if (alias == "created")
        key = "start_time";
    else if (alias == "run name")
        key = "run_name";
    if (std::ranges::find(searchable.numberAttributes, key) != searchable.numberAttributes.end())
        return Named{Entity::Attribute, key, true};
    if (std::ranges::find(searchable.textAttributes, key) != searchable.textAttributes.end())
        return Named{Entity::Attribute, key};
    std::vector<std::string> valid = searchable.textAttributes;
    valid.insert(valid.end(), searchable.numberAttributes.begin(), searchable.numberAttributes.end());
    return fail(ErrorCode::Invalid, fmt::format("Invalid attribute key '{}' specified. Valid keys are {}",
                                                escapedForDisplay(key, 100), listed(valid)));
}

class Parser {
public:
    Parser(std::vector<Token> tokens, const Searchable& searchable)
        : m_tokens(std::move(tokens)), m_searchable(searchable) {}

    Result<std::vector<Clause>> filter() {
        std::vector<Clause> clauses;
        if (now().kind == Kind::End)
            return clauses;
        for (;;) {
            LATHE_TRY_ASSIGN(Clause clause, this->clause());
            clauses.push_back(std::move(clause));
            if (now().kind == Kind::End)
                return clauses;
            if (!word("and"))
                return unexpected();
        }
    }

private:
    const Token& now() const { return m_tokens[m_at]; }
    bool word(std::string_view expected) {
        if (now().kind != Kind::Word || lowered(now().text) != expected)
            return false;
        ++m_at;
        return true;
    }
    std::unexpected<Error> unexpected() const {
        return fail(ErrorCode::Invalid,
                    now().kind == Kind::End
                        ? std::string("Invalid clause(s) in filter string: it ends too early")
                        : fmt::format("Invalid clause(s) in filter string: '{}'",
                                      escapedForDisplay(now().text, 100)));
    }

    Result<Comparator> comparator() {
        static constexpr std::array<std::pair<std::string_view, Comparator>, 6> kSigns{
            {{"=", Comparator::Equal},
             {"!=", Comparator::NotEqual},
             {"<", Comparator::Less},
             {"<=", Comparator::LessEqual},
             {">", Comparator::Greater},
             {">=", Comparator::GreaterEqual}}};
        if (now().kind == Kind::Operator) {
            for (const auto& [sign, comparator] : kSigns) {
                if (now().text == sign) {
                    ++m_at;
                    return comparator;
                }
            }
            return unexpected();
        }
        if (word("like"))
            return Comparator::Like;
        if (word("ilike"))
            return Comparator::Ilike;
        if (word("in"))
            return Comparator::In;
        if (word("not"))
            return word("in") ? Result<Comparator>(Comparator::NotIn) : unexpected();
        if (word("is")) {
            const bool negated = word("not");
            return word("null") ? Result<Comparator>(negated ? Comparator::IsNotNull : Comparator::IsNull)
                                : unexpected();
        }
        return unexpected();
    }

    Result<> check(const Named& named, Comparator comparator) const {
        using enum Comparator;
        const bool null = comparator == IsNull || comparator == IsNotNull;
        const bool list = comparator == In || comparator == NotIn;
        const bool text = comparator == Like || comparator == Ilike;
        const bool ordered = comparator == Less || comparator == LessEqual || comparator == Greater ||
                             comparator == GreaterEqual;
        const bool attribute = named.entity == Entity::Attribute;
        if (null && named.entity != Entity::Tag && named.entity != Entity::Param)
            return fail(ErrorCode::Invalid,
                        "IS NULL / IS NOT NULL is only supported for tags and params, not for '" +
                            escapedForDisplay(named.key, 100) + "'");
        const bool takesList = named.entity == Entity::Dataset ||
                               (attribute && std::ranges::find(m_searchable.listAttributes, named.key) !=
                                                 m_searchable.listAttributes.end());
        if (list && !takesList)
            return fail(
                ErrorCode::Invalid,
                fmt::format("Only {} attributes support comparison with a list of quoted string values.",
                            listed(m_searchable.listAttributes)));
        if ((named.number && (text || list)) || (!named.number && ordered))
            return fail(ErrorCode::Invalid,
                        fmt::format("Invalid comparator for '{}'", escapedForDisplay(named.key, 100)));
        return {};
    }

    Result<Clause> clause() {
        if (now().kind != Kind::Word)
            return unexpected();
        LATHE_TRY_ASSIGN(const Named named, identifier(now().text, m_searchable));
        ++m_at;
        Clause clause{named.entity, named.key, {}, 0, {}};
        LATHE_TRY_ASSIGN(clause.comparator, comparator());
        LATHE_TRY(check(named, clause.comparator));
        if (clause.comparator == Comparator::IsNull || clause.comparator == Comparator::IsNotNull)
            return clause;
        if (clause.comparator == Comparator::In || clause.comparator == Comparator::NotIn) {
            LATHE_TRY_ASSIGN(clause.texts, list());
            return clause;
        }
        if (named.number) {
            if (now().kind != Kind::Number)
                return fail(
                    ErrorCode::Invalid,
                    fmt::format("Expected numeric value type for {}. Found {}",
                                named.entity == Entity::Metric ? "metric" : "numeric attribute: " + named.key,
                                escapedForDisplay(now().text, 100)));
            std::from_chars(now().text.data(), now().text.data() + now().text.size(), clause.number);
        } else {
            if (now().kind != Kind::Text)
                return fail(
                    ErrorCode::Invalid,
                    fmt::format("Expected a quoted string value for '{}' (e.g. 'my-value'). Got value {}",
                                escapedForDisplay(named.key, 100), escapedForDisplay(now().text, 100)));
            clause.texts.push_back(now().text);
        }
        ++m_at;
        return clause;
    }

    Result<std::vector<std::string>> list() {
        std::vector<std::string> items;
        if (now().kind != Kind::Open)
            return unexpected();
        do {
            ++m_at;
            if (now().kind != Kind::Text)
                return fail(
                    ErrorCode::Invalid,
                    "While parsing a list in the query, expected a non-empty list of quoted string values");
            items.push_back(now().text);
            ++m_at;
        } while (now().kind == Kind::Comma);
        if (now().kind != Kind::Close)
            return unexpected();
        ++m_at;
        return items;
    }

    std::vector<Token> m_tokens;
    const Searchable& m_searchable;
    std::size_t m_at = 0;
};

bool holds(const Clause& clause, const Value& value) {
    using enum Comparator;
    if (const double* number = std::get_if<double>(&value)) {
        switch (clause.comparator) {
        case Equal: return *number == clause.number;
        case NotEqual: return *number != clause.number;
        case Less: return *number < clause.number;
        case LessEqual: return *number <= clause.number;
        case Greater: return *number > clause.number;
        case GreaterEqual: return *number >= clause.number;
        default: return false;
        }
    }
    const std::string& text = std::get<std::string>(value);
    switch (clause.comparator) {
    case Equal: return text == clause.texts[0];
    case NotEqual: return text != clause.texts[0];
    case Like: return likeMatches(text, clause.texts[0], false);
    case Ilike: return likeMatches(text, clause.texts[0], true);
    case In: return std::ranges::find(clause.texts, text) != clause.texts.end();
    case NotIn: return std::ranges::find(clause.texts, text) == clause.texts.end();
    default: return false;
    }
}

}  // namespace

Result<std::vector<Clause>> parseFilter(std::string_view filter, const Searchable& searchable) {
    if (filter.size() > kLongestFilter)
        return fail(ErrorCode::Invalid, "the filter is too long");
    LATHE_TRY_ASSIGN(auto list, tokens(filter));
    return Parser(std::move(list), searchable).filter();
}

Result<Order> parseOrder(std::string_view clause, const Searchable& searchable) {
    const auto invalid = [&] {
        return fail(ErrorCode::Invalid, fmt::format("Invalid order_by clause '{}'. Could not be parsed.",
                                                    escapedForDisplay(clause, 200)));
    };
    if (clause.size() > kLongestFilter)
        return invalid();
    LATHE_TRY_ASSIGN(const auto list, tokens(clause));
    // A key in quotes alone, or metrics."a b" desc.
    if (list.size() < 2 || list.size() > 3 || (list[0].kind != Kind::Word && list[0].kind != Kind::Text))
        return invalid();
    LATHE_TRY_ASSIGN(const Named named, identifier(list[0].text, searchable));
    Order order{named.entity, named.key, true};
    if (named.entity == Entity::Dataset)
        return invalid();
    if (list.size() == 3) {
        const std::string direction = lowered(list[1].text);
        if (list[1].kind != Kind::Word || (direction != "asc" && direction != "desc"))
            return fail(ErrorCode::Invalid, fmt::format("Invalid ordering key in order_by clause '{}'.",
                                                        escapedForDisplay(clause, 200)));
        order.ascending = direction == "asc";
    }
    return order;
}

bool matches(const std::vector<Clause>& clauses, const Values& values) {
    return std::ranges::all_of(clauses, [&](const Clause& clause) {
        auto found = values(clause.entity, clause.key);
        std::erase_if(found,
                      [](const Value& value) { return std::holds_alternative<std::monostate>(value); });
        if (clause.comparator == Comparator::IsNull || clause.comparator == Comparator::IsNotNull)
            return found.empty() == (clause.comparator == Comparator::IsNull);
        return std::ranges::any_of(found, [&](const Value& value) { return holds(clause, value); });
    });
}

int compareValues(const Value& left, const Value& right, bool ascending) {
    const auto rank = [](const Value& value) {
        if (std::holds_alternative<std::monostate>(value))
            return 2;
        const double* number = std::get_if<double>(&value);
        return number && std::isnan(*number) ? 1 : 0;
    };
    if (rank(left) != rank(right))
        return rank(left) < rank(right) ? -1 : 1;
    if (rank(left) != 0 || left == right)
        return 0;
    return (left < right) == ascending ? -1 : 1;
}

bool likeMatches(std::string_view text, std::string_view pattern, bool ignoreCase) {
    const auto same = [&](char a, char b) { return ignoreCase ? lower(a) == lower(b) : a == b; };
    // One step back is enough: a later % makes an earlier one's choice final. A character of UTF-8 is one for
    // _.
    const auto next = [&](std::size_t at) {
        do
            ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
        return at;
    };
    std::size_t at = 0, in = 0, star = std::string_view::npos, from = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '%') {
            star = in++;
            from = at;
        } else if (in < pattern.size() && pattern[in] == '_') {
            at = next(at);
            ++in;
        } else if (in < pattern.size() && same(text[at], pattern[in])) {
            ++at;
            ++in;
        } else if (star != std::string_view::npos) {
            in = star + 1;
            at = ++from;
        } else {
            return false;
        }
    }
    while (in < pattern.size() && pattern[in] == '%')
        ++in;
    return in == pattern.size();
}

}  // namespace lathe::interop::mlflow
