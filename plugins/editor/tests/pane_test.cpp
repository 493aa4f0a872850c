// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_editor.h"
#include "editor_commands.h"
#include "editor_pane.h"
#include "file_model.h"
#include "files_pane.h"

#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/testing/test_workbench.h"
#include "core/file.h"

#include <QPushButton>
#include <QTest>

using namespace lathe;
using namespace lathe::editor;

// The panes in a real window.
class PaneTest : public QObject {
    Q_OBJECT

    std::unique_ptr<TempDir> m_folder;
    std::unique_ptr<app::Workbench> m_workbench;

    EditorPane* front() { return qobject_cast<EditorPane*>(m_workbench->activeTab()); }
    EditorPane* open(const std::string& name, const app::OpenOptions& options = {}) {
        m_workbench->openFile({"local", *m_folder / name}, options);
        app::waitFor([&] { return front() && front()->document().loaded(); }, 20000);
        return front();
    }
    QPushButton* button(const QString& text) {
        for (QPushButton* button : m_workbench->window()->findChildren<QPushButton*>())
            if (button->text() == text && button->isVisible())
                return button;
        return nullptr;
    }

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<TempDir>();
        QVERIFY(makeDirs(*m_folder / "configs"));
        QVERIFY(writeFileAtomic(*m_folder / "train.py", "def main():\n    pass\n"));
        QVERIFY(writeFileAtomic(*m_folder / "configs/base.yaml", "lr: 1\n"));
        app::TestWorkbenchOptions options;
        options.workspace = app::toQString(m_folder->path());
        m_workbench = app::makeTestWorkbench(options);
        registerEditor(*m_workbench);
    }
    void cleanup() {
        m_workbench.reset();
        m_folder.reset();
    }

    void aFileOpensOnceAndGoesToItsLine() {
        EditorPane* pane = open("train.py", {.line = 2, .column = 5});
        QVERIFY(pane);
        QCOMPARE(pane->title(), QStringLiteral("train.py"));
        QCOMPARE(pane->editor().position().line, 2);
        const auto count = m_workbench->tabs().size();
        QCOMPARE(open("train.py"), pane);
        QCOMPARE(m_workbench->tabs().size(), count);
    }

    void theWindowClosesWithoutAskingAndTheTextIsKept() {
        EditorPane* pane = open("train.py");
        pane->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "# x\n");
        QVERIFY(pane->dirty());
        QVERIFY(pane->canClose(app::Closing::Window));
        m_workbench->settings().set("editor.hotExit", false).value();
        QVERIFY(!pane->canClose(app::Closing::Window));  // nothing would be kept, so it asks
    }

    void unsavedWorkIsAskedForAndSaved() {
        EditorPane* pane = open("train.py");
        pane->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "# x\n");
        QVERIFY(pane->dirty());
        m_workbench->closeTab(pane);
        QCOMPARE(front(), pane);  // still there, asking
        QVERIFY(app::waitFor([&] { return button("Save") != nullptr; }));
        QTest::mouseClick(button("Save"), Qt::LeftButton);
        QVERIFY(app::waitFor([&] { return front() == nullptr; }, 20000));
        QCOMPARE(readFile(*m_folder / "train.py").value(), std::string("# x\ndef main():\n    pass\n"));
    }

    void unsavedWorkMayBeDiscarded() {
        EditorPane* pane = open("train.py");
        pane->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "# x\n");
        m_workbench->closeTab(pane);
        QVERIFY(app::waitFor([&] { return button("Cancel") != nullptr; }));
        QTest::mouseClick(button("Cancel"), Qt::LeftButton);
        QCOMPARE(front(), pane);
        QVERIFY(pane->dirty());
        m_workbench->closeTab(pane);
        QVERIFY(app::waitFor([&] { return button("Discard") != nullptr; }));
        QTest::mouseClick(button("Discard"), Qt::LeftButton);
        QVERIFY(app::waitFor([&] { return front() == nullptr; }, 20000));
        QCOMPARE(readFile(*m_folder / "train.py").value(), std::string("def main():\n    pass\n"));
    }

    void aConflictOffersThreeWays() {
        EditorPane* pane = open("train.py");
        pane->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "# mine\n");
        QVERIFY(writeFileAtomic(*m_folder / "train.py", "# theirs, and longer\n"));
        QVERIFY(m_workbench->commands().execute(app::ids::kSave));
        QVERIFY(app::waitFor([&] { return button("Overwrite") && button("Reload") && button("Compare"); },
                             20000));
        QTest::mouseClick(button("Compare"), Qt::LeftButton);
        QVERIFY(app::waitFor(
            [&] { return m_workbench->activeTab()->id() == QLatin1String("editor.compare"); }, 20000));
        m_workbench->activateTab(pane);
        QTest::mouseClick(button("Overwrite"), Qt::LeftButton);
        QVERIFY(app::waitFor([&] { return !pane->dirty(); }, 20000));
        QVERIFY(readFile(*m_folder / "train.py").value().starts_with("# mine\n"));
    }

    void saveAllSavesAll() {
        EditorPane* first = open("train.py");
        first->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "1");
        EditorPane* second = open("configs/base.yaml");
        second->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "# 2\n");
        QVERIFY(m_workbench->commands().execute(app::ids::kSaveAll));
        QVERIFY(app::waitFor([&] { return !first->dirty() && !second->dirty(); }, 20000));
        QVERIFY(readFile(*m_folder / "configs/base.yaml").value().starts_with("# 2\n"));
    }

    void theTreeOpensAPreview() {
        auto* files = qobject_cast<FilesPane*>(m_workbench->showPane("files"));
        QVERIFY(files);
        QVERIFY(app::waitFor([&] { return files->model().rowCount() == 2; }, 20000));
        const QModelIndex file = files->model().index(1, 0);
        QTest::mouseClick(files->view().viewport(), Qt::LeftButton, {},
                          files->view().visualRect(file).center());
        QVERIFY(app::waitFor([&] { return front() && front()->document().loaded(); }, 20000));
        QVERIFY(front()->preview());
        front()->editor().SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "x");
        QVERIFY(!front()->preview());  // what was edited stays
    }

    void revealOpensTheFoldersOnTheWay() {
        auto* files = qobject_cast<FilesPane*>(m_workbench->showPane("files"));
        files->reveal({"local", *m_folder / "configs/base.yaml"});
        QVERIFY(app::waitFor([&] { return files->view().currentIndex().data().toString() == "base.yaml"; },
                             20000));
    }

    void theStateOfATabBringsItBack() {
        EditorPane* pane = open("train.py", {.line = 2, .column = 3});
        const QJsonObject state = pane->saveState();
        m_workbench->closeTab(pane);
        QVERIFY(app::waitFor([&] { return front() == nullptr; }));
        host::Location location = host::Location::parse(
            QByteArray::fromBase64(state.value("location").toString().toLatin1()).toStdString());
        QCOMPARE(location.path, *m_folder / "train.py");
        QCOMPARE(state.value("line").toInt(), 2);
        QCOMPARE(state.value("column").toInt(), 3);
    }

    void aFileThatIsNotThereSaysSo() {
        m_workbench->openFile({"local", *m_folder / "missing.py"});
        QVERIFY(app::waitFor([&] { return front() && front()->document().loadError().has_value(); }, 20000));
        QVERIFY(app::waitFor([&] { return button("Retry") != nullptr; }));
    }
};

QTEST_MAIN(PaneTest)
#include "pane_test.moc"
