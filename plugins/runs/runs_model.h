// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_filter.h"

#include "app/run_palette.h"
#include "record/run.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QSortFilterProxyModel>
#include <QStringList>

#include <memory>
#include <vector>

namespace lathe::runs {

using RunPtr = std::shared_ptr<const record::RunSummary>;

struct RunColumn {
    enum class Kind { Eye, Name, State, Metric, Parameter, Steps, Duration, AtCrosshair, Started, Host };
    Kind kind = Kind::Name;
    QString key;  // of a metric or parameter
    bool operator==(const RunColumn&) const = default;
};

enum RunRole {
    kRunIdRole = Qt::UserRole + 1,
    kSortRole,   // QVariant that orders as the column means it; invalid sorts last
    kDrawnRole,  // the eye
    kPinnedRole,
    kBaselineRole,
    kBestRole,    // of a metric column: no run shown has a better value
    kProblemRole  // why a run is not whole; empty: it is
};

// The runs of the store as a table; values only, no I/O. Changes come by id, so a tick of one run repaints
// one row. GUI thread only.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit RunsModel(app::RunPalette& palette, QObject* parent = nullptr);

    // Everything anew, newest first. Draws the newest twelve (one palette) unless the user has chosen.
    void setRuns(const std::vector<RunPtr>& runs);
    // nullptr: the run is gone.
    void updateRun(const QString& id, const RunPtr& run);

    const RunPtr& at(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    RunPtr find(const QString& id) const;
    int rowOf(const QString& id) const;  // -1: none
    QStringList ids() const;

    const QList<RunColumn>& columns() const { return m_columns; }
    // Metric and parameter columns between State and Steps; empty: chosen from what the runs log.
    void setChosenColumns(const QList<RunColumn>& columns);
    QList<RunColumn> chosenColumns() const;
    QStringList metricNames() const;     // of all runs, main metrics first
    QStringList parameterNames() const;  // of all runs; those that differ first

    bool isDrawn(const QString& id) const { return m_drawn.contains(id); }
    void setDrawn(const QString& id, bool drawn);
    void setOnlyDrawn(const QStringList& ids);
    QStringList drawn() const;  // in row order
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
    QVariant display(const record::RunSummary& run, const RunColumn& column) const;
    QVariant sortValue(const record::RunSummary& run, const RunColumn& column) const;
    QString accessibleText(const record::RunSummary& run, const RunColumn& column) const;
    void chooseColumns();
    void reindex(std::size_t from);
    void rowChanged(const QString& id);
    double bestOf(const QString& metric) const;  // of all runs

    app::RunPalette& m_palette;
    std::vector<RunPtr> m_rows;
    QHash<QString, int> m_rowOf;
    QList<RunColumn> m_columns;
    QList<RunColumn> m_chosen;  // the user's; empty: ours
    QSet<QString> m_drawn, m_pinned;
    bool m_drawnChosen = false;
    QString m_baseline;
    mutable QHash<QString, double> m_best;  // by metric; empty after a change
    QString m_crosshairLabel;
    QHash<QString, double> m_crosshair;
};

// Sorting with pinned runs on top, and the filter line.
class RunsProxy : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit RunsProxy(RunsModel& model, QObject* parent = nullptr);

    void setFilter(RunFilter filter);
    void setOnly(const QStringList& ids);  // "only selected"; empty: all
    bool hasOnly() const { return !m_only.isEmpty(); }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    RunsModel& m_model;
    RunFilter m_filter;
    QSet<QString> m_only;
};

// What says how good a run is: what it was told, else the likeliest by name; empty if it logs nothing.
std::string mainMetricOf(const record::RunSummary& run);
// "20.0k" of steps, as narrow columns show them.
QString shortCount(std::int64_t count);
// Four significant digits; "–" for NaN.
QString valueText(double value);

}  // namespace lathe::runs
