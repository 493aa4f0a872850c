// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_canvas.h"
#include "chart_card.h"
#include "chart_grid.h"
#include "runs_fixture.h"
#include "series_curve.h"

#include "app/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace lathe;
using namespace lathe::runs;
using namespace lathe::runs::test;

namespace {

constexpr int kPoints = 100'000;
constexpr int kSpikeAt = 61'803;

// A charted series in a window that is shown offscreen.
struct Bench {
    FakeSource* source = new FakeSource;
    SeriesCache cache{std::unique_ptr<SeriesSource>(source)};
    ChartContext context;
    ChartCanvas canvas{cache, context, QStringLiteral("loss")};

    explicit Bench(QSize size = {640, 320}) {
        canvas.resize(size);
        context.setClip(false);
    }
    void add(const QString& run, std::vector<double> values) {
        source->series[{run, QStringLiteral("loss")}] = {std::move(values)};
        auto lines = canvas.lines();
        ChartLine line;
        line.run = line.name = run;
        line.color = app::theme().runColor(static_cast<int>(lines.size()));
        lines.append(line);
        canvas.setLines(lines);
    }
    bool show() {
        canvas.show();
        return settle() && canvas.hasPoints();
    }
    // Asks for what the view needs, waits for it and draws it.
    bool settle() {
        canvas.refreshNow();
        const bool idle =
            QTest::qWaitFor([&] { return cache.idle(); }, 30000);  // a million points, a busy machine
        canvas.refreshNow();
        canvas.plot().drawNow();
        return idle;
    }
};

std::vector<double> flatWithSpike(double spike) {
    std::vector<double> values(kPoints, 1.0);
    for (int i = 0; i < kPoints; ++i)
        values[static_cast<std::size_t>(i)] += 0.01 * std::sin(i * 0.7);
    values[kSpikeAt] = spike;
    return values;
}

}  // namespace

class ChartTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(app::theme().load(QStringLiteral("dark"))); }
    void columnsKeepEveryExtreme();
    void smoothingIsDebiasedAndKeepsShape();
    void spikeIsDrawnAtDefaultZoom();
    void zoomFetchesDetailOnce();
    void zoomedInShowsSinglePoints();
    void nanIsToldAndMarked();
    void outliersAreClippedAndTold();
    void hugeValuesDoNotBreakTheAxis();
    void logYLeavesOutWhatHasNoLogarithm();
    void staleSeriesStaysUntilNewCome();
    void failureIsShownInPlace();
    void keysMoveCrosshairAndZoom();
    void dragZoomsAndDoubleClickGoesBack();
    void wheelScrollsUnlessFocused();
    void readingsFollowTheLines();
    void valuesShownAreThoseLogged();
    void sparseSeriesAndSchedulesAreDrawnAsLogged();
    void headerPartsNeverOverlap();
    void savesVectorPictures();
    void gridGroupsAndFoldsSystem();
    void gridExpandsAndSearches();
    void tickTexts_data();
    void tickTexts();
    void accessibleNameTellsTheChart();
};

void ChartTest::columnsKeepEveryExtreme() {
    std::vector<record::Bucket> buckets;
    for (int i = 0; i < 5000; ++i) {
        const double low = -1 - (i == 1234 ? 40 : 0), high = 1 + (i == 4321 ? 70 : 0);
        buckets.push_back({i * 20.0, i * 20.0 + 19, 0, 0, low, high, 20, 0});
    }
    const auto curve = Curve::fromBuckets(buckets);
    const auto columns = columnsOf(cellsIn({&curve, nullptr}, 0, 100'000), 0, 100'000, 300, false);
    QVERIFY(columns.size() <= 304);
    double low = 0, high = 0;
    for (const auto& column : columns) {
        low = std::min(low, column.min);
        high = std::max(high, column.max);
    }
    QCOMPARE(low, -41.0);
    QCOMPARE(high, 71.0);
}

void ChartTest::smoothingIsDebiasedAndKeepsShape() {
    std::vector<record::Bucket> buckets;
    for (int i = 0; i < 200; ++i)
        buckets.push_back({double(i), double(i), 5, 5, 5, 5, 1, 0});
    const auto curve = Curve::fromBuckets(buckets);
    for (const auto& sample : smoothed({&curve, nullptr}, 0.9))
        QVERIFY(std::abs(sample.y - 5) < 1e-12);  // no pull towards zero at the start
    // By hand: values 0, 1 with weight 0.5 → (0.5·0·0.5 + 0.5·1) / (1 − 0.25).
    const auto two =
        Curve::fromBuckets(std::vector<record::Bucket>{{0, 0, 0, 0, 0, 0, 1, 0}, {1, 1, 1, 1, 1, 1, 1, 0}});
    QVERIFY(std::abs(smoothed({&two, nullptr}, 0.5)[1].y - 0.5 / 0.75) < 1e-12);
    QCOMPARE(smoothed({&two, nullptr}, 0)[1].y, 1.0);
}

void ChartTest::spikeIsDrawnAtDefaultZoom() {
    for (const double smoothing : {0.0, 0.9}) {
        Bench bench;
        bench.context.setSmoothing(smoothing);
        bench.add(QStringLiteral("a"), flatWithSpike(3));
        QVERIFY(bench.show());
        const auto& plot = bench.canvas.plot();
        const auto& lines = plot.lines();
        QCOMPARE(lines.size(), std::size_t{1});
        QVERIFY(lines[0].raw.size() <= std::size_t(plot.columns()) + 4);  // never more than a column a pixel
        // The pixels half-way up the spike are not background.
        const QImage image = bench.canvas.grab().toImage();
        const int x = static_cast<int>(std::floor(plot.pixelX(kSpikeAt)));
        const int y = static_cast<int>(std::lround(plot.pixelY(2.2)));
        const QRgb background = app::theme().color(QStringLiteral("bg.content")).rgb();
        const QRgb grid = app::theme().color(QStringLiteral("grid")).rgb();
        bool seen = false;
        for (int dx = -1; dx <= 1; ++dx)
            for (int dy = 0; dy < 6; ++dy) {
                const QRgb pixel = image.pixel(x + dx, y + dy) | 0xFF000000u;
                seen |= pixel != background && pixel != grid && qBlue(pixel) > qBlue(grid) + 8;
            }
        QVERIFY2(seen,
                 qPrintable(QStringLiteral("smoothing %1: nothing at %2,%3").arg(smoothing).arg(x).arg(y)));
    }
}

void ChartTest::zoomFetchesDetailOnce() {
    Bench bench;
    bench.add(QStringLiteral("a"), flatWithSpike(3));
    QVERIFY(bench.show());
    const int before = bench.source->fetches;
    bench.context.setRange(XRange{40'000, 44'000});
    QVERIFY(bench.settle());
    const int zoomed = bench.source->fetches;
    QVERIFY(zoomed > before);
    // A pan within what was fetched around the view asks for nothing and still has data on both sides.
    bench.context.setRange(XRange{41'000, 45'000});
    QVERIFY(bench.settle());
    QCOMPARE(bench.source->fetches, zoomed);
    const auto& raw = bench.canvas.plot().lines()[0].raw;
    QVERIFY(raw.front().x <= 0);
    QVERIFY(raw.back().x >= bench.canvas.plot().columns() - 1);
}

void ChartTest::zoomedInShowsSinglePoints() {
    Bench bench;
    bench.context.setSmoothing(0);
    bench.add(QStringLiteral("a"), flatWithSpike(3));
    QVERIFY(bench.show());
    bench.context.setRange(XRange{kSpikeAt - 10, kSpikeAt + 10});
    QVERIFY(bench.settle());
    const auto& plot = bench.canvas.plot();
    int inside = 0;
    for (const auto& column : plot.lines()[0].raw) {
        QCOMPARE(column.min, column.max);  // a point, no longer a range
        inside += column.x >= 0 && column.x <= plot.columns();
    }
    QVERIFY2(inside >= 19 && inside <= 23, qPrintable(QString::number(inside)));
}

void ChartTest::nanIsToldAndMarked() {
    Bench bench;
    auto values = std::vector<double>(500, 1.0);
    for (std::size_t i = 300; i < 320; ++i)
        values[i] = NAN;
    bench.add(QStringLiteral("a"), values);
    QVERIFY(bench.show());
    QCOMPARE(bench.canvas.badPoints(), std::uint64_t{20});
    const auto& line = bench.canvas.plot().lines()[0];
    QCOMPARE(line.badAt.size(), std::size_t{1});
    QCOMPARE(line.badAt[0], 300.0);
}

void ChartTest::outliersAreClippedAndTold() {
    Bench bench;
    bench.context.setClip(true);
    bench.add(QStringLiteral("a"), flatWithSpike(500));
    bench.add(QStringLiteral("b"), std::vector<double>(kPoints, 1.1));
    QVERIFY(bench.show());
    QCOMPARE(bench.canvas.outside(), 1);
    QVERIFY(bench.canvas.plot().yTo() < 10);
    bench.canvas.setFitAll(true);
    QVERIFY(bench.settle());
    QCOMPARE(bench.canvas.outside(), 0);
    QVERIFY(bench.canvas.plot().yTo() > 500);
}

void ChartTest::hugeValuesDoNotBreakTheAxis() {
    Bench bench;
    bench.add(QStringLiteral("a"), {1e300, -1e308, 1e308, 3, 4});
    bench.add(QStringLiteral("one"), {7});
    bench.add(QStringLiteral("nothing but NaN"), {NAN, NAN});
    QVERIFY(bench.show());
    QVERIFY(std::isfinite(bench.canvas.plot().yFrom()));
    QVERIFY(std::isfinite(bench.canvas.plot().yTo()));
    QVERIFY(!bench.canvas.grab().isNull());
}

void ChartTest::logYLeavesOutWhatHasNoLogarithm() {
    Bench bench;
    bench.add(QStringLiteral("a"), {10, 1, 0, -3, 0.1, 0.01});
    QVERIFY(bench.show());
    bench.canvas.setLogY(true);
    QVERIFY(bench.settle());
    QVERIFY(bench.canvas.plot().yFrom() > 0);
    QVERIFY(bench.canvas.plot().yFrom() < 0.01);
    QVERIFY(std::isnan(bench.canvas.plot().pixelY(-3)));
}

void ChartTest::staleSeriesStaysUntilNewCome() {
    Bench bench;
    bench.add(QStringLiteral("a"), {3, 2, 1});
    QVERIFY(bench.show());
    bench.source->series[{QStringLiteral("a"), QStringLiteral("loss")}].values.push_back(0.5);
    bench.cache.invalidate({QStringLiteral("a")});
    QVERIFY(bench.cache.level({QStringLiteral("a"), QStringLiteral("loss"), record::XAxis::Step}).overview !=
            nullptr);
    QTRY_COMPARE(bench.canvas.fullRange()->to, 3.0);
}

void ChartTest::failureIsShownInPlace() {
    Bench bench;
    bench.source->failure = Error{ErrorCode::Io, "cannot read the index", "index.db", "run `lathe reindex`"};
    bench.add(QStringLiteral("a"), {1, 2});
    bench.canvas.show();
    QTRY_VERIFY(bench.canvas.error().has_value());
    QCOMPARE(QString::fromStdString(bench.canvas.error()->hint), QStringLiteral("run `lathe reindex`"));
    bench.source->failure.reset();
    bench.cache.retry();
    QTRY_VERIFY(bench.canvas.hasPoints());
    QVERIFY(!bench.canvas.error());
}

void ChartTest::keysMoveCrosshairAndZoom() {
    Bench bench;
    bench.add(QStringLiteral("a"), std::vector<double>(100, 1.0));
    QVERIFY(bench.show());
    bench.canvas.setFocus();
    QTest::keyClick(&bench.canvas, Qt::Key_Right);
    QVERIFY(bench.context.crosshair().has_value());
    const double first = *bench.context.crosshair();
    QTest::keyClick(&bench.canvas, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(*bench.context.crosshair(), first + 10);
    QTest::keyClick(&bench.canvas, Qt::Key_Plus);
    QVERIFY(bench.context.range().has_value());
    QVERIFY(bench.context.range()->to - bench.context.range()->from < 99);
    QTest::keyClick(&bench.canvas, Qt::Key_0);
    QVERIFY(!bench.context.range());
    QTest::keyClick(&bench.canvas, Qt::Key_Y);
    QVERIFY(bench.canvas.logY());
    QTest::keyClick(&bench.canvas, Qt::Key_Escape);
    QVERIFY(!bench.context.crosshair());
    QTest::keyClick(&bench.canvas, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), 101);
}

void ChartTest::dragZoomsAndDoubleClickGoesBack() {
    Bench bench;
    bench.add(QStringLiteral("a"), std::vector<double>(1000, 1.0));
    QVERIFY(bench.show());
    const QRect rect = bench.canvas.plot().plotRect();
    const QPoint from(rect.left() + rect.width() / 4, rect.center().y()),
        to(rect.left() + rect.width() / 2, rect.center().y());
    QTest::mousePress(&bench.canvas, Qt::LeftButton, {}, from);
    QTest::mouseMove(&bench.canvas, to);
    QTest::mouseRelease(&bench.canvas, Qt::LeftButton, {}, to);
    QVERIFY(bench.context.range().has_value());
    QVERIFY(std::abs(bench.context.range()->from - 250) < 5);
    QVERIFY(std::abs(bench.context.range()->to - 500) < 5);
    QTest::mouseDClick(&bench.canvas, Qt::LeftButton, {}, to);
    QVERIFY(!bench.context.range());
}

void ChartTest::wheelScrollsUnlessFocused() {
    Bench bench;
    bench.add(QStringLiteral("a"), std::vector<double>(1000, 1.0));
    QVERIFY(bench.show());
    const QPointF at = bench.canvas.plot().plotRect().center();
    const auto wheel = [&](Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(at, bench.canvas.mapToGlobal(at), {}, {0, 120}, Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&bench.canvas, &event);
        return event.isAccepted();
    };
    bench.canvas.clearFocus();
    QVERIFY(!wheel({}));
    QVERIFY(!bench.context.range());
    QVERIFY(wheel(Qt::ControlModifier));
    QVERIFY(bench.context.range().has_value());
}

void ChartTest::readingsFollowTheLines() {
    Bench bench;
    bench.context.setSmoothing(0);
    bench.add(QStringLiteral("a"), {1, 2, 3, 4});
    bench.add(QStringLiteral("short"), {9, 8});
    QVERIFY(bench.show());
    auto readings = bench.canvas.readings(1);
    QCOMPARE(readings.size(), 2);
    QCOMPARE(readings[0].value, 2.0);
    QCOMPARE(readings[1].value, 8.0);
    readings = bench.canvas.readings(3);
    QCOMPARE(readings.size(), 1);  // the short run has no value there
    QCOMPARE(readings[0].value, 4.0);
}

void ChartTest::valuesShownAreThoseLogged() {
    Bench bench;
    bench.context.setSmoothing(0.9);
    std::vector<double> values;
    for (int i = 0; i < 400; ++i)
        values.push_back(4 * std::exp(-i / 20.0));
    values.push_back(0.25);
    bench.add(QStringLiteral("a"), values);
    QVERIFY(bench.show());
    QCOMPARE(bench.canvas.smoothing(), 0.9);
    QCOMPARE(bench.canvas.lastValue(0), 0.25);
    const auto readings = bench.canvas.readings(10);
    QCOMPARE(readings.size(), 1);
    QCOMPARE(readings[0].value, values[10]);
    QVERIFY(std::abs(readings[0].drawn - values[10]) > 0.01);  // the line lags
}

void ChartTest::sparseSeriesAndSchedulesAreDrawnAsLogged() {
    Bench bench;
    bench.context.setSmoothing(0.6);
    std::vector<double> values;
    for (int i = 0; i < 25; ++i)
        values.push_back(4 * std::exp(-i / 2.0));
    bench.add(QStringLiteral("a"), values);
    QVERIFY(bench.show());
    QCOMPARE(bench.canvas.smoothing(), 0.0);
    QVERIFY(bench.canvas.plot().lines()[0].smooth.empty());
    // Set for this chart it holds, whatever the series.
    bench.context.setOwnSmoothing(QStringLiteral("loss"), 0.8);
    QVERIFY(bench.settle());
    QVERIFY(!bench.canvas.plot().lines()[0].smooth.empty());
    bench.context.setOwnSmoothing(QStringLiteral("loss"), std::nullopt);
    for (const auto* name : {"lr", "optim/lr", "train/learning_rate", "lr-AdamW", "optimizer.lr", "epoch"})
        QVERIFY2(isSchedule(QString::fromLatin1(name)), name);
    for (const auto* name : {"loss", "val/lrap", "grad_norm", "steps_per_second"})
        QVERIFY2(!isSchedule(QString::fromLatin1(name)), name);
    QCOMPARE(smoothingFor(bench.context, QStringLiteral("train/loss"), 5000), 0.6);
    QCOMPARE(smoothingFor(bench.context, QStringLiteral("optim/lr"), 5000), 0.0);
    const auto kept = smoothingFromJson(smoothingToJson({{QStringLiteral("x"), 0.9}}));
    QCOMPARE(kept.value(QStringLiteral("x")), 0.9);
}

void ChartTest::headerPartsNeverOverlap() {
    Bench bench;
    bench.context.setClip(true);
    auto values = flatWithSpike(500);
    values[3] = NAN;
    for (const auto style : {ChartCard::Style::Grid, ChartCard::Style::Live})
        for (const int width : {240, 330, 700}) {
            const QString metric = QStringLiteral("a/rather/long/name of a metric");
            ChartCard card(bench.cache, bench.context, metric, style);
            bench.source->series[{QStringLiteral("some-run-name"), metric}] = {values};
            ChartLine line;
            line.run = line.name = QStringLiteral("some-run-name");
            card.resize(width, 200);
            card.canvas().setLines({line});
            card.show();
            QTRY_VERIFY(card.canvas().hasPoints() && card.canvas().badPoints() > 0);
            card.canvas().refreshNow();
            QApplication::processEvents();
            int right = 0;
            QList<QWidget*> parts;
            for (auto* part : card.findChildren<QWidget*>())
                if (part->isVisible() && part->parentWidget()->parentWidget() == &card &&
                    (part->inherits("QLabel") || part->inherits("QToolButton")))
                    parts << part;
            std::ranges::sort(parts, {}, [](QWidget* part) { return part->x(); });
            QVERIFY(parts.size() >= 2);
            for (auto* part : parts) {
                QVERIFY2(part->x() >= right, qPrintable(QStringLiteral("%1 px: %2 at %3, before it ends %4")
                                                            .arg(width)
                                                            .arg(part->property("text").toString())
                                                            .arg(part->x())
                                                            .arg(right)));
                right = part->geometry().right();
            }
            QVERIFY(right <= width);
        }
}

void ChartTest::savesVectorPictures() {
    QTemporaryDir dir;
    Bench bench;
    bench.add(QStringLiteral("a"), flatWithSpike(3));
    QVERIFY(bench.show());
    for (const auto* ending : {"svg", "pdf", "png"}) {
        const QString path = dir.filePath(QStringLiteral("plot.") + QString::fromLatin1(ending));
        QCOMPARE(bench.canvas.save(path, {600, 400}), QString());
        QVERIFY(QFileInfo(path).size() > 500);
    }
    QVERIFY(!bench.canvas.save(dir.filePath(QStringLiteral("plot.bmp")), {600, 400}).isEmpty());
    QVERIFY(!bench.canvas.save(QStringLiteral("/nowhere/plot.png"), {600, 400}).isEmpty());
}

void ChartTest::gridGroupsAndFoldsSystem() {
    Bench bench;
    ChartGrid grid(bench.cache, bench.context);
    grid.resize(1100, 700);
    grid.setMetrics({QStringLiteral("val/loss"), QStringLiteral("train/loss"), QStringLiteral("lr"),
                     QStringLiteral("system/cpu"), QStringLiteral("system/memory")});
    grid.show();
    QCOMPARE(grid.cards().size(), 3);
    QCOMPARE(grid.cards().first()->metric(), QStringLiteral("val/loss"));
    for (auto* card : grid.cards()) {
        QVERIFY(card->width() >= 240);
        QVERIFY(card->height() >= 180);
    }
    grid.setMetrics({});
    QVERIFY(grid.cards().isEmpty());
}

void ChartTest::gridExpandsAndSearches() {
    Bench bench;
    ChartGrid grid(bench.cache, bench.context);
    grid.resize(1100, 700);
    QStringList metrics;
    for (int i = 0; i < 12'345; ++i)
        metrics << QStringLiteral("layer/%1").arg(i);
    grid.setMetrics(metrics);
    grid.show();
    QVERIFY(grid.findChildren<ChartCard*>().size() <= 60);  // the rest is found by searching
    grid.setSearch(QStringLiteral("12000"));
    QVERIFY(grid.card(QStringLiteral("layer/12000")) != nullptr);
    QVERIFY(grid.card(QStringLiteral("layer/12000"))->isVisible());
    grid.setSearch({});
    grid.expand(QStringLiteral("layer/3"));
    QVERIFY(grid.card(QStringLiteral("layer/3"))->width() > 1000);
    grid.expand({});
    QVERIFY(grid.card(QStringLiteral("layer/3"))->width() < 600);
}

void ChartTest::tickTexts_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<double>("spacing");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0 << 5000.0 << "0";
    QTest::newRow("thousands") << 15000.0 << 5000.0 << "15k";
    QTest::newRow("half thousands") << 2500.0 << 500.0 << "2.5k";
    QTest::newRow("loss") << 2.8 << 0.2 << "2.8";
    QTest::newRow("small") << 7.5e-4 << 2.5e-4 << "7.5e-4";
    QTest::newRow("tiny") << 3e-5 << 1e-5 << "3e-5";
    QTest::newRow("millions") << 1.5e6 << 5e5 << "1.5M";
}

void ChartTest::tickTexts() {
    QFETCH(double, value);
    QFETCH(double, spacing);
    QTEST(tickText(value, spacing), "text");
}

void ChartTest::accessibleNameTellsTheChart() {
    Bench bench;
    bench.add(QStringLiteral("yarn-s8"), {3, 2.5, 2.9});
    bench.add(QStringLiteral("ntk"), {3, 2.7});
    QVERIFY(bench.show());
    const QString name = bench.canvas.accessibleName();
    QVERIFY2(name.contains(QStringLiteral("loss")) && name.contains(QStringLiteral("lowest 2.5 by yarn-s8")),
             qPrintable(name));
}

QTEST_MAIN(ChartTest)
#include "chart_test.moc"
