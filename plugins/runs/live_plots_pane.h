// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chart_context.h"
#include "runs_model.h"
#include "series_cache.h"

#include "app/pane.h"

#include <QHash>

class QLabel;
class QScrollArea;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace lathe::app {
class EmptyState;
class IconButton;
class Meter;
class RunDot;
class Workbench;
}  // namespace lathe::app

namespace lathe::runs {

class ChartCard;
class RunActions;

// One followed run above its plots: dot, name, state, host, Stop; progress, steps of total, time left.
class RunHeader : public QWidget {
    Q_OBJECT
public:
    explicit RunHeader(QWidget* parent = nullptr);
    void setRun(const record::RunSummary& run, const QColor& color);

Q_SIGNALS:
    void stopRequested();
    void openRequested();

protected:
    void mouseDoubleClickEvent(QMouseEvent*) override { Q_EMIT openRequested(); }

private:
    app::RunDot* m_dot;
    QLabel *m_name, *m_state, *m_host, *m_steps, *m_left;
    app::Meter* m_meter;
    app::IconButton *m_stop, *m_open;
};

// The right dock: follows the runs under way (default) or chosen ones, a chart per metric in one column. What
// it followed stays when it ends, until something else starts; where nothing was, the last run is shown.
class LivePlotsPane : public app::Pane {
    Q_OBJECT
public:
    static constexpr auto kId = "runs.live";

    LivePlotsPane(app::Workbench& workbench, RunActions& actions);
    ~LivePlotsPane() override;

    void follow(const QStringList& ids);  // empty: the running ones
    const QStringList& followed() const { return m_shown; }
    QList<ChartCard*> cards() const;

    ChartContext& context() { return m_context; }

    QWidget* createHeaderTools() override;
    QJsonObject saveState() const override;
    void restoreState(const QJsonObject& state) override;

private:
    void takeRuns(const QStringList& changed);
    void rebuild();
    void refresh();
    QList<ChartLine> lines() const;
    void showFollowMenu();

    app::Workbench& m_workbench;
    RunActions& m_actions;
    SeriesCache m_cache;
    ChartContext m_context;
    QStringList m_chosen, m_shown;
    QStackedWidget* m_stack;
    QScrollArea* m_scroll;
    QVBoxLayout *m_headers, *m_charts;
    QWidget* m_tools;  // smoothing, above the charts
    QHash<QString, RunHeader*> m_headerOf;
    QHash<QString, ChartCard*> m_cardOf;
    QStringList m_metrics;
    QToolButton* m_followButton = nullptr;
    bool m_working = false;
};

}  // namespace lathe::runs
