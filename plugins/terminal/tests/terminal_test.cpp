// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_palette.h"
#include "terminal_view.h"

#include "app/theme.h"
#include "app/workspace.h"
#include "core/file.h"

#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTest>

using namespace lathe;
using namespace lathe::terminal;

// Real shells in real terminals of this computer.
class TerminalTest : public QObject {
    Q_OBJECT

    TempDir m_folder;
    std::unique_ptr<app::EngineBridge> m_bridge;
    std::unique_ptr<TerminalView> m_view;

    QString screenText() {
        const auto screen = m_view->session().lock();
        return app::toQString(screen->text(0, 0, screen->lineCount() - 1, screen->size().columns));
    }
    void open(std::vector<std::string> command, QSize size = {900, 400}) {
        SessionSpec spec;
        spec.folder = m_folder.path();
        spec.command = std::move(command);
        m_view = std::make_unique<TerminalView>(new TerminalSession(*m_bridge, spec));
        m_view->resize(size);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setFocus();
        m_view->session().start();
    }
    void openShell() {
        open({"/bin/sh"});
        QTRY_COMPARE_WITH_TIMEOUT(m_view->session().state(), TerminalSession::State::Running, 20000);
    }
    void type(const QString& line) {
        QTest::keyClicks(m_view.get(), line);
        QTest::keyClick(m_view.get(), Qt::Key_Return);
    }
    bool waitFor(const QString& text) {
        return QTest::qWaitFor([&] { return screenText().contains(text); }, 20000);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(app::theme().load("dark"));
        qputenv("PS1", "$ ");
        qputenv("ENV", "");
    }
    void init() { m_bridge = std::make_unique<app::EngineBridge>(app::toQString(m_folder / "store")); }
    void cleanup() {
        m_view.reset();
        m_bridge.reset();
    }

    void echoThroughAShell() {
        openShell();
        type("echo $((20+22))-$TERM");
        QVERIFY2(waitFor("42-xterm-256color"), qPrintable(screenText()));
        type("pwd");
        QVERIFY(waitFor(app::toQString(m_folder.path())));
    }

    void controlCharactersReachTheProgram() {
        openShell();
        type("trap 'echo got-int' INT; sleep 60");
        QVERIFY(waitFor("sleep 60"));
        QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY2(waitFor("^Cgot-int"), qPrintable(screenText())); // the command line shows the words without ^C
    }

    void theProgramKnowsTheSize() {
        openShell();
        const auto size = m_view->session().lock()->size();
        type("stty size");
        QVERIFY(waitFor(QStringLiteral("\n%1 %2").arg(size.rows).arg(size.columns)));
        m_view->resize(500, 300);
        QTRY_VERIFY(m_view->session().lock()->size() != size);
        const auto smaller = m_view->session().lock()->size();
        QVERIFY(smaller.columns < size.columns && smaller.rows < size.rows);
        type("stty size");
        QVERIFY2(waitFor(QStringLiteral("\n%1 %2").arg(smaller.rows).arg(smaller.columns)), qPrintable(screenText()));
    }

    void aFloodOfOutputArrivesWhole() {
        open({"/bin/sh", "-c", "i=0; seq 1 100000; echo end"});
        QVERIFY(waitFor("100000\nend"));
        const auto screen = m_view->session().lock();
        QCOMPARE(screen->historyLines(), 10000);
        int expected = -1;
        for (int line = 0; line < screen->historyLines(); ++line) {
            const int number = std::stoi(screen->lineText(line));
            if (expected >= 0)
                QCOMPARE(number, expected);
            expected = number + 1;
        }
    }

    void exitIsSaidAndEnterRestarts() {
        open({"/bin/sh", "-c", "echo run-$$; exit 3"});
        QTRY_COMPARE_WITH_TIMEOUT(m_view->session().state(), TerminalSession::State::Ended, 20000);
        QVERIFY2(screenText().contains("Ended: exit code 3"), qPrintable(screenText()));
        QSignalSpy refused(m_view.get(), &TerminalView::message);
        QTest::keyClicks(m_view.get(), "x");
        QCOMPARE(refused.count(), 1);
        const int before = static_cast<int>(screenText().count("run-"));
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(screenText().count("run-"), before + 1, 20000);
    }

    void aCommandThatIsNotThereIsSaid() {
        open({"/no/such/program"});
        QTRY_VERIFY_WITH_TIMEOUT(m_view->session().state() == TerminalSession::State::Failed ||
                                     m_view->session().state() == TerminalSession::State::Ended, 20000);
        QVERIFY2(screenText().contains("Enter"), qPrintable(screenText()));
    }

    void selectionIsCopiedAndPasted() {
        openShell();
        type("printf 'pick-%s\\n' me");
        QVERIFY(waitFor("\npick-me"));
        m_view->selectAll();
        QVERIFY(m_view->selectedText().contains("pick-me"));
        QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(QApplication::clipboard()->text().contains("pick-me"));
        QApplication::clipboard()->setText("echo past''ed\n");
        QTest::keyClick(m_view.get(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY2(waitFor("\npasted"), qPrintable(screenText()));
    }

    void textIsFoundInTheHistory() {
        open({"/bin/sh", "-c", "echo needle; seq 1 500; echo needle"});
        QTRY_COMPARE_WITH_TIMEOUT(m_view->session().state(), TerminalSession::State::Ended, 20000);
        m_view->search("needle");
        QCOMPARE(m_view->matchCount(), 2);
        QCOMPARE(m_view->goToMatch(-1), 1);
        QCOMPARE(m_view->goToMatch(-1), 0);
        QCOMPARE(m_view->selectedText(), QString("needle"));
        m_view->search("absent");
        QCOMPARE(m_view->goToMatch(1), -1);
    }

    void everyPaletteColourCanBeRead() {
        for (const char* name : {"dark", "light"}) {
            QVERIFY(app::theme().load(name));
            const TerminalPalette palette;
            for (int index = 0; index < 256; ++index) {
                term::Style style;
                style.foreground = term::Color::indexed(static_cast<std::uint8_t>(index));
                const auto pair = palette.colors(style, false);
                QVERIFY2(contrastRatio(pair.foreground, pair.background) >= 2.9,
                         qPrintable(QStringLiteral("%1 %2").arg(name).arg(index)));
            }
        }
        QVERIFY(app::theme().load("dark"));
    }

    void drawsWhatTheScreenHolds() {
        open({"/bin/sh", "-c", "printf '\\033[41m        \\033[0m\\n'; sleep 30"});
        const QColor red = app::theme().color("terminal.red");
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const QImage image = m_view->grab().toImage();
                for (int x = 0; x < 80; ++x)
                    if (image.pixelColor(x, 10) == red)
                        return true;
                return false;
            }(),
            20000);
    }
};

QTEST_MAIN(TerminalTest)
#include "terminal_test.moc"
