// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::record {

// The query language, the same on the command line and in the app:
//
//   train/loss.min < 0.3 and optim.lr >= 1e-4 and tag = ablation and state = finished
//   tag in (a, b)     name ~ "yarn"     started > 2d     changed(rope.kind)     console ~ "out of memory"
//   yarn              bare words: in the name, tags, note, experiment or group, or the state as a whole
//
//   query  = [or]            or = and { "or" and }          and = not { ["and"] not }
//   not    = "not" not | "(" or ")" | term
//   term   = field op value | field ["not"] "in" "(" value { "," value } ")" | "changed" "(" field ")"
//          | "has" "(" field ")" | word
//   op     = "=" "!=" "<" "<=" ">" ">=" "~" (holds the text) "!~"
//
// Words may be quoted with " or ', names of fields with `. Numbers may end in k, M or G; times in s, m, h, d,
// w (also 1h30m); dates are 2026-11-20 or 2026-11-20T13:00. Upper and lower case of text are the same.
// Fields: name, id, state, tag, note, experiment, group, host, user, kind, branch, commit, command, reason,
// parent, step, ranks, exit, created, started, ended, duration, archived, console (only ~), text (only ~:
// console, note, name, tags and parameters that are text); then any parameter, any value of the summary, and
// any metric. A metric stands for its best value; .last .first .min .max .mean .recent (mean of the last 20)
// .best .count .nan .step (of the last) name others. A field that a run does not have fails every comparison
// but != and !~; "not" turns around whatever it stands before. `started > 2d` is "since two days ago".
// changed(x) holds for runs whose x is not that of the baseline run or, if there is none, not the most
// frequent one.

// Where a query is wrong. `at` and `length` are bytes of its text.
struct QueryError {
    std::size_t at = 0, length = 0;
    std::string what;  // "expected a number after <"
    std::string hint;  // may be empty
    // Invalid, with the place as a column for those who cannot draw a caret.
    Error toError(std::string_view text) const;
};
// The column, counted from 1 in bytes, that such an Error tells of.
std::optional<std::size_t> columnOf(const Error& error);

// What a run says about a field. Views live as long as the run.
struct FieldValue {
    enum class Kind : std::uint8_t {
        Missing,
        Number,
        Text,
        Texts,
        Time,
        Duration,
        Truth
    } kind = Kind::Missing;
    double number = 0;  // Number; Time in unix seconds; Duration in seconds; Truth as 0 or 1
    std::string_view text;
    const std::vector<std::string>* texts = nullptr;
};

// One run, as a filter sees it. Fields are numbered as Filter::fields() lists them.
class RunFacts {
public:
    virtual ~RunFacts() = default;
    virtual FieldValue value(std::size_t field) const = 0;
    // Of the baseline, or the most frequent one; what changed() compares with.
    virtual FieldValue usual(std::size_t field) const = 0;
    // Whether a word (in lower case) stands in the name, tags, note, experiment or group, or is the state.
    virtual bool mentions(std::string_view word) const = 0;
    // Whether a phrase stands in the console, or in any text of the run.
    virtual bool holds(std::string_view phrase, bool consoleOnly) const = 0;
};

// A parsed query. Cheap to copy.
class Filter {
public:
    struct Node;

    static std::expected<Filter, QueryError> parse(std::string_view text);

    bool empty() const { return !m_root; }
    // Each field once, in order of appearance, with the byte where it first stands.
    struct Field {
        std::string name;
        std::size_t at = 0;
    };
    const std::vector<Field>& fields() const { return m_fields; }
    bool needsConsole() const { return m_needsConsole; }
    // `now`: unix seconds.
    bool matches(const RunFacts& run, double now) const;
    // The parts that `and` joins at the top, as text: what an empty result can be blamed on.
    std::vector<std::string> parts() const;

private:
    friend class FilterParser;
    std::shared_ptr<const Node> m_root;
    std::string m_text;
    std::vector<Field> m_fields;
    bool m_needsConsole = false;
};

// Whether the name is one of those that every run has.
bool isBuiltinField(std::string_view name);
const std::vector<std::string>& builtinFields();
// A field of one run by its name: a builtin one, else a parameter, else of the summary, else a metric with
// its ending. Texts that had to be made are kept in `made`, which must live as long as the value.
FieldValue fieldOf(const RunSummary& run, const std::string& name, double now, std::string& made);
FieldValue builtinOf(const RunSummary& run, std::string_view name, double now, std::string& made);
FieldValue paramOf(const RunSummary& run, const std::string& name, std::string& made);  // or of the summary
// "train/loss.min" → ("train/loss", "min"); nullopt if there is no such ending.
std::optional<std::pair<std::string, std::string>> splitAspect(const std::string& name);
FieldValue aspectOf(const MetricSummary& metric, Goal goal, std::string_view aspect);
bool sameValue(const FieldValue& a, const FieldValue& b);
bool mentionsWord(const RunSummary& run, std::string_view lowerWord);
bool holdsText(const RunSummary& run, std::string_view phrase);  // in all but the console

// ---- A question to a store
// -------------------------------------------------------------------------------------------

enum class Aggregate { Mean, Std, Min, Max, Median, Sum, Count };
std::optional<Aggregate> aggregateFromName(std::string_view name);
std::string_view aggregateName(Aggregate aggregate);

struct RunQuery {
    std::string filter;
    std::string sort;                   // "-val/acc, name": fields, descending after "-"; empty: newest first
    std::vector<std::string> columns;   // fields to be told of each run
    std::vector<std::string> groupBy;   // fields whose equal values make a group
    std::vector<std::string> allBut;    // group by every parameter that differs, except these
    std::vector<Aggregate> aggregates;  // of the columns, for each group; empty: Mean
    std::size_t offset = 0, limit = 0;  // of rows, or of groups; limit 0: all
    std::string experiment;             // only of this one; empty: any
    std::optional<RunState> state;      // only in this one
    bool archived = false;              // archived ones as well
    std::string baseline;               // id of the run that changed() compares with
};

// A cell, free of the store.
struct CellValue {
    FieldValue::Kind kind = FieldValue::Kind::Missing;
    double number = 0;
    std::string text;
    bool operator==(const CellValue&) const = default;
};
CellValue cellOf(const FieldValue& value);

struct RunRow {
    std::string id;
    std::vector<CellValue> cells;  // one a column
};

struct GroupRow {
    std::vector<CellValue> keys;    // one for each of RunPage::groupBy
    std::vector<std::string> runs;  // ids, in the order of the query
    std::size_t leftOut = 0;        // failed runs, which count in no aggregate
    std::vector<CellValue> cells;   // column by column, each with its aggregates in order
};

struct RunPage {
    std::size_t total = 0;  // rows, or groups, that fit
    std::size_t runs = 0;   // runs in the store that are not in the trash
    std::vector<RunRow> rows;
    std::vector<std::string> groupBy;  // what was grouped by in the end
    std::vector<Aggregate> aggregates;
    std::vector<GroupRow> groups;
    // Where nothing fits: the part of the filter that kept most runs out.
    std::string blame;
};

struct QueryCompletion {
    struct Candidate {
        std::string text;    // to stand in place of the bytes `from` … `to`
        std::string detail;  // "0.0001 … 0.01", "38 runs"
    };
    std::size_t from = 0, to = 0;
    std::vector<Candidate> candidates;
};

}  // namespace lathe::record
