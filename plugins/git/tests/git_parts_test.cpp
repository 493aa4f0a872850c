// SPDX-License-Identifier: GPL-3.0-or-later
#include "changes_model.h"
#include "diff_rows.h"
#include "graph_lanes.h"
#include "log_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace lathe;
using namespace lathe::gitpane;

namespace {

git::Hunk hunkOf(std::initializer_list<const char*> lines) {
    git::Hunk hunk{.oldStart = 1, .newStart = 1};
    int oldLine = 1, newLine = 1;
    for (const std::string_view line : lines) {
        git::DiffLine entry;
        entry.text = std::string(line.substr(1));
        entry.kind = line[0] == '+'   ? git::LineKind::Added
                     : line[0] == '-' ? git::LineKind::Removed
                                      : git::LineKind::Context;
        if (line[0] != '+')
            entry.oldNumber = oldLine++;
        if (line[0] != '-')
            entry.newNumber = newLine++;
        hunk.lines.push_back(std::move(entry));
    }
    return hunk;
}

git::Commit commitOf(std::string id, std::vector<std::string> parents) {
    git::Commit commit;
    commit.id = std::move(id);
    commit.parents = std::move(parents);
    commit.summary = "work on " + commit.id;
    return commit;
}

} // namespace

class GitPartsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void replacedLinesStandSideBySide() {
        const auto rows = alignHunk(hunkOf({" a", "-old one", "-old two", "+new one", " b", "+tail"}));
        QCOMPARE(rows.size(), std::size_t{5});
        QCOMPARE(rows[1].left.text, QStringLiteral("old one"));
        QCOMPARE(rows[1].right.text, QStringLiteral("new one"));
        QCOMPARE(rows[1].positions, (std::vector<std::size_t>{1, 3}));
        QCOMPARE(rows[2].left.number, 3);
        QCOMPARE(rows[2].right.number, 0); // nothing stands beside the second removed line
        QVERIFY(!rows[3].changed());
        QCOMPARE(rows[4].right.number, 4);
        QCOMPARE(rows[4].positions, (std::vector<std::size_t>{5}));
    }

    void onlyWhatDiffersInALineIsMarked() {
        const auto rows = alignHunk(hunkOf({"-    return x + 1", "+    return x + 20"}));
        QCOMPARE(rows[0].left.text.mid(rows[0].left.word.from, rows[0].left.word.to - rows[0].left.word.from),
                 QStringLiteral("1"));
        QCOMPARE(rows[0].right.text.mid(rows[0].right.word.from, rows[0].right.word.to - rows[0].right.word.from),
                 QStringLiteral("20"));
        const auto unlike = alignHunk(hunkOf({"-import os", "+zzzzzzzzz"}));
        QCOMPARE(unlike[0].left.word.from, unlike[0].left.word.to);
    }

    void hostileLinesAreShownEscapedAndTabsSpread() {
        const auto rows = alignHunk(hunkOf({"+\tx\x1b[31m\xff"}));
        QCOMPARE(rows[0].right.text, QStringLiteral("    x\\x1b[31m\\xff"));
    }

    void aFileStagedAndChangedStandsInBothSections() {
        ChangesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        git::Status status;
        status.files = {{"a/model.py", {}, git::Change::Modified, git::Change::Modified, false, false},
                        {"new.txt", {}, git::Change::None, git::Change::None, true, false},
                        {"torn.py", {}, git::Change::None, git::Change::None, false, true}};
        model.setStatus(status);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.count(Section::Staged), 1);
        QCOMPARE(model.paths(Section::Changes), (std::vector<std::string>{"a/model.py", "new.txt"}));
        const QModelIndex untracked = model.find(Section::Changes, "new.txt");
        QCOMPARE(untracked.data(ChangesModel::LetterRole).toString(), QStringLiteral("U"));
        const QModelIndex staged = model.find(Section::Staged, "a/model.py");
        QCOMPARE(staged.data().toString(), QStringLiteral("model.py"));
        QCOMPARE(staged.data(ChangesModel::FolderRole).toString(), QStringLiteral("a"));
        QCOMPARE(model.path(staged), std::string("a/model.py"));
        model.setStatus({});
        QCOMPARE(model.rowCount(), 0);
    }

    void aBranchAndItsMergeTakeASecondLane() {
        // m merges b into a; both come from r.
        const auto rows = layLanes({commitOf("m", {"a", "b"}), commitOf("b", {"r"}), commitOf("a", {"r"}),
                                    commitOf("r", {})});
        QCOMPARE(rows[0].lane, 0);
        QVERIFY(rows[0].startsHere);
        QCOMPARE(rows[1].lane, 1);
        QCOMPARE(rows[2].lane, 0);
        QCOMPARE(rows[3].width, 2);
        QVERIFY(rows[3].below.empty());
        int joining = 0;
        for (const LaneRow::Line& line : rows[3].above)
            joining += line.to == rows[3].lane;
        QCOMPARE(joining, 2);
    }

    void lanesAreFreedAfterUse() {
        std::vector<git::Commit> commits;
        for (int i = 0; i < 300; ++i)
            commits.push_back(commitOf("m" + std::to_string(i), {"s" + std::to_string(i), "m" + std::to_string(i + 1)})),
                commits.push_back(commitOf("s" + std::to_string(i), {"m" + std::to_string(i + 1)}));
        int widest = 0;
        for (const LaneRow& row : layLanes(commits))
            widest = std::max(widest, row.width);
        QVERIFY2(widest <= 3, qPrintable(QString::number(widest)));
    }

    void theLogGrowsByPages() {
        LogModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setCommits({commitOf("a", {"b"})}, true);
        model.append({commitOf("b", {})}, false);
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(!model.more());
        QCOMPARE(model.index(1, LogModel::Message).data().toString(), QStringLiteral("work on b"));
    }
};

QTEST_GUILESS_MAIN(GitPartsTest)
#include "git_parts_test.moc"
