// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chart_context.h"
#include "runs_model.h"
#include "series_cache.h"

#include "app/pane.h"

class QPushButton;
class QSplitter;
class QStackedWidget;
class QTimer;

namespace lathe::app {
class EmptyState;
class ErrorState;
class Segmented;
class Workbench;
}  // namespace lathe::app

namespace lathe::runs {

class ChartGrid;
class RunActions;
class RunDrawer;
class RunsTable;

// The Runs tab: table, charts and drawer, with movable splits (UX.md, "Runs: compare").
class RunsPane : public app::Pane {
    Q_OBJECT
public:
    static constexpr auto kId = "runs";

    RunsPane(app::Workbench& workbench, RunActions& actions);
    ~RunsPane() override;

    RunsModel& model() { return *m_model; }
    RunsTable& table() { return *m_table; }
    ChartGrid& charts() { return *m_charts; }
    RunDrawer& drawer() { return *m_drawer; }
    ChartContext& context() { return m_context; }
    void openRuns(const QStringList& ids);  // selects them and opens the drawer
    void openDrawer(bool open = true);

    QJsonObject saveState() const override;
    void restoreState(const QJsonObject& state) override;
    void activate() override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeToolbar();
    void placeDrawer();
    void refreshNotice();
    void takeRuns(const QStringList& changed);
    void refreshLines();
    void refreshMetrics();
    void refreshCrosshair();
    void showState();

    app::Workbench& m_workbench;
    SeriesCache m_cache;
    ChartContext m_context;
    RunsModel* m_model;
    RunsTable* m_table;
    ChartGrid* m_charts;
    RunDrawer* m_drawer;
    QSplitter *m_across, *m_down;
    QStackedWidget* m_stack;
    app::EmptyState* m_empty;
    app::ErrorState* m_error;
    app::Segmented *m_axis, *m_page;
    QPushButton* m_notice;
    QWidget* m_chartTools;
    QList<QWidget*> m_toolbarExtras;  // what a narrow pane does without
    QTimer* m_crosshairTimer;
    bool m_drawerIsTab = false;  // small windows: charts or details, not both
    bool m_loaded = false, m_drawerWanted = true, m_working = false, m_splitByUser = false;
    QStringList m_pendingOpen;
};

}  // namespace lathe::runs
