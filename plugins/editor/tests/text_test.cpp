// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_editor.h"
#include "find_bar.h"
#include "languages.h"
#include "line_diff.h"
#include "text_file.h"

#include "app/theme.h"

#include <QLineEdit>
#include <QTest>

#include <random>

using namespace lathe::editor;
using namespace std::string_literals;

// What the adapter does with bytes, needs no file.
class TextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(lathe::app::theme().load("dark")); }

    void bytesComeBackAsTheyWere_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no newline at the end") << QByteArray("a\nb");
        QTest::newRow("newline at the end") << QByteArray("a\nb\n");
        QTest::newRow("CRLF") << QByteArray("a\r\nb\r\n");
        QTest::newRow("mixed ends") << QByteArray("a\r\nb\nc\rd");
        QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF" "a\n");
        QTest::newRow("invalid UTF-8") << QByteArray("a\xFF\xFE\x80z\xC3\n");
        QTest::newRow("Latin-1") << QByteArray("caf\xE9\n");
        QTest::newRow("beyond the basic plane") << QByteArray("\xF0\x9F\x98\x80\n");
        QTest::newRow("trailing blanks and tabs") << QByteArray("a  \n\t\n \t ");
    }
    void bytesComeBackAsTheyWere() {
        QFETCH(QByteArray, bytes);
        CodeEditor editor;
        const std::string in = bytes.toStdString();
        editor.setBytes(in, examine(in));
        QVERIFY(editor.bytes() == in);
        QVERIFY(!editor.isModified());
        // And so does everything that an edit did not touch.
        editor.SendScintilla(QsciScintilla::SCI_INSERTTEXT, 0UL, "X");
        QVERIFY(editor.bytes() == "X" + in);
        editor.undo();
        QVERIFY(editor.bytes() == in);
        QVERIFY(!editor.isModified());
    }

    void factsOfAFile() {
        QVERIFY(examine("a\0b"s).binary);
        QVERIFY(!examine("abc\n").binary);
        QVERIFY(!examine("a\xFF").validUtf8);
        QVERIFY(examine("\xEF\xBB\xBF" "a").byteOrderMark);
        QCOMPARE(examine("a\nb\n").lineEnds, LineEnds::Unix);
        QCOMPARE(examine("a\r\nb\r\n").lineEnds, LineEnds::Windows);
        QCOMPARE(examine("a\rb\r").lineEnds, LineEnds::Mac);
        const TextFacts mixed = examine("a\r\nb\r\nc\n");
        QCOMPARE(mixed.lineEnds, LineEnds::Mixed);
        QCOMPARE(mixed.dominant, LineEnds::Windows);
        QVERIFY(examine("\ta\n\tb\n").tabs);
        QCOMPARE(examine("a:\n  b:\n    c\n").indent, 2);
        QVERIFY(hexDump("AB\0"s).contains("41 42 00"));
    }

    void newLinesEndAsTheFileDoes() {
        CodeEditor editor;
        editor.setBytes("a\r\nb\r\n", examine("a\r\nb\r\n"));
        editor.SendScintilla(QsciScintilla::SCI_NEWLINE);
        QVERIFY(editor.bytes() == "\r\na\r\nb\r\n");
    }

    void languages() {
        QCOMPARE(languageOf("train.py", ""), Language::Python);
        QCOMPARE(languageOf("kernel.cu", ""), Language::Cpp);
        QCOMPARE(languageOf("base.YAML", ""), Language::Yaml);
        QCOMPARE(languageOf("run.json", ""), Language::Json);
        QCOMPARE(languageOf("README.md", ""), Language::Markdown);
        QCOMPARE(languageOf("job.sbatch", ""), Language::Shell);
        QCOMPARE(languageOf("tool", "#!/usr/bin/env python3\n"), Language::Python);
        QCOMPARE(languageOf("tool", "#!/bin/bash\n"), Language::Shell);
        QCOMPARE(languageOf("notes", "plain"), Language::Plain);
        QVERIFY(makeLexer(Language::Plain, this) == nullptr);
        for (const Language language : {Language::Python, Language::Cpp, Language::Yaml, Language::Json,
                                        Language::Markdown, Language::Shell}) {
            CodeEditor editor;
            editor.setLanguage(language);
            QCOMPARE(editor.language(), language);
            QVERIFY(editor.lexer() != nullptr);
        }
    }

    void findingAndReplacing() {
        CodeEditor editor;
        const std::string text = "Loss loss\nlosses = 1\nLOSS\n";
        editor.setBytes(text, examine(text));
        QCOMPARE(editor.search("loss", {}).count, 4);
        QCOMPARE(editor.search("loss", {.matchCase = true}).count, 2);
        QCOMPARE(editor.search("loss", {.wholeWord = true}).count, 3);
        QCOMPARE(editor.search("absent", {}).count, 0);
        SearchState state = editor.findNext("loss", {}, false, true);
        QCOMPARE(state.current, 1);
        state = editor.findNext("loss", {}, false);
        QCOMPARE(state.current, 2);
        state = editor.findNext("loss", {}, true);
        QCOMPARE(state.current, 1);
        state = editor.findNext("loss", {}, true);
        QCOMPARE(state.current, 4); // round the start
        QCOMPARE(editor.replaceAll("loss", "x", {.matchCase = true}), 2);
        QVERIFY(editor.bytes() == "Loss x\nxes = 1\nLOSS\n");
        editor.undo();
        QVERIFY(editor.bytes() == text); // in one step
    }

    void regularExpressions() {
        CodeEditor editor;
        editor.setBytes("lr=1e-3 wd=0.1\n", {});
        QCOMPARE(editor.search("(\\w+)=([0-9.e-]+)", {.regex = true}).count, 2);
        QCOMPARE(editor.replaceAll("(\\w+)=([0-9.e-]+)", "\\2:\\1", {.regex = true}), 2);
        QVERIFY(editor.bytes() == "1e-3:lr 0.1:wd\n");
        const SearchState bad = editor.search("(", {.regex = true});
        QVERIFY(bad.badPattern);
        QCOMPARE(bad.count, 0);
        // A pattern that matches nothing long does not run for ever.
        QCOMPARE(editor.search("x*", {.regex = true}).count, 0);
        QVERIFY(editor.replaceAll("^", ">", {.regex = true}) >= 1);
    }

    void findBarReplacesOneByOne() {
        CodeEditor editor;
        FindBar bar(&editor);
        editor.setBytes("a a a", {});
        bar.open(true);
        bar.findField()->setText("a");
        bar.replaceField()->setText("b");
        bar.replaceOne();
        QVERIFY(editor.bytes() == "b a a");
        bar.replaceOne();
        QVERIFY(editor.bytes() == "b b a");
        bar.replaceAll();
        QVERIFY(editor.bytes() == "b b b");
    }

    void commentsToggle() {
        CodeEditor editor;
        editor.setBytes("def f():\n    a\n\n    b\n", {});
        editor.setLanguage(Language::Python);
        editor.selectAll();
        editor.toggleComment();
        QVERIFY2(editor.bytes() == "# def f():\n#     a\n\n#     b\n", editor.bytes().c_str());
        editor.toggleComment();
        QVERIFY2(editor.bytes() == "def f():\n    a\n\n    b\n", editor.bytes().c_str());
        editor.setLanguage(Language::Json); // has no line comments: nothing happens
        editor.toggleComment();
        QVERIFY(editor.bytes() == "def f():\n    a\n\n    b\n");
    }

    void cursorAndOccurrences() {
        CodeEditor editor;
        editor.setBytes("one\ntw\xC3\xB6 x\nthree two\n", {});
        editor.goTo(2, 5);
        QCOMPARE(editor.position().line, 2);
        QCOMPARE(editor.position().column, 5); // characters, not bytes
        editor.goTo(99, 99);
        QCOMPARE(editor.position().line, 4);
        editor.setBytes("ab ab ab", {});
        editor.setSelection(0, 0, 0, 2);
        editor.selectNextOccurrence();
        editor.selectNextOccurrence();
        QCOMPARE(editor.SendScintilla(QsciScintilla::SCI_GETSELECTIONS), 3L);
    }

    void replacingKeepsWhatIsTheSame() {
        CodeEditor editor;
        editor.setBytes("1\n2\n3\n", {});
        editor.replaceBytes("1\ntwo\n3\n");
        QVERIFY(editor.bytes() == "1\ntwo\n3\n");
        editor.replaceBytes("");
        QVERIFY(editor.bytes().empty());
        editor.undo();
        editor.undo();
        QVERIFY(editor.bytes() == "1\n2\n3\n");
    }

    void changedLinesHaveTheirBars() {
        CodeEditor editor;
        editor.setBytes("a\nB\nc\nnew\n", {});
        QCOMPARE(editor.markersAtLine(1), 0U);
        editor.setBase("a\nb\nc\n");
        QCOMPARE(editor.markersAtLine(0), 0U);
        QVERIFY(editor.markersAtLine(1) != 0U);
        QVERIFY(editor.markersAtLine(3) != 0U);
        QVERIFY(editor.markersAtLine(1) != editor.markersAtLine(3)); // changed is not added
        editor.setBase(std::nullopt);
        QCOMPARE(editor.markersAtLine(1), 0U);
    }

    void lineDifferences() {
        QVERIFY(diffLines("a\nb\n", "a\nb\n").empty());
        QVERIFY((diffLines("a\nc\n", "a\nb\nc\n") == std::vector<LineChange>{{1, 1, 1, 2}}));
        QVERIFY((diffLines("a\nb\nc\n", "a\nc\n") == std::vector<LineChange>{{1, 2, 1, 1}}));
        QVERIFY((diffLines("a\nb\nc\n", "a\nX\nc\n") == std::vector<LineChange>{{1, 2, 1, 2}}));
        QVERIFY((diffLines("", "a\n") == std::vector<LineChange>{{0, 0, 0, 1}}));
        QVERIFY((diffLines("a", "a\n") == std::vector<LineChange>{{0, 1, 0, 1}}));
        // Random texts: the changes, applied to the one, give the other; and the rest is the same.
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            const auto make = [&] {
                std::string text;
                for (int i = static_cast<int>(random() % 12); i > 0; --i)
                    text += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
                return text;
            };
            const std::string a = make(), b = make();
            std::string built;
            int at = 0;
            for (const LineChange& change : diffLines(a, b)) {
                built += a.substr(static_cast<std::size_t>(2 * at), static_cast<std::size_t>(2 * (change.oldFrom - at)));
                built += b.substr(static_cast<std::size_t>(2 * change.newFrom),
                                  static_cast<std::size_t>(2 * (change.newTo - change.newFrom)));
                at = change.oldTo;
            }
            built += a.substr(static_cast<std::size_t>(2 * at));
            QVERIFY(built == b);
        }
    }
};

QTEST_MAIN(TextTest)
#include "text_test.moc"
