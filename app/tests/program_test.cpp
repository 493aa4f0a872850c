// SPDX-License-Identifier: GPL-3.0-or-later
// lathe-workbench as a program: --grab, --plot, wrong use, a settings folder that cannot be written.
#include "app/workspace.h"
#include "core/file.h"
#include "core/paths.h"

#include <QImage>
#include <QProcess>
#include <QTest>

using namespace lathe;
using namespace lathe::app;

namespace {

const char* const kDrawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"80\">"
                             "<rect x=\"10\" y=\"10\" width=\"50\" height=\"50\" fill=\"#1A5CCB\"/></svg>";

struct Ran {
    int code = -1;
    QString err, out;
};

Ran run(const TempDir& home, const QStringList& arguments) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
        environment.insert(QLatin1String(name), toQString(home / QByteArray(name).toLower().toStdString()));
    environment.insert("LATHE_STORE", toQString(home / "store"));
    environment.remove("DISPLAY");
    environment.remove("WAYLAND_DISPLAY");
    environment.remove("QT_QPA_PLATFORM");  // --grab must find a way by itself
    process.setProcessEnvironment(environment);
    process.start(toQString(programPath("lathe-workbench")), arguments);
    if (!process.waitForFinished(90000)) {
        process.kill();
        process.waitForFinished();
        return {-2, "timed out", {}};
    }
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardError()),
            QString::fromUtf8(process.readAllStandardOutput())};
}

// How many colours are there: a blank picture has one.
int colours(const QImage& image) {
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); y += 3)
        for (int x = 0; x < image.width(); x += 3)
            seen.insert(image.pixel(x, y));
    return static_cast<int>(seen.size());
}

}  // namespace

class ProgramTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void grabsTheWindowInBothThemes() {
        TempDir home;
        QVERIFY(makeDirs(home / "project"));
        QImage pictures[2];
        for (int i = 0; i < 2; ++i) {
            const QString file = toQString(home / (i == 0 ? "dark.png" : "light.png"));
            const Ran ran =
                run(home, {"--grab", file, "--size", "1280x800", "--theme", i == 0 ? "dark" : "light",
                           "--workspace", toQString(home / "project"), "--pane", "output"});
            QVERIFY2(ran.code == 0, qPrintable(ran.err));
            pictures[i] = QImage(file);
            QCOMPARE(pictures[i].size(), QSize(1280, 800));
            QVERIFY(colours(pictures[i]) > 20);
        }
        QVERIFY(pictures[0].pixelColor(640, 400).lightness() < 60);
        QVERIFY(pictures[1].pixelColor(640, 400).lightness() > 200);
    }

    void grabsAtTwoPixelsAPoint() {
        TempDir home;
        const QString file = toQString(home / "two.png");
        const Ran ran = run(home, {"--grab", file, "--size", "1024x640", "--scale", "2", "--after", "0.1"});
        QVERIFY2(ran.code == 0, qPrintable(ran.err));
        QCOMPARE(QImage(file).size(), QSize(2048, 1280));
    }

    void wrongUseIsSaidWithACode_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown option") << QStringList{"--gab", "x.png"} << "--grab";
        QTest::newRow("bad size") << QStringList{"--grab", "x.png", "--size", "wide"} << "wide";
        QTest::newRow("bad theme") << QStringList{"--grab", "x.png", "--theme", "sepia"} << "sepia";
        QTest::newRow("no value") << QStringList{"--grab"} << "--grab";
        QTest::newRow("plot without out") << QStringList{"--plot", "a.svg"} << "--out";
        QTest::newRow("unknown pane")
            << QStringList{"--grab", "/tmp/never.png", "--pane", "kitchen"} << "kitchen";
        QTest::newRow("no such run") << QStringList{"--grab", "/tmp/never.png", "--run", "nobody-7"}
                                     << "nobody-7";
        QTest::newRow("no such file")
            << QStringList{"--grab", "/tmp/never.png", "--open", "/no/such/file.py"} << "/no/such/file.py";
        QTest::newRow("not writable")
            << QStringList{"--grab", "/proc/never.png", "--after", "0"} << "/proc/never.png";
        QTest::newRow("no drawing") << QStringList{"--plot", "/etc/hostname", "--out", "/tmp/x.png"}
                                    << "/etc/hostname";
    }
    void wrongUseIsSaidWithACode() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        TempDir home;
        const Ran ran = run(home, arguments);
        QVERIFY2(ran.code > 0 && ran.code < 126, qPrintable(QString::number(ran.code)));
        QVERIFY2(ran.err.contains(says), qPrintable(ran.err));
    }

    void startsOnGarbageSettingsAndAFolderThatCannotBeWritten() {
        TempDir home;
        QVERIFY(makeDirs(home / "xdg_config_home/lathe"));
        QVERIFY(writeFileAtomic(home / "xdg_config_home/lathe/settings.json", "garbage"));
        const QString file = toQString(home / "a.png");
        Ran ran = run(home, {"--grab", file, "--after", "0.2"});
        QVERIFY2(ran.code == 0, qPrintable(ran.err));
        TempDir other;
        QVERIFY(writeFileAtomic(other / "xdg_config_home", "a file, not a folder"));
        QVERIFY(writeFileAtomic(other / "xdg_data_home", "a file, not a folder"));
        ran = run(other, {"--grab", file, "--after", "0.2"});
        QVERIFY2(ran.code == 0, qPrintable(ran.err));
    }

    void turnsADrawingIntoAPicture() {
        TempDir home;
        QVERIFY(writeFileAtomic(home / "a.svg", kDrawing));
        Ran ran = run(home, {"--plot", toQString(home / "a.svg"), "--out", toQString(home / "a.png")});
        QVERIFY2(ran.code == 0, qPrintable(ran.err));
        const QImage image(toQString(home / "a.png"));
        QCOMPARE(image.size(), QSize(240, 160));
        QCOMPARE(image.pixelColor(60, 60), QColor("#1A5CCB"));
        ran = run(home, {"--plot", toQString(home / "a.svg"), "--out", toQString(home / "a.pdf")});
        QVERIFY2(ran.code == 0, qPrintable(ran.err));
        QVERIFY(readFile(home / "a.pdf").value().starts_with("%PDF"));
    }

    void helpAndVersionNeedNoDisplay() {
        TempDir home;
        QVERIFY(run(home, {"--help"}).out.contains("--grab"));
        QVERIFY(run(home, {"--version"}).out.startsWith("lathe-workbench "));
        const Ran ran = run(home, {});
        QVERIFY(ran.code > 0);
        QVERIFY(ran.err.contains("display"));
    }
};

QTEST_MAIN(ProgramTest)
#include "program_test.moc"
