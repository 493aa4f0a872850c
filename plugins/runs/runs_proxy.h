// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_filter.h"

#include <QSet>
#include <QSortFilterProxyModel>
#include <QStringList>

namespace lathe::runs {

class RunsModel;

// Sorting with pinned runs on top, and what of the runs is shown: the filter line, "only selected", whether
// archived ones are. Runs that a column puts on one level stand newest first, so that the order is always
// one.
class RunsProxy : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit RunsProxy(RunsModel& model, QObject* parent = nullptr);

    // `archivedToo`: the filter asks about them itself.
    void setFilter(RunFilter filter, bool archivedToo = false);
    void setOnly(const QStringList& ids);  // "only selected"; empty: all
    bool hasOnly() const { return !m_only.isEmpty(); }
    void setShowArchived(bool show);
    bool showArchived() const { return m_showArchived; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    RunsModel& m_model;
    RunFilter m_filter;
    QSet<QString> m_only;
    bool m_showArchived = false, m_archivedToo = false;
};

}  // namespace lathe::runs
