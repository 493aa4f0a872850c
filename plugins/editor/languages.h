// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QString>

#include <memory>
#include <string_view>

class QsciLexer;
class QObject;

namespace lathe::editor {

enum class Language { Plain, Python, Cpp, Yaml, Json, Markdown, Shell };

Language languageOf(std::string_view fileName, std::string_view firstBytes);
QString languageName(Language language);
QString languageIcon(std::string_view fileName);

// What begins a comment that ends with its line; empty if the language has none.
QByteArray lineComment(Language language);

// A lexer in the colours and fonts of the theme of now; nullptr for Plain. Owned by `parent`.
QsciLexer* makeLexer(Language language, QObject* parent);
QFont codeFont();
// Dresses it again after the theme changed.
void applyTheme(QsciLexer* lexer, Language language);

// Whether a name in this style may be a call or a type (and not a string or comment).
bool isNameStyle(Language language, int style);

} // namespace lathe::editor
