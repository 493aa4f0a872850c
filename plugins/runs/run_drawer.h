// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs_model.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace lathe::app {
class IconButton;
class RunDot;
class Workbench;
}  // namespace lathe::app

namespace lathe::runs {

class ConsolePage;
class OverviewPage;
class ParametersPage;
class RunActions;

// What the selected runs were: Overview and Console of the first of them, Parameters of all beside the
// baseline.
class RunDrawer : public QWidget {
    Q_OBJECT
public:
    RunDrawer(app::Workbench& workbench, RunsModel& model, RunActions& actions, QWidget* parent = nullptr);

    void setRuns(const QStringList& ids);
    const QString& primary() const { return m_primary; }  // empty: none
    void refreshRuns(const QStringList& changed);
    void setPage(int index);
    int page() const;
    bool idle() const;

    OverviewPage& overview() { return *m_overview; }
    ParametersPage& parameters() { return *m_parameters; }
    ConsolePage& console() { return *m_console; }

Q_SIGNALS:
    void closeRequested();
    void expandRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refreshHeader();
    void refreshParameters();

    app::Workbench& m_workbench;
    RunsModel& m_model;
    RunActions& m_actions;
    QStringList m_ids;
    QString m_primary;
    QTabBar* m_tabs;
    QWidget* m_who;
    QStackedWidget* m_pages;
    app::RunDot* m_dot;
    QLabel *m_name, *m_state, *m_stateIcon;
    QPushButton* m_stop;
    OverviewPage* m_overview;
    ParametersPage* m_parameters;
    ConsolePage* m_console;
};

// "18 min left": from the steps done, the time they took and the total; empty where that is not known.
QString timeLeft(const record::RunSummary& run, double now);
// 0…1; nothing where the total is not known.
double progressOf(const record::RunSummary& run);

}  // namespace lathe::runs
