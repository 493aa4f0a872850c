// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_editor.h"
#include "document.h"
#include "file_model.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/file.h"
#include "launch/system_sampler.h"
#include "recovery.h"

#include <QSignalSpy>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace lathe;
using namespace lathe::editor;
using Notice = Document::Notice;

// Files on a real host (this computer): load, save, conflicts, recovery, the tree.
class DocumentTest : public QObject {
    Q_OBJECT

    std::unique_ptr<TempDir> m_folder;
    std::unique_ptr<app::EngineBridge> m_bridge;

    struct Open {
        std::unique_ptr<CodeEditor> editor;
        std::unique_ptr<Document> document;
    };
    std::string path(const std::string& name) { return *m_folder / name; }
    void put(const std::string& name, std::string_view bytes) { QVERIFY(writeFileAtomic(path(name), bytes)); }
    std::string onDisk(const std::string& name) { return readFile(path(name)).value_or("(none)"); }
    Open open(const std::string& name) {
        Open one;
        one.editor = std::make_unique<CodeEditor>();
        one.document =
            std::make_unique<Document>(*m_bridge, host::Location{"local", path(name)}, one.editor.get());
        QSignalSpy loaded(one.document.get(), &Document::loadedChanged);
        one.document->load();
        if (!loaded.wait(20000))
            QTest::qFail("not loaded", __FILE__, __LINE__);
        return one;
    }
    void edit(Open& one, const char* text) {
        one.editor->SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, text);
    }
    bool settled(Open& one) {
        return QTest::qWaitFor([&] { return !one.document->busy(); }, 20000);
    }
    std::string recoveryFile(const Open& one) {
        return path("data/lathe/recovery/" + one.document->recoveryKey() + ".text");
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(app::theme().load("dark")); }
    void init() {
        m_folder = std::make_unique<TempDir>();
        qputenv("XDG_DATA_HOME", QByteArray::fromStdString(path("data")));
        m_bridge = std::make_unique<app::EngineBridge>(app::toQString(path("store")));
    }
    void cleanup() {
        m_bridge.reset();
        m_folder.reset();
    }

    void savesExactlyWhatChanged() {
        put("a.py", "x = 1\r\ny = 2");  // CRLF, no newline at the end
        Open one = open("a.py");
        QVERIFY(!one.document->modified());
        edit(one, "# top\r\n");
        QVERIFY(one.document->modified());
        one.document->save();
        QTRY_VERIFY_WITH_TIMEOUT(!one.document->modified(), 20000);
        QVERIFY(onDisk("a.py") == "# top\r\nx = 1\r\ny = 2");
        QCOMPARE(one.document->notice(), Notice::None);
    }

    void invalidUtf8SurvivesASave() {
        put("latin.txt", "caf\xE9\n");
        Open one = open("latin.txt");
        QVERIFY(!one.document->facts().validUtf8);
        edit(one, "ok ");
        one.document->save();
        QTRY_VERIFY_WITH_TIMEOUT(!one.document->modified(), 20000);
        QVERIFY(onDisk("latin.txt") == "ok caf\xE9\n");
    }

    void aBinaryFileIsShownAndNeverWritten() {
        const std::string bytes("PK\0\1\2", 5);
        put("model.bin", bytes);
        Open one = open("model.bin");
        QVERIFY(one.document->facts().binary);
        QVERIFY(one.editor->isReadOnly());
        QVERIFY(one.editor->bytes().find("50 4b 00") != std::string::npos);
        one.document->save();
        QVERIFY(settled(one));
        QVERIFY(onDisk("model.bin") == bytes);
    }

    void whatAnotherProgramWroteIsNotOverwritten() {
        put("a.py", "one\n");
        Open one = open("a.py");
        edit(one, "mine ");
        put("a.py", "theirs and longer\n");
        one.document->save();
        QTRY_COMPARE_WITH_TIMEOUT(one.document->notice(), Notice::ChangedOnDisk, 20000);
        QVERIFY(settled(one));
        QVERIFY(onDisk("a.py") == "theirs and longer\n");
        QVERIFY(one.document->modified());
        one.document->save(true);
        QTRY_VERIFY_WITH_TIMEOUT(!one.document->modified(), 20000);
        QVERIFY(onDisk("a.py") == "mine one\n");
        QCOMPARE(one.document->notice(), Notice::None);
    }

    void reloadTakesTheirs() {
        put("a.py", "one\n");
        Open one = open("a.py");
        edit(one, "mine ");
        put("a.py", "theirs\n");
        one.document->reload();
        QTRY_VERIFY_WITH_TIMEOUT(one.editor->bytes() == "theirs\n", 20000);
        QVERIFY(!one.document->modified());
        one.editor->undo();  // and nothing is lost
        QVERIFY(one.editor->bytes() == "mine one\n");
    }

    void anUntouchedFileFollowsTheDisk() {
        put("a.py", "one\n");
        Open one = open("a.py");
        QTest::qWait(300);  // until the watch stands
        put("a.py", "two, longer\n");
        QTRY_VERIFY_WITH_TIMEOUT(one.editor->bytes() == "two, longer\n", 20000);
        QVERIFY(!one.document->modified());
    }

    void whatIsTypedWhileTheFileIsReadAgainStays() {
        put("a.py", "one\n");
        Open one = open("a.py");
        QTest::qWait(300);  // until the watch stands
        bool typed = false;
        connect(one.document.get(), &Document::busyChanged, this, [&] {
            if (one.document->busy() && !std::exchange(typed, true))
                edit(one, "mine ");
        });
        put("a.py", "two, longer\n");
        QTRY_COMPARE_WITH_TIMEOUT(one.document->notice(), Notice::ChangedOnDisk, 20000);
        QVERIFY(typed);
        QVERIFY(one.editor->bytes() == "mine one\n");
        QVERIFY(one.document->modified());
        one.document->disconnect(this);
    }

    void aRefusedNameCanBeReplacedOnRequestOnly() {
        put("a.py", "one\n");
        put("b.py", "other\n");
        Open one = open("a.py");
        edit(one, "mine ");
        one.document->saveAs({"local", path("b.py")});
        QTRY_COMPARE_WITH_TIMEOUT(one.document->notice(), Notice::SaveFailed, 20000);
        QVERIFY(one.document->refusedSaveAs() && one.document->refusedSaveAs()->path == path("b.py"));
        QVERIFY(one.document->refusedExists());
        QVERIFY(onDisk("b.py") == "other\n");
        one.document->replaceRefused();
        QTRY_VERIFY_WITH_TIMEOUT(!one.document->modified(), 20000);
        QVERIFY(onDisk("b.py") == "mine one\n");
        QVERIFY(onDisk("a.py") == "one\n");
        QVERIFY(one.document->location().path == path("b.py"));
        QVERIFY(!one.document->refusedSaveAs());
    }

    void unsavedTextOfAnotherOpenWindowIsLeftAlone() {
        put("a.py", "one\n");
        // As the other window would have written it; this test's parent process stands for that window.
        Recovered theirs{
            {"local", path("a.py")}, recoveryKey({"local", path("a.py")}), {}, 0, "theirs one\n"};
        QVERIFY(keepRecovery(theirs));
        const std::string file = path("data/lathe/recovery/" + theirs.key + ".text");
        std::string bytes = onDisk("data/lathe/recovery/" + theirs.key + ".text");
        const auto swap = [&](const std::string& name, auto from, auto to) {
            const std::string was = "\"" + name + "\":" + std::to_string(from);
            const auto at = bytes.find(was);
            QVERIFY(at != std::string::npos);
            bytes.replace(at, was.size(), "\"" + name + "\":" + std::to_string(to));
        };
        swap("pid", ::getpid(), ::getppid());
        swap("start", launch::processStartTicks(::getpid()), launch::processStartTicks(::getppid()));
        QVERIFY(writeFileAtomic(file, bytes));
        Open one = open("a.py");
        QVERIFY(one.editor->bytes() == "one\n");
        QCOMPARE(one.document->notice(), Notice::OpenElsewhere);
        edit(one, "mine ");
        QTRY_VERIFY_WITH_TIMEOUT(exists(recoveryFile(one)), 20000);
        QVERIFY(recoveryFile(one) != file);
        one.document->save();
        QTRY_VERIFY_WITH_TIMEOUT(!one.document->modified(), 20000);
        QVERIFY(settled(one));
        QVERIFY(readFile(file).value_or("") == bytes);  // theirs is untouched
    }

    void unsavedTextComesBack() {
        put("a.py", "one\n");
        {
            Open one = open("a.py");
            edit(one, "unsaved ");
            QTRY_VERIFY_WITH_TIMEOUT(exists(recoveryFile(one)), 20000);
        }  // as a crash would: nothing was saved or asked
        QVERIFY(onDisk("a.py") == "one\n");
        Open again = open("a.py");
        QVERIFY(again.editor->bytes() == "unsaved one\n");
        QVERIFY(again.document->modified());
        QCOMPARE(again.document->notice(), Notice::Recovered);
        again.document->save();
        QTRY_VERIFY_WITH_TIMEOUT(!again.document->modified(), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(!exists(recoveryFile(again)), 20000);
        QVERIFY(onDisk("a.py") == "unsaved one\n");
    }

    void unsavedTextOfAFileThatIsGone() {
        put("a.py", "one\n");
        {
            Open one = open("a.py");
            edit(one, "kept ");
            QTRY_VERIFY_WITH_TIMEOUT(exists(recoveryFile(one)), 20000);
        }
        QVERIFY(::unlink(path("a.py").c_str()) == 0);
        Open again = open("a.py");
        QCOMPARE(again.document->notice(), Notice::Gone);
        QVERIFY(again.editor->bytes() == "kept one\n");
        again.document->save();
        QTRY_VERIFY_WITH_TIMEOUT(onDisk("a.py") == "kept one\n", 20000);
    }

    void discardedTextStaysDiscarded() {
        put("a.py", "one\n");
        {
            Open one = open("a.py");
            edit(one, "unsaved ");
            QTRY_VERIFY_WITH_TIMEOUT(exists(recoveryFile(one)), 20000);
            one.document->discardRecovery();
            QTRY_VERIFY_WITH_TIMEOUT(one.editor->bytes() == "one\n", 20000);
            QTRY_VERIFY_WITH_TIMEOUT(!exists(recoveryFile(one)), 20000);
        }
        Open again = open("a.py");
        QCOMPARE(again.document->notice(), Notice::None);
    }

    void failuresAreSaid() {
        Open none = open("missing.py");
        QVERIFY(none.document->loadError().has_value());
        QCOMPARE(none.document->loadError()->code, ErrorCode::NotFound);
        QVERIFY(makeDirs(path("folder")));
        Open folder = open("folder");
        QVERIFY(folder.document->loadError().has_value());
        put("a.py", "one\n");
        Open one = open("a.py");
        edit(one, "x");
        QVERIFY(removeTree(path("a.py")));
        QVERIFY(makeDirs(path("a.py")));  // a folder stands where the file was
        one.document->save(true);
        QTRY_VERIFY_WITH_TIMEOUT(one.document->notice() == Notice::SaveFailed, 20000);
        QVERIFY(one.document->modified());
    }

    void aFileWithoutWriteBitsIsReadOnly() {
        put("a.py", "one\n");
        QVERIFY(::chmod(path("a.py").c_str(), 0444) == 0);
        Open one = open("a.py");
        QVERIFY(one.document->readOnly());
        QVERIFY(one.editor->isReadOnly());
    }

    void anUnknownHostIsAnError() {
        CodeEditor editor;
        Document document(*m_bridge, host::Location{"no-such-host.invalid", "/x"}, &editor);
        QSignalSpy loaded(&document, &Document::loadedChanged);
        document.load();
        QVERIFY(loaded.wait(60000));
        QVERIFY(document.loadError().has_value());
    }

    void theTreeListsAndChanges() {
        QVERIFY(makeDirs(path("ws/configs")));
        QVERIFY(writeFileAtomic(path("ws/train.py"), "x"));
        QVERIFY(writeFileAtomic(path("ws/Alpha.md"), "x"));
        QVERIFY(writeFileAtomic(path("ws/configs/base.yaml"), "x"));
        FileModel model(*m_bridge);
        const host::Location root{"local", path("ws")};
        model.setRoot(root);
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 3, 20000);
        const auto name = [&](int row, const QModelIndex& parent = {}) {
            return model.index(row, 0, parent).data().toString();
        };
        QCOMPARE(name(0), "configs");  // folders first, then by name
        QCOMPARE(name(1), "Alpha.md");
        QCOMPARE(name(2), "train.py");
        const QModelIndex configs = model.index(0, 0);
        QVERIFY(model.hasChildren(configs));
        QCOMPARE(model.rowCount(configs), 0);  // not before it is opened
        model.fetchMore(configs);
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(configs), 1, 20000);
        QCOMPARE(name(0, configs), "base.yaml");

        QSignalSpy created(&model, &FileModel::created);
        model.createFile(root.child("configs"), "new.yaml");
        QTRY_COMPARE_WITH_TIMEOUT(created.count(), 1, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(model.index(0, 0)), 2, 20000);
        QVERIFY(exists(path("ws/configs/new.yaml")));
        QSignalSpy failed(&model, &FileModel::failed);
        model.createFile(root, "train.py");
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 20000);
        QCOMPARE(onDisk("ws/train.py"), std::string("x"));

        model.rename(root.child("train.py"), "fit.py");
        QTRY_VERIFY_WITH_TIMEOUT(exists(path("ws/fit.py")) && model.rowCount() == 3 && name(2) == "fit.py",
                                 20000);
        model.createFolder(root, "zoo");
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 4, 20000);
        model.remove(root.child("configs"));
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 3, 20000);
        QVERIFY(!exists(path("ws/configs")));
        QCOMPARE(name(0), "zoo");

        QVERIFY(writeFileAtomic(path("ws/outside.txt"), "x"));  // by another program
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 4, 20000);
    }

    void aFolderThatCannotBeReadIsSaid() {
        FileModel model(*m_bridge);
        model.setRoot(host::Location{"local", path("nowhere")});
        QTRY_VERIFY_WITH_TIMEOUT(model.rootError().has_value(), 20000);
        QCOMPARE(model.rootError()->code, ErrorCode::NotFound);
    }
};

QTEST_MAIN(DocumentTest)
#include "document_test.moc"
