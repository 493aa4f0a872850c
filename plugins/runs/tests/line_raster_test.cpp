// SPDX-License-Identifier: GPL-3.0-or-later
#include "line_raster.h"

#include <QImage>
#include <QtTest>

#include <cmath>

using namespace lathe::runs;

namespace {

QImage pictureOf(const LineRaster& raster, QSize size) {
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    raster.writeTo(reinterpret_cast<std::uint32_t*>(image.bits()),
                   static_cast<std::size_t>(image.bytesPerLine()) / 4);
    return image;
}

}  // namespace

class LineRasterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rasterCoversWhereTheLineIs();
    void rasterSkipsWhatIsNoNumber();
    void bandsAreThePictureInPieces();
    void gentleAndSteepStretchesJoin();
};

void LineRasterTest::rasterCoversWhereTheLineIs() {
    LineRaster raster({100, 50});
    const std::vector<RasterPoint> points{{10, 25.5}, {90, 25.5}};
    raster.line(points, 2);
    raster.paint(Qt::red, 1);
    const QImage image = pictureOf(raster, {100, 50});
    QVERIFY(qAlpha(image.pixel(50, 25)) > 200);
    QVERIFY(qRed(image.pixel(50, 25)) > 200);
    QCOMPARE(qAlpha(image.pixel(50, 30)), 0);
    QCOMPARE(qAlpha(image.pixel(5, 25)), 0);
    // Half as opaque, twice over itself: still half.
    LineRaster twice({100, 50});
    twice.line(points, 2);
    twice.line(points, 2);
    twice.paint(Qt::red, 0.5);
    QVERIFY(std::abs(qAlpha(pictureOf(twice, {100, 50}).pixel(50, 25)) - 128) < 3);
    // Dashes leave gaps.
    LineRaster dashed({100, 50});
    dashed.line(points, 2, {6, 6});
    dashed.paint(Qt::red, 1);
    int drawn = 0;
    for (int x = 12; x < 84; ++x)
        drawn += qAlpha(pictureOf(dashed, {100, 50}).pixel(x, 25)) > 128;
    QVERIFY2(drawn > 28 && drawn < 60, qPrintable(QString::number(drawn)));
}

void LineRasterTest::rasterSkipsWhatIsNoNumber() {
    LineRaster raster({60, 40});
    const std::vector<RasterPoint> points{{5, 20}, {20, 20}, {NAN, NAN}, {40, 20}, {55, 20}};
    raster.line(points, 1.4);
    const std::vector<RasterSpan> spans{{30, NAN, 10}, {-5, 0, 10}, {1000, 0, 10}};
    raster.paint(Qt::white, 1);
    raster.spans(spans, Qt::white, 1);
    QVERIFY(qAlpha(pictureOf(raster, {60, 40}).pixel(12, 20)) > 0 ||
            qAlpha(pictureOf(raster, {60, 40}).pixel(12, 19)) > 0);
    for (int y = 0; y < 40; ++y)
        QCOMPARE(qAlpha(pictureOf(raster, {60, 40}).pixel(30, y)), 0);
}

void LineRasterTest::bandsAreThePictureInPieces() {
    constexpr int width = 120, height = 60;
    std::vector<RasterPoint> points;
    for (int i = 0; i <= width; ++i)
        points.push_back({i + 0.3, 30 + 20 * std::sin(i * 0.11) + (i == 70 ? 9.0 : 0.0)});
    std::vector<RasterSpan> spans;
    for (int x = 0; x < width; ++x)
        spans.push_back({x, 10.0 + x % 7, 22.0 + x % 5});
    const auto draw = [&](LineRaster& raster, const QList<double>& dash) {
        raster.line(points, 1.4, dash);
        raster.paint(Qt::red, 0.8);
        raster.spans(spans, Qt::blue, 0.3);
    };
    for (const auto& dash : {QList<double>(), QList<double>{6, 3}}) {
        LineRaster whole({width, height});
        draw(whole, dash);
        QImage pieces(width, height, QImage::Format_ARGB32_Premultiplied);
        for (const auto& [from, to] : {std::pair{0, 41}, {41, 42}, {42, 120}}) {
            LineRaster band({to - from, height}, from);
            draw(band, dash);
            band.writeTo(reinterpret_cast<std::uint32_t*>(pieces.bits()),
                         static_cast<std::size_t>(pieces.bytesPerLine()) / 4);
        }
        const QImage one = pictureOf(whole, {width, height});
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {  // rounding moves by where a band begins
                const QRgb a = one.pixel(x, y), b = pieces.pixel(x, y);
                QVERIFY2(std::abs(qAlpha(a) - qAlpha(b)) <= 2 && std::abs(qRed(a) - qRed(b)) <= 2,
                         qPrintable(QStringLiteral("%1,%2").arg(x).arg(y)));
            }
    }
}

void LineRasterTest::gentleAndSteepStretchesJoin() {
    // A line that goes flat, up, flat, down: no column between its ends is left empty.
    std::vector<RasterPoint> points;
    double y = 40;
    for (int i = 0; i < 100; ++i) {
        y += i > 30 && i < 36 ? -4.7 : i > 60 && i < 70 ? 2.2 : 0.3 * std::sin(i);
        points.push_back({i + 0.5, y});
    }
    LineRaster raster({100, 60});
    raster.line(points, 1.4);
    raster.paint(Qt::white, 1);
    const QImage image = pictureOf(raster, {100, 60});
    for (int x = 1; x < 99; ++x) {
        int covered = 0;
        for (int row = 0; row < 60; ++row)
            covered += qAlpha(image.pixel(x, row));
        QVERIFY2(covered > 300, qPrintable(QString::number(x)));
    }
}

QTEST_MAIN(LineRasterTest)
#include "line_raster_test.moc"
