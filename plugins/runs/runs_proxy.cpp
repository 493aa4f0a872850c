// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_proxy.h"

#include "runs_model.h"

#include "app/workspace.h"
#include "core/clock.h"

namespace lathe::runs {

RunsProxy::RunsProxy(RunsModel& model, QObject* parent) : QSortFilterProxyModel(parent), m_model(model) {
    setSourceModel(&model);
    setDynamicSortFilter(true);
}

// invalidate, not invalidateFilter: rows that come back find their place also while nothing is sorted by
// itself (under the pointer).
void RunsProxy::setFilter(RunFilter filter, bool archivedToo) {
    m_archivedToo = archivedToo;
    m_filter = std::move(filter);
    invalidate();
}

void RunsProxy::setOnly(const QStringList& ids) {
    m_only = QSet<QString>(ids.begin(), ids.end());
    invalidate();
}

void RunsProxy::setShowArchived(bool show) {
    if (show == m_showArchived)
        return;
    m_showArchived = show;
    invalidate();
}

bool RunsProxy::filterAcceptsRow(int row, const QModelIndex&) const {
    const auto& run = *m_model.at(row);
    if (!m_only.isEmpty() && !m_only.contains(app::toQString(run.spec.id)))
        return false;
    if (run.archived && !m_showArchived && !m_archivedToo)
        return false;
    return m_filter.empty() || m_filter.matches(run, wallSeconds());
}

bool RunsProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    // Whatever the direction: pinned runs on top, runs without a value at the end, equals newest first.
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
    if (order == QPartialOrdering::Unordered && a.isValid() && a.typeId() != b.typeId())
        return a.toString() < b.toString();
    return up ? left.row() < right.row() : left.row() > right.row();
}

}  // namespace lathe::runs
