// SPDX-License-Identifier: Apache-2.0
// The inside of a parsed query; for the files query*.cpp alone.
#pragma once

#include "record/query.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::record {

enum class CompareOp { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Holds, HoldsNot };

// A value as it was typed, and all that it may mean.
struct Literal {
    std::string text;               // without quotes, in lower case
    std::optional<double> number;   // 3e-4, 20k
    std::optional<double> seconds;  // 2d, 1h30m
    std::optional<double> date;     // unix seconds
    bool wholeDay = false;          // the date has no time of day
};

struct Filter::Node {
    enum class Kind { And, Or, Not, Compare, In, Changed, Has, Word } kind = Kind::Word;
    std::vector<std::shared_ptr<const Node>> children;
    std::size_t field = 0;
    CompareOp op = CompareOp::Equal;
    std::vector<Literal> values;
    std::size_t begin = 0, end = 0;  // bytes of the query
};

enum class TokenKind { Word, Operator, Open, Close, Comma, End };
struct QueryToken {
    TokenKind kind = TokenKind::End;
    std::size_t at = 0, length = 0;
    std::string text;  // without quotes
    char quote = 0;    // ' " ` or 0
};
// The last token is End.
std::expected<std::vector<QueryToken>, QueryError> tokensOf(std::string_view text);
bool isKeyword(const QueryToken& token, std::string_view word);

std::string lowerCase(std::string_view text);
std::optional<double> parseNumber(std::string_view text);
Literal literalOf(std::string_view text, bool quoted);

// What can be compared with a builtin field; Any for all others.
enum class FieldType { Any, Text, State, Number, Time, Duration, Truth, Console };
FieldType fieldType(std::string_view name);

}  // namespace lathe::record
