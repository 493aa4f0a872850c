// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_ids.h"
#include "app/testing/test_workbench.h"
#include "changes_pane.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/process.h"
#include "diff_pane.h"
#include "git_panes.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QTreeView>

using namespace lathe;
using namespace lathe::gitpane;

namespace {

// A real repository with one commit of a.txt (ten lines) and the author set.
class GitFolder {
public:
    GitFolder() {
        git({"init", "-q", "-b", "main"});
        git({"config", "user.name", "Tester"});
        git({"config", "user.email", "tester@example.org"});
        std::string text;
        for (int i = 1; i <= 30; ++i)
            text += "line " + std::to_string(i) + "\n";
        write("a.txt", text);
        git({"add", "."});
        git({"commit", "-q", "-m", "Begin"});
    }
    std::string git(std::vector<std::string> words) {
        words.insert(words.begin(), "git");
        ProcessOptions options;
        options.argv = std::move(words);
        options.cwd = m_dir.path();
        const auto done = runCommand(options);
        return done ? done->out : std::string();
    }
    void write(const std::string& name, const std::string& bytes) {
        (void)makeDirs(parentPath(m_dir / name));
        (void)writeFileAtomic(m_dir / name, bytes);
    }
    std::string read(const std::string& name) { return readFile(m_dir / name).value_or(""); }
    QString path() const { return app::toQString(m_dir.path()); }

private:
    TempDir m_dir;
};

}  // namespace

class GitPaneTest : public QObject {
    Q_OBJECT

    std::unique_ptr<app::Workbench> open(GitFolder& folder) {
        auto workbench = app::makeTestWorkbench({.workspace = folder.path()});
        registerGit(*workbench);
        return workbench;
    }
    static ChangesPane* changes(app::Workbench& workbench) {
        return qobject_cast<ChangesPane*>(workbench.showPane(QStringLiteral("git.changes")));
    }
    static QTreeView* tree(ChangesPane* pane) { return pane->findChild<QTreeView*>(); }
    static bool selectFile(ChangesPane* pane, Section section, const std::string& path) {
        auto* model = static_cast<ChangesModel*>(tree(pane)->model());
        const QModelIndex index = model->find(section, path);
        if (index.isValid())
            tree(pane)->setCurrentIndex(index);
        return index.isValid();
    }

private Q_SLOTS:
    void initTestCase() {
        if (findProgram().isEmpty())
            QSKIP("git is not installed");
    }

    void everythingIsStagedAndUnstagedAtOnce() {
        GitFolder folder;
        folder.write("a.txt", "changed\n");
        folder.write("b.txt", "new\n");
        auto workbench = open(folder);
        ChangesPane* pane = changes(*workbench);
        QVERIFY(app::waitFor([&] { return selectFile(pane, Section::Changes, "b.txt"); }));
        pane->stageAll();
        QVERIFY(app::waitFor([&] {
            return folder.git({"diff", "--cached", "--name-only"}) == "a.txt\nb.txt\n";
        }));
        QVERIFY(app::waitFor([&] { return selectFile(pane, Section::Staged, "b.txt"); }));
        pane->unstageAll();
        QVERIFY(app::waitFor([&] { return folder.git({"diff", "--cached", "--name-only"}).empty(); }));
    }

    void aFileOpensWhereTheRepositoryBeginsAboveTheWorkspace() {
        GitFolder folder;
        folder.write("sub/deep.txt", "one\n");
        folder.write("a.txt", "changed\n");
        auto workbench = app::makeTestWorkbench({.workspace = folder.path() + QStringLiteral("/sub")});
        registerGit(*workbench);
        std::string opened;
        workbench->registerFileOpener(QStringLiteral("*"), 1,
                                      [&](const host::Location& file, const app::OpenOptions&) {
                                          opened = file.path;
                                          return true;
                                      });
        ChangesPane* pane = changes(*workbench);
        QVERIFY(app::waitFor([&] { return selectFile(pane, Section::Changes, "a.txt"); }));
        pane->openFile();
        QCOMPARE(opened, app::toStd(folder.path()) + "/a.txt");
    }

    void stageAndCommitByKeysAlone() {
        GitFolder folder;
        folder.write("a.txt", "changed\n");
        folder.write("b.txt", "new\n");
        auto workbench = open(folder);
        ChangesPane* pane = changes(*workbench);
        QVERIFY(app::waitFor([&] { return selectFile(pane, Section::Changes, "b.txt"); }));
        QTest::keyClick(tree(pane), Qt::Key_Space);
        QVERIFY(app::waitFor([&] { return selectFile(pane, Section::Staged, "b.txt"); }));
        auto* message = pane->findChild<QPlainTextEdit*>();
        message->setPlainText(QStringLiteral("Add b"));
        QTest::keyClick(message, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(app::waitFor([&] { return folder.git({"log", "-1", "--format=%s"}) == "Add b\n"; }));
        QCOMPARE(folder.git({"show", "--name-only", "--format=", "HEAD"}), std::string("b.txt\n"));
        QVERIFY(app::waitFor([&] { return message->toPlainText().isEmpty(); }));
        QVERIFY(app::waitFor([&] { return !selectFile(pane, Section::Staged, "b.txt"); }));
        QVERIFY(selectFile(pane, Section::Changes, "a.txt"));
    }

    void anEmptyMessageCannotBeCommittedAndSaysWhy() {
        GitFolder folder;
        folder.write("b.txt", "new\n");
        folder.git({"add", "b.txt"});
        auto workbench = open(folder);
        ChangesPane* pane = changes(*workbench);
        QVERIFY(app::waitFor([&] { return selectFile(pane, Section::Staged, "b.txt"); }));
        pane->commit();
        QCOMPARE(folder.git({"log", "--format=%s"}), std::string("Begin\n"));
    }

    void oneHunkOfTwoIsStagedAndUnstaged() {
        GitFolder folder;
        std::string text = folder.read("a.txt");
        text.replace(text.find("line 2\n"), 7, "line two\n");
        text.replace(text.find("line 28\n"), 8, "line twenty-eight\n");
        folder.write("a.txt", text);
        auto workbench = open(folder);
        changes(*workbench);
        QVERIFY(app::waitFor([&] {
            return workbench->commands().execute(QLatin1String(app::ids::kGitDiff),
                                                 {{QStringLiteral("path"), QStringLiteral("a.txt")}});
        }));
        auto* diff = qobject_cast<DiffPane*>(workbench->activeTab());
        QVERIFY(diff);
        QVERIFY(app::waitFor([&] { return diff->findChildren<HunkView*>().size() == 2; }));
        diff->stageCurrent();
        QVERIFY(app::waitFor([&] {
            return folder.git({"diff", "--cached"}).find("+line two") != std::string::npos;
        }));
        QVERIFY(folder.git({"diff", "--cached"}).find("twenty-eight") == std::string::npos);
        QVERIFY(folder.git({"diff"}).find("twenty-eight") != std::string::npos);
        const auto staged = [&]() -> HunkView* {
            for (auto* view : diff->findChildren<HunkView*>()) {
                if (view->use() == HunkUse::Unstage && view->isVisible())
                    return view;
            }
            return nullptr;
        };
        QVERIFY(app::waitFor([&] { return staged() != nullptr; }));
        Q_EMIT staged()->staged();
        QVERIFY(app::waitFor([&] { return folder.git({"diff", "--cached"}).empty(); }));
        QCOMPARE(folder.read("a.txt"), text);
    }

    void oneLineOfAHunkIsStaged() {
        GitFolder folder;
        folder.write("a.txt", folder.read("a.txt") + "one\ntwo\n");
        auto workbench = open(folder);
        changes(*workbench);
        QVERIFY(app::waitFor([&] {
            return workbench->commands().execute(QLatin1String(app::ids::kGitDiff),
                                                 {{QStringLiteral("path"), QStringLiteral("a.txt")}});
        }));
        auto* diff = qobject_cast<DiffPane*>(workbench->activeTab());
        QVERIFY(app::waitFor([&] { return diff->findChildren<HunkView*>().size() == 1; }));
        auto* view = diff->findChildren<HunkView*>().front();
        std::size_t position = 0;
        while (view->hunk().lines[position].text != "one")
            ++position;
        Q_EMIT view->picked({position});
        QVERIFY(app::waitFor([&] {
            return folder.git({"diff", "--cached"}).find("+one") != std::string::npos;
        }));
        QVERIFY(folder.git({"diff", "--cached"}).find("+two") == std::string::npos);
    }

    void aFolderWithoutRepositoryOffersOne() {
        TempDir dir;
        auto workbench = app::makeTestWorkbench({.workspace = app::toQString(dir.path())});
        registerGit(*workbench);
        ChangesPane* pane = changes(*workbench);
        QPushButton* button = nullptr;
        QVERIFY(app::waitFor([&] {
            for (auto* candidate : pane->findChildren<QPushButton*>()) {
                if (candidate->isVisible() && candidate->text() == QStringLiteral("Initialise repository"))
                    button = candidate;
            }
            return button != nullptr;
        }));
        button->click();
        QVERIFY(app::waitFor([&] { return isDirectory(dir / ".git"); }));
        QVERIFY(app::waitFor([&] { return !button->isVisible(); }));
    }

private:
    static QString findProgram() {
        ProcessOptions options;
        options.argv = {"git", "--version"};
        const auto done = runCommand(options);
        return done ? app::toQString(done->out) : QString();
    }
};

QTEST_MAIN(GitPaneTest)
#include "git_pane_test.moc"
