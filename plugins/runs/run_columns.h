// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/run.h"

#include <QString>
#include <QVariant>

#include <cstdint>
#include <memory>
#include <optional>

namespace lathe::runs {

using RunPtr = std::shared_ptr<const record::RunSummary>;

// What a column of the runs table shows.
struct RunColumn {
    enum class Kind {
        Eye,
        Name,
        State,
        Metric,
        Parameter,
        Steps,
        Duration,
        AtCrosshair,
        Started,
        Host,
        Command,
        Experiment,
        Commit,
        Tags,
        Note
    };
    enum class Stat { Best, Last, Min, Max };  // of a metric; best: after the run's goal

    Kind kind = Kind::Name;
    QString key;  // of a metric or parameter
    Stat stat = Stat::Best;

    bool operator==(const RunColumn&) const = default;
    bool isText() const;    // aligned left; numbers and times stand at the right
    QString title() const;  // as the header and the list of columns say it; "@" for the crosshair
    // "state", "param:optim.lr", "metric.last:val/loss": for the session.
    QString id() const;
    static std::optional<RunColumn> fromId(const QString& id);
};

// What a metric column shows of one run; NaN: nothing. What the user set as its summary wins over the best.
double metricValue(const record::RunSummary& run, const RunColumn& column);
// As the cell shows it; the eye and the crosshair's column are the model's own.
QString columnText(const record::RunSummary& run, const RunColumn& column);
// Orders as the column means it; invalid: the run has no such value.
QVariant columnSortValue(const record::RunSummary& run, const RunColumn& column);

// When it started, or was asked for.
double startOf(const record::RunSummary& run);
// "14:03", or "20 Nov 14:03" where that was not today; with seconds if asked for.
QString startText(const record::RunSummary& run, bool seconds = false);
// What says how good a run is: what it was told, else the likeliest by name; empty if it logs nothing.
std::string mainMetricOf(const record::RunSummary& run);
// What says how good a run is comes before what says how it went, and both before the machine's own: 0…3.
int metricRank(const std::string& name);
// "20.0k" of steps, as narrow columns show them.
QString shortCount(std::int64_t count);
// Four significant digits; "–" for NaN.
QString valueText(double value);

}  // namespace lathe::runs
