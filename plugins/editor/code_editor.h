// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "languages.h"
#include "line_diff.h"
#include "text_file.h"

#include <Qsci/qsciscintilla.h>

#include <optional>
#include <string>

namespace lathe::editor {

struct SearchOptions {
    bool matchCase = false;
    bool wholeWord = false;
    bool regex = false;
};

struct SearchState {
    int count = 0;   // of matches, at most kMaxMatches
    int current = 0; // from 1; 0: the selection is none
    bool badPattern = false;
};

// The adapter to QScintilla: everything else of the editor speaks to this and not to Scintilla. It holds a
// file's bytes as they are. GUI thread only.
class CodeEditor : public QsciScintilla {
    Q_OBJECT
public:
    static constexpr int kMaxMatches = 20'000;

    explicit CodeEditor(QWidget* parent = nullptr);

    // Replaces everything; nothing to undo afterwards, not modified.
    void setBytes(std::string_view bytes, const TextFacts& facts);
    // Replaces what differs, as one step that can be undone; the cursor stays with its line.
    void replaceBytes(std::string_view bytes);
    std::string bytes() const;
    std::size_t byteCount() const;

    void setLanguage(Language language);
    Language language() const { return m_language; }
    // Without highlighting, folding and wrapping: for very large files.
    void setPlainView(bool plain);
    void applySettings(int tabWidth, bool spaces, bool wrap, bool whitespace);

    struct Position {
        int line = 1, column = 1; // as people count; a column is a character
    };
    Position position() const;
    int selectedCharacters() const;
    void goTo(int line, int column);
    int firstVisible() const;
    void setFirstVisible(int line);
    // Names of the functions and classes around the cursor, outermost first.
    QStringList enclosingNames() const;

    SearchState search(const QString& text, const SearchOptions& options); // marks all; selects none
    SearchState findNext(const QString& text, const SearchOptions& options, bool backwards, bool fromStart = false);
    SearchState replaceOne(const QString& text, const QString& with, const SearchOptions& options);
    int replaceAll(const QString& text, const QString& with, const SearchOptions& options);
    void clearSearch();

    void toggleComment();
    void selectNextOccurrence();
    void deleteLines();
    void moveLines(bool down);
    void duplicateLines();

    // Bars at the line numbers: against the last commit, or none.
    void setBase(std::optional<std::string> base);

Q_SIGNALS:
    void positionChanged();

protected:
    bool event(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void applyTheme();
    void sizeMargins();
    void markNames();
    void markChanges();
    void freeKeys();
    bool searchFrom(long from, long to, const QByteArray& text, int flags);

    Language m_language = Language::Plain;
    QsciLexer* m_lexer = nullptr;
    TextFacts m_facts;
    bool m_plain = false;
    std::optional<std::string> m_base;
    class QTimer* m_marks;
};

} // namespace lathe::editor
