// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "record/run.h"

#include <string>
#include <string_view>
#include <vector>

namespace lathe::runs {

// What the filter line says: terms joined by `and` (or by nothing).
//   yarn                  a bare word: in the name, experiment, a tag, the note or the state
//   state = failed        key op value; op is = != < <= > >= ~ (holds the text)
//   tag in (a, b)         one of several
//   started > 2d          younger than two days (s m h d w)
// Keys: name, state, tag, experiment, host, user, kind, note, id, commit, branch, steps, duration, started,
// ranks, then any parameter and any metric (its best value). Numbers may end in k or M. Values may be quoted.
// A value that a run does not have matches only `!=`.
class RunFilter {
public:
    // Invalid says what is wrong and, in `on`, at which text. An empty line matches everything.
    static Result<RunFilter> parse(std::string_view line);

    // `now`: unix seconds, for `started` and the duration of running runs.
    bool matches(const record::RunSummary& run, double now) const;
    bool empty() const { return m_terms.empty(); }

private:
    enum class Op { Word, Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Holds, In };
    struct Term {
        Op op = Op::Word;
        std::string key;
        std::vector<std::string> values;
    };
    static bool matchesTerm(const Term& term, const record::RunSummary& run, double now);
    std::vector<Term> m_terms;
};

// Whether less is better of a metric, learnt from its name (loss, error, perplexity, time … against accuracy,
// throughput, …).
bool lowerIsBetter(std::string_view metric);
// The best value: min or max after lowerIsBetter. NaN if the metric holds no finite value.
double bestValue(std::string_view metric, const record::MetricSummary& summary);

}  // namespace lathe::runs
