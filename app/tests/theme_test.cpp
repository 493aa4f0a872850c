// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/theme.h"

#include <QLabel>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lathe::app;

namespace {

// Every token that the design names; a theme that misses one is not finished.
const char* const kTokens[] = {
    "bg.chrome",      "bg.panel",      "bg.content",    "bg.raised",       "bg.popup",
    "bg.hover",       "bg.pressed",    "border",        "border.strong",   "border.high",
    "grid",           "text.1",        "text.2",        "text.3",          "text.disabled",
    "text.onAccent",  "accent",        "accent.fill",   "accent.soft",     "success",
    "warn",           "error",         "success.soft",  "warn.soft",       "error.soft",
    "selection",      "row.selected",  "find",          "diff.add",        "diff.add.word",
    "diff.add.mark",  "diff.del",      "diff.del.word", "diff.del.mark",   "diff.mod.mark",
    "syntax.keyword", "syntax.string", "syntax.number", "syntax.function", "syntax.type",
    "syntax.comment", "scrim",         "shadow"};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

// WCAG 2.1, relative luminance and contrast ratio.
double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double high = std::max(luminance(a), luminance(b)), low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

}  // namespace

class ThemeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyThemeHasEveryToken_data() { themes(); }
    void everyThemeHasEveryToken() {
        QFETCH(QString, name);
        QVERIFY(theme().load(name));
        for (const char* token : kTokens)
            QVERIFY2(theme().has(QLatin1String(token)) && theme().color(QLatin1String(token)).isValid(),
                     token);
        QCOMPARE(theme().runColorCount(), 12);
        QCOMPARE(theme().ramp().size(), 5);
    }

    void themesNameTheSameTokens() {
        QVERIFY(theme().load(QStringLiteral("dark")));
        const QStringList dark = theme().tokens();
        QVERIFY(theme().load(QStringLiteral("light")));
        QCOMPARE(theme().tokens(), dark);
    }

    void textIsReadableWhereItMaySit_data() { themes(); }
    void textIsReadableWhereItMaySit() {
        QFETCH(QString, name);
        QVERIFY(theme().load(name));
        const QStringList levels{"bg.chrome", "bg.panel", "bg.content", "bg.raised", "bg.popup", "bg.hover"};
        // text.3 gives way to text.2 on selection and bg.pressed, so it is not asked for there.
        const QStringList strong{"bg.pressed", "selection", "row.selected", "accent.soft"};
        const auto check = [](const QString& text, const QString& ground) {
            const double ratio = contrast(theme().color(text), theme().color(ground));
            QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1 on %2 is %3").arg(text, ground).arg(ratio)));
        };
        for (const QString& ground : levels)
            for (const QString text : {"text.1", "text.2", "text.3", "accent", "success", "warn", "error"})
                check(text, ground);
        for (const QString& ground : strong)
            for (const QString text : {"text.1", "text.2"})
                check(text, ground);
        for (const QString text : {"syntax.keyword", "syntax.string", "syntax.number", "syntax.function",
                                   "syntax.type", "syntax.comment"})
            check(text, QStringLiteral("bg.content"));
        for (const QString pair : {"success", "warn", "error"})
            check(pair, pair + QStringLiteral(".soft"));
        check(QStringLiteral("text.onAccent"), QStringLiteral("accent.fill"));
        for (const QString ground : {"find", "diff.add", "diff.del", "diff.add.word", "diff.del.word"})
            check(QStringLiteral("text.1"), ground);
        for (int slot = 0; slot < theme().runColorCount(); ++slot)
            QVERIFY2(contrast(theme().runColor(slot), theme().color(QStringLiteral("bg.content"))) >= 3.0,
                     qPrintable(QString::number(slot)));
    }

    void aBadThemeLeavesTheOldOne() {
        QVERIFY(theme().load(QStringLiteral("dark")));
        QString error;
        QVERIFY(!theme().load(QStringLiteral("sepia"), &error));
        QVERIFY(error.contains(QStringLiteral("sepia")));
        QCOMPARE(theme().name(), QStringLiteral("dark"));
    }

    void everyNeededIconIsThereAndDraws() {
        QVERIFY(theme().load(QStringLiteral("dark")));
        for (const char* name :
             {"files",      "search",       "git",          "hosts",      "runs",         "settings",
              "bell",       "play",         "stop",         "pause",      "queue",        "plus",
              "minus",      "close",        "chevron-down", "chevron-up", "chevron-left", "chevron-right",
              "more",       "drag",         "pin",          "eye",        "eye-off",      "filter",
              "group",      "columns",      "sort",         "expand",     "folder",       "folder-open",
              "file",       "python",       "notebook",     "image",      "archive",      "terminal",
              "warning",    "error",        "info",         "check",      "clock",        "lost",
              "branch",     "commit",       "merge",        "stash",      "undo",         "trash",
              "pencil",     "sync",         "up",           "down",       "split-right",  "split-down",
              "panel-left", "panel-bottom", "panel-right",  "refresh",    "copy",         "save",
              "link",       "user",         "lock",         "key",        "gpu",          "cpu",
              "memory",     "disk",         "port",         "chart",      "parallel",     "importance",
              "histogram",  "table",        "camera",       "download",   "upload",       "environment",
              "recipe",     "sweep",        "star",         "tag",        "note",         "external",
              "logo"}) {
            const QImage image =
                theme().pixmap(QLatin1String(name), QStringLiteral("text.1"), 16, 2).toImage();
            QCOMPARE(image.size(), QSize(32, 32));
            bool drawn = false;
            for (int y = 0; y < image.height() && !drawn; ++y)
                for (int x = 0; x < image.width() && !drawn; ++x)
                    drawn = qAlpha(image.pixel(x, y)) > 128;
            QVERIFY2(drawn, name);
        }
    }

    void theSameSheetForEveryWidgetIsSetOnce() {
        QVERIFY(theme().load(QStringLiteral("dark")));
        const QString before = qApp->styleSheet();
        QVERIFY(!before.contains(QStringLiteral("{{")));
        QVERIFY(theme().load(QStringLiteral("light")));
        QVERIFY(qApp->styleSheet() != before);
    }

private:
    static void themes() {
        QTest::addColumn<QString>("name");
        for (const QString& name : Theme::available())
            QTest::newRow(qPrintable(name)) << name;
    }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
