// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/shell/activity_bar.h"
#include "app/shell/centre_area.h"
#include "app/shell/file_index.h"
#include "app/shell/fuzzy.h"
#include "app/shell/main_window.h"
#include "app/shell/output_pane.h"
#include "app/shell/panel_frame.h"
#include "app/shell/quick_input.h"
#include "app/shell/run_notices.h"
#include "app/shell/shell_workbench.h"
#include "app/shell/toasts.h"
#include "app/testing/test_workbench.h"
#include "app/widgets.h"
#include "core/file.h"
#include "core/id.h"
#include "core/journal_writer.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace lathe;
using namespace lathe::app;

namespace {

class Document final : public Pane {
public:
    explicit Document(const QString& name, const QString& id = "test.document") : Pane(id) {
        setTitle(name);
        setFocusPolicy(Qt::StrongFocus);
    }
    QJsonObject saveState() const override { return {{"name", title()}}; }
    bool canClose(Closing) override {
        ++asked;
        return !dirty();
    }
    int asked = 0;
};

ShellWorkbench& shell(Workbench& workbench) {
    return static_cast<ShellWorkbench&>(workbench);
}

}  // namespace

class ShellTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void welcomeShowsFirstAndEveryButtonHasAName() {
        auto w = makeTestWorkbench();
        QVERIFY(w->activeTab());
        QCOMPARE(w->activeTab()->id(), QString("workbench.welcome"));
        w->showPane("workbench.output");
        w->showPane("workbench.settings");
        w->notifications().error("Something failed", "Do something");
        shell(*w).quickInput().open(">");
        int buttons = 0;
        for (QAbstractButton* button : w->window()->findChildren<QAbstractButton*>()) {
            if (button->objectName().startsWith("qt_") ||
                button->metaObject()->className() == QByteArray("CloseButton") ||
                qobject_cast<QTabBar*>(button->parentWidget()))
                continue;
            ++buttons;
            const QString name =
                button->accessibleName().isEmpty() ? button->text() : button->accessibleName();
            QVERIFY2(!name.isEmpty(),
                     qPrintable(QString("%1 in %2")
                                    .arg(button->metaObject()->className(),
                                         button->parentWidget()->metaObject()->className())));
        }
        QVERIFY(buttons > 15);
        for (QLineEdit* edit : w->window()->findChildren<QLineEdit*>())
            if (edit->objectName() != "qt_spinbox_lineedit" &&
                !qobject_cast<QComboBox*>(edit->parentWidget()))
                QVERIFY2(!edit->accessibleName().isEmpty() ||
                             edit->parentWidget()->accessibleName() != QString(),
                         qPrintable(edit->placeholderText()));
    }

    void theEndOfARunIsTold() {
        TempDir dir;
        ShellOptions options;
        options.store = toQString(dir / "store");
        options.settingsFile = toQString(dir / "settings.json");
        options.sessionFolder = toQString(dir / "session");
        ShellWorkbench w(options);
        w.start();
        QVERIFY(app::waitFor([&] { return w.started() && w.engine().runsLoaded(); }));
        QStringList desktop;
        w.runNotices().toDesktop = [&](const Notification& note) { desktop << note.title; };
        // As a supervisor would: the journal's writer holds its lock while the run lives.
        record::RunSpec spec;
        spec.id = newId();
        spec.name = "amber-otter-42";
        const std::string folder = dir / "store/runs/" + spec.id;
        QVERIFY(makeDirs(folder));
        QVERIFY(writeFileAtomic(folder + "/run.json",
                                R"({"format":1,"id":")" + spec.id + R"(","name":"amber-otter-42"})"));
        {
            auto journal = JournalWriter::open(folder + "/journal.jsonl");
            QVERIFY(journal);
            QVERIFY(journal->event("state", {{"state", "running"}}));
            QVERIFY(app::waitFor([&] {
                w.engine().refreshRuns();
                const auto run = w.engine().run(toQString(spec.id));
                return run && run->state == record::RunState::Running;
            }));
            QVERIFY(w.notifications().list().isEmpty());
            QVERIFY(journal->event("state", {{"state", "failed"}, {"exit", 3}, {"reason", "exit code 3"}}));
        }
        QVERIFY(app::waitFor([&] {
            w.engine().refreshRuns();
            return !w.notifications().list().isEmpty();
        }));
        const Notification& note = w.notifications().list().first();
        QVERIFY(note.title.startsWith("amber-otter-42"));
        QCOMPARE(note.level, NoteLevel::Error);
        QCOMPARE(note.runId, toQString(spec.id));
        // Offscreen no window is the active one unless a test made it so.
        QCOMPARE(desktop.size(), QApplication::applicationState() == Qt::ApplicationActive ? 0 : 1);
        QCOMPARE(w.notifications().list().size(), 1);
    }

    void scatteredLettersAreNoCommand() {
        QVERIFY(!wordMatch("theme", "Help: Try the sample"));
        QVERIFY(wordMatch("theme", "View: Toggle theme (dark, light)"));
        QVERIFY(wordMatch("op fo", "File: Open folder…"));
        QVERIFY(wordMatch("fof", "File: Open folder…"));
        QVERIFY(!wordMatch("elder", "File: Open folder…"));
    }

    void questionsDoNotScroll() {
        auto w = makeTestWorkbench();
        for (const QString& text : {QStringLiteral("The changes are lost if they are not saved."),
                                    QStringLiteral("word ").repeated(120)}) {
            Sheet* sheet = Sheet::ask(w->window(), "Save changes to train.py?", text, {"Cancel", "Save"}, {});
            QCoreApplication::processEvents();
            for (QScrollBar* bar : sheet->findChildren<QScrollBar*>())
                QVERIFY(!bar->isVisible());
            sheet->dismiss();
        }
    }

    void tabsOpenPreviewReplaceAndAskBeforeClosing() {
        auto w = makeTestWorkbench();
        auto* first = new Document("a.py");
        first->setPreview(true);
        w->openTab(first);
        QCOMPARE(w->tabs().size(), 1);  // the greeting went
        auto* second = new Document("b.py");
        second->setPreview(true);
        w->openTab(second);
        QCOMPARE(w->tabs(), QList<Pane*>{second});  // a preview replaces a preview
        second->setPreview(false);
        auto* third = new Document("c.py");
        w->openTab(third);
        QCOMPARE(w->tabs().size(), 2);
        third->setDirty(true);
        w->closeTab(third);
        QCOMPARE(third->asked, 1);
        QCOMPARE(w->tabs().size(), 2);  // vetoed
        QVERIFY(!w->commands().disabledReason("workbench.closeTab").size());
        third->setDirty(false);
        QSignalSpy closed(w.get(), &Workbench::tabClosed);
        w->closeTab(third);
        QCOMPARE(w->tabs(), QList<Pane*>{second});
        QCOMPARE(closed.size(), 1);
        Q_EMIT second->requestClose();
        QVERIFY(w->tabs().isEmpty());
        QVERIFY(!w->commands().disabledReason("workbench.closeTab").isEmpty());
    }

    void groupsSplitMoveAndVanishWhenEmpty() {
        auto w = makeTestWorkbench();
        CentreArea* centre = shell(*w).mainWindow()->centre();
        auto* a = new Document("a");
        auto* b = new Document("b");
        w->openTab(a);
        w->openTab(b);
        w->commands().execute("view.splitRight");
        QCOMPARE(centre->groups().size(), 2);
        QCOMPARE(centre->groups()[1]->panes(), QList<Pane*>{b});
        w->commands().execute("view.splitDown");  // one tab only: the new group is empty
        QCOMPARE(centre->groups().size(), 3);
        auto* c = new Document("c");
        w->openTab(c);
        QCOMPARE(centre->groups()[2]->panes(), QList<Pane*>{c});
        w->closeTab(c);
        QCOMPARE(centre->groups().size(), 2);
        w->activateTab(b);
        w->commands().execute("view.moveTab");
        QCOMPARE(centre->groups().size(), 1);
        QCOMPARE(centre->panes().size(), 2);
        w->activateTab(a);
        w->commands().execute("view.recentTab");
        QCOMPARE(w->activeTab(), b);
    }

    void aTitleIsAskedForOnlyOnceAndThePaneIsMadeLazily() {
        auto w = makeTestWorkbench();
        int made = 0;
        w->registerPane({.id = "test.side",
                         .title = "Side",
                         .icon = "files",
                         .region = Region::SidePanel,
                         .order = 10,
                         .factory = [&]() -> Pane* {
                             ++made;
                             return new Document("Side", "test.side");
                         }});
        QCOMPARE(made, 0);
        QVERIFY(!w->existingPane("test.side"));
        QVERIFY(w->showPane("test.side"));
        QVERIFY(w->showPane("test.side"));
        QCOMPARE(made, 1);
        QVERIFY(shell(*w).mainWindow()->sideVisible());
        w->setBadge("test.side", 4);
        ActivityButton* entry = shell(*w).mainWindow()->activityBar()->entry("test.side");
        QVERIFY(entry);
        QCOMPARE(entry->accessibleName(), QString("Side, 4"));
        entry->click();
        QVERIFY(!shell(*w).mainWindow()->sideVisible());  // clicking the active one hides the panel
        QVERIFY(!w->showPane("no.such.pane"));
        w->registerPane(
            {.id = "test.broken", .title = "Broken", .region = Region::SidePanel, .factory = []() -> Pane* {
                 throw std::runtime_error("boom");
             }});
        QVERIFY(!w->showPane("test.broken"));
        QVERIFY(!w->notifications().list().isEmpty());
    }

    void aPaneThatIsShownTakesTheKeyboard() {
        auto w = makeTestWorkbench();
        QLineEdit* first = nullptr;
        w->registerPane({.id = "test.side",
                         .title = "Side",
                         .icon = "files",
                         .region = Region::SidePanel,
                         .factory = [&]() -> Pane* {
                             auto* pane = new Pane("test.side");
                             first = new QLineEdit(pane);
                             new QLineEdit(pane);
                             return pane;
                         }});
        w->window()->activateWindow();
        w->showPane("test.side");
        QVERIFY(waitFor([&] { return QApplication::focusWidget() == first; }));
    }

    void theSessionComesBack() {
        TempDir dir;
        const auto options = [&] {
            ShellOptions shell;
            shell.store = toQString(dir / "store");
            shell.settingsFile = toQString(dir / "settings.json");
            shell.sessionFolder = toQString(dir / "session");
            return shell;
        };
        QVERIFY(makeDirs(dir / "project"));
        const auto prepare = [](ShellWorkbench& w) {
            w.registerTabKind("test.document", [](const QJsonObject& state) {
                return new Document(state.value("name").toString());
            });
        };
        {
            ShellWorkbench w(options());
            w.start();
            prepare(w);
            QVERIFY(waitFor([&] { return w.started(); }));
            w.openFolder({"local", dir / "project"});
            QVERIFY(waitFor([&] { return w.workspace().isOpen(); }));
            w.openTab(new Document("one.py"));
            w.openTab(new Document("two.py"));
            w.commands().execute("view.splitRight");
            w.showPane("workbench.output");
            w.setSessionValue("test", {{"n", 7}});
            w.mainWindow()->resize(1100, 700);
            w.commands().execute("view.toggleTheme");
        }
        ShellOptions again = options();
        ShellWorkbench w(again);
        // Kinds are known before the session is restored when a plugin registers them; here by hand, before
        // start.
        prepare(w);
        w.start();
        QVERIFY(waitFor([&] { return w.started(); }));
        QVERIFY(w.workspace().isOpen());
        QCOMPARE(w.workspace().name(), QString("project"));
        QCOMPARE(w.mainWindow()->centre()->groups().size(), 2);
        QCOMPARE(w.tabs().size(), 2);
        QCOMPARE(w.activeTab()->title(), QString("two.py"));
        QVERIFY(w.mainWindow()->bottomVisible());
        QVERIFY(w.existingPane("workbench.output"));
        QCOMPARE(w.sessionValue("test").value("n").toInt(), 7);
        QCOMPARE(theme().name(), QString("light"));
        QCOMPARE(w.session().recent().size(), 1);
        QVERIFY(w.settings().set("appearance.theme", "dark"));
    }

    void aDamagedSessionStartsFresh() {
        TempDir dir;
        QVERIFY(makeDirs(dir / "session"));
        for (const char* name : {"/window.json", "/recent.json", "/no-workspace.json"})
            QVERIFY(writeFileAtomic((dir / "session") + name, "{ damaged"));
        ShellOptions options;
        options.store = toQString(dir / "store");
        options.settingsFile = toQString(dir / "settings.json");
        options.sessionFolder = toQString(dir / "session");
        ShellWorkbench w(options);
        w.start();
        QVERIFY(waitFor([&] { return w.started(); }));
        QCOMPARE(w.activeTab()->id(), QString("workbench.welcome"));
    }

    void aWorkspaceThatIsGoneIsToldAndClosed() {
        TempDir dir;
        ShellOptions options;
        options.store = toQString(dir / "store");
        options.settingsFile = toQString(dir / "settings.json");
        options.sessionFolder = toQString(dir / "session");
        options.workspace = host::Location{"local", dir / "gone"};
        ShellWorkbench w(options);
        w.start();
        QVERIFY(waitFor([&] { return !w.notifications().list().isEmpty(); }));
        QCOMPARE(w.notifications().list().first().level, NoteLevel::Error);
        QVERIFY(!w.workspace().isOpen());
        w.openFolder({"local", dir / "also-gone"});
        QVERIFY(waitFor([&] { return w.notifications().list().size() == 2; }));
    }

    void thePaletteListsRunsAndExplains() {
        auto w = makeTestWorkbench();
        int runs = 0;
        w->commands().add({.id = "test.do",
                           .title = "Do the thing",
                           .category = "Test",
                           .shortcut = QKeySequence("Ctrl+Alt+D"),
                           .run = [&](const QVariantMap&) { ++runs; }});
        w->commands().add({.id = "test.not", .title = "Do it not", .category = "Test", .disabledReason = [] {
                               return QString("Because");
                           }});
        QTest::keyClick(w->window(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QuickInput& quick = shell(*w).quickInput();
        QVERIFY(quick.isVisible());
        QTest::keyClicks(quick.edit(), "do thing");
        QCOMPARE(quick.titles().first(), QString("Test: Do the thing"));
        QTest::keyClick(quick.edit(), Qt::Key_Return);
        QCOMPARE(runs, 1);
        QVERIFY(!quick.isVisible());
        quick.open(">");
        QCOMPARE(quick.titles().first(), QString("Test: Do the thing"));  // recents first
        quick.open(">do it not");
        QVERIFY(quick.titles().contains("Test: Do it not"));  // disabled ones are listed
        QTest::keyClick(quick.edit(), Qt::Key_Return);
        QVERIFY(quick.isVisible());  // and do nothing
        QTest::keyClick(quick.edit(), Qt::Key_Escape);
        QVERIFY(!quick.isVisible());
    }

    void quickOpenListsTheFilesOfTheWorkspace() {
        TempDir dir;
        QVERIFY(makeDirs(dir / "src/deep"));
        QVERIFY(makeDirs(dir / ".git"));
        QVERIFY(writeFileAtomic(dir / "src/deep/model.py", "x"));
        QVERIFY(writeFileAtomic(dir / "train.py", "x"));
        QVERIFY(writeFileAtomic(dir / ".git/model.txt", "x"));
        auto w = makeTestWorkbench({.workspace = toQString(dir.path())});
        host::Location opened;
        int line = 0;
        w->registerFileOpener("*.py", 10, [&](const host::Location& file, const OpenOptions& options) {
            opened = file;
            line = options.line;
            return true;
        });
        w->commands().execute(QLatin1String(ids::kQuickOpen));
        QuickInput& quick = shell(*w).quickInput();
        QVERIFY(waitFor([&] { return quick.titles().contains("model.py"); }));
        QVERIFY(!quick.titles().contains("model.txt"));
        QTest::keyClicks(quick.edit(), "mod:12");
        QTest::keyClick(quick.edit(), Qt::Key_Return);
        QCOMPARE(QString::fromStdString(opened.path), toQString(dir / "src/deep/model.py"));
        QCOMPARE(line, 12);
        QVERIFY(!w->openFile({"local", dir / "x.unknown"}));
        QVERIFY(!w->notifications().list().isEmpty());
    }

    void regionsToggleCycleAndSurviveANarrowWindow() {
        auto w = makeTestWorkbench();
        MainWindow* window = shell(*w).mainWindow();
        w->registerPane(
            {.id = "test.dock", .title = "Dock", .region = Region::RightDock, .factory = []() -> Pane* {
                 return new Document("Dock", "test.dock");
             }});
        QVERIFY(!window->dockVisible());
        w->commands().execute("view.rightDock");
        QVERIFY(window->dockVisible() && window->dock()->isVisible());
        window->resize(1024, 640);
        QCoreApplication::processEvents();
        QVERIFY(window->dock()->isVisible());
        QVERIFY(window->dock()->geometry().right() <= window->width());
        QVERIFY(window->centre()->width() > 700);  // the dock lies over the centre
        window->resize(1600, 900);
        QCoreApplication::processEvents();
        QVERIFY(window->centre()->width() < 1600 - 44 - 300);
        w->commands().execute("view.bottomPanel");
        QVERIFY(window->bottomVisible());
        w->showPane("workbench.output", true);
        QWidget* before = QApplication::focusWidget();
        QVERIFY(before);
        QTest::keyClick(window, Qt::Key_F6);
        QVERIFY(QApplication::focusWidget() != before);
        w->commands().execute("view.resetLayout");
        QVERIFY(!window->bottomVisible());
    }

    void theStatusBarDropsTheLeastWantedFirst() {
        auto w = makeTestWorkbench();
        StatusBar& bar = w->statusBar();
        bar.add({"git.branch", StatusSide::Left, 20, kKeep, nullptr, {}});
        bar.add({"environment", StatusSide::Left, 30, kDropEnvironment, nullptr, {}});
        bar.add({"editor.position", StatusSide::Right, 90, kDropEditor, nullptr, {}});
        bar.setText("git.branch", {.text = QString(20, 'b')});
        bar.setText("environment", {.text = QString(30, 'e')});
        bar.setText("editor.position", {.text = QString(30, 'p')});
        w->window()->resize(1600, 800);
        QCoreApplication::processEvents();
        QCOMPARE(bar.visibleItems().size(), 4);
        w->window()->resize(720, 600);
        QCoreApplication::processEvents();
        while (bar.visibleItems().size() > 3 && bar.width() > 200)
            bar.resize(bar.width() - 20, 24);
        QVERIFY(!bar.visibleItems().contains("editor.position"));
        QVERIFY(bar.visibleItems().contains("environment"));
        bar.resize(150, 24);
        QVERIFY(bar.visibleItems().contains("git.branch"));
        QVERIFY(bar.visibleItems().contains("workbench.host"));
        QVERIFY(!bar.visibleItems().contains("environment"));
    }

    void toastsAreThreeAtMostAndTheBellKeepsAll() {
        auto w = makeTestWorkbench();
        bool acted = false;
        for (int i = 0; i < 5; ++i)
            w->notifications().error(QString("Failure %1").arg(i), "Try again");
        QCOMPARE(shell(*w).toasts().count(), 3);
        QCOMPARE(w->notifications().unread(), 5);
        w->notifications().notify(
            {NoteLevel::Success, "Finished", {}, "Show", [&] { acted = true; }, {}, {}});
        for (QPushButton* button : w->window()->findChildren<QPushButton*>())
            if (button->text() == "Show")
                button->click();
        QVERIFY(acted);
        w->notifications().markRead();
        QCOMPARE(w->notifications().unread(), 0);
        QCOMPARE(w->notifications().list().size(), 6);
    }

    void outputFiltersByLevelAndChannel() {
        auto w = makeTestWorkbench();
        auto* pane = static_cast<OutputPane*>(w->showPane("workbench.output"));
        w->output().write(LogLevel::Error, "alpha", "an error\x1b[31m");
        w->output().write(LogLevel::Debug, "beta", "a detail");
        QVERIFY(waitFor([&] { return pane->shownText().contains("an error"); }));
        QVERIFY(!pane->shownText().contains("a detail"));
        QVERIFY(!pane->shownText().contains(QChar(0x1b)));
        pane->restoreState({{"channel", "beta"}, {"level", 0}});
        QVERIFY(pane->shownText().contains("a detail"));
        QVERIFY(!pane->shownText().contains("an error"));
    }

    void aSheetTrapsTheFocusAndGivesItBack() {
        auto w = makeTestWorkbench();
        auto* document = new Document("a");
        w->openTab(document);
        document->setFocus();
        int answer = -1;
        Sheet* sheet = Sheet::ask(
            w->window(), "Sure?", "Really?", {"Cancel", "Delete"}, [&](int index) { answer = index; }, 1);
        QVERIFY(sheet->isVisible());
        for (int i = 0; i < 8; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QVERIFY(sheet->isAncestorOf(QApplication::focusWidget()));
        }
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QCOMPARE(answer, 0);
        QCOMPARE(QApplication::focusWidget(), document);
    }

    void settingsPageAppliesAtOnceAndRefusesWithAReason() {
        auto w = makeTestWorkbench();
        w->commands().execute(QLatin1String(ids::kSettings), {{"search", "text size"}});
        Pane* page = w->existingPane("workbench.settings");
        QVERIFY(page);
        QLineEdit* field = nullptr;
        QVERIFY(waitFor([&] {
            for (QLineEdit* edit : page->findChildren<QLineEdit*>())
                if (edit->accessibleName() == "Text size" && edit->isVisible())
                    field = edit;
            return field != nullptr;
        }));
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, "120");
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(w->settings().integer("appearance.textSize"), 120);
        QCOMPARE(theme().textScale(), 1.2);
        field->selectAll();
        QTest::keyClicks(field, "900");
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(w->settings().integer("appearance.textSize"), 120);
        QVERIFY(waitFor([&] {
            for (QLabel* label : page->findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains("80"))
                    return true;
            return false;
        }));
        w->settings().reset("appearance.textSize");
    }
};

QTEST_MAIN(ShellTest)
#include "shell_test.moc"
