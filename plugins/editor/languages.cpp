// SPDX-License-Identifier: GPL-3.0-or-later
#include "languages.h"

#include "app/theme.h"
#include "core/paths.h"

#include <Qsci/qscilexerbash.h>
#include <Qsci/qscilexercpp.h>
#include <Qsci/qscilexerjson.h>
#include <Qsci/qscilexermarkdown.h>
#include <Qsci/qscilexerpython.h>
#include <Qsci/qscilexeryaml.h>

#include <QCoreApplication>

#include <array>
#include <span>
#include <string>

namespace lathe::editor {

namespace {

class PythonLexer : public QsciLexerPython {
public:
    using QsciLexerPython::QsciLexerPython;
    const char* keywords(int set) const override {
        if (set == 1)
            return "and as assert async await break case class continue def del elif else except finally for from "
                   "global if import in is lambda match nonlocal not or pass raise return try while with yield None "
                   "True False";
        if (set == 2)
            return "bool bytes complex dict float frozenset int list object range set str tuple type Exception "
                   "ValueError TypeError RuntimeError KeyError IndexError OSError StopIteration NotImplementedError";
        return nullptr;
    }
};

class CppLexer : public QsciLexerCPP {
public:
    using QsciLexerCPP::QsciLexerCPP;
    const char* keywords(int set) const override {
        if (set == 1)
            return "alignas alignof asm auto break case catch class co_await co_return co_yield concept const "
                   "const_cast consteval constexpr constinit continue decltype default delete do dynamic_cast else "
                   "enum explicit export extern false final for friend goto if inline mutable namespace new noexcept "
                   "nullptr operator override private protected public register reinterpret_cast requires return "
                   "sizeof static static_assert static_cast struct switch template this thread_local throw true try "
                   "typedef typeid typename union using virtual volatile while __global__ __device__ __host__ "
                   "__shared__";
        if (set == 2)
            return "bool char char8_t char16_t char32_t double float int int8_t int16_t int32_t int64_t long short "
                   "signed size_t std string string_view uint8_t uint16_t uint32_t uint64_t unsigned vector void "
                   "wchar_t";
        return QsciLexerCPP::keywords(set);
    }
};

struct StyleColor {
    int style;
    const char* token;
    bool bold = false;
    bool italic = false;
};

constexpr StyleColor pythonStyles[] = {
    {QsciLexerPython::Comment, "syntax.comment"},
    {QsciLexerPython::CommentBlock, "syntax.comment"},
    {QsciLexerPython::Number, "syntax.number"},
    {QsciLexerPython::DoubleQuotedString, "syntax.string"},
    {QsciLexerPython::SingleQuotedString, "syntax.string"},
    {QsciLexerPython::TripleSingleQuotedString, "syntax.string"},
    {QsciLexerPython::TripleDoubleQuotedString, "syntax.string"},
    {QsciLexerPython::DoubleQuotedFString, "syntax.string"},
    {QsciLexerPython::SingleQuotedFString, "syntax.string"},
    {QsciLexerPython::TripleSingleQuotedFString, "syntax.string"},
    {QsciLexerPython::TripleDoubleQuotedFString, "syntax.string"},
    {QsciLexerPython::UnclosedString, "error"},
    {QsciLexerPython::Keyword, "syntax.keyword"},
    {QsciLexerPython::ClassName, "syntax.type"},
    {QsciLexerPython::FunctionMethodName, "syntax.function"},
    {QsciLexerPython::HighlightedIdentifier, "syntax.type"},
    {QsciLexerPython::Decorator, "syntax.function"},
};
constexpr StyleColor cppStyles[] = {
    {QsciLexerCPP::Comment, "syntax.comment"},
    {QsciLexerCPP::CommentLine, "syntax.comment"},
    {QsciLexerCPP::CommentDoc, "syntax.comment"},
    {QsciLexerCPP::CommentLineDoc, "syntax.comment"},
    {QsciLexerCPP::CommentDocKeyword, "syntax.comment"},
    {QsciLexerCPP::CommentDocKeywordError, "syntax.comment"},
    {QsciLexerCPP::Number, "syntax.number"},
    {QsciLexerCPP::Keyword, "syntax.keyword"},
    {QsciLexerCPP::KeywordSet2, "syntax.type"},
    {QsciLexerCPP::GlobalClass, "syntax.type"},
    {QsciLexerCPP::DoubleQuotedString, "syntax.string"},
    {QsciLexerCPP::SingleQuotedString, "syntax.string"},
    {QsciLexerCPP::RawString, "syntax.string"},
    {QsciLexerCPP::UnclosedString, "error"},
    {QsciLexerCPP::PreProcessor, "syntax.keyword"},
    {QsciLexerCPP::PreProcessorComment, "syntax.comment"},
    {QsciLexerCPP::EscapeSequence, "syntax.number"},
    {QsciLexerCPP::UserLiteral, "syntax.number"},
};
constexpr StyleColor yamlStyles[] = {
    {QsciLexerYAML::Comment, "syntax.comment"},     {QsciLexerYAML::Identifier, "syntax.function"},
    {QsciLexerYAML::Keyword, "syntax.keyword"},     {QsciLexerYAML::Number, "syntax.number"},
    {QsciLexerYAML::Reference, "syntax.type"},      {QsciLexerYAML::DocumentDelimiter, "syntax.keyword"},
    {QsciLexerYAML::TextBlockMarker, "syntax.string"}, {QsciLexerYAML::SyntaxErrorMarker, "error"},
    {QsciLexerYAML::Operator, "text.2"},
};
constexpr StyleColor jsonStyles[] = {
    {QsciLexerJSON::Number, "syntax.number"},       {QsciLexerJSON::String, "syntax.string"},
    {QsciLexerJSON::UnclosedString, "error"},       {QsciLexerJSON::Property, "syntax.function"},
    {QsciLexerJSON::EscapeSequence, "syntax.number"}, {QsciLexerJSON::CommentLine, "syntax.comment"},
    {QsciLexerJSON::CommentBlock, "syntax.comment"}, {QsciLexerJSON::Operator, "text.2"},
    {QsciLexerJSON::Keyword, "syntax.keyword"},     {QsciLexerJSON::KeywordLD, "syntax.keyword"},
    {QsciLexerJSON::Error, "error"},
};
constexpr StyleColor markdownStyles[] = {
    {QsciLexerMarkdown::StrongEmphasisAsterisks, "text.1", true},
    {QsciLexerMarkdown::StrongEmphasisUnderscores, "text.1", true},
    {QsciLexerMarkdown::EmphasisAsterisks, "text.1", false, true},
    {QsciLexerMarkdown::EmphasisUnderscores, "text.1", false, true},
    {QsciLexerMarkdown::Header1, "syntax.function", true},
    {QsciLexerMarkdown::Header2, "syntax.function", true},
    {QsciLexerMarkdown::Header3, "syntax.function", true},
    {QsciLexerMarkdown::Header4, "syntax.function", true},
    {QsciLexerMarkdown::Header5, "syntax.function", true},
    {QsciLexerMarkdown::Header6, "syntax.function", true},
    {QsciLexerMarkdown::Prechar, "syntax.comment"},
    {QsciLexerMarkdown::UnorderedListItem, "syntax.keyword"},
    {QsciLexerMarkdown::OrderedListItem, "syntax.keyword"},
    {QsciLexerMarkdown::BlockQuote, "syntax.comment"},
    {QsciLexerMarkdown::HorizontalRule, "syntax.comment"},
    {QsciLexerMarkdown::Link, "accent"},
    {QsciLexerMarkdown::CodeBackticks, "syntax.string"},
    {QsciLexerMarkdown::CodeDoubleBackticks, "syntax.string"},
    {QsciLexerMarkdown::CodeBlock, "syntax.string"},
    {QsciLexerMarkdown::StrikeOut, "text.3"},
};
constexpr StyleColor shellStyles[] = {
    {QsciLexerBash::Comment, "syntax.comment"},      {QsciLexerBash::Number, "syntax.number"},
    {QsciLexerBash::Keyword, "syntax.keyword"},      {QsciLexerBash::DoubleQuotedString, "syntax.string"},
    {QsciLexerBash::SingleQuotedString, "syntax.string"}, {QsciLexerBash::Scalar, "syntax.type"},
    {QsciLexerBash::ParameterExpansion, "syntax.type"}, {QsciLexerBash::Backticks, "syntax.function"},
    {QsciLexerBash::HereDocumentDelimiter, "syntax.string"},
    {QsciLexerBash::SingleQuotedHereDocument, "syntax.string"}, {QsciLexerBash::Error, "text.1"},
};

std::span<const StyleColor> stylesOf(Language language) {
    switch (language) {
    case Language::Python: return pythonStyles;
    case Language::Cpp: return cppStyles;
    case Language::Yaml: return yamlStyles;
    case Language::Json: return jsonStyles;
    case Language::Markdown: return markdownStyles;
    case Language::Shell: return shellStyles;
    case Language::Plain: break;
    }
    return {};
}

} // namespace

Language languageOf(std::string_view fileName, std::string_view firstBytes) {
    const std::string end = extension(fileName);
    const auto isOne = [&](std::initializer_list<std::string_view> ends) {
        return std::find(ends.begin(), ends.end(), end) != ends.end();
    };
    if (isOne({".py", ".pyi", ".pyw"}))
        return Language::Python;
    if (isOne({".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".cu", ".cuh", ".inl"}))
        return Language::Cpp;
    if (isOne({".yaml", ".yml"}))
        return Language::Yaml;
    if (isOne({".json", ".jsonl", ".ipynb"}))
        return Language::Json;
    if (isOne({".md", ".markdown"}))
        return Language::Markdown;
    if (isOne({".sh", ".bash", ".zsh", ".slurm", ".sbatch"}) || fileName == ".bashrc" || fileName == ".profile")
        return Language::Shell;
    if (firstBytes.starts_with("#!")) {
        const std::string_view line = firstBytes.substr(0, firstBytes.find('\n'));
        if (line.find("python") != std::string_view::npos)
            return Language::Python;
        if (line.find("sh") != std::string_view::npos)
            return Language::Shell;
    }
    return Language::Plain;
}

QString languageName(Language language) {
    switch (language) {
    case Language::Python: return QStringLiteral("Python");
    case Language::Cpp: return QStringLiteral("C++");
    case Language::Yaml: return QStringLiteral("YAML");
    case Language::Json: return QStringLiteral("JSON");
    case Language::Markdown: return QStringLiteral("Markdown");
    case Language::Shell: return QStringLiteral("Shell");
    case Language::Plain: break;
    }
    return QCoreApplication::translate("lathe::editor::Languages", "Plain text");
}

QString languageIcon(std::string_view fileName) {
    const std::string end = extension(fileName);
    if (end == ".ipynb")
        return QStringLiteral("notebook");
    if (end == ".png" || end == ".jpg" || end == ".jpeg" || end == ".gif" || end == ".svg" || end == ".webp")
        return QStringLiteral("image");
    if (end == ".zip" || end == ".gz" || end == ".zst" || end == ".tar" || end == ".xz" || end == ".bz2")
        return QStringLiteral("archive");
    return QStringLiteral("file");
}

QByteArray lineComment(Language language) {
    switch (language) {
    case Language::Python:
    case Language::Yaml:
    case Language::Shell: return "#";
    case Language::Cpp: return "//";
    default: return {};
    }
}

QsciLexer* makeLexer(Language language, QObject* parent) {
    QsciLexer* lexer = nullptr;
    switch (language) {
    case Language::Python: {
        auto* python = new PythonLexer(parent);
        python->setHighlightSubidentifiers(false);
        lexer = python;
        break;
    }
    case Language::Cpp: {
        auto* cpp = new CppLexer(parent);
        cpp->setFoldComments(true);
        cpp->setStylePreprocessor(false);
        lexer = cpp;
        break;
    }
    case Language::Yaml: lexer = new QsciLexerYAML(parent); break;
    case Language::Json: {
        auto* json = new QsciLexerJSON(parent);
        json->setHighlightComments(true);
        lexer = json;
        break;
    }
    case Language::Markdown: lexer = new QsciLexerMarkdown(parent); break;
    case Language::Shell: lexer = new QsciLexerBash(parent); break;
    case Language::Plain: return nullptr;
    }
    applyTheme(lexer, language);
    return lexer;
}

QFont codeFont() {
    QFont font = app::theme().monoFont(13);
    font.setStyleStrategy(QFont::PreferNoShaping); // no ligatures: == is two characters
    return font;
}

void applyTheme(QsciLexer* lexer, Language language) {
    const app::Theme& theme = app::theme();
    const QFont font = codeFont();
    lexer->setDefaultFont(font);
    lexer->setFont(font);
    lexer->setDefaultColor(theme.color("text.1"));
    lexer->setColor(theme.color("text.1"));
    lexer->setDefaultPaper(theme.color("bg.content"));
    lexer->setPaper(theme.color("bg.content"));
    for (const StyleColor& style : stylesOf(language)) {
        lexer->setColor(theme.color(QLatin1String(style.token)), style.style);
        QFont own = font;
        own.setBold(style.bold);
        own.setItalic(style.italic);
        lexer->setFont(own, style.style);
    }
    for (int style = 0; style < 128; ++style)
        if (!lexer->description(style).isEmpty())
            lexer->setEolFill(false, style);
}

bool isNameStyle(Language language, int style) {
    switch (language) {
    case Language::Python: return style == QsciLexerPython::Identifier;
    case Language::Cpp: return style == QsciLexerCPP::Identifier;
    default: return false;
    }
}

} // namespace lathe::editor
