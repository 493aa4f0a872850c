// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_columns.h"

#include "app/run_palette.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QJsonObject>
#include <QSet>
#include <QStringList>

#include <string>
#include <unordered_map>
#include <vector>

namespace lathe::runs {

enum RunRole {
    kRunIdRole = Qt::UserRole + 1,
    kSortRole,   // QVariant that orders as the column means it; invalid sorts last
    kDrawnRole,  // the eye
    kPinnedRole,
    kBaselineRole,
    kBestRole,     // of a metric column: no run shown has a better value
    kProblemRole,  // why a run is not whole; empty: it is
    kApartRole,    // what tells it from another run of the same name: when it started; empty: nothing need
};

// The runs of the store as a table; values only, no I/O. Changes come by id, so a tick of one run repaints
// one row. GUI thread only.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr qsizetype kMostDrawn = 100;

    explicit RunsModel(app::RunPalette& palette, QObject* parent = nullptr);

    // Everything anew, newest first.
    void setRuns(const std::vector<RunPtr>& runs);
    // nullptr: the run is gone.
    void updateRun(const QString& id, const RunPtr& run);

    const RunPtr& at(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    RunPtr find(const QString& id) const;
    int rowOf(const QString& id) const;  // -1: none
    QStringList ids() const;
    // The run's name, with the time of its start where another run has the same.
    QString label(const QString& id) const;

    // Eye and Name, then the chosen ones in their order; Started is there in any case, since it is what runs
    // are sorted by at first (isColumnShown says whether it is to be seen).
    const QList<RunColumn>& columns() const { return m_columns; }
    bool isColumnShown(int column) const {
        return column < 2 || m_shownColumns.contains(m_columns.value(column));
    }
    bool hasChosenColumns() const { return !m_chosen.isEmpty(); }
    // Those after Eye and Name, in their order; empty: chosen from what the runs log.
    void setChosenColumns(const QList<RunColumn>& columns);
    QList<RunColumn> chosenColumns() const { return m_shownColumns; }
    QStringList metricNames() const;     // of all runs, main metrics first
    QStringList parameterNames() const;  // of all runs; those that differ first

    // Which runs the charts draw: of those that the table shows, in its order, the first kMostDrawn whose eye
    // is on. It is on for every run that logs something unless the user turned it off.
    void setShown(const QStringList& ids);  // what the table shows; until first called: all
    bool isDrawn(const QString& id) const { return m_drawn.contains(id); }
    void setDrawn(const QString& id, bool drawn);
    void setOnlyDrawn(const QStringList& ids);
    void drawAll();
    QStringList drawn() const { return m_drawnOrder; }
    // Shown runs that log something and are not drawn.
    int undrawn() const { return m_undrawn; }

    bool isPinned(const QString& id) const { return m_pinned.contains(id); }
    void setPinned(const QString& id, bool pinned);
    const QString& baseline() const { return m_baseline; }
    void setBaseline(const QString& id);  // empty: none

    // What the accent column shows: each run's value at the crosshair.
    void setCrosshair(const QString& label, const QHash<QString, double>& values);

    QJsonObject saveState() const;
    void restoreState(const QJsonObject& state);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void drawnChanged();
    void baselineChanged();
    void columnsChanged();

private:
    QString display(const record::RunSummary& run, const RunColumn& column) const;
    QVariant sortValue(const record::RunSummary& run, const RunColumn& column) const;
    QString accessibleText(const record::RunSummary& run) const;
    void chooseColumns();
    void chooseDrawn();
    void reindex(std::size_t from);
    void countName(const record::RunSummary& run, int by);
    void rowChanged(const QString& id);
    double bestOf(const RunColumn& column) const;  // of all runs

    app::RunPalette& m_palette;
    std::vector<RunPtr> m_rows;
    QHash<QString, int> m_rowOf;
    std::unordered_map<std::string, int> m_nameUses;
    QList<RunColumn> m_columns, m_shownColumns;
    QList<RunColumn> m_chosen;    // the user's; empty: ours
    QHash<QString, bool> m_eyes;  // as the user set them
    bool m_eyesByDefault = true;
    QStringList m_shown, m_drawnOrder;
    bool m_shownKnown = false;
    QSet<QString> m_drawn, m_pinned;
    int m_undrawn = 0;
    QString m_baseline;
    mutable QHash<QString, double> m_best;  // by metric; empty after a change
    QString m_crosshairLabel;
    QHash<QString, double> m_crosshair;
};

}  // namespace lathe::runs
