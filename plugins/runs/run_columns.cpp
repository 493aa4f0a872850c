// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_columns.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;
using Kind = RunColumn::Kind;
using Stat = RunColumn::Stat;

constexpr std::pair<Kind, const char*> kKinds[] = {
    {Kind::Eye, "eye"},           {Kind::Name, "name"},       {Kind::State, "state"},
    {Kind::Metric, "metric"},     {Kind::Parameter, "param"}, {Kind::Steps, "steps"},
    {Kind::Duration, "duration"}, {Kind::AtCrosshair, "at"},  {Kind::Started, "started"},
    {Kind::Host, "host"},         {Kind::Command, "command"}, {Kind::Experiment, "experiment"},
    {Kind::Commit, "commit"},     {Kind::Tags, "tags"},       {Kind::Note, "note"}};
constexpr std::pair<Stat, const char*> kStats[] = {
    {Stat::Best, "best"}, {Stat::Last, "last"}, {Stat::Min, "min"}, {Stat::Max, "max"}};

QString tr(const char* text) {
    return QCoreApplication::translate("lathe::runs::RunsModel", text);
}

const QString kNothing = QStringLiteral("–");

QString jsonText(const Json& value) {
    if (value.is_string())
        return toQString(value.get<std::string>());
    if (value.is_number_float())
        return toQString(numberText(value.get<double>()));
    return toQString(dumpJson(value));
}

QString textOr(const QString& text) {
    return text.isEmpty() ? kNothing : text.simplified();
}

QString tagsText(const record::RunSummary& run) {
    QStringList tags;
    for (const auto& tag : run.tags)
        tags << toQString(tag);
    return tags.join(QStringLiteral(", "));
}

}  // namespace

bool RunColumn::isText() const {
    switch (kind) {
    case Kind::Eye:
    case Kind::Name:
    case Kind::State:
    case Kind::Host:
    case Kind::Command:
    case Kind::Experiment:
    case Kind::Commit:
    case Kind::Tags:
    case Kind::Note: return true;
    default: return false;
    }
}

QString RunColumn::title() const {
    switch (kind) {
    case Kind::Eye: return tr("Drawn");
    case Kind::Name: return tr("Name");
    case Kind::State: return tr("State");
    case Kind::Metric:
        switch (stat) {
        case Stat::Best: return key;
        case Stat::Last: return tr("%1 last").arg(key);
        case Stat::Min: return tr("%1 min").arg(key);
        case Stat::Max: return tr("%1 max").arg(key);
        }
        return key;
    case Kind::Parameter: return key;
    case Kind::Steps: return tr("Steps");
    case Kind::Duration: return tr("Duration");
    case Kind::AtCrosshair: return QStringLiteral("@");
    case Kind::Started: return tr("Started");
    case Kind::Host: return tr("Host");
    case Kind::Command: return tr("Command");
    case Kind::Experiment: return tr("Experiment");
    case Kind::Commit: return tr("Commit");
    case Kind::Tags: return tr("Tags");
    case Kind::Note: return tr("Note");
    }
    return {};
}

QString RunColumn::id() const {
    QString out =
        QString::fromLatin1(std::ranges::find(kKinds, kind, [](const auto& k) { return k.first; })->second);
    if (kind == Kind::Metric && stat != Stat::Best)
        out += QLatin1Char('.') + QString::fromLatin1(kStats[static_cast<int>(stat)].second);
    return kind == Kind::Metric || kind == Kind::Parameter ? out + QLatin1Char(':') + key : out;
}

std::optional<RunColumn> RunColumn::fromId(const QString& id) {
    const auto colon = id.indexOf(QLatin1Char(':'));
    const QString head = colon < 0 ? id : id.left(colon);
    const QString word = head.section(QLatin1Char('.'), 0, 0), stat = head.section(QLatin1Char('.'), 1);
    const auto kind =
        std::ranges::find_if(kKinds, [&](const auto& k) { return word == QLatin1String(k.second); });
    if (kind == std::end(kKinds))
        return std::nullopt;
    RunColumn column{kind->first, colon < 0 ? QString() : id.mid(colon + 1)};
    const bool named = column.kind == Kind::Metric || column.kind == Kind::Parameter;
    if (named == column.key.isEmpty())
        return std::nullopt;
    for (const auto& [value, name] : kStats)
        if (stat == QLatin1String(name))
            column.stat = value;
    return column;
}

double startOf(const record::RunSummary& run) {
    return run.started > 0 ? run.started : run.spec.created;
}

QString startText(const record::RunSummary& run, bool seconds) {
    const auto time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(startOf(run) * 1000));
    const QString clock = seconds ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
    return QLocale().toString(time,
                              time.date() == QDate::currentDate() ? clock : QStringLiteral("d MMM ") + clock);
}

int metricRank(const std::string& name) {
    if (name.starts_with("system/") || name.starts_with("sys/"))
        return 3;
    const bool quality = name.find("loss") != std::string::npos || name.find("acc") != std::string::npos ||
                         name.find("error") != std::string::npos || name.find("ppl") != std::string::npos;
    const bool held = name.starts_with("val") || name.starts_with("eval") || name.starts_with("test");
    return held && quality ? 0 : quality ? 1 : 2;
}

std::string mainMetricOf(const record::RunSummary& run) {
    if (run.metrics.contains(run.spec.mainMetric))
        return run.spec.mainMetric;
    std::string best;
    for (const auto& [name, summary] : run.metrics)
        if (best.empty() || metricRank(name) < metricRank(best))
            best = name;
    return best;
}

QString shortCount(std::int64_t count) {
    const auto size = static_cast<double>(count);
    if (count >= 10'000'000)
        return QStringLiteral("%1M").arg(size / 1e6, 0, 'f', 1);
    if (count >= 10'000)
        return QStringLiteral("%1k").arg(size / 1e3, 0, 'f', 1);
    return QString::number(count);
}

QString valueText(double value) {
    if (std::isnan(value))
        return kNothing;
    // Columns of losses line up by keeping the zeros of their four digits.
    const double size = std::abs(value);
    if (size >= 0.1 && size < 1000 && value != std::round(value))
        return QString::number(value, 'f', 3 - static_cast<int>(std::floor(std::log10(size))));
    return toQString(numberText(value));
}

double metricValue(const record::RunSummary& run, const RunColumn& column) {
    const auto key = toStd(column.key);
    if (column.stat == Stat::Best) {
        if (const auto told = run.summary.find(key); told != run.summary.end())
            if (const auto number = numberFromJson(*told))
                return *number;
        return run.best(key);
    }
    const auto it = run.metrics.find(key);
    if (it == run.metrics.end() || it->second.count == 0)
        return std::numeric_limits<double>::quiet_NaN();
    switch (column.stat) {
    case Stat::Last: return it->second.last;
    case Stat::Min: return it->second.min;
    default: return it->second.max;
    }
}

QString columnText(const record::RunSummary& run, const RunColumn& column) {
    switch (column.kind) {
    case Kind::Eye:
    case Kind::AtCrosshair: return {};
    case Kind::Name: return toQString(run.spec.name.empty() ? run.spec.id : run.spec.name);
    case Kind::State: return run.problem.empty() ? app::theme().stateWord(run.state) : tr("damaged");
    case Kind::Metric: return valueText(metricValue(run, column));
    case Kind::Parameter: {
        const auto it = run.params.find(toStd(column.key));
        return it == run.params.end() ? kNothing : jsonText(*it);
    }
    case Kind::Steps: return run.step > 0 ? shortCount(run.step) : kNothing;
    case Kind::Duration: {
        const double seconds = run.duration(wallSeconds());
        return seconds > 0 ? toQString(durationText(seconds)) : kNothing;
    }
    case Kind::Started: return startText(run);
    case Kind::Host: return run.spec.host == "local" ? tr("this computer") : toQString(run.spec.host);
    case Kind::Command: return textOr(toQString(shellCommand(run.spec.argv)));
    case Kind::Experiment: return textOr(toQString(run.spec.experiment));
    case Kind::Commit: {
        const auto& code = run.spec.code;
        const QString short7 = toQString(code.commit.substr(0, 7));
        return short7.isEmpty()            ? kNothing
               : code.changedFiles.empty() ? short7
                                           : short7 + QStringLiteral(" +%1").arg(code.changedFiles.size());
    }
    case Kind::Tags: return textOr(tagsText(run));
    case Kind::Note: return textOr(toQString(run.note));
    }
    return {};
}

QVariant columnSortValue(const record::RunSummary& run, const RunColumn& column) {
    const auto finite = [](double value) { return std::isfinite(value) ? QVariant(value) : QVariant(); };
    switch (column.kind) {
    case Kind::State: return static_cast<int>(run.state);
    case Kind::Metric: return finite(metricValue(run, column));
    case Kind::Parameter: {
        const auto it = run.params.find(toStd(column.key));
        if (it == run.params.end())
            return {};
        if (const auto number = numberFromJson(*it); number && !it->is_string())
            return finite(*number);
        return jsonText(*it);
    }
    case Kind::Steps: return run.step > 0 ? QVariant::fromValue<qlonglong>(run.step) : QVariant();
    case Kind::Duration: {
        const double seconds = run.duration(wallSeconds());
        return seconds > 0 ? QVariant(seconds) : QVariant();
    }
    case Kind::Started: return startOf(run);
    default: break;
    }
    const QString text = columnText(run, column);
    return text == kNothing ? QVariant() : QVariant(text);
}

}  // namespace lathe::runs
