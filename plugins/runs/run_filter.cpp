// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_filter.h"

#include "core/json.h"
#include "core/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace lathe::runs {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool holds(std::string_view text, std::string_view part) {
    return lower(text).find(part) != std::string::npos;
}

struct Token {
    enum class Kind { Word, Operator, Open, Close, Comma } kind;
    std::string text;
    bool quoted = false;
};

Result<std::vector<Token>> tokens(std::string_view line) {
    using Kind = Token::Kind;
    std::vector<Token> out;
    std::size_t i = 0;
    while (i < line.size()) {
        const char c = line[i];
        if (std::isspace(static_cast<unsigned char>(c))) {
            ++i;
        } else if (c == '"' || c == '\'') {
            const auto end = line.find(c, i + 1);
            if (end == std::string_view::npos)
                return fail(ErrorCode::Invalid, "the quote is not closed", std::string(line.substr(i)));
            out.push_back({Kind::Word, std::string(line.substr(i + 1, end - i - 1)), true});
            i = end + 1;
        } else if (c == '(' || c == ')' || c == ',') {
            out.push_back({c == '(' ? Kind::Open : c == ')' ? Kind::Close : Kind::Comma, std::string(1, c)});
            ++i;
        } else if (std::string_view("=!<>~").find(c) != std::string_view::npos) {
            std::size_t n = 1;
            if (i + 1 < line.size() && line[i + 1] == '=')
                n = 2;
            auto text = std::string(line.substr(i, n));
            if (text == "==")
                text = "=";
            if (text == "!" || text == "~=")
                return fail(ErrorCode::Invalid, "not an operator", text, "use = != < <= > >= ~ or in (…)");
            out.push_back({Kind::Operator, text});
            i += n;
        } else {
            const auto start = i;
            while (i < line.size() && !std::isspace(static_cast<unsigned char>(line[i])) &&
                   std::string_view("=!<>~(),\"").find(line[i]) == std::string_view::npos)
                ++i;
            out.push_back({Kind::Word, std::string(line.substr(start, i - start))});
        }
    }
    return out;
}

// "3e-4", "20k", "1.5M".
std::optional<double> number(std::string_view text) {
    double scale = 1;
    if (text.ends_with('k')) {
        scale = 1e3;
        text.remove_suffix(1);
    } else if (text.ends_with('M')) {
        scale = 1e6;
        text.remove_suffix(1);
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value * scale;
}

std::optional<double> seconds(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    static constexpr std::pair<char, double> units[] = {
        {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    for (const auto& [unit, length] : units)
        if (text.back() == unit)
            if (auto value = number(text.substr(0, text.size() - 1)))
                return *value * length;
    return number(text);
}

struct Value {
    std::vector<std::string> texts;  // several for tags
    std::optional<double> number;
    bool isDuration = false;
};

std::string jsonText(const Json& value) {
    return value.is_string() ? value.get<std::string>() : dumpJson(value);
}

std::optional<Value> valueOf(const record::RunSummary& run, const std::string& key, double now) {
    const auto& spec = run.spec;
    auto text = [](std::string value) { return Value{{std::move(value)}, {}, false}; };
    auto count = [](double value) { return Value{{numberText(value)}, value, false}; };
    if (key == "name")
        return text(spec.name);
    if (key == "state")
        return text(std::string(record::runStateName(run.state)));
    if (key == "tag" || key == "tags")
        return Value{run.tags, {}, false};
    if (key == "experiment")
        return text(spec.experiment);
    if (key == "host")
        return text(spec.host);
    if (key == "user")
        return text(spec.user);
    if (key == "kind")
        return text(spec.kind);
    if (key == "note")
        return text(run.note);
    if (key == "id")
        return text(spec.id);
    if (key == "commit")
        return text(spec.code.commit);
    if (key == "branch")
        return text(spec.code.branch);
    if (key == "steps" || key == "step")
        return count(static_cast<double>(run.step));
    if (key == "ranks")
        return count(spec.ranks);
    if (key == "duration")
        return Value{{}, run.duration(now), true};
    if (key == "started")
        return Value{{}, now - (run.started > 0 ? run.started : spec.created), true};
    if (const auto it = run.params.find(key); it != run.params.end())
        return Value{{jsonText(*it)}, numberFromJson(*it), false};
    if (const auto it = run.metrics.find(key); it != run.metrics.end()) {
        const double best = bestValue(key, it->second);
        return Value{{numberText(best)}, best, false};
    }
    return std::nullopt;
}

bool equalText(const Value& value, const std::string& wanted) {
    const auto low = lower(wanted);
    if (value.number)
        if (auto asked = number(wanted))
            return *value.number == *asked;
    return std::ranges::any_of(value.texts, [&](const auto& text) { return lower(text) == low; });
}

}  // namespace

bool lowerIsBetter(std::string_view metric) {
    const auto name = lower(metric);
    for (const auto* word :
         {"acc", "auc", "f1", "bleu", "rouge", "score", "reward", "precision", "recall", "map", "throughput",
          "tokens_per", "tok/s", "per_second", "mfu", "util", "iou", "psnr", "ssim"})
        if (name.find(word) != std::string::npos)
            return false;
    return true;
}

double bestValue(std::string_view metric, const record::MetricSummary& summary) {
    if (summary.count <= summary.nonFinite)
        return std::numeric_limits<double>::quiet_NaN();
    return lowerIsBetter(metric) ? summary.min : summary.max;
}

Result<RunFilter> RunFilter::parse(std::string_view line) {
    using Kind = Token::Kind;
    LATHE_TRY_ASSIGN(const auto list, tokens(line));
    RunFilter filter;
    std::size_t i = 0;
    while (i < list.size()) {
        const auto& token = list[i];
        if (token.kind != Kind::Word)
            return fail(ErrorCode::Invalid, "a name or a word should stand here", token.text,
                        "for example: state = failed and val/loss < 3");
        const bool comparison = i + 1 < list.size() && list[i + 1].kind == Kind::Operator;
        const bool membership = i + 2 < list.size() && list[i + 1].text == "in" &&
                                list[i + 2].kind == Kind::Open && !token.quoted;
        if (comparison) {
            if (i + 2 >= list.size() || list[i + 2].kind != Kind::Word)
                return fail(ErrorCode::Invalid, "a value is missing", token.text + " " + list[i + 1].text);
            static constexpr std::pair<std::string_view, Op> ops[] = {
                {"=", Op::Equal},   {"!=", Op::NotEqual},     {"<", Op::Less}, {"<=", Op::LessEqual},
                {">", Op::Greater}, {">=", Op::GreaterEqual}, {"~", Op::Holds}};
            const auto op =
                std::ranges::find(ops, list[i + 1].text, [](const auto& pair) { return pair.first; });
            const auto& value = list[i + 2].text;
            const bool ordered = op->second == Op::Less || op->second == Op::LessEqual ||
                                 op->second == Op::Greater || op->second == Op::GreaterEqual;
            if (ordered && !seconds(value))
                return fail(ErrorCode::Invalid, "a number should stand here", value,
                            "numbers may end in k or M, times in s, m, h, d or w");
            if (token.text == "state" && (op->second == Op::Equal || op->second == Op::NotEqual) &&
                !record::runStateFromName(lower(value)))
                return fail(ErrorCode::Invalid, "no such state", value,
                            "queued, starting, running, finished, failed, stopped or lost");
            filter.m_terms.push_back({op->second, token.text, {value}});
            i += 3;
        } else if (membership) {
            Term term{Op::In, token.text, {}};
            i += 3;
            while (i < list.size() && list[i].kind != Kind::Close) {
                if (list[i].kind == Kind::Word)
                    term.values.push_back(list[i].text);
                else if (list[i].kind != Kind::Comma)
                    return fail(ErrorCode::Invalid, "not a list", list[i].text, "for example: tag in (a, b)");
                ++i;
            }
            if (i == list.size())
                return fail(ErrorCode::Invalid, "the list is not closed", token.text + " in (");
            ++i;
            filter.m_terms.push_back(std::move(term));
        } else {
            if (token.quoted || (token.text != "and"))
                filter.m_terms.push_back({Op::Word, {}, {lower(token.text)}});
            ++i;
        }
    }
    return filter;
}

bool RunFilter::matches(const record::RunSummary& run, double now) const {
    return std::ranges::all_of(m_terms, [&](const Term& term) { return matchesTerm(term, run, now); });
}

bool RunFilter::matchesTerm(const Term& term, const record::RunSummary& run, double now) {
    if (term.op == Op::Word) {
        const auto& word = term.values.front();
        return holds(run.spec.name, word) || holds(run.spec.experiment, word) || holds(run.note, word) ||
               record::runStateName(run.state) == word ||
               std::ranges::any_of(run.tags, [&](const auto& tag) { return holds(tag, word); });
    }
    const auto value = valueOf(run, term.key, now);
    if (!value)
        return term.op == Op::NotEqual;
    const auto& wanted = term.values.empty() ? std::string() : term.values.front();
    switch (term.op) {
    case Op::Equal: return equalText(*value, wanted);
    case Op::NotEqual: return !equalText(*value, wanted);
    case Op::Holds:
        return std::ranges::any_of(value->texts,
                                   [&](const auto& text) { return holds(text, lower(wanted)); });
    case Op::In:
        return std::ranges::any_of(term.values, [&](const auto& one) { return equalText(*value, one); });
    default: break;
    }
    const auto limit = value->isDuration ? seconds(wanted) : number(wanted);
    if (!value->number || !limit || std::isnan(*value->number))
        return false;
    // "started > 2d" reads as "later than two days ago": the age is then below two days.
    const bool age = term.key == "started";
    const double left = age ? -*value->number : *value->number;
    const double right = age ? -*limit : *limit;
    switch (term.op) {
    case Op::Less: return left < right;
    case Op::LessEqual: return left <= right;
    case Op::Greater: return left > right;
    case Op::GreaterEqual: return left >= right;
    default: return false;
    }
}

}  // namespace lathe::runs
