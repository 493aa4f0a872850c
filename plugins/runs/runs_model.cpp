// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_model.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

constexpr int kDrawnAtFirst = 12;  // the colours of the palette
constexpr int kMetricColumns = 2;

QString jsonText(const Json& value) {
    if (value.is_string())
        return toQString(value.get<std::string>());
    if (value.is_number_float())
        return toQString(numberText(value.get<double>()));
    return toQString(dumpJson(value));
}

// What says how good a run is comes before what says how it went, and both before the machine's own.
int metricRank(const std::string& name) {
    if (name.starts_with("system/") || name.starts_with("sys/"))
        return 3;
    const bool quality = name.find("loss") != std::string::npos || name.find("acc") != std::string::npos ||
                         name.find("error") != std::string::npos || name.find("ppl") != std::string::npos;
    const bool held = name.starts_with("val") || name.starts_with("eval") || name.starts_with("test");
    return held && quality ? 0 : quality ? 1 : 2;
}

double startOf(const record::RunSummary& run) {
    return run.started > 0 ? run.started : run.spec.created;
}

}  // namespace

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
        return QStringLiteral("–");
    // Columns of losses line up by keeping the zeros of their four digits.
    const double size = std::abs(value);
    if (size >= 0.1 && size < 1000 && value != std::round(value))
        return QString::number(value, 'f', 3 - static_cast<int>(std::floor(std::log10(size))));
    return toQString(numberText(value));
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

RunsModel::RunsModel(app::RunPalette& palette, QObject* parent)
    : QAbstractTableModel(parent), m_palette(palette) {
    chooseColumns();
    connect(&palette, &app::RunPalette::changed, this, [this] {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    });
}

void RunsModel::setRuns(const std::vector<RunPtr>& runs) {
    beginResetModel();
    m_rows = runs;
    m_best.clear();
    m_rowOf.clear();
    reindex(0);
    if (!m_drawnChosen) {
        m_drawn.clear();
        for (const auto& run : m_rows)
            if (m_drawn.size() < kDrawnAtFirst && !run->metrics.empty())
                m_drawn.insert(toQString(run->spec.id));
    }
    // Oldest first, so that a colour once dealt stays with its run however many follow.
    for (auto it = m_rows.rbegin(); it != m_rows.rend(); ++it)
        if (m_drawn.contains(toQString((*it)->spec.id)))
            m_palette.slot(toQString((*it)->spec.id));
    chooseColumns();
    endResetModel();
    Q_EMIT columnsChanged();
    Q_EMIT drawnChanged();
}

void RunsModel::reindex(std::size_t from) {
    for (std::size_t i = from; i < m_rows.size(); ++i)
        m_rowOf[toQString(m_rows[i]->spec.id)] = static_cast<int>(i);
}

void RunsModel::updateRun(const QString& id, const RunPtr& run) {
    const int row = rowOf(id);
    m_best.clear();
    if (row >= 0 && !run) {
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        m_rowOf.remove(id);
        reindex(static_cast<std::size_t>(row));
        endRemoveRows();
        const bool wasDrawn = m_drawn.remove(id);
        m_pinned.remove(id);
        if (m_baseline == id)
            setBaseline({});
        if (wasDrawn)
            Q_EMIT drawnChanged();
        return;
    }
    if (!run)
        return;
    if (row >= 0) {
        const bool moreMetrics = m_rows[static_cast<std::size_t>(row)]->metrics.size() != run->metrics.size();
        m_rows[static_cast<std::size_t>(row)] = run;
        if (moreMetrics && m_chosen.isEmpty()) {
            const auto before = m_columns;
            auto now = before;
            chooseColumns();
            std::swap(now, m_columns);
            if (now != before) {
                beginResetModel();
                m_columns = now;
                endResetModel();
                Q_EMIT columnsChanged();
            }
        }
        if (moreMetrics && m_drawn.contains(id))
            Q_EMIT drawnChanged();
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
        return;
    }
    const auto place = std::ranges::lower_bound(m_rows, startOf(*run), std::greater<>(),
                                                [](const RunPtr& other) { return startOf(*other); });
    const auto at = static_cast<int>(place - m_rows.begin());
    beginInsertRows({}, at, at);
    m_rows.insert(place, run);
    reindex(static_cast<std::size_t>(at));
    endInsertRows();
    setDrawn(id, true);  // what was just started is what one wants to see
}

RunPtr RunsModel::find(const QString& id) const {
    const int row = rowOf(id);
    return row < 0 ? nullptr : at(row);
}

int RunsModel::rowOf(const QString& id) const {
    return m_rowOf.value(id, -1);
}

QStringList RunsModel::ids() const {
    QStringList out;
    for (const auto& run : m_rows)
        out << toQString(run->spec.id);
    return out;
}

void RunsModel::chooseColumns() {
    using Kind = RunColumn::Kind;
    m_columns = {{Kind::Eye, {}}, {Kind::Name, {}}, {Kind::State, {}}};
    if (m_chosen.isEmpty()) {
        const auto names = metricNames();
        for (const auto& name : names.mid(0, kMetricColumns))
            m_columns.append({Kind::Metric, name});
    } else {
        m_columns += m_chosen;
    }
    m_columns += {{Kind::Steps, {}}, {Kind::Duration, {}}, {Kind::AtCrosshair, {}}, {Kind::Started, {}}};
    if (std::ranges::any_of(m_rows,
                            [&](const auto& run) { return run->spec.host != m_rows.front()->spec.host; }))
        m_columns.append({Kind::Host, {}});
}

void RunsModel::setChosenColumns(const QList<RunColumn>& columns) {
    beginResetModel();
    m_chosen = columns;
    chooseColumns();
    endResetModel();
    Q_EMIT columnsChanged();
}

QList<RunColumn> RunsModel::chosenColumns() const {
    QList<RunColumn> out;
    for (const auto& column : m_columns)
        if (column.kind == RunColumn::Kind::Metric || column.kind == RunColumn::Kind::Parameter)
            out.append(column);
    return out;
}

QStringList RunsModel::metricNames() const {
    struct Use {
        int main = 0, count = 0;
    };
    std::map<std::string, Use> uses;
    for (const auto& run : m_rows) {
        for (const auto& [name, summary] : run->metrics)
            ++uses[name].count;
        if (!run->spec.mainMetric.empty() && run->metrics.contains(run->spec.mainMetric))
            ++uses[run->spec.mainMetric].main;
    }
    std::vector<std::pair<std::string, Use>> list(uses.begin(), uses.end());
    std::ranges::stable_sort(list, [&](const auto& a, const auto& b) {
        return std::tuple(-a.second.main, metricRank(a.first), -a.second.count) <
               std::tuple(-b.second.main, metricRank(b.first), -b.second.count);
    });
    QStringList out;
    for (const auto& [name, use] : list)
        out << toQString(name);
    return out;
}

QStringList RunsModel::parameterNames() const {
    std::map<std::string, std::set<std::string>> values;
    for (const auto& run : m_rows)
        for (const auto& [name, value] : run->params.items())
            values[name].insert(dumpJson(value));
    QStringList differing, same;
    for (const auto& [name, set] : values)
        (set.size() > 1 ? differing : same) << toQString(name);
    return differing + same;
}

void RunsModel::rowChanged(const QString& id) {
    if (const int row = rowOf(id); row >= 0)
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

double RunsModel::bestOf(const QString& metric) const {
    if (const auto found = m_best.constFind(metric); found != m_best.constEnd())
        return *found;
    const auto key = toStd(metric);
    const bool low = lowerIsBetter(key);
    double best = std::numeric_limits<double>::quiet_NaN();
    for (const auto& run : m_rows)
        if (const auto it = run->metrics.find(key); it != run->metrics.end())
            if (const double value = bestValue(key, it->second);
                std::isfinite(value) && (std::isnan(best) || (low ? value < best : value > best)))
                best = value;
    m_best.insert(metric, best);
    return best;
}

void RunsModel::setDrawn(const QString& id, bool drawn) {
    if (m_drawn.contains(id) == drawn)
        return;
    m_drawnChosen = true;
    if (drawn) {
        m_drawn.insert(id);
        m_palette.slot(id);
    } else {
        m_drawn.remove(id);
    }
    rowChanged(id);
    Q_EMIT drawnChanged();
}

void RunsModel::setOnlyDrawn(const QStringList& ids) {
    m_drawnChosen = true;
    m_drawn = QSet<QString>(ids.begin(), ids.end());
    for (const auto& id : ids)
        m_palette.slot(id);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    Q_EMIT drawnChanged();
}

QStringList RunsModel::drawn() const {
    QStringList out;
    for (const auto& run : m_rows)
        if (const auto id = toQString(run->spec.id); m_drawn.contains(id))
            out << id;
    return out;
}

void RunsModel::setPinned(const QString& id, bool pinned) {
    if (pinned)
        m_pinned.insert(id);
    else
        m_pinned.remove(id);
    rowChanged(id);
}

void RunsModel::setBaseline(const QString& id) {
    const auto before = std::exchange(m_baseline, id);
    rowChanged(before);
    rowChanged(id);
    Q_EMIT baselineChanged();
}

void RunsModel::setCrosshair(const QString& label, const QHash<QString, double>& values) {
    if (label == m_crosshairLabel && values == m_crosshair)
        return;
    m_crosshairLabel = label;
    m_crosshair = values;
    const auto column = m_columns.indexOf(RunColumn{RunColumn::Kind::AtCrosshair, {}});
    if (column < 0 || m_rows.empty())
        return;
    const int at = static_cast<int>(column);
    Q_EMIT headerDataChanged(Qt::Horizontal, at, at);
    Q_EMIT dataChanged(index(0, at), index(rowCount() - 1, at), {Qt::DisplayRole});
}

QJsonObject RunsModel::saveState() const {
    QJsonArray columns;
    for (const auto& column : m_chosen)
        columns.append(QJsonObject{{QStringLiteral("param"), column.kind == RunColumn::Kind::Parameter},
                                   {QStringLiteral("key"), column.key}});
    QJsonObject state{
        {QStringLiteral("columns"), columns},
        {QStringLiteral("pinned"), QJsonArray::fromStringList({m_pinned.begin(), m_pinned.end()})},
        {QStringLiteral("baseline"), m_baseline}};
    if (m_drawnChosen)
        state.insert(QStringLiteral("drawn"), QJsonArray::fromStringList({m_drawn.begin(), m_drawn.end()}));
    return state;
}

void RunsModel::restoreState(const QJsonObject& state) {
    QList<RunColumn> columns;
    for (const auto& value : state.value(QStringLiteral("columns")).toArray())
        columns.append(
            {value[QStringLiteral("param")].toBool() ? RunColumn::Kind::Parameter : RunColumn::Kind::Metric,
             value[QStringLiteral("key")].toString()});
    for (const auto& id : state.value(QStringLiteral("pinned")).toArray())
        m_pinned.insert(id.toString());
    m_baseline = state.value(QStringLiteral("baseline")).toString();
    if (state.contains(QStringLiteral("drawn"))) {
        m_drawnChosen = true;
        m_drawn.clear();
        for (const auto& id : state.value(QStringLiteral("drawn")).toArray())
            m_drawn.insert(id.toString());
    }
    setChosenColumns(columns);
    Q_EMIT drawnChanged();
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
    const auto flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemNeverHasChildren : flags;
}

QVariant RunsModel::display(const record::RunSummary& run, const RunColumn& column) const {
    switch (column.kind) {
    case RunColumn::Kind::Eye: return {};
    case RunColumn::Kind::Name: return toQString(run.spec.name.empty() ? run.spec.id : run.spec.name);
    case RunColumn::Kind::State:
        return run.problem.empty() ? app::theme().stateWord(run.state) : tr("damaged");
    case RunColumn::Kind::Metric: {
        const auto it = run.metrics.find(toStd(column.key));
        return it == run.metrics.end() ? QStringLiteral("–") : valueText(bestValue(it->first, it->second));
    }
    case RunColumn::Kind::Parameter: {
        const auto it = run.params.find(toStd(column.key));
        return it == run.params.end() ? QStringLiteral("–") : jsonText(*it);
    }
    case RunColumn::Kind::Steps: return run.step > 0 ? shortCount(run.step) : QStringLiteral("–");
    case RunColumn::Kind::Duration: {
        const double seconds = run.duration(wallSeconds());
        return seconds > 0 ? toQString(durationText(seconds)) : QStringLiteral("–");
    }
    case RunColumn::Kind::AtCrosshair: {
        const auto it = m_crosshair.constFind(toQString(run.spec.id));
        return it == m_crosshair.constEnd() ? QStringLiteral("–") : valueText(*it);
    }
    case RunColumn::Kind::Started: {
        const auto time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(startOf(run) * 1000));
        const bool today = time.date() == QDate::currentDate();
        return QLocale().toString(time, today ? QStringLiteral("HH:mm") : QStringLiteral("d MMM HH:mm"));
    }
    case RunColumn::Kind::Host: return toQString(run.spec.host);
    }
    return {};
}

QVariant RunsModel::sortValue(const record::RunSummary& run, const RunColumn& column) const {
    const auto finite = [](double value) { return std::isfinite(value) ? QVariant(value) : QVariant(); };
    switch (column.kind) {
    case RunColumn::Kind::Eye: return isDrawn(toQString(run.spec.id)) ? 0 : 1;
    case RunColumn::Kind::State: return static_cast<int>(run.state);
    case RunColumn::Kind::Metric: {
        const auto it = run.metrics.find(toStd(column.key));
        return it == run.metrics.end() ? QVariant() : finite(bestValue(it->first, it->second));
    }
    case RunColumn::Kind::Parameter: {
        const auto it = run.params.find(toStd(column.key));
        if (it == run.params.end())
            return {};
        if (const auto number = numberFromJson(*it); number && !it->is_string())
            return finite(*number);
        return jsonText(*it);
    }
    case RunColumn::Kind::Steps: return QVariant::fromValue<qlonglong>(run.step);
    case RunColumn::Kind::Duration: return run.duration(wallSeconds());
    case RunColumn::Kind::AtCrosshair: {
        const auto it = m_crosshair.constFind(toQString(run.spec.id));
        return it == m_crosshair.constEnd() ? QVariant() : finite(*it);
    }
    case RunColumn::Kind::Started: return startOf(run);
    case RunColumn::Kind::Name:
    case RunColumn::Kind::Host: break;
    }
    return display(run, column);
}

QString RunsModel::accessibleText(const record::RunSummary& run, const RunColumn& column) const {
    if (column.kind != RunColumn::Kind::Name)
        return display(run, column).toString();
    // The row in reading order: "yarn-s8, finished, validation loss 2.958, drawn, 2 of 22".
    const auto id = toQString(run.spec.id);
    QStringList parts{display(run, column).toString(), display(run, {RunColumn::Kind::State, {}}).toString()};
    for (const auto& other : m_columns)
        if (other.kind == RunColumn::Kind::Metric)
            parts << tr("%1 %2").arg(other.key, display(run, other).toString());
    parts << (isDrawn(id) ? tr("drawn") : tr("not drawn"));
    if (id == m_baseline)
        parts << tr("baseline");
    if (isPinned(id))
        parts << tr("pinned");
    parts << tr("%1 of %2").arg(rowOf(id) + 1).arg(m_rows.size());
    return parts.join(QStringLiteral(", "));
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const auto& run = *at(index.row());
    const auto& column = m_columns[index.column()];
    const auto id = toQString(run.spec.id);
    switch (role) {
    case Qt::DisplayRole: return display(run, column);
    case kSortRole: return sortValue(run, column);
    case kRunIdRole: return id;
    case kDrawnRole: return isDrawn(id);
    case kPinnedRole: return isPinned(id);
    case kBaselineRole: return id == m_baseline;
    case kBestRole:
        if (column.kind == RunColumn::Kind::Metric)
            if (const auto it = run.metrics.find(toStd(column.key)); it != run.metrics.end())
                return bestValue(it->first, it->second) == bestOf(column.key);
        return false;
    case kProblemRole: return toQString(run.problem);
    case Qt::AccessibleTextRole: return accessibleText(run, column);
    case Qt::ToolTipRole:
        if (!run.problem.empty())
            return toQString(run.problem);
        if (column.kind == RunColumn::Kind::Eye)
            return isDrawn(id) ? tr("Drawn in the charts (Space)") : tr("Not drawn in the charts (Space)");
        if (column.kind == RunColumn::Kind::State && !run.reason.empty())
            return app::theme().stateWord(run.state) + QStringLiteral(": ") + toQString(run.reason);
        if (run.tornLines > 0 && column.kind == RunColumn::Kind::Name)
            return tr("%n damaged lines of its journal were skipped", nullptr,
                      static_cast<int>(run.tornLines));
        return column.kind == RunColumn::Kind::Name ? toQString(shellCommand(run.spec.argv)) : QVariant();
    case Qt::TextAlignmentRole:
        switch (column.kind) {
        case RunColumn::Kind::Eye:
        case RunColumn::Kind::Name:
        case RunColumn::Kind::State:
        case RunColumn::Kind::Host: return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
        default: return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        }
    default: return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
        return {};
    const auto& column = m_columns[section];
    if (role == Qt::TextAlignmentRole) {
        const bool left = section <= 2 || column.kind == RunColumn::Kind::Host;
        return QVariant::fromValue((left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && column.kind == RunColumn::Kind::Metric)
        return lowerIsBetter(toStd(column.key)) ? tr("%1, lowest of the run").arg(column.key)
                                                : tr("%1, highest of the run").arg(column.key);
    if (role == Qt::AccessibleTextRole && column.kind == RunColumn::Kind::Eye)
        return tr("Drawn");
    if ((role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) && column.kind == RunColumn::Kind::State)
        return tr("State");
    if (role != Qt::DisplayRole)
        return {};
    switch (column.kind) {
    case RunColumn::Kind::Eye: return QString();
    case RunColumn::Kind::Name: return tr("Name");
    case RunColumn::Kind::State:
        return QString();  // its shapes speak for themselves, and the column may be as narrow as they are
    case RunColumn::Kind::Metric:
    case RunColumn::Kind::Parameter: return column.key;
    case RunColumn::Kind::Steps: return tr("Steps");
    case RunColumn::Kind::Duration: return tr("Duration");
    case RunColumn::Kind::AtCrosshair:
        return m_crosshairLabel.isEmpty() ? QStringLiteral("@") : QStringLiteral("@ ") + m_crosshairLabel;
    case RunColumn::Kind::Started: return tr("Started");
    case RunColumn::Kind::Host: return tr("Host");
    }
    return {};
}

RunsProxy::RunsProxy(RunsModel& model, QObject* parent) : QSortFilterProxyModel(parent), m_model(model) {
    setSourceModel(&model);
    setDynamicSortFilter(true);
}

void RunsProxy::setFilter(RunFilter filter) {
    m_filter = std::move(filter);
    invalidateFilter();
}

void RunsProxy::setOnly(const QStringList& ids) {
    m_only = QSet<QString>(ids.begin(), ids.end());
    invalidateFilter();
}

bool RunsProxy::filterAcceptsRow(int row, const QModelIndex&) const {
    const auto& run = *m_model.at(row);
    if (!m_only.isEmpty() && !m_only.contains(toQString(run.spec.id)))
        return false;
    return m_filter.empty() ? !run.archived : m_filter.matches(run, wallSeconds());
}

bool RunsProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    // Whatever the direction: pinned runs on top, runs without a value at the end.
    const bool up = sortOrder() == Qt::AscendingOrder;
    const bool pinLeft = left.data(kPinnedRole).toBool(), pinRight = right.data(kPinnedRole).toBool();
    if (pinLeft != pinRight)
        return pinLeft == up;
    const auto a = left.data(kSortRole), b = right.data(kSortRole);
    if (a.isValid() != b.isValid())
        return a.isValid() == up;
    const auto order = QVariant::compare(a, b);
    if (order == QPartialOrdering::Less || order == QPartialOrdering::Greater)
        return order == QPartialOrdering::Less;
    if (a.typeId() != b.typeId())
        return a.toString() < b.toString();
    return false;
}

}  // namespace lathe::runs
