// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"
#include "app/shell/fuzzy.h"

#include <QAction>
#include <QSignalSpy>
#include <QTest>
#include <QWidget>

using namespace lathe::app;

class CommandsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aCommandRunsWithItsArguments() {
        Commands commands;
        QVariantMap got;
        QVERIFY(commands.add(
            {.id = "a.b", .title = "A", .run = [&](const QVariantMap& arguments) { got = arguments; }}));
        QVERIFY(commands.execute("a.b", {{"x", 3}}));
        QCOMPARE(got.value("x").toInt(), 3);
        QCOMPARE(commands.recent(), QStringList{"a.b"});
    }

    void aDisabledCommandSaysWhyAndDoesNotRun() {
        Commands commands;
        int runs = 0;
        QString reason = "No run is selected";
        commands.add({.id = "run.stop",
                      .title = "Stop",
                      .disabledReason = [&] { return reason; },
                      .run = [&](const QVariantMap&) { ++runs; }});
        QSignalSpy refused(&commands, &Commands::refused);
        QVERIFY(!commands.execute("run.stop"));
        QCOMPARE(runs, 0);
        QCOMPARE(refused.first().at(1).toString(), reason);
        QVERIFY(commands.recent().isEmpty());
        reason.clear();
        QVERIFY(commands.execute("run.stop"));
        QCOMPARE(runs, 1);
    }

    void anUnknownCommandAnswersWithAReason() {
        Commands commands;
        QSignalSpy refused(&commands, &Commands::refused);
        QVERIFY(!commands.execute("of.a.missing.plugin"));
        QVERIFY(refused.first().at(1).toString().contains("of.a.missing.plugin"));
    }

    void aSecondRegistrationIsRefused() {
        Commands commands;
        QVERIFY(commands.add({.id = "x", .title = "first"}));
        QVERIFY(!commands.add({.id = "x", .title = "second"}));
        QCOMPARE(commands.find("x")->title, QString("first"));
    }

    void keysPressTheCommandAndCanBeRebound() {
        QWidget window;
        Commands commands;
        int runs = 0;
        commands.add(
            {.id = "x", .title = "X", .shortcut = QKeySequence("Ctrl+Alt+X"), .run = [&](const QVariantMap&) {
                 ++runs;
             }});
        commands.setShortcutHost(&window);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_X, Qt::ControlModifier | Qt::AltModifier);
        QCOMPARE(runs, 1);
        QVERIFY(commands.setUserBindings({{"x", "Ctrl+Alt+Y"}}).isEmpty());
        QTest::keyClick(&window, Qt::Key_X, Qt::ControlModifier | Qt::AltModifier);
        QCOMPARE(runs, 1);
        QTest::keyClick(&window, Qt::Key_Y, Qt::ControlModifier | Qt::AltModifier);
        QCOMPARE(runs, 2);
        QVERIFY(commands.setUserBindings({{"x", ""}}).isEmpty());
        QVERIFY(commands.shortcut("x").isEmpty());
    }

    void badBindingsAreListed() {
        Commands commands;
        commands.add({.id = "x", .title = "X", .shortcut = QKeySequence("Ctrl+1")});
        commands.add({.id = "y", .title = "Y", .shortcut = QKeySequence("Ctrl+2")});
        const QStringList problems =
            commands.setUserBindings({{"nobody", "Ctrl+3"}, {"x", "Ctrl+2"}, {"y2", ""}});
        QCOMPARE(problems.size(), 3);
        QVERIFY(problems.join(' ').contains("nobody"));
        QCOMPARE(commands.shortcut("x"), QKeySequence("Ctrl+2"));
    }

    void fuzzyFindsInOrderAndPrefersStartsOfWords() {
        QVERIFY(fuzzyMatch("", "anything"));
        QVERIFY(!fuzzyMatch("xyz", "model.py"));
        QVERIFY(!fuzzyMatch("ba", "ab"));
        const auto match = fuzzyMatch("tb", "Toggle Bottom panel");
        QVERIFY(match);
        QCOMPARE(match->positions, (QList<int>{0, 7}));
        QVERIFY(fuzzyMatch("train", "src/train.py")->score > fuzzyMatch("train", "src/terrain_in.py")->score);
        QVERIFY(fuzzyMatch("model", "model.py")->score > fuzzyMatch("model", "models_old/readme.md")->score);
        QVERIFY(fuzzyMatch("MODEL", "model.py"));
        QVERIFY(!fuzzyMatch(QString(200, 'a'), QString(3000, 'a')));
    }
};

QTEST_MAIN(CommandsTest)
#include "commands_test.moc"
