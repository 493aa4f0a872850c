// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "graph_lanes.h"

#include <QAbstractTableModel>

#include <vector>

namespace lathe::gitpane {

// Commits, newest first, with the lanes that the graph draws.
class LogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Message, Author, Id, Age, ColumnCount };
    enum Role { RefsRole = Qt::UserRole, LaneRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setCommits(std::vector<git::Commit> commits, bool more);
    void append(std::vector<git::Commit> commits, bool more);
    const git::Commit& commit(int row) const { return m_commits[static_cast<std::size_t>(row)]; }
    const LaneRow& lanes(int row) const { return m_lanes[static_cast<std::size_t>(row)]; }
    int graphWidth() const { return m_graphWidth; } // in lanes
    bool more() const { return m_more; }
    std::size_t size() const { return m_commits.size(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void layOut();
    std::vector<git::Commit> m_commits;
    std::vector<LaneRow> m_lanes;
    int m_graphWidth = 1;
    bool m_more = false;
};

} // namespace lathe::gitpane
