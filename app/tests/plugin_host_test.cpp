// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/main_window.h"
#include "app/shell/plugin_host.h"
#include "app/shell/shell_workbench.h"
#include "app/testing/test_workbench.h"
#include "core/file.h"

#include <QDir>
#include <QTest>

using namespace lathe;
using namespace lathe::app;

namespace {

ShellOptions options(const TempDir& dir, const QString& plugins) {
    ShellOptions shell;
    shell.store = toQString(dir / "store");
    shell.settingsFile = toQString(dir / "settings.json");
    shell.sessionFolder = toQString(dir / "session");
    shell.pluginFolder = plugins;
    return shell;
}

PluginHost::Known known(const QList<PluginHost::Known>& all, const QString& name) {
    for (const PluginHost::Known& one : all)
        if (one.name == name)
            return one;
    return {};
}

}  // namespace

class PluginHostTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneThatFailsLeavesTheRestAndIsTold() {
        TempDir dir;
        // The built test plugins, and a file that only looks like one.
        const QString folder = toQString(dir / "plugins");
        QVERIFY(QDir().mkpath(folder));
        for (const QFileInfo& file :
             QDir(QStringLiteral(TEST_PLUGIN_DIR)).entryInfoList({"*.so"}, QDir::Files))
            QVERIFY(QFile::copy(file.absoluteFilePath(), folder + '/' + file.fileName()));
        QVERIFY(writeFileAtomic(toStd(folder) + "/broken.so", "this is no library"));
        ShellWorkbench w(options(dir, folder));
        w.start();
        QVERIFY(waitFor([&] { return w.started(); }));
        const auto all = w.plugins().known();
        QCOMPARE(all.size(), 6);
        QVERIFY(known(all, "good").problem.isEmpty());
        QVERIFY(w.commands().contains("test.good"));
        QVERIFY(w.sessionValue("ready.good").value("yes").toBool());
        QVERIFY(known(all, "other_version").problem.contains("99"));
        QVERIFY(!w.commands().contains("test.other_version"));
        QVERIFY(known(all, "throws").problem.contains("a fault in a plugin"));
        QVERIFY(known(all, "refuses").problem.contains("missing"));
        QVERIFY(known(all, "dependent").problem.contains("refuses"));
        QVERIFY(!known(all, "broken").problem.isEmpty());
        QCOMPARE(w.notifications().list().size(), 5);
        QVERIFY(waitFor([&] { return w.output().channels().contains("plugins"); }));
        // A plugin may keep the window open.
        w.setSessionValue("veto", {{"on", true}});
        w.close();
        QVERIFY(w.mainWindow()->isVisible());
        w.setSessionValue("veto", {});
        w.close();
        QVERIFY(!w.mainWindow()->isVisible());
    }

    void theUserMaySwitchOneOff() {
        TempDir dir;
        QVERIFY(writeFileAtomic(dir / "settings.json", R"({"plugins.disabled": "good,throws"})"));
        ShellWorkbench w(options(dir, QStringLiteral(TEST_PLUGIN_DIR)));
        w.start();
        QVERIFY(waitFor([&] { return w.started(); }));
        QVERIFY(!w.commands().contains("test.good"));
        QVERIFY(known(w.plugins().known(), "throws").disabled);
        QVERIFY(known(w.plugins().known(), "throws").problem.isEmpty());
    }

    void aFolderThatIsNotThereIsNoError() {
        TempDir dir;
        ShellWorkbench w(options(dir, toQString(dir / "none")));
        w.start();
        QVERIFY(waitFor([&] { return w.started(); }));
        QVERIFY(w.notifications().list().isEmpty());
    }

    void orderFollowsAfterAndNeedsAndCirclesAreTold() {
        const auto make = [](const char* name, QStringList after, QStringList needs) {
            PluginHost::Known k;
            k.name = k.title = name;
            k.after = std::move(after);
            k.needs = std::move(needs);
            return k;
        };
        auto names = [](const QList<PluginHost::Known>& list) {
            QStringList all;
            for (const auto& k : list)
                all << k.name + (k.problem.isEmpty() ? QString() : QStringLiteral("!"));
            return all;
        };
        QCOMPARE(names(PluginHost::ordered({make("runs", {"editor", "nobody"}, {}), make("editor", {}, {}),
                                            make("alpha", {}, {"runs"})})),
                 (QStringList{"editor", "runs", "alpha"}));
        QCOMPARE(names(PluginHost::ordered({make("a", {}, {"missing"}), make("b", {}, {"a"})})),
                 (QStringList{"a!", "b!"}));
        QCOMPARE(names(PluginHost::ordered({make("a", {"b"}, {}), make("b", {"a"}, {}), make("c", {}, {})})),
                 (QStringList{"c", "a!", "b!"}));
    }
};

QTEST_MAIN(PluginHostTest)
#include "plugin_host_test.moc"
