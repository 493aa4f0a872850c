// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lathe::interop::mlflow {

// MLflow's search language (mlflow.org/docs/latest/search-runs): comparisons joined by AND,
//   metrics.loss < 0.3 and params."lr" = '0.1' and tags.`a b` LIKE '%x' and attributes.run_id IN ('a','b')
//   and tags.k IS NULL
// The entity may be missing (attribute).

enum class Entity { Metric, Param, Tag, Attribute, Dataset };
enum class Comparator {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Like,
    Ilike,
    In,
    NotIn,
    IsNull,
    IsNotNull
};

// What a comparison may name. The words of one kind of object.
struct Searchable {
    std::vector<std::string> textAttributes, numberAttributes;
    bool metrics = false, params = false, tags = true, datasets = false;
    std::vector<std::string> listAttributes;  // those that take IN
};

struct Clause {
    Entity entity = Entity::Attribute;
    std::string key;
    Comparator comparator = Comparator::Equal;
    double number = 0;
    std::vector<std::string> texts;  // one, unless In or NotIn
};

struct Order {
    Entity entity = Entity::Attribute;
    std::string key;
    bool ascending = true;
};

// Invalid, with MLflow's words, on anything outside of the language.
Result<std::vector<Clause>> parseFilter(std::string_view filter, const Searchable& searchable);
Result<Order> parseOrder(std::string_view clause, const Searchable& searchable);

// What an object holds under a key; monostate: nothing.
using Value = std::variant<std::monostate, double, std::string>;
using Values = std::function<std::vector<Value>(Entity, const std::string&)>;

// Whether every clause holds for one of the values at its key. Where there is none only IS NULL holds.
bool matches(const std::vector<Clause>& clauses, const Values& values);

// a < 0: left comes first. Missing values come last either way, NaN just before them.
int compareValues(const Value& left, const Value& right, bool ascending);

// SQL's LIKE: % any text, _ one character.
bool likeMatches(std::string_view text, std::string_view pattern, bool ignoreCase);

}  // namespace lathe::interop::mlflow
