// SPDX-License-Identifier: Apache-2.0
#include "record/query.h"

#include "core/text.h"
#include "record/query_node.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lathe::record {

namespace {

struct Builtin {
    std::string_view name;
    FieldType type;
};
constexpr std::array<Builtin, 27> kBuiltins{{
    {"name", FieldType::Text},       {"id", FieldType::Text},         {"state", FieldType::State},
    {"tag", FieldType::Text},        {"tags", FieldType::Text},       {"note", FieldType::Text},
    {"experiment", FieldType::Text}, {"group", FieldType::Text},      {"host", FieldType::Text},
    {"user", FieldType::Text},       {"kind", FieldType::Text},       {"branch", FieldType::Text},
    {"commit", FieldType::Text},     {"command", FieldType::Text},    {"reason", FieldType::Text},
    {"parent", FieldType::Text},     {"step", FieldType::Number},     {"steps", FieldType::Number},
    {"ranks", FieldType::Number},    {"exit", FieldType::Number},     {"created", FieldType::Time},
    {"started", FieldType::Time},    {"ended", FieldType::Time},      {"duration", FieldType::Duration},
    {"archived", FieldType::Truth},  {"console", FieldType::Console}, {"text", FieldType::Console},
}};

bool holdsLower(std::string_view text, std::string_view lowerPart) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
    };
    return std::search(text.begin(), text.end(), lowerPart.begin(), lowerPart.end(), same) != text.end() ||
           lowerPart.empty();
}

bool equalLower(std::string_view text, std::string_view lower) {
    return text.size() == lower.size() &&
           std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
               return std::tolower(static_cast<unsigned char>(a)) == static_cast<unsigned char>(b);
           });
}

bool compareNumbers(double left, CompareOp op, double right) {
    switch (op) {
    case CompareOp::Equal: return left == right || (std::isnan(left) && std::isnan(right));
    case CompareOp::NotEqual: return !compareNumbers(left, CompareOp::Equal, right);
    case CompareOp::Less: return left < right;
    case CompareOp::LessEqual: return left <= right;
    case CompareOp::Greater: return left > right;
    case CompareOp::GreaterEqual: return left >= right;
    case CompareOp::Holds:
    case CompareOp::HoldsNot: break;
    }
    return false;
}

bool isNegative(CompareOp op) {
    return op == CompareOp::NotEqual || op == CompareOp::HoldsNot;
}

bool compareText(std::string_view text, CompareOp op, const Literal& literal) {
    switch (op) {
    case CompareOp::Holds: return holdsLower(text, literal.text);
    case CompareOp::HoldsNot: return !holdsLower(text, literal.text);
    case CompareOp::NotEqual: return !compareText(text, CompareOp::Equal, literal);
    default: break;
    }
    // A parameter that came from a command line may be a number only in disguise.
    if (literal.number)
        if (const auto number = parseNumber(text))
            return compareNumbers(*number, op, *literal.number);
    return op == CompareOp::Equal && equalLower(text, literal.text);
}

bool compareTime(double time, CompareOp op, const Literal& literal, double now) {
    if (!literal.date)
        return literal.seconds && compareNumbers(time, op, now - *literal.seconds);
    constexpr double day = 86400;
    if (literal.wholeDay) {
        const bool within = time >= *literal.date && time < *literal.date + day;
        switch (op) {
        case CompareOp::Equal: return within;
        case CompareOp::NotEqual: return !within;
        case CompareOp::LessEqual: return time < *literal.date + day;
        case CompareOp::Greater: return time >= *literal.date + day;
        default: break;
        }
    }
    return compareNumbers(time, op, *literal.date);
}

bool compare(const FieldValue& value, CompareOp op, const Literal& literal, double now) {
    using Kind = FieldValue::Kind;
    switch (value.kind) {
    case Kind::Missing: return isNegative(op);
    case Kind::Number:
        if (op == CompareOp::Holds || op == CompareOp::HoldsNot)
            return compareText(numberText(value.number), op, literal);
        return literal.number ? compareNumbers(value.number, op, *literal.number) : op == CompareOp::NotEqual;
    case Kind::Time: return compareTime(value.number, op, literal, now);
    case Kind::Duration: {
        const auto limit = literal.seconds ? literal.seconds : literal.number;
        return limit && compareNumbers(value.number, op, *limit);
    }
    case Kind::Truth: {
        const bool asked = literal.text == "true" || literal.text == "yes" || literal.text == "1";
        const bool known = asked || literal.text == "false" || literal.text == "no" || literal.text == "0";
        const bool same = known && asked == (value.number != 0);
        return isNegative(op) ? !same : (op == CompareOp::Equal || op == CompareOp::Holds) && same;
    }
    case Kind::Text: return compareText(value.text, op, literal);
    case Kind::Texts: {
        const CompareOp positive = op == CompareOp::NotEqual   ? CompareOp::Equal
                                   : op == CompareOp::HoldsNot ? CompareOp::Holds
                                                               : op;
        const bool any = std::ranges::any_of(
            *value.texts, [&](const std::string& text) { return compareText(text, positive, literal); });
        return isNegative(op) ? !any : any;
    }
    }
    return false;
}

bool evaluate(const Filter::Node& node, const std::vector<Filter::Field>& fields, const RunFacts& run,
              double now) {
    using Kind = Filter::Node::Kind;
    const auto child = [&](const auto& one) { return evaluate(*one, fields, run, now); };
    switch (node.kind) {
    case Kind::And: return std::ranges::all_of(node.children, child);
    case Kind::Or: return std::ranges::any_of(node.children, child);
    case Kind::Not: return !child(node.children.front());
    case Kind::Word: return run.mentions(node.values.front().text);
    case Kind::Has: return run.value(node.field).kind != FieldValue::Kind::Missing;
    case Kind::Changed: return !sameValue(run.value(node.field), run.usual(node.field));
    case Kind::In: {
        const FieldValue value = run.value(node.field);
        return std::ranges::any_of(node.values, [&](const Literal& literal) {
            return compare(value, CompareOp::Equal, literal, now);
        });
    }
    case Kind::Compare: {
        if (fieldType(fields[node.field].name) != FieldType::Console)
            return compare(run.value(node.field), node.op, node.values.front(), now);
        const bool held = run.holds(node.values.front().text, fields[node.field].name == "console");
        return held == (node.op == CompareOp::Holds);
    }
    }
    return false;
}

FieldValue numberValue(double number) {
    return {FieldValue::Kind::Number, number, {}, nullptr};
}
FieldValue textValue(std::string_view text) {
    return text.empty() ? FieldValue{} : FieldValue{FieldValue::Kind::Text, 0, text, nullptr};
}
FieldValue timeValue(double time) {
    return time > 0 ? FieldValue{FieldValue::Kind::Time, time, {}, nullptr} : FieldValue{};
}

FieldValue jsonValue(const Json& value, std::string& made) {
    if (value.is_boolean())
        return {FieldValue::Kind::Truth, value.get<bool>() ? 1.0 : 0.0, {}, nullptr};
    if (value.is_number())
        return numberValue(value.get<double>());
    if (value.is_string())
        return {FieldValue::Kind::Text, 0, value.get_ref<const std::string&>(), nullptr};
    if (value.is_null())
        return {};
    made = dumpJson(value);
    return {FieldValue::Kind::Text, 0, made, nullptr};
}

FieldValue metricOf(const RunSummary& run, const std::string& name) {
    if (const auto metric = run.metrics.find(name); metric != run.metrics.end())
        return aspectOf(metric->second, run.goalOf(name), "best");
    if (const auto parts = splitAspect(name))
        if (const auto metric = run.metrics.find(parts->first); metric != run.metrics.end())
            return aspectOf(metric->second, run.goalOf(parts->first), parts->second);
    return {};
}

// Before the name of a parameter that a builtin field hides.
constexpr std::string_view kParams = "params.";

constexpr std::array<std::string_view, 10> kAspects{"best", "last",   "first", "min", "max",
                                                    "mean", "recent", "count", "nan", "step"};
constexpr std::array<std::pair<std::string_view, Aggregate>, 7> kAggregates{{{"mean", Aggregate::Mean},
                                                                             {"std", Aggregate::Std},
                                                                             {"min", Aggregate::Min},
                                                                             {"max", Aggregate::Max},
                                                                             {"median", Aggregate::Median},
                                                                             {"sum", Aggregate::Sum},
                                                                             {"count", Aggregate::Count}}};

}  // namespace

FieldType fieldType(std::string_view name) {
    const auto known = std::ranges::find(kBuiltins, name, &Builtin::name);
    return known == kBuiltins.end() ? FieldType::Any : known->type;
}

bool isBuiltinField(std::string_view name) {
    return std::ranges::find(kBuiltins, name, &Builtin::name) != kBuiltins.end();
}

const std::vector<std::string>& builtinFields() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Builtin& builtin : kBuiltins)
            if (builtin.name != "tags" && builtin.name != "steps")
                all.emplace_back(builtin.name);
        return all;
    }();
    return names;
}

bool Filter::matches(const RunFacts& run, double now) const {
    return !m_root || evaluate(*m_root, m_fields, run, now);
}

std::optional<std::pair<std::string, std::string>> splitAspect(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0 ||
        std::ranges::find(kAspects, std::string_view(name).substr(dot + 1)) == kAspects.end())
        return std::nullopt;
    return std::pair(name.substr(0, dot), name.substr(dot + 1));
}

FieldValue aspectOf(const MetricSummary& metric, Goal goal, std::string_view aspect) {
    if (metric.count == 0)
        return {};
    if (aspect == "best")
        return numberValue(goal == Goal::Min ? metric.min : metric.max);
    if (aspect == "last")
        return numberValue(metric.last);
    if (aspect == "first")
        return numberValue(metric.first);
    if (aspect == "min")
        return numberValue(metric.min);
    if (aspect == "max")
        return numberValue(metric.max);
    if (aspect == "mean")
        return numberValue(metric.mean());
    if (aspect == "recent")
        return numberValue(metric.recent);
    if (aspect == "count")
        return numberValue(static_cast<double>(metric.count));
    if (aspect == "nan")
        return numberValue(static_cast<double>(metric.nonFinite));
    if (aspect == "step")
        return numberValue(static_cast<double>(metric.lastStep));
    return {};
}

FieldValue builtinOf(const RunSummary& run, std::string_view name, double now, std::string& made) {
    const RunSpec& spec = run.spec;
    if (name == "name")
        return textValue(spec.name);
    if (name == "id")
        return textValue(spec.id);
    if (name == "state")
        return textValue(runStateName(run.state));
    if (name == "tag" || name == "tags")
        return {run.tags.empty() ? FieldValue::Kind::Missing : FieldValue::Kind::Texts, 0, {}, &run.tags};
    if (name == "note")
        return textValue(run.note);
    if (name == "experiment")
        return textValue(spec.experiment);
    if (name == "group")
        return textValue(run.group);
    if (name == "host")
        return textValue(spec.host);
    if (name == "user")
        return textValue(spec.user);
    if (name == "kind")
        return textValue(spec.kind);
    if (name == "branch")
        return textValue(spec.code.branch);
    if (name == "commit")
        return textValue(spec.code.commit);
    if (name == "command")
        return textValue(made = shellCommand(spec.argv));
    if (name == "reason")
        return textValue(run.reason);
    if (name == "parent")
        return textValue(spec.parent.run);
    if (name == "step" || name == "steps")
        return numberValue(static_cast<double>(run.step));
    if (name == "ranks")
        return numberValue(spec.ranks);
    if (name == "exit")
        return run.exitCode ? numberValue(*run.exitCode) : FieldValue{};
    if (name == "created")
        return timeValue(spec.created);
    if (name == "started")
        return timeValue(run.started > 0 ? run.started : spec.created);
    if (name == "ended")
        return timeValue(run.ended);
    if (name == "duration")
        return run.started > 0 ? FieldValue{FieldValue::Kind::Duration, run.duration(now), {}, nullptr}
                               : FieldValue{};
    if (name == "archived")
        return {FieldValue::Kind::Truth, run.archived ? 1.0 : 0.0, {}, nullptr};
    return {};
}

FieldValue paramOf(const RunSummary& run, const std::string& name, std::string& made) {
    if (const auto param = run.params.find(name); param != run.params.end())
        return jsonValue(*param, made);
    if (const auto value = run.summary.find(name); value != run.summary.end())
        return jsonValue(*value, made);
    if (name.starts_with(kParams))
        if (const auto param = run.params.find(name.substr(kParams.size())); param != run.params.end())
            return jsonValue(*param, made);
    return {};
}

FieldValue fieldOf(const RunSummary& run, const std::string& name, double now, std::string& made) {
    if (isBuiltinField(name))
        return builtinOf(run, name, now, made);
    const FieldValue value = paramOf(run, name, made);
    return value.kind != FieldValue::Kind::Missing ? value : metricOf(run, name);
}

bool sameValue(const FieldValue& a, const FieldValue& b) {
    if (a.kind != b.kind)
        return false;
    if (a.kind == FieldValue::Kind::Texts)
        return *a.texts == *b.texts;
    return a.text == b.text && (a.number == b.number || (std::isnan(a.number) && std::isnan(b.number)));
}

bool mentionsWord(const RunSummary& run, std::string_view lowerWord) {
    return holdsLower(run.spec.name, lowerWord) || holdsLower(run.note, lowerWord) ||
           holdsLower(run.spec.experiment, lowerWord) || holdsLower(run.group, lowerWord) ||
           runStateName(run.state) == lowerWord ||
           std::ranges::any_of(run.tags, [&](const std::string& tag) { return holdsLower(tag, lowerWord); });
}

bool holdsText(const RunSummary& run, std::string_view phrase) {
    const std::string lower = lowerCase(phrase);
    if (mentionsWord(run, lower))
        return true;
    for (const auto& [name, value] : run.params.items())
        if (value.is_string() && holdsLower(value.get_ref<const std::string&>(), lower))
            return true;
    return false;
}

std::optional<Aggregate> aggregateFromName(std::string_view name) {
    const auto known = std::ranges::find(kAggregates, name, [](const auto& pair) { return pair.first; });
    return known == kAggregates.end() ? std::nullopt : std::optional(known->second);
}

std::string_view aggregateName(Aggregate aggregate) {
    return std::ranges::find(kAggregates, aggregate, [](const auto& pair) { return pair.second; })->first;
}

CellValue cellOf(const FieldValue& value) {
    CellValue cell{value.kind, value.number, std::string(value.text)};
    if (value.kind == FieldValue::Kind::Texts)
        cell.text = join(*value.texts, ", ");
    return cell;
}

}  // namespace lathe::record
