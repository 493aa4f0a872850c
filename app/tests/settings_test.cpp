// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"
#include "app/workspace.h"
#include "core/file.h"

#include <QJsonDocument>
#include <QSignalSpy>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::app;

namespace {

void declare(Settings& settings) {
    settings.add({.key = "editor.tabWidth",
                  .type = SettingType::Int,
                  .fallback = 4,
                  .page = "Editor",
                  .label = "Tab width",
                  .minimum = 1,
                  .maximum = 16});
    settings.add({.key = "editor.wrap",
                  .type = SettingType::Bool,
                  .fallback = false,
                  .page = "Editor",
                  .label = "Wrap"});
    settings.add({.key = "look.theme",
                  .type = SettingType::Choice,
                  .fallback = "dark",
                  .page = "Appearance",
                  .label = "Theme",
                  .choices = {{"dark", "Dark"}, {"light", "Light"}}});
    settings.add({.key = "shell",
                  .type = SettingType::Text,
                  .fallback = "",
                  .page = "Terminal",
                  .label = "Shell",
                  .check = [](const QVariant& v) {
                      return v.toString().contains(' ') ? QStringLiteral("it has a blank") : QString();
                  }});
}

}  // namespace

class SettingsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void valuesComeBackAfterARestart() {
        TempDir dir;
        const QString file = toQString(dir / "settings.json");
        {
            Settings settings;
            declare(settings);
            QVERIFY(settings.load(file));
            QVERIFY(settings.set("editor.tabWidth", 2));
            QVERIFY(settings.set("look.theme", "light"));
            settings.setKeyBinding("file.save", "Ctrl+Alt+S");
        }
        Settings settings;
        declare(settings);
        QVERIFY(settings.load(file));
        QCOMPARE(settings.integer("editor.tabWidth"), 2);
        QCOMPARE(settings.text("look.theme"), QString("light"));
        QCOMPARE(settings.keyBindings().value("file.save"), QString("Ctrl+Alt+S"));
        QVERIFY(!settings.isSet("editor.wrap", SettingScope::User));
        QVERIFY(settings.takeProblems().isEmpty());
    }

    void aRefusedValueKeepsTheOldOneAndSaysWhy() {
        Settings settings;
        declare(settings);
        QVERIFY(settings.set("editor.tabWidth", 8));
        QSignalSpy changed(&settings, &Settings::changed);
        for (const QVariant& bad :
             {QVariant(0), QVariant(17), QVariant(2.5), QVariant("four"), QVariant(true)}) {
            const auto result = settings.set("editor.tabWidth", bad);
            QVERIFY(!result);
            QVERIFY(!result.error().what.empty());
        }
        QCOMPARE(settings.integer("editor.tabWidth"), 8);
        QVERIFY(!settings.set("look.theme", "sepia"));
        QCOMPARE(QString::fromStdString(settings.set("shell", "a b").error().what),
                 QString("it has a blank"));
        QVERIFY(!settings.set("no.such", 1));
        QCOMPARE(changed.size(), 0);
    }

    void garbageIsKeptBesideAndTheDefaultsHold_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("not json") << QByteArray("{ this is no json");
        QTest::newRow("an array") << QByteArray("[1, 2]");
        QTest::newRow("binary") << QByteArray("\x00\xff\xfe garbage", 12);
        QTest::newRow("empty") << QByteArray();
    }
    void garbageIsKeptBesideAndTheDefaultsHold() {
        QFETCH(QByteArray, bytes);
        TempDir dir;
        const std::string file = dir / "settings.json";
        QVERIFY(writeFileAtomic(file, bytes.toStdString()));
        Settings settings;
        declare(settings);
        const auto loaded = settings.load(toQString(file));
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, ErrorCode::Corrupt);
        QCOMPARE(settings.integer("editor.tabWidth"), 4);
        QCOMPARE(QByteArray::fromStdString(readFile(file + ".damaged").value()), bytes);
    }

    void aWrongValueInTheFileIsLeftOutAndTold() {
        TempDir dir;
        const std::string file = dir / "settings.json";
        QVERIFY(writeFileAtomic(
            file, R"({"editor.tabWidth": 99, "editor.wrap": true, "of.a.plugin": [1], "keys": {"x": 3}})"));
        Settings settings;
        declare(settings);
        QVERIFY(settings.load(toQString(file)));
        QCOMPARE(settings.integer("editor.tabWidth"), 4);
        QCOMPARE(settings.boolean("editor.wrap"), true);
        const QStringList problems = settings.takeProblems();
        QCOMPARE(problems.size(), 2);
        QVERIFY(problems.join(' ').contains("editor.tabWidth"));
        // What a plugin that is not loaded now has stored is not lost.
        QVERIFY(settings.save());
        QVERIFY(readFile(file).value().find("of.a.plugin") != std::string::npos);
    }

    void aSettingDeclaredLateStillGetsItsStoredValue() {
        TempDir dir;
        const std::string file = dir / "settings.json";
        QVERIFY(writeFileAtomic(file, R"({"editor.tabWidth": 3})"));
        Settings settings;
        QVERIFY(settings.load(toQString(file)));
        declare(settings);
        QCOMPARE(settings.integer("editor.tabWidth"), 3);
    }

    void theWorkspaceWinsOverTheUser() {
        Settings settings;
        declare(settings);
        QVERIFY(settings.set("editor.tabWidth", 8));
        QSignalSpy changed(&settings, &Settings::changed);
        settings.loadWorkspace(R"({"editor.tabWidth": 2})");
        QCOMPARE(settings.integer("editor.tabWidth"), 2);
        QCOMPARE(changed.size(), 1);
        QSignalSpy bytes(&settings, &Settings::workspaceBytes);
        QVERIFY(settings.set("editor.wrap", true, SettingScope::Workspace));
        QCOMPARE(bytes.size(), 1);
        QVERIFY(bytes.first().first().toByteArray().contains("editor.wrap"));
        settings.loadWorkspace({});
        QCOMPARE(settings.integer("editor.tabWidth"), 8);
        settings.loadWorkspace("garbage");
        QCOMPARE(settings.takeProblems().size(), 1);
    }

    void aFolderThatCannotBeWrittenIsSaid() {
        TempDir dir;
        // A file where the folder should be: refused for everyone, root included.
        QVERIFY(writeFileAtomic(dir / "config", "x"));
        Settings settings;
        declare(settings);
        QVERIFY(settings.load(toQString((dir / "config") + "/settings.json")));
        QSignalSpy failed(&settings, &Settings::saveFailed);
        QVERIFY(settings.set("editor.tabWidth", 2));
        QVERIFY(failed.wait(10000));
        QVERIFY(!failed.first().first().toString().isEmpty());
        QCOMPARE(settings.integer("editor.tabWidth"), 2);
    }

    void resetGoesBackToTheDefault() {
        Settings settings;
        declare(settings);
        QVERIFY(settings.set("editor.tabWidth", 8));
        settings.reset("editor.tabWidth");
        QCOMPARE(settings.integer("editor.tabWidth"), 4);
        QVERIFY(!settings.isSet("editor.tabWidth", SettingScope::User));
    }
};

QTEST_MAIN(SettingsTest)
#include "settings_test.moc"
