// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_model.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/json.h"
#include "core/text.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

constexpr int kMetricColumns = 2;

// Runs that logged nothing have nothing to draw; one under way may still.
bool hasLines(const record::RunSummary& run) {
    return !run.metrics.empty() || !record::isOver(run.state);
}

// No name holds a line break, so this is none.
std::string atSecond(const record::RunSummary& run) {
    return run.spec.name + '\n' + std::to_string(static_cast<std::int64_t>(startOf(run)));
}

}  // namespace

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
    m_nameUses.clear();
    for (const auto& run : m_rows)
        countName(*run, 1);
    reindex(0);
    chooseColumns();
    endResetModel();
    chooseDrawn();
    Q_EMIT columnsChanged();
    Q_EMIT drawnChanged();
}

void RunsModel::countName(const record::RunSummary& run, int by) {
    m_nameUses[run.spec.name] += by;
    m_nameUses[atSecond(run)] += by;
}

QString RunsModel::label(const QString& id) const {
    const auto run = find(id);
    if (!run)
        return id;
    const QString apart = index(rowOf(id), 1).data(kApartRole).toString();
    const QString name = columnText(*run, {RunColumn::Kind::Name, {}});
    return apart.isEmpty() ? name : name + QStringLiteral(" · ") + apart;
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
        countName(*at(row), -1);
        m_rows.erase(m_rows.begin() + row);
        m_rowOf.remove(id);
        reindex(static_cast<std::size_t>(row));
        endRemoveRows();
        m_shown.removeAll(id);
        m_pinned.remove(id);
        if (m_baseline == id)
            setBaseline({});
        chooseDrawn();
        return;
    }
    if (!run)
        return;
    if (row >= 0) {
        const auto before = at(row);
        const bool moreMetrics = before->metrics.size() != run->metrics.size();
        countName(*before, -1);
        countName(*run, 1);
        m_rows[static_cast<std::size_t>(row)] = run;
        if (moreMetrics && m_chosen.isEmpty()) {
            const auto columnsBefore = m_columns;
            auto now = columnsBefore;
            chooseColumns();
            std::swap(now, m_columns);
            if (now != columnsBefore) {
                beginResetModel();
                m_columns = now;
                endResetModel();
                Q_EMIT columnsChanged();
            }
        }
        if (moreMetrics || before->state != run->state)
            chooseDrawn();
        if (moreMetrics && m_drawn.contains(id))
            Q_EMIT drawnChanged();
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
        return;
    }
    const auto place = std::ranges::lower_bound(m_rows, startOf(*run), std::greater<>(),
                                                [](const RunPtr& other) { return startOf(*other); });
    const auto at = static_cast<int>(place - m_rows.begin());
    // What was just started is what one wants to see.
    if (!m_eyesByDefault)
        m_eyes.insert(id, true);
    beginInsertRows({}, at, at);
    m_rows.insert(place, run);
    countName(*run, 1);
    reindex(static_cast<std::size_t>(at));
    endInsertRows();
    chooseDrawn();
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
    if (m_chosen.isEmpty()) {
        m_shownColumns = {{Kind::State, {}}};
        const auto names = metricNames();
        for (const auto& name : names.mid(0, kMetricColumns))
            m_shownColumns.append({Kind::Metric, name});
        m_shownColumns +=
            {{Kind::Started, {}}, {Kind::Duration, {}}, {Kind::Steps, {}}, {Kind::AtCrosshair, {}}};
        if (std::ranges::any_of(m_rows,
                                [&](const auto& run) { return run->spec.host != m_rows.front()->spec.host; }))
            m_shownColumns.append({Kind::Host, {}});
    } else {
        m_shownColumns = m_chosen;
    }
    m_columns = QList<RunColumn>{{Kind::Eye, {}}, {Kind::Name, {}}} + m_shownColumns;
    if (const RunColumn started{Kind::Started, {}}; !m_columns.contains(started))
        m_columns.append(started);
}

void RunsModel::setChosenColumns(const QList<RunColumn>& columns) {
    beginResetModel();
    m_chosen.clear();
    for (const auto& column : columns)
        if (column.kind != RunColumn::Kind::Eye && column.kind != RunColumn::Kind::Name &&
            !m_chosen.contains(column))
            m_chosen.append(column);
    chooseColumns();
    endResetModel();
    Q_EMIT columnsChanged();
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

double RunsModel::bestOf(const RunColumn& column) const {
    const auto key = column.id();
    if (const auto found = m_best.constFind(key); found != m_best.constEnd())
        return *found;
    const auto metric = toStd(column.key);
    double best = std::numeric_limits<double>::quiet_NaN();
    for (const auto& run : m_rows)
        if (const double value = metricValue(*run, column); std::isfinite(value))
            if (std::isnan(best) || (run->goalOf(metric) == record::Goal::Min ? value < best : value > best))
                best = value;
    m_best.insert(key, best);
    return best;
}

void RunsModel::chooseDrawn() {
    const auto order = m_shownKnown ? m_shown : ids();
    QSet<QString> drawn;
    int lines = 0;
    // First what was asked for by name, then what is on by default.
    for (const auto& id : order) {
        const auto run = find(id);
        lines += run && hasLines(*run);
        if (run && m_eyes.value(id) && drawn.size() < kMostDrawn)
            drawn.insert(id);
    }
    if (m_eyesByDefault)
        for (const auto& id : order) {
            if (drawn.size() >= kMostDrawn)
                break;
            if (const auto run = find(id); run && hasLines(*run) && !m_eyes.contains(id))
                drawn.insert(id);
        }
    m_drawnOrder.clear();
    m_undrawn = lines;
    for (const auto& id : order)
        if (drawn.contains(id)) {
            m_drawnOrder << id;
            m_undrawn -= hasLines(*find(id));
        }
    if (drawn == m_drawn)
        return;
    m_drawn = std::move(drawn);
    // Oldest first, so that a colour once dealt stays with its run however many follow.
    for (auto it = m_rows.rbegin(); it != m_rows.rend(); ++it)
        if (const auto id = toQString((*it)->spec.id); m_drawn.contains(id))
            m_palette.slot(id);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {kDrawnRole});
    Q_EMIT headerDataChanged(Qt::Horizontal, 1, 1);
    Q_EMIT drawnChanged();
}

void RunsModel::setShown(const QStringList& ids) {
    m_shown = ids;
    m_shownKnown = true;
    chooseDrawn();
}

void RunsModel::setDrawn(const QString& id, bool drawn) {
    m_eyes.insert(id, drawn);
    chooseDrawn();
}

void RunsModel::setOnlyDrawn(const QStringList& ids) {
    m_eyesByDefault = false;
    m_eyes.clear();
    for (const auto& id : ids)
        m_eyes.insert(id, true);
    chooseDrawn();
}

void RunsModel::drawAll() {
    m_eyesByDefault = true;
    m_eyes.clear();
    chooseDrawn();
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
        columns.append(column.id());
    QJsonObject eyes;
    for (auto it = m_eyes.begin(); it != m_eyes.end(); ++it)
        if (m_rowOf.contains(it.key()))
            eyes.insert(it.key(), it.value());
    return {{QStringLiteral("columns"), columns},
            {QStringLiteral("pinned"), QJsonArray::fromStringList({m_pinned.begin(), m_pinned.end()})},
            {QStringLiteral("baseline"), m_baseline},
            {QStringLiteral("eyesByDefault"), m_eyesByDefault},
            {QStringLiteral("eyes"), eyes}};
}

void RunsModel::restoreState(const QJsonObject& state) {
    QList<RunColumn> columns;
    for (const auto& value : state.value(QStringLiteral("columns")).toArray())
        if (const auto column = RunColumn::fromId(value.toString()))
            columns.append(*column);
    for (const auto& id : state.value(QStringLiteral("pinned")).toArray())
        m_pinned.insert(id.toString());
    m_baseline = state.value(QStringLiteral("baseline")).toString();
    m_eyesByDefault = state.value(QStringLiteral("eyesByDefault")).toBool(true);
    m_eyes.clear();
    const auto eyes = state.value(QStringLiteral("eyes")).toObject();
    for (auto it = eyes.begin(); it != eyes.end(); ++it)
        m_eyes.insert(it.key(), it.value().toBool());
    setChosenColumns(columns);
    chooseDrawn();
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

QString RunsModel::display(const record::RunSummary& run, const RunColumn& column) const {
    if (column.kind != RunColumn::Kind::AtCrosshair)
        return columnText(run, column);
    const auto it = m_crosshair.constFind(toQString(run.spec.id));
    return valueText(it == m_crosshair.constEnd() ? std::numeric_limits<double>::quiet_NaN() : *it);
}

QVariant RunsModel::sortValue(const record::RunSummary& run, const RunColumn& column) const {
    const auto id = toQString(run.spec.id);
    if (column.kind == RunColumn::Kind::Eye)
        return isDrawn(id) ? 0 : 1;
    if (column.kind != RunColumn::Kind::AtCrosshair)
        return columnSortValue(run, column);
    const auto it = m_crosshair.constFind(id);
    return it == m_crosshair.constEnd() || !std::isfinite(*it) ? QVariant() : QVariant(*it);
}

QString RunsModel::accessibleText(const record::RunSummary& run) const {
    // The row in reading order: "yarn-s8, finished, validation loss 2.958, drawn, 2 of 22".
    const auto id = toQString(run.spec.id);
    QStringList parts{label(id), display(run, {RunColumn::Kind::State, {}})};
    for (const auto& other : m_shownColumns)
        if (other.kind == RunColumn::Kind::Metric)
            parts << tr("%1 %2").arg(other.title(), display(run, other));
    parts << (isDrawn(id) ? tr("drawn") : tr("not drawn"));
    if (id == m_baseline)
        parts << tr("baseline");
    if (isPinned(id))
        parts << tr("pinned");
    if (run.archived)
        parts << tr("archived");
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
        return column.kind == RunColumn::Kind::Metric && column.stat == RunColumn::Stat::Best &&
               metricValue(run, column) == bestOf(column);
    case kApartRole: {
        const auto uses = m_nameUses.find(run.spec.name);
        if (uses == m_nameUses.end() || uses->second < 2)
            return QString();
        // Started together they differ by the end of the id alone.
        const auto together = m_nameUses.find(atSecond(run));
        return together != m_nameUses.end() && together->second > 1 ? id.right(5) : startText(run, true);
    }
    case kProblemRole: return toQString(run.problem);
    case Qt::AccessibleTextRole:
        return column.kind == RunColumn::Kind::Name ? accessibleText(run) : display(run, column);
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
        if (column.kind == RunColumn::Kind::Name)
            return QStringLiteral("%1\n%2\n%3")
                .arg(columnText(run, column), startText(run, true), toQString(shellCommand(run.spec.argv)));
        return column.isText() && column.kind != RunColumn::Kind::State ? display(run, column) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((column.isText() ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    default: return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
        return {};
    const auto& column = m_columns[section];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((column.isText() ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && column.kind == RunColumn::Kind::Metric) {
        switch (column.stat) {
        case RunColumn::Stat::Best:
            return record::goalFromMetric(toStd(column.key)) == record::Goal::Min
                       ? tr("%1, lowest of the run").arg(column.key)
                       : tr("%1, highest of the run").arg(column.key);
        case RunColumn::Stat::Last: return tr("%1, last value logged").arg(column.key);
        case RunColumn::Stat::Min: return tr("%1, lowest of the run").arg(column.key);
        case RunColumn::Stat::Max: return tr("%1, highest of the run").arg(column.key);
        }
    }
    if (role == Qt::ToolTipRole && column.kind == RunColumn::Kind::AtCrosshair)
        return tr("Value at the crosshair of the charts");
    if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole)
        return column.title();
    if (role != Qt::DisplayRole)
        return {};
    switch (column.kind) {
    case RunColumn::Kind::Eye: return QString();
    case RunColumn::Kind::Name: return tr("Name · %n drawn", nullptr, static_cast<int>(m_drawn.size()));
    case RunColumn::Kind::State:
        return QString();  // its shapes speak for themselves, and the column may be as narrow as they are
    case RunColumn::Kind::AtCrosshair:
        return m_crosshairLabel.isEmpty() ? column.title() : QStringLiteral("@ ") + m_crosshairLabel;
    default: return column.title();
    }
}

}  // namespace lathe::runs
