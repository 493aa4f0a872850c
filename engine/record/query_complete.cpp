// SPDX-License-Identifier: Apache-2.0
// Index::complete: what may stand at the cursor of a filter.
#include "record/index.h"

#include "core/clock.h"
#include "core/text.h"
#include "record/query_node.h"
#include "record/table_facts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace lathe::record {

namespace {

constexpr std::size_t kCandidates = 24;
// In a store of more runs a metric's range is told only where it is at hand.
constexpr std::size_t kManyRuns = 5000;

// What the tokens before the cursor ask for.
struct Place {
    enum class Kind { Field, Value, Join } kind = Kind::Field;
    std::string field;  // of a Value
    bool call = false;  // inside changed( or has(
};

Place placeAfter(const std::vector<QueryToken>& tokens) {
    Place place;
    std::string list;  // the field of an "in (" that is open
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const QueryToken& token = tokens[i];
        const QueryToken* const before = i > 0 ? &tokens[i - 1] : nullptr;
        switch (token.kind) {
        case TokenKind::Operator: place = {Place::Kind::Value, before ? before->text : "", false}; break;
        case TokenKind::Open:
            if (before && isKeyword(*before, "in") && i >= 2) {
                const std::size_t named = isKeyword(tokens[i - 2], "not") && i >= 3 ? i - 3 : i - 2;
                list = tokens[named].text;
                place = {Place::Kind::Value, list, false};
            } else {
                const bool call = before && (isKeyword(*before, "changed") || isKeyword(*before, "has"));
                place = {Place::Kind::Field, {}, call};
            }
            break;
        case TokenKind::Comma:
            place = {list.empty() ? Place::Kind::Field : Place::Kind::Value, list, false};
            break;
        case TokenKind::Close:
            list.clear();
            place = {Place::Kind::Join, {}, false};
            break;
        default:
            if (isKeyword(token, "and") || isKeyword(token, "or") || isKeyword(token, "not"))
                place = {Place::Kind::Field, {}, false};
            else
                place = {Place::Kind::Join, {}, false};
        }
    }
    return place;
}

// As it must be written to be read back as one word.
std::string quoted(const std::string& text, char quote) {
    const bool plain = !text.empty() && text.find_first_of(" \t=!<>~(),\"'`") == std::string::npos &&
                       lowerCase(text) != "and" && lowerCase(text) != "or" && lowerCase(text) != "not";
    if (plain)
        return text;
    if (quote == '"' && text.find('"') != std::string::npos)
        quote = '\'';
    return quote + text + quote;
}

// Those that begin with `typed` before those that hold it.
std::vector<std::string> fitting(const std::vector<std::string>& all, const std::string& typed) {
    std::vector<std::string> first, second;
    for (const std::string& name : all) {
        const std::size_t at = lowerCase(name).find(typed);
        if (at == 0)
            first.push_back(name);
        else if (at != std::string::npos)
            second.push_back(name);
    }
    first.insert(first.end(), second.begin(), second.end());
    if (first.size() > kCandidates)
        first.resize(kCandidates);
    return first;
}

std::string countText(std::size_t runs) {
    return fmt::format("{} run{}", runs, runs == 1 ? "" : "s");
}

std::string cellText(const CellValue& cell) {
    switch (cell.kind) {
    case FieldValue::Kind::Number: return numberText(cell.number);
    case FieldValue::Kind::Truth: return cell.number != 0 ? "true" : "false";
    default: return cell.text;
    }
}

class Completing {
public:
    Completing(TableFacts& facts, const std::vector<TableRow>& rows) : m_facts(facts), m_rows(rows) {}

    Result<> fields(const std::string& typed, bool call, QueryCompletion& into);
    Result<> values(const std::string& field, const std::string& typed, QueryCompletion& into);

private:
    Result<std::string> detailOf(const std::string& field);

    TableFacts& m_facts;
    const std::vector<TableRow>& m_rows;
};

Result<std::string> Completing::detailOf(const std::string& name) {
    LATHE_TRY_ASSIGN(const std::size_t field, m_facts.addField(name));
    double low = 0, high = 0;
    std::size_t numbers = 0, others = 0;
    std::map<std::string, std::size_t> texts;
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        m_facts.select(row);
        const FieldValue value = m_facts.value(field);
        if (value.kind == FieldValue::Kind::Number && std::isfinite(value.number)) {
            low = numbers == 0 ? value.number : std::min(low, value.number);
            high = numbers == 0 ? value.number : std::max(high, value.number);
            ++numbers;
        } else if (value.kind != FieldValue::Kind::Missing && value.kind != FieldValue::Kind::Number) {
            ++others;
            if (texts.size() < 100)
                ++texts[cellText(cellOf(value))];
        }
    }
    if (numbers >= others && numbers > 0)
        return low == high ? numberText(low) : numberText(low) + " … " + numberText(high);
    if (texts.size() > 3)
        return fmt::format("{}{} values", texts.size(), texts.size() == 100 ? "+" : "");
    std::vector<std::string> words;
    for (const auto& [text, count] : texts)
        words.push_back(text);
    return join(words, ", ");
}

Result<> Completing::fields(const std::string& typed, bool call, QueryCompletion& into) {
    LATHE_TRY_ASSIGN(auto names, m_facts.names());
    // "val/loss.m": the endings of a metric that is typed in full.
    if (const std::size_t dot = typed.rfind('.'); dot != std::string::npos) {
        const auto metric = std::ranges::find_if(
            names, [&](const std::string& name) { return lowerCase(name) == typed.substr(0, dot); });
        if (metric != names.end()) {
            const std::string base = *metric;
            for (const char* aspect :
                 {"best", "last", "min", "max", "mean", "recent", "first", "count", "nan", "step"})
                names.push_back(base + "." + aspect);
        }
    }
    std::vector<std::string> builtin = builtinFields();
    builtin.insert(builtin.end(), names.begin(), names.end());
    for (const std::string& name : fitting(builtin, typed)) {
        std::string detail;
        if (!isBuiltinField(name) && m_rows.size() <= kManyRuns) {
            LATHE_TRY_ASSIGN(detail, detailOf(name));
        }
        into.candidates.push_back({quoted(name, '`'), detail});
    }
    if (!call)
        for (const char* word : {"changed(", "has(", "not"})
            if (!typed.empty() && std::string_view(word).starts_with(typed))
                into.candidates.push_back({word, ""});
    return {};
}

Result<> Completing::values(const std::string& name, const std::string& typed, QueryCompletion& into) {
    const auto field = m_facts.addField(name);
    if (!field)
        return {};  // the name is wrong, which the query itself says
    std::map<std::string, std::size_t> counts;
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        m_facts.select(row);
        const FieldValue value = m_facts.value(*field);
        if (value.kind == FieldValue::Kind::Texts) {
            for (const std::string& text : *value.texts)
                ++counts[text];
        } else if (value.kind != FieldValue::Kind::Missing && value.kind != FieldValue::Kind::Time &&
                   value.kind != FieldValue::Kind::Duration) {
            ++counts[cellText(cellOf(value))];
        }
    }
    if (fieldType(name) == FieldType::State)
        for (const char* state : {"queued", "starting", "running", "finished", "failed", "stopped", "lost"})
            counts.try_emplace(state, 0);
    std::vector<std::pair<std::string, std::size_t>> byCount(counts.begin(), counts.end());
    std::ranges::stable_sort(byCount, [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [text, count] : byCount) {
        if (into.candidates.size() == kCandidates)
            break;
        if (!text.empty() && lowerCase(text).find(typed) != std::string::npos)
            into.candidates.push_back({quoted(text, '"'), countText(count)});
    }
    return {};
}

}  // namespace

Result<QueryCompletion> Index::complete(const std::string& filter, std::size_t cursor) {
    cursor = std::min(cursor, filter.size());
    QueryCompletion completion;
    completion.from = completion.to = cursor;
    auto tokens = tokensOf(std::string_view(filter).substr(0, cursor));
    std::string typed;
    if (!tokens) {
        // A quote that is open: what stands in it is being typed.
        const std::size_t at = tokens.error().at;
        const char quote = filter[at];
        if (quote != '"' && quote != '\'' && quote != '`')
            return completion;
        typed = lowerCase(std::string_view(filter).substr(at + 1, cursor - at - 1));
        completion.from = at;
        tokens = tokensOf(std::string_view(filter).substr(0, at));
        if (!tokens)
            return completion;
    } else if (tokens->size() > 1) {
        const QueryToken& last = (*tokens)[tokens->size() - 2];
        if (last.kind == TokenKind::Word && last.quote == 0 && last.at + last.length == cursor) {
            typed = lowerCase(last.text);
            completion.from = last.at;
            tokens->erase(tokens->end() - 2);
        }
    }
    tokens->pop_back();  // End
    const Place place = placeAfter(*tokens);
    std::vector<TableRow> rows;
    for (auto known = m_runs.rbegin(); known != m_runs.rend(); ++known)
        if (known->second.indexed && !known->second.summary.deleted)
            rows.push_back({&known->second.summary, known->second.slot});
    return recovering([&]() -> Result<QueryCompletion> {
        QueryCompletion made = completion;
        TableFacts facts(*m_file.db, m_columns, rows, wallSeconds());
        Completing completing(facts, rows);
        if (place.kind == Place::Kind::Value) {
            LATHE_TRY(completing.values(place.field, typed, made));
        } else {
            if (place.kind == Place::Kind::Join)
                for (const char* word : {"and", "or"})
                    if (std::string_view(word).starts_with(typed))
                        made.candidates.push_back({word, ""});
            if (place.kind == Place::Kind::Field || !typed.empty())
                LATHE_TRY(completing.fields(typed, place.call, made));
        }
        return made;
    });
}

}  // namespace lathe::record
