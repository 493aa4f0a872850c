// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_text.h"
#include "parameters_page.h"
#include "run_drawer.h"
#include "run_filter.h"
#include "runs_fixture.h"
#include "runs_model.h"

#include "app/theme.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace lathe;
using namespace lathe::runs;
using namespace lathe::runs::test;

class RunsModelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(app::theme().load(QStringLiteral("dark"))); }
    void filterMatches_data();
    void filterMatches();
    void filterSaysWhatIsWrong_data();
    void filterSaysWhatIsWrong();
    void changedComparesWithBaselineOrMost();
    void updatesOneRowById();
    void newRunGoesOnTopAndIsDrawn();
    void drawsWhatTheTableShowsUpToAHundred();
    void orderIsNewestFirstAndStaysOne();
    void columnsShowWhenHowLongAndWhere();
    void columnsSurviveTheSession();
    void namesakesAreToldApart();
    void archivedAreShownOnRequest();
    void slotsStayAndDashesFollow();
    void sortsMissingLastAndPinnedFirst();
    void rowReadsInOrder();
    void damagedRunIsListed();
    void parametersShowOnlyDifferences();
    void parametersTellLackFromEmpty();
    void consoleKeepsColoursAndReturns();
    void consoleJoinsWhatWasCut();
    void timeLeftOnlyWhereKnown();
};

void RunsModelTest::filterMatches_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("matches");
    QTest::newRow("empty") << "" << true;
    QTest::newRow("word in name") << "yarn" << true;
    QTest::newRow("word in any case") << "YARN" << true;
    QTest::newRow("word in tag") << "lr-check" << true;
    QTest::newRow("state as word") << "failed" << true;
    QTest::newRow("no such word") << "theta" << false;
    QTest::newRow("two words") << "yarn lr-check" << true;
    QTest::newRow("and between") << "yarn and theta" << false;
    QTest::newRow("state") << "state = failed" << true;
    QTest::newRow("not state") << "state != failed" << false;
    QTest::newRow("param number") << "optim.lr > 1e-4 and optim.lr <= 6e-4" << true;
    QTest::newRow("param equals number written otherwise") << "optim.lr = 0.0006" << true;
    QTest::newRow("param text") << "rope.kind = yarn" << true;
    QTest::newRow("metric below") << "val/loss < 3" << true;
    QTest::newRow("metric above") << "val/loss > 3" << false;
    QTest::newRow("steps with k") << "steps >= 4k" << true;
    QTest::newRow("holds") << "name ~ s8" << true;
    QTest::newRow("quoted") << "name = \"yarn-s8\"" << true;
    QTest::newRow("in") << "tag in (other, lr-check)" << true;
    QTest::newRow("not in") << "tag in (other)" << false;
    QTest::newRow("younger") << "started > 2d" << true;
    QTest::newRow("older") << "started < 2d" << false;
    QTest::newRow("missing key") << "optim.beta = 1" << false;
    QTest::newRow("missing key, not") << "optim.beta != 1" << true;
}

void RunsModelTest::filterMatches() {
    QFETCH(QString, line);
    QFETCH(bool, matches);
    auto run = summary("yarn-s8", 2.9, record::RunState::Failed);
    run->tags = {"lr-check"};
    run->step = 6200;
    run->params = {{"optim.lr", 6e-4}, {"rope.kind", "yarn"}};
    const auto filter = RunFilter::parse(line.toStdString());
    QVERIFY2(filter.has_value(), filter ? "" : filter.error().what.c_str());
    QCOMPARE(filter->matches(*run, wallSeconds()), matches);
}

void RunsModelTest::filterSaysWhatIsWrong_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("wrong");  // the text that is marked
    QTest::newRow("no value") << "optim.lr >"
                              << "";
    QTest::newRow("no number") << "optim.lr > high"
                               << "high";
    QTest::newRow("no such state") << "state = faild"
                                   << "faild";
    QTest::newRow("open quote") << "name = \"yarn"
                                << "\"yarn";
    QTest::newRow("open list") << "tag in (a, b"
                               << "";
    QTest::newRow("operator first") << "> 3"
                                    << ">";
}

void RunsModelTest::filterSaysWhatIsWrong() {
    QFETCH(QString, line);
    QFETCH(QString, wrong);
    const auto filter = RunFilter::parse(line.toStdString());
    QVERIFY(!filter);
    const auto& error = filter.error();
    QCOMPARE(QString::fromStdString(line.toStdString().substr(error.at, error.length)), wrong);
    QVERIFY(!error.what.empty());
}

void RunsModelTest::changedComparesWithBaselineOrMost() {
    const auto a = summary("a", 3), b = summary("b", 2), c = summary("c", 1);
    a->params = {{"rope.kind", "x"}};
    b->params = {{"rope.kind", "x"}};
    c->params = {{"rope.kind", "y"}};
    auto filter = *RunFilter::parse("changed(rope.kind)");
    filter.setUsual(nullptr, {a, b, c}, wallSeconds());
    QVERIFY(!filter.matches(*a, wallSeconds()));
    QVERIFY(filter.matches(*c, wallSeconds()));
    filter.setUsual(c.get(), {a, b, c}, wallSeconds());
    QVERIFY(filter.matches(*a, wallSeconds()));
    QVERIFY(!filter.matches(*c, wallSeconds()));
}

void RunsModelTest::updatesOneRowById() {
    app::RunPalette palette;
    RunsModel model(palette);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto a = summary("a", 3), b = summary("b", 2);
    model.setRuns({b, a});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    auto later = std::make_shared<record::RunSummary>(*a);
    later->metrics["val/loss"].min = 1.5;
    model.updateRun(idOf(a), later);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.first().at(0).toModelIndex().row(), 1);
    const auto column =
        static_cast<int>(model.columns().indexOf(RunColumn{RunColumn::Kind::Metric, "val/loss"}));
    QVERIFY(column > 0);
    QCOMPARE(model.index(1, column).data().toString(), QStringLiteral("1.500"));
    model.updateRun(idOf(a), nullptr);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.rowOf(idOf(b)), 0);
}

void RunsModelTest::newRunGoesOnTopAndIsDrawn() {
    app::RunPalette palette;
    RunsModel model(palette);
    auto old = summary("old", 3);
    old->started = old->spec.created = 1000;
    model.setRuns({old});
    QSignalSpy drawn(&model, &RunsModel::drawnChanged);
    const auto fresh = summary("fresh", NAN, record::RunState::Running);
    model.updateRun(idOf(fresh), fresh);
    QCOMPARE(model.rowOf(idOf(fresh)), 0);
    QVERIFY(model.isDrawn(idOf(fresh)));
    QVERIFY(drawn.count() > 0);
}

void RunsModelTest::drawsWhatTheTableShowsUpToAHundred() {
    app::RunPalette palette;
    RunsModel model(palette);
    std::vector<RunPtr> runs;
    for (int i = 0; i < 130; ++i)
        runs.push_back(summary("run" + std::to_string(i), i));
    runs.push_back(summary("logged nothing"));
    model.setRuns(runs);
    QCOMPARE(model.drawn().size(), RunsModel::kMostDrawn);
    QCOMPARE(model.drawn().first(), idOf(runs[0]));
    QCOMPARE(model.undrawn(), 30);  // what logged nothing is not missed
    // A filter: exactly what is left, also the old ones.
    model.setShown({idOf(runs[129]), idOf(runs[3])});
    QCOMPARE(model.drawn(), (QStringList{idOf(runs[129]), idOf(runs[3])}));
    QCOMPARE(model.undrawn(), 0);
    model.setDrawn(idOf(runs[3]), false);
    QCOMPARE(model.drawn(), QStringList{idOf(runs[129])});
    QCOMPARE(model.undrawn(), 1);
    model.drawAll();
    QCOMPARE(model.drawn().size(), 2);
    // What was asked for by name is drawn before what merely stands higher.
    model.setShown(model.ids());
    model.setDrawn(idOf(runs[120]), true);
    QVERIFY(model.isDrawn(idOf(runs[120])));
    QCOMPARE(model.drawn().size(), RunsModel::kMostDrawn);
}

void RunsModelTest::orderIsNewestFirstAndStaysOne() {
    app::RunPalette palette;
    RunsModel model(palette);
    std::vector<RunPtr> runs;
    for (int i = 0; i < 12; ++i) {
        auto run = summary("run" + std::to_string(i), i % 3);  // many are equal in what is sorted by
        run->started = run->spec.created = 10000 - 10 * i;
        run->ended = run->started + 5 * i;
        runs.push_back(run);
    }
    model.setRuns(runs);
    RunsProxy proxy(model);
    const auto order = [&] {
        QStringList out;
        for (int row = 0; row < proxy.rowCount(); ++row)
            out << proxy.index(row, 0).data(kRunIdRole).toString();
        return out;
    };
    const auto column = [&](RunColumn::Kind kind, const char* key = "") {
        return static_cast<int>(model.columns().indexOf(RunColumn{kind, QString::fromLatin1(key)}));
    };
    proxy.sort(column(RunColumn::Kind::Started), Qt::DescendingOrder);
    const auto newest = order();
    QCOMPARE(newest, model.ids());
    // Under the pointer nothing is sorted by itself; what a filter brings back still finds its place.
    for (const bool dynamic : {true, false}) {
        proxy.setDynamicSortFilter(dynamic);
        proxy.setFilter(*RunFilter::parse("val/loss > 0.5"));
        QCOMPARE(proxy.rowCount(), 8);
        proxy.setFilter({});
        QCOMPARE(order(), newest);
    }
    proxy.sort(column(RunColumn::Kind::Metric, "val/loss"), Qt::DescendingOrder);
    QCOMPARE(order().mid(0, 4), (QStringList{idOf(runs[2]), idOf(runs[5]), idOf(runs[8]), idOf(runs[11])}));
    proxy.sort(column(RunColumn::Kind::Metric, "val/loss"), Qt::AscendingOrder);
    QCOMPARE(order().mid(0, 4), (QStringList{idOf(runs[0]), idOf(runs[3]), idOf(runs[6]), idOf(runs[9])}));
}

void RunsModelTest::columnsShowWhenHowLongAndWhere() {
    auto run = summary("a", 3);
    run->spec.argv = {"python3", "train.py", "--lr", "0.1"};
    run->spec.code.commit = "0123456789abcdef";
    run->spec.code.changedFiles = {"x.py"};
    run->tags = {"keep", "yarn"};
    run->note = "the one\nto beat";
    run->params = {{"lr", 0.1}};
    run->metrics["val/loss"].last = 3.5;
    const auto text = [&](RunColumn::Kind kind, const char* key = "", RunColumn::Stat stat = {}) {
        return columnText(*run, {kind, QString::fromLatin1(key), stat});
    };
    using Kind = RunColumn::Kind;
    QCOMPARE(text(Kind::Command), QStringLiteral("python3 train.py --lr 0.1"));
    QCOMPARE(text(Kind::Duration), QStringLiteral("1 m 00 s"));
    QCOMPARE(text(Kind::Experiment), QStringLiteral("default"));
    QCOMPARE(text(Kind::Commit), QStringLiteral("0123456 +1"));
    QCOMPARE(text(Kind::Tags), QStringLiteral("keep, yarn"));
    QCOMPARE(text(Kind::Note), QStringLiteral("the one to beat"));
    QCOMPARE(text(Kind::Parameter, "lr"), QStringLiteral("0.1"));
    QCOMPARE(text(Kind::Metric, "val/loss"), QStringLiteral("3"));
    QCOMPARE(text(Kind::Metric, "val/loss", RunColumn::Stat::Last), QStringLiteral("3.500"));
    QCOMPARE(text(Kind::Metric, "val/loss", RunColumn::Stat::Max), QStringLiteral("4"));
    QCOMPARE(text(Kind::Metric, "none"), QStringLiteral("–"));
    QVERIFY(!text(Kind::Started).isEmpty());
}

void RunsModelTest::columnsSurviveTheSession() {
    app::RunPalette palette;
    RunsModel model(palette);
    model.setRuns({summary("a", 3)});
    const QList<RunColumn> wanted{
        {RunColumn::Kind::Command, {}},
        {RunColumn::Kind::Metric, QStringLiteral("val/loss"), RunColumn::Stat::Last},
        {RunColumn::Kind::Parameter, QStringLiteral("a:b.c")},
        {RunColumn::Kind::Metric, QStringLiteral("val/loss")}};
    model.setChosenColumns(wanted);
    QCOMPARE(model.chosenColumns(), wanted);
    const auto started = model.columns().indexOf(RunColumn{RunColumn::Kind::Started, {}});
    QVERIFY(started > 0);  // still sorted by
    QVERIFY(!model.isColumnShown(static_cast<int>(started)));
    RunsModel again(palette);
    again.restoreState(model.saveState());
    QCOMPARE(again.chosenColumns(), wanted);
    QVERIFY(!RunColumn::fromId(QStringLiteral("nonsense")));
    QVERIFY(!RunColumn::fromId(QStringLiteral("metric")));
    again.setChosenColumns({});
    QVERIFY(!again.hasChosenColumns());
}

void RunsModelTest::namesakesAreToldApart() {
    app::RunPalette palette;
    RunsModel model(palette);
    auto a = summary("my-run", 3), b = summary("my-run", 2), c = summary("other", 1);
    b->started = b->spec.created = a->started - 3600;
    model.setRuns({a, b, c});
    QVERIFY(model.label(idOf(a)) != model.label(idOf(b)));
    QVERIFY(model.label(idOf(a)).startsWith(QStringLiteral("my-run · ")));
    QCOMPARE(model.label(idOf(c)), QStringLiteral("other"));
    model.updateRun(idOf(b), nullptr);
    QCOMPARE(model.label(idOf(a)), QStringLiteral("my-run"));
    auto d = summary("my-run", 5);  // started in the same second
    d->started = d->spec.created = a->started;
    model.updateRun(idOf(d), d);
    QVERIFY(model.label(idOf(a)) != model.label(idOf(d)));
    QVERIFY(model.label(idOf(d)).endsWith(idOf(d).right(5)));
}

void RunsModelTest::archivedAreShownOnRequest() {
    app::RunPalette palette;
    RunsModel model(palette);
    auto a = summary("a", 3), b = summary("b", 2);
    b->archived = true;
    model.setRuns({a, b});
    RunsProxy proxy(model);
    QCOMPARE(proxy.rowCount(), 1);
    proxy.setFilter(*RunFilter::parse("val/loss < 9"));
    QCOMPARE(proxy.rowCount(), 1);
    proxy.setFilter(*RunFilter::parse("archived = true"), true);
    QCOMPARE(proxy.rowCount(), 1);
    proxy.setFilter({});
    proxy.setShowArchived(true);
    QCOMPARE(proxy.rowCount(), 2);
}

void RunsModelTest::slotsStayAndDashesFollow() {
    app::RunPalette palette;
    RunsModel model(palette);
    std::vector<RunPtr> runs;
    for (int i = 0; i < 12; ++i)
        runs.push_back(summary("run" + std::to_string(i), i));
    model.setRuns(runs);
    QHash<QString, QColor> before;
    for (const auto& id : model.drawn())
        before[id] = palette.color(id);
    QCOMPARE(before.size(), 12);
    const auto more = summary("the thirteenth", 1);
    model.updateRun(idOf(more), more);
    QVERIFY(palette.pen(idOf(more)).style() == Qt::CustomDashLine);
    model.setDrawn(idOf(runs[3]), false);
    model.setDrawn(idOf(runs[3]), true);
    for (auto it = before.begin(); it != before.end(); ++it)
        QCOMPARE(palette.color(it.key()), it.value());
}

void RunsModelTest::sortsMissingLastAndPinnedFirst() {
    app::RunPalette palette;
    RunsModel model(palette);
    const auto a = summary("a", 3), b = summary("b", 2), none = summary("none"), c = summary("c", 4);
    model.setRuns({a, b, none, c});
    RunsProxy proxy(model);
    const auto column =
        static_cast<int>(model.columns().indexOf(RunColumn{RunColumn::Kind::Metric, "val/loss"}));
    const auto names = [&] {
        QString out;
        for (int row = 0; row < proxy.rowCount(); ++row)
            out += proxy.index(row, 1).data().toString() + QLatin1Char(' ');
        return out.trimmed();
    };
    proxy.sort(column, Qt::AscendingOrder);
    QCOMPARE(names(), QStringLiteral("b a c none"));
    proxy.sort(column, Qt::DescendingOrder);
    QCOMPARE(names(), QStringLiteral("c a b none"));
    model.setPinned(idOf(b), true);
    proxy.invalidate();
    QCOMPARE(names(), QStringLiteral("b c a none"));
    proxy.setFilter(*RunFilter::parse("val/loss > 2.5"));
    QCOMPARE(names(), QStringLiteral("c a"));
}

void RunsModelTest::rowReadsInOrder() {
    app::RunPalette palette;
    RunsModel model(palette);
    const auto run = summary("yarn-s8", 2.958);
    model.setRuns({run});
    model.setBaseline(idOf(run));
    const auto text = model.index(0, 1).data(Qt::AccessibleTextRole).toString();
    QVERIFY2(text.startsWith(QStringLiteral("yarn-s8, ")), qPrintable(text));
    QVERIFY(text.contains(QStringLiteral("val/loss 2.958")));
    QVERIFY(text.contains(QStringLiteral("drawn")));
    QVERIFY(text.endsWith(QStringLiteral("1 of 1")));
}

void RunsModelTest::damagedRunIsListed() {
    app::RunPalette palette;
    RunsModel model(palette);
    auto run = summary("");
    run->problem = "run.json cannot be read: it is cut";
    model.setRuns({run});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, 1).data().toString(), idOf(run));
    QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("damaged"));
    QVERIFY(model.index(0, 1).data(Qt::ToolTipRole).toString().contains(QStringLiteral("run.json")));
}

void RunsModelTest::parametersShowOnlyDifferences() {
    app::RunPalette palette;
    ParametersModel model(palette);
    auto a = summary("a"), b = summary("b"), base = summary("base");
    a->params = {{"optim.lr", 6e-4}, {"seed", 1337}, {"steps", 20000}};
    b->params = {{"optim.lr", 3e-4}, {"seed", 1337}, {"steps", 20000}};
    base->params = {{"optim.lr", 3e-4}, {"seed", 42}, {"steps", 20000}};
    model.setRuns({a, b, base}, idOf(base));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.differences(), 2);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("optim.lr"));
    QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("0.0006"));
    QVERIFY(!model.equalsBaseline(0, 1));
    QVERIFY(model.equalsBaseline(0, 2));
    QVERIFY(!model.equalsBaseline(0, 3));  // itself
    model.setOnlyDifferences(false);
    QCOMPARE(model.rowCount(), 3);
    model.setOnlyDifferences(true);
    model.setRuns({a}, {});  // one run differs from nothing: all of it is shown
    QCOMPARE(model.rowCount(), 3);
}

void RunsModelTest::parametersTellLackFromEmpty() {
    app::RunPalette palette;
    ParametersModel model(palette);
    auto a = summary("a"), b = summary("b");
    a->params = {{"note", ""}};
    model.setRuns({a, b}, {});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, 1).data().toString(), QString());
    QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("–"));
}

void RunsModelTest::consoleKeepsColoursAndReturns() {
    ConsoleParser parser;
    const auto out = parser.feed("\x1b[31merror\x1b[0m: bad\r\n 10%\r 20%\r 30%\n\x1b[2Jplain\n");
    QCOMPARE(out.lines.size(), 3);
    QCOMPARE(out.lines[0].size(), 2);
    QCOMPARE(out.lines[0][0].text, QStringLiteral("error"));
    QCOMPARE(out.lines[0][0].color, 1);
    QCOMPARE(out.lines[0][1].text, QStringLiteral(": bad"));
    QCOMPARE(out.lines[1].first().text, QStringLiteral(" 30%"));
    QCOMPARE(out.lines[2].first().text, QStringLiteral("plain"));
}

void RunsModelTest::consoleJoinsWhatWasCut() {
    const std::string all = "gr\xc3\xbc\xc3\x9f \x1b[1;32mok\x1b[0m done\nnext";
    QString whole;
    {
        ConsoleParser parser;
        for (const auto& line : parser.feed(all).lines)
            for (const auto& span : line)
                whole += span.text + QLatin1Char('|') + QString::number(span.color) + QLatin1Char(' ');
    }
    for (std::size_t cut = 1; cut < all.size(); ++cut) {
        ConsoleParser parser;
        QList<QList<ConsoleParser::Span>> lines = parser.feed(std::string_view(all).substr(0, cut)).lines;
        const auto more = parser.feed(std::string_view(all).substr(cut));
        if (more.replaceLast && !lines.isEmpty())
            lines.removeLast();
        lines += more.lines;
        QString text;
        for (const auto& line : lines)
            for (const auto& span : line)
                text += span.text + QLatin1Char('|') + QString::number(span.color) + QLatin1Char(' ');
        QCOMPARE(text, whole);
    }
}

void RunsModelTest::timeLeftOnlyWhereKnown() {
    auto run = summary("a", 3, record::RunState::Running);
    run->ended = 0;
    run->started = 1000;
    QCOMPARE(timeLeft(*run, 1100), QString());
    run->spec.totalSteps = 400;  // step is 100
    QCOMPARE(timeLeft(*run, 1100), QStringLiteral("5 min left"));
    run->state = record::RunState::Finished;
    QCOMPARE(timeLeft(*run, 1100), QString());
}

QTEST_MAIN(RunsModelTest)
#include "runs_model_test.moc"
