// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_card.h"
#include "chart_grid.h"
#include "run_actions.h"
#include "runs_window.h"
#include "smoothing_control.h"

#include "app/command_ids.h"
#include "app/widgets.h"

#include <QPushButton>
#include <QSlider>
#include <QTabBar>

using namespace lathe;
using namespace lathe::runs;
using namespace lathe::runs::test;

// The runs that are live: their charts in the dock, and what the shell shows of them.
class LivePlotsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void livePlotsShowTheLastRun();
    void smoothingIsSetInLivePlots();
    void livePlotsFollowTheRunningRun();
    void livePlotsSayWhenThereIsNothing();
    void statusBarAndBadgeShowTheRunningRun();
};

void LivePlotsTest::livePlotsShowTheLastRun() {
    Window window;
    window.live.reset();  // nothing is under way
    auto* plots = window.plots();
    QTRY_COMPARE(plots->followed().size(), 1);
    QTRY_VERIFY(!plots->cards().isEmpty() && plots->cards().first()->canvas().hasPoints());
}

void LivePlotsTest::smoothingIsSetInLivePlots() {
    Window window;
    auto* plots = window.plots();
    QTRY_COMPARE(plots->followed(), QStringList{window.id("live")});
    auto* control = plots->findChild<SmoothingControl*>();
    QVERIFY(control && control->isVisibleTo(plots));
    control->slider().setValue(30);
    QCOMPARE(plots->context().smoothing(), 0.3);
    plots->context().setOwnSmoothing(QStringLiteral("val/loss"), 0.9);
    RunActions actions(*window.workbench);
    LivePlotsPane again(*window.workbench, actions);
    again.restoreState(plots->saveState());
    QCOMPARE(again.context().smoothing(), 0.3);
    QCOMPARE(again.context().ownSmoothing(QStringLiteral("val/loss")), std::optional(0.9));
}

void LivePlotsTest::livePlotsFollowTheRunningRun() {
    Window window;
    auto* plots = window.plots();
    QTRY_COMPARE(plots->followed(), QStringList{window.id("live")});
    QCOMPARE(plots->cards().first()->metric(), QStringLiteral("val/loss"));
    QTRY_VERIFY(plots->cards().first()->canvas().hasPoints());
    QTRY_VERIFY(shownText(plots).contains(QStringLiteral("30 / 60")) ||
                shownText(plots).contains(QStringLiteral("29 / 60")));
    window.workbench->commands().execute(app::ids::kRunFollow,
                                         {{QStringLiteral("runs"), QStringList{window.id("base")}}});
    QCOMPARE(plots->followed(), QStringList{window.id("base")});
}

void LivePlotsTest::livePlotsSayWhenThereIsNothing() {
    Window window(false);
    auto* plots = window.plots();
    QTRY_VERIFY(shownText(plots).contains(QStringLiteral("Start a run and its metrics appear here")));
}

void LivePlotsTest::statusBarAndBadgeShowTheRunningRun() {
    Window window;
    QTRY_VERIFY(window.workbench->statusBar().visibleItems().contains(QStringLiteral("runs.running0")));
    QVERIFY(!window.workbench->statusBar().visibleItems().contains(QStringLiteral("runs.running1")));
    QVERIFY(window.workbench->notifications().list().isEmpty());  // what ended before the start is no news
    // Its supervisor goes: told once, as lost.
    window.live.reset();
    QTRY_COMPARE_WITH_TIMEOUT(window.workbench->notifications().list().size(), 1, 8000);
    QVERIFY(window.workbench->notifications().list().first().title.contains(QStringLiteral("live")));
    QTRY_VERIFY(!window.workbench->statusBar().visibleItems().contains(QStringLiteral("runs.running0")));
}

QTEST_MAIN(LivePlotsTest)
#include "live_plots_test.moc"
