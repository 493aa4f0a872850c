// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_card.h"
#include "chart_grid.h"
#include "columns_popup.h"
#include "console_page.h"
#include "filter_edit.h"
#include "live_plots_pane.h"
#include "overview_page.h"
#include "parameters_page.h"
#include "run_actions.h"
#include "run_drawer.h"
#include "runs_feature.h"
#include "runs_pane.h"
#include "runs_table.h"
#include "runs_window.h"
#include "smoothing_control.h"

#include "app/command_ids.h"
#include "app/testing/test_workbench.h"
#include "app/widgets.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QtTest>

using namespace lathe;
using namespace lathe::runs;
using namespace lathe::runs::test;

class RunsPaneTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void emptyStoreOffersToRun();
    void brokenStoreSaysWhatAndRetries();
    void listsEveryRunWithItsState();
    void chartsAreDrawnForDrawnRuns();
    void filterNarrowsAndKeepsTheLastGoodResult();
    void chartsDrawWhatTheTableShows();
    void deleteArchivesWithUndo();
    void trashGivesBack();
    void columnsAreSearchedTickedAndKept();
    void tableIsSortedNewestFirstAndKeepsItsOrder();
    void smallWindowShowsDetailsAsATab();
    void tabsOfTheDrawerStayWhereTheyAre();
    void coloursOfOtherStoresAreFree();
    void filterCompletesWhatIsTyped();
    void keysOfTheTable();
    void drawerComparesParameters();
    void drawerShowsTheConsole();
    void overviewSaysHowItEnded();
    void crosshairFillsItsColumn();
    void tagAndRenameReachTheStore();
    void followsTheSelectionOfOthers();
    void aRunThatAppearsIsListed();
    void commandsAreThereAndSayWhyNot();
    void sessionBringsBackTheView();
    void everyControlHasAName();
};

void RunsPaneTest::emptyStoreOffersToRun() {
    Window window(false);
    auto* pane = window.pane();
    QTRY_VERIFY(shownText(pane).contains(QStringLiteral("No runs yet")));
    QPushButton* run = nullptr;
    for (auto* button : pane->findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Run…") && button->isVisibleTo(pane))
            run = button;
    QVERIFY(run);
    run->click();
    QVERIFY(window.feature->launchSheet());
}

void RunsPaneTest::brokenStoreSaysWhatAndRetries() {
    QTemporaryDir folder;
    // A file stands where the folder of runs should be.
    QFile file(folder.filePath(QStringLiteral("store")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not a folder");
    file.close();
    app::TestWorkbenchOptions options;
    options.store = file.fileName();
    auto workbench = app::makeTestWorkbench(options);
    RunsFeature feature(*workbench);
    feature.ready();
    auto* pane = workbench->showPane(QString::fromLatin1(RunsPane::kId));
    auto* error = pane->findChild<app::ErrorState*>();
    QVERIFY(error);
    QTRY_VERIFY(workbench->engine().storeError().has_value());
    QTRY_VERIFY(shownText(pane).contains(QString::fromStdString(workbench->engine().storeError()->what)));
    bool retry = false;
    for (auto* button : pane->findChildren<QPushButton*>())
        retry |= button->text() == QStringLiteral("Retry") && button->isVisibleTo(pane);
    QVERIFY(retry);
}

void RunsPaneTest::listsEveryRunWithItsState() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    QCOMPARE(pane->model().find(window.id("broken"))->state, record::RunState::Failed);
    QCOMPARE(pane->model().find(window.id("live"))->state, record::RunState::Running);
    QCOMPARE(pane->model().find(window.id("lost"))->state, record::RunState::Lost);
    QCOMPARE(pane->table().view().selectedRuns().size(), 1);  // the newest stands selected
}

void RunsPaneTest::chartsAreDrawnForDrawnRuns() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto* card = pane->charts().card(QStringLiteral("val/loss"));
    QVERIFY(card);
    QTRY_VERIFY(card->canvas().hasPoints());
    QTRY_COMPARE(card->canvas().plot().lines().size(), std::size_t{5});
    pane->model().setDrawn(window.id("broken"), false);
    QTRY_COMPARE(card->canvas().plot().lines().size(), std::size_t{4});
    int rings = 0, crosses = 0;
    pane->model().setDrawn(window.id("broken"), true);
    QTRY_COMPARE(card->canvas().plot().lines().size(), std::size_t{5});
    for (const auto& line : card->canvas().plot().lines()) {
        rings += line.end == LineEnd::Ring;
        crosses += line.end == LineEnd::Cross;
    }
    QCOMPARE(rings, 1);
    QCOMPARE(crosses, 1);
}

void RunsPaneTest::filterNarrowsAndKeepsTheLastGoodResult() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto& table = pane->table();
    table.setFilterText(QStringLiteral("val/loss < 1.4"));
    QCOMPARE(table.proxy().rowCount(), 1);
    QCOMPARE(table.visibleRuns(), QStringList{window.id("better")});
    table.setFilterText(QStringLiteral("val/loss <"));
    QCOMPARE(table.proxy().rowCount(), 1);
    QVERIFY(shownText(&table).contains(QStringLiteral("expected a value after <")));
    auto* line = table.findChild<FilterEdit*>();
    QCOMPARE(line->wrongAt(), 10);
    table.setFilterText(QStringLiteral("näme und ) x"));
    QCOMPARE(line->wrongAt(), 9);  // characters, not bytes
    table.setFilterText(QStringLiteral("console ~ \"no such words\""));
    QTRY_COMPARE(table.proxy().rowCount(), 0);
    QCOMPARE(line->wrongAt(), -1);
    table.setFilterText(QStringLiteral("nothing-like-this"));
    QCOMPARE(table.proxy().rowCount(), 0);
    QVERIFY(shownText(&table).contains(QStringLiteral("No run matches")));
    table.setFilterText({});
    QCOMPARE(table.proxy().rowCount(), 5);
}

void RunsPaneTest::chartsDrawWhatTheTableShows() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto& canvas = pane->charts().card(QStringLiteral("val/loss"))->canvas();
    const auto drawn = [&] {
        QStringList runs;
        for (const auto& line : canvas.lines())
            runs << line.run;
        return runs;
    };
    QCOMPARE(drawn().size(), 5);
    auto& table = pane->table();
    table.setFilterText(QStringLiteral("state = failed"));
    QCOMPARE(drawn(), QStringList{window.id("broken")});
    table.setFilterText({});
    QCOMPARE(drawn(), table.visibleRuns());
    table.view().selectRuns({window.id("base"), window.id("better")});
    table.view().setFocus();
    QTest::keyClick(&table.view(), Qt::Key_O);
    QVERIFY(table.onlySelected());
    QCOMPARE(table.visibleRuns().size(), 2);
    QCOMPARE(drawn(), table.visibleRuns());
    QTest::keyClick(&table.view(), Qt::Key_O);
    QCOMPARE(drawn().size(), 5);
    // What an eye leaves out is told, and drawn again by a click.
    pane->model().setDrawn(window.id("base"), false);
    QPushButton* notice = nullptr;
    for (auto* button : pane->findChildren<QPushButton*>())
        if (button->text().contains(QStringLiteral("not drawn")) && button->isVisibleTo(pane))
            notice = button;
    QVERIFY(notice);
    notice->click();
    QCOMPARE(drawn().size(), 5);
    QVERIFY(!notice->isVisibleTo(pane));
}

void RunsPaneTest::deleteArchivesWithUndo() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto& table = pane->table();
    table.view().selectRuns({window.id("base")});
    table.view().setFocus();
    QTest::keyClick(&table.view(), Qt::Key_Delete);
    QTRY_COMPARE(table.proxy().rowCount(), 4);
    QVERIFY(!table.visibleRuns().contains(window.id("base")));
    QTRY_COMPARE(window.workbench->notifications().list().size(), 1);
    const auto note = window.workbench->notifications().list().first();
    QCOMPARE(note.action, QStringLiteral("Undo"));
    table.setShowArchived(true);
    QCOMPARE(table.proxy().rowCount(), 5);
    table.setShowArchived(false);
    note.run();
    QTRY_COMPARE(table.proxy().rowCount(), 5);
}

void RunsPaneTest::trashGivesBack() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    RunActions actions(*window.workbench);
    actions.setDeleted({window.id("base")}, true);
    QTRY_COMPARE(pane->model().rowCount(), 4);
    QVERIFY(!pane->model().find(window.id("base")));
    QTRY_COMPARE(window.workbench->notifications().list().size(), 1);
    window.workbench->notifications().list().first().run();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    // A run under way is not thrown away; one hears why.
    actions.setDeleted({window.id("live")}, true);
    QTRY_COMPARE(window.workbench->notifications().list().size(), 2);
    QCOMPARE(pane->model().rowCount(), 5);
}

void RunsPaneTest::columnsAreSearchedTickedAndKept() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    pane->table().showColumns();
    auto* popup = pane->findChild<ColumnsPopup*>();
    QVERIFY(popup && popup->isVisible());
    auto& list = popup->list();
    const auto item = [&](const QString& text) {
        for (int row = 0; row < list.count(); ++row)
            if (list.item(row)->text() == text)
                return list.item(row);
        return static_cast<QListWidgetItem*>(nullptr);
    };
    for (const auto* name : {"Started", "Duration", "Steps", "Host", "Command", "Experiment", "Commit",
                             "Tags", "Note", "optim.lr", "val/loss last", "lr max"})
        QVERIFY2(item(QString::fromLatin1(name)), name);
    popup->search().setText(QStringLiteral("loss last"));
    int shown = 0;
    for (int row = 0; row < list.count(); ++row)
        shown += !list.item(row)->isHidden();
    QCOMPARE(shown, 1);
    item(QStringLiteral("val/loss last"))->setCheckState(Qt::Checked);
    item(QStringLiteral("optim.lr"))->setCheckState(Qt::Checked);
    QVERIFY(popup->isVisible());  // stays for the next
    const RunColumn last{RunColumn::Kind::Metric, QStringLiteral("val/loss"), RunColumn::Stat::Last};
    QVERIFY(pane->model().chosenColumns().contains(last));
    QVERIFY(pane->model().chosenColumns().contains(RunColumn{RunColumn::Kind::Parameter, "optim.lr"}));
    popup->close();
    // Dragged in the header: the order is the model's, and the session's.
    auto* header = pane->table().view().header();
    const auto at = static_cast<int>(pane->model().columns().indexOf(last));
    header->moveSection(header->visualIndex(at), 2);
    QTRY_COMPARE(pane->model().chosenColumns().first(), last);
    header->resizeSection(1, 333);
    RunActions actions(*window.workbench);
    RunsPane again(*window.workbench, actions);
    again.restoreState(pane->saveState());
    QCOMPARE(again.model().chosenColumns(), pane->model().chosenColumns());
    QCOMPARE(again.table().view().columnWidth(1), 333);
}

void RunsPaneTest::tableIsSortedNewestFirstAndKeepsItsOrder() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto& view = pane->table().view();
    QCOMPARE(pane->table().visibleRuns(), pane->model().ids());
    const auto started =
        static_cast<int>(pane->model().columns().indexOf(RunColumn{RunColumn::Kind::Started, {}}));
    QCOMPARE(view.header()->sortIndicatorSection(), started);
    QVERIFY(view.header()->isSortIndicatorShown());
    QVERIFY(!view.isColumnHidden(started));
    // Kept by column: columns that come before it do not move the order to another.
    pane->model().setChosenColumns({{RunColumn::Kind::Host, {}},
                                    {RunColumn::Kind::Duration, {}},
                                    {RunColumn::Kind::Metric, QStringLiteral("val/loss")}});
    QCOMPARE(pane->table().visibleRuns(), pane->model().ids());
    view.sortBy({RunColumn::Kind::Metric, QStringLiteral("val/loss")}, Qt::AscendingOrder);
    QCOMPARE(pane->table().visibleRuns().first(), window.id("better"));
    RunActions actions(*window.workbench);
    RunsPane again(*window.workbench, actions);
    again.restoreState(pane->saveState());
    QCOMPARE(again.table().visibleRuns(), pane->table().visibleRuns());
}

void RunsPaneTest::smallWindowShowsDetailsAsATab() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    QVERIFY(pane->charts().isVisible() && pane->drawer().isVisible());
    window.workbench->showPane(QString::fromLatin1(LivePlotsPane::kId));
    window.workbench->showPane(QString::fromLatin1(RunsPane::kId));
    window.workbench->window()->resize(1024, 640);
    QTRY_VERIFY(!pane->drawer().isVisible());
    QVERIFY(pane->charts().isVisible());
    QVERIFY(pane->charts().height() > 300);
    pane->table().view().setFocus();
    QTest::keyClick(&pane->table().view(), Qt::Key_Return);
    QVERIFY(pane->drawer().isVisible());
    QVERIFY(!pane->charts().isVisible());
    // While a run is under way the live plots stay; afterwards they do not lie over the charts.
    auto* plots = window.workbench->existingPane(QString::fromLatin1(LivePlotsPane::kId));
    QVERIFY(plots->isVisible());
    window.live.reset();
    QTRY_VERIFY_WITH_TIMEOUT(
        window.workbench->engine().run(window.id("live"))->state == record::RunState::Lost, 8000);
    window.workbench->window()->resize(1030, 640);
    QTRY_VERIFY(!plots->isVisible());
    window.workbench->window()->resize(1600, 1000);
    QTRY_VERIFY(pane->charts().isVisible() && pane->drawer().isVisible());
}

void RunsPaneTest::tabsOfTheDrawerStayWhereTheyAre() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto* tabs = pane->drawer().findChild<QTabBar*>();
    QVERIFY(tabs);
    const auto console = [&] {
        QApplication::processEvents();
        return tabs->mapTo(&pane->drawer(), tabs->tabRect(2).topLeft());
    };
    pane->openRuns({window.id("base")});
    const auto before = console();
    RunActions actions(*window.workbench);
    actions.rename(window.id("live"), QStringLiteral("a-much-longer-name-of-a-run-than-that"));
    QTRY_VERIFY(pane->model().find(window.id("live"))->spec.name.size() > 20);
    pane->openRuns({window.id("live"), window.id("better")});
    QCOMPARE(console(), before);
}

void RunsPaneTest::coloursOfOtherStoresAreFree() {
    Window window;
    QTRY_VERIFY(window.workbench->engine().runsLoaded());
    QHash<QString, int> foreign;
    for (int i = 0; i < 12; ++i)
        foreign.insert(QStringLiteral("of another store %1").arg(i), i);
    window.workbench->runPalette().restore(foreign);
    QVERIFY(window.workbench->runPalette().pen(window.id("base")).style() == Qt::SolidLine);
}

void RunsPaneTest::filterCompletesWhatIsTyped() {
    FilterEdit line;
    line.setCompletionSource([](const QString& text, int cursor, auto answer) {
        const int from = static_cast<int>(text.lastIndexOf(QLatin1Char(' ')) + 1);
        answer(text.mid(from) == QStringLiteral("val")
                   ? FilterCompletion{from, cursor, {{"val/loss", "1.2 … 3"}, {"val/acc", ""}}}
                   : FilterCompletion{cursor, cursor, {}});
    });
    line.resize(400, 26);
    line.show();
    line.activateWindow();
    line.setFocus();
    QTRY_VERIFY(line.hasFocus());
    auto* popup = line.findChild<QCompleter*>()->popup();
    QTest::keyClicks(&line, QStringLiteral("a val"));
    QTRY_VERIFY(popup->isVisible());
    QCOMPARE(popup->model()->rowCount(), 2);
    QCOMPARE(popup->model()->index(0, 0).data().toString(), QStringLiteral("val/loss   1.2 … 3"));
    QTest::keyClick(popup, Qt::Key_Tab);
    QCOMPARE(line.text(), QStringLiteral("a val/loss "));
    QVERIFY(!popup->isVisible());
    QTest::keyClicks(&line, QStringLiteral("val"));
    QTRY_VERIFY(popup->isVisible());
    QTest::keyClick(popup, Qt::Key_Escape);
    QVERIFY(!popup->isVisible());
    QCOMPARE(line.text(), QStringLiteral("a val/loss val"));
    line.setWrong(2, 3);
    QVERIFY(!line.grab().isNull());
}

void RunsPaneTest::keysOfTheTable() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto& view = pane->table().view();
    view.selectRuns({window.id("base")});
    view.setFocus();
    QVERIFY(pane->model().isDrawn(window.id("base")));
    QTest::keyClick(&view, Qt::Key_Space);
    QVERIFY(!pane->model().isDrawn(window.id("base")));
    QTest::keyClick(&view, Qt::Key_B);
    QCOMPARE(pane->model().baseline(), window.id("base"));
    QTest::keyClick(&view, Qt::Key_P);
    QVERIFY(pane->model().isPinned(window.id("base")));
    QTest::keyClick(&view, Qt::Key_Slash);
    QCOMPARE(pane->window()->focusWidget()->accessibleName(), QStringLiteral("Filter runs"));
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_O);
    QCOMPARE(pane->table().proxy().rowCount(), 1);
    QTest::keyClick(&view, Qt::Key_O);
    QCOMPARE(pane->table().proxy().rowCount(), 5);
}

void RunsPaneTest::drawerComparesParameters() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    pane->model().setBaseline(window.id("base"));
    pane->openRuns({window.id("better"), window.id("broken")});
    auto& model = pane->drawer().parameters().model();
    QCOMPARE(model.columnCount(), 4);  // names, two runs, the baseline
    QCOMPARE(model.rowCount(), 1);     // the seed is the same everywhere
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("optim.lr"));
    model.setOnlyDifferences(false);
    QCOMPARE(model.rowCount(), 2);
    QVERIFY(model.equalsBaseline(1, 1));
    QCOMPARE(window.workbench->selection().runs().size(), 2);
}

void RunsPaneTest::drawerShowsTheConsole() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    pane->openRuns({window.id("broken")});
    pane->drawer().setPage(2);
    auto& console = pane->drawer().console();
    QTRY_COMPARE(console.text().trimmed(), QStringLiteral("step 19\nRuntimeError: loss is NaN"));
    // It grows while one looks.
    QFile log(QString::fromStdString(window.store + "/runs/" + window.ids["broken"] + "/output.log"));
    QVERIFY(log.open(QIODevice::Append));
    log.write("more\n");
    log.close();
    console.refresh();
    QTRY_VERIFY(console.text().endsWith(QStringLiteral("more")));
    pane->openRuns({window.id("base")});  // printed nothing
    QTRY_VERIFY(console.text().isEmpty());
}

void RunsPaneTest::overviewSaysHowItEnded() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    pane->openRuns({window.id("broken")});
    QVERIFY(pane->drawer().overview().fact(QStringLiteral("State")).contains(QStringLiteral("exit code 1")));
    QCOMPARE(pane->drawer().overview().fact(QStringLiteral("Command")), QStringLiteral("python3 train.py"));
}

void RunsPaneTest::crosshairFillsItsColumn() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto* card = pane->charts().card(QStringLiteral("val/loss"));
    QTRY_VERIFY(card && card->canvas().hasPoints());
    pane->context().setCrosshair(15);
    const auto column =
        static_cast<int>(pane->model().columns().indexOf(RunColumn{RunColumn::Kind::AtCrosshair, {}}));
    QTRY_COMPARE(pane->model().headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("@ 15"));
    const auto at = [&](const char* name) {
        return pane->model().index(pane->model().rowOf(window.id(name)), column).data().toString();
    };
    QVERIFY(at("better").toDouble() > 1);
    QCOMPARE(at("lost"), QStringLiteral("–"));  // it ended before
}

void RunsPaneTest::tagAndRenameReachTheStore() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    RunActions actions(*window.workbench);
    actions.setTags({window.id("base")}, {QStringLiteral("keep"), QStringLiteral(" ")});
    QTRY_COMPARE(pane->model().find(window.id("base"))->tags, std::vector<std::string>{"keep"});
    actions.rename(window.id("base"), QStringLiteral("reference"));
    QTRY_COMPARE(QString::fromStdString(pane->model().find(window.id("base"))->spec.name),
                 QStringLiteral("reference"));
    actions.setNote(window.id("base"), QStringLiteral("the one to beat"));
    QTRY_COMPARE(QString::fromStdString(pane->model().find(window.id("base"))->note),
                 QStringLiteral("the one to beat"));
}

void RunsPaneTest::followsTheSelectionOfOthers() {
    Window window;
    window.workbench->selection().setRuns(
        {window.id("base"), window.id("better")});  // before the pane exists
    auto* pane = window.pane();
    QTRY_COMPARE(pane->table().view().selectedRuns().size(), 2);
    window.workbench->selection().setRuns({window.id("broken")});
    QTRY_COMPARE(pane->table().view().selectedRuns(), QStringList{window.id("broken")});
}

void RunsPaneTest::aRunThatAppearsIsListed() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    auto other = record::Store::open(window.store);
    QVERIFY(other.has_value());
    const auto id = QString::fromStdString(recordRun(**other, "fresh", "finished", 5));
    QTRY_VERIFY(pane->model().rowOf(id) >= 0);
    QTRY_VERIFY(pane->model().isDrawn(id));
    QVERIFY(removeTree(window.store + "/runs/" + id.toStdString()).has_value());
    QTRY_COMPARE(pane->model().rowOf(id), -1);  // deleted while shown
}

void RunsPaneTest::commandsAreThereAndSayWhyNot() {
    Window window(false);
    QTRY_VERIFY(window.workbench->engine().runsLoaded());
    auto& commands = window.workbench->commands();
    QCOMPARE(commands.shortcut(app::ids::kRunAgain), QKeySequence(Qt::CTRL | Qt::Key_F5));
    QCOMPARE(commands.shortcut(app::ids::kRunStop), QKeySequence(Qt::SHIFT | Qt::Key_F5));
    for (const auto* id : {app::ids::kRunLaunch, app::ids::kRunAgain, app::ids::kRunStop, app::ids::kRunOpen,
                           app::ids::kRunPlotFile, app::ids::kRunFollow, app::ids::kRunExportPlot})
        QVERIFY2(commands.contains(QString::fromLatin1(id)), id);
    QVERIFY(commands.disabledReason(app::ids::kRunLaunch).isEmpty());
    QVERIFY(!commands.disabledReason(app::ids::kRunStop).isEmpty());
    QVERIFY(!commands.disabledReason(app::ids::kRunAgain).isEmpty());
}

void RunsPaneTest::sessionBringsBackTheView() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    pane->model().setBaseline(window.id("base"));
    pane->model().setDrawn(window.id("broken"), false);
    pane->table().setFilterText(QStringLiteral("seed = 1"));
    pane->context().setSmoothing(0.9);
    const auto state = pane->saveState();
    RunActions actions(*window.workbench);
    RunsPane again(*window.workbench, actions);
    again.restoreState(state);
    QCOMPARE(again.model().baseline(), window.id("base"));
    QVERIFY(!again.model().isDrawn(window.id("broken")));
    QVERIFY(again.model().isDrawn(window.id("better")));
    QCOMPARE(again.table().proxy().rowCount(), 3);
    QCOMPARE(again.context().smoothing(), 0.9);
}

void RunsPaneTest::everyControlHasAName() {
    Window window;
    auto* pane = window.pane();
    QTRY_COMPARE(pane->model().rowCount(), 5);
    QTRY_VERIFY(pane->charts().cards().size() > 0 && pane->charts().cards().first()->canvas().hasPoints());
    int seen = 0;
    for (auto* widget : pane->findChildren<QWidget*>()) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisibleTo(pane) ||
            widget->inherits("QTabBar") || widget->inherits("QScrollArea"))
            continue;
        ++seen;
        auto* button = qobject_cast<QAbstractButton*>(widget);
        QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                 qPrintable(QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') +
                            widget->parentWidget()->metaObject()->className()));
    }
    QVERIFY(seen > 10);
}

QTEST_MAIN(RunsPaneTest)
#include "runs_pane_test.moc"
