// SPDX-License-Identifier: GPL-3.0-or-later
#include "code_editor.h"

#include "app/theme.h"

#include <Qsci/qscicommandset.h>
#include <Qsci/qscilexer.h>

#include <QKeyEvent>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>

namespace lathe::editor {

namespace {

// Margins, markers and indicators in use; 0–7 of the indicators belong to lexers.
constexpr int kChangeMargin = 0, kNumberMargin = 1, kFoldMargin = 2;
constexpr int kAddedMarker = 1, kModifiedMarker = 2, kRemovedMarker = 3;
constexpr int kFindIndicator = 8, kFunctionIndicator = 9, kTypeIndicator = 10, kCurrentFindIndicator = 11;

int searchFlags(const SearchOptions& options) {
    return (options.matchCase ? QsciScintilla::SCFIND_MATCHCASE : 0) |
           (options.wholeWord ? QsciScintilla::SCFIND_WHOLEWORD : 0) |
           (options.regex ? QsciScintilla::SCFIND_REGEXP | QsciScintilla::SCFIND_CXX11REGEX : 0);
}

bool isNameByte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

CodeEditor::CodeEditor(QWidget* parent) : QsciScintilla(parent), m_marks(new QTimer(this)) {
    setUtf8(true);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Text"));
    setMarginType(kChangeMargin, SymbolMargin);
    setMarginWidth(kChangeMargin, 3);
    setMarginMarkerMask(kChangeMargin, (1 << kAddedMarker) | (1 << kModifiedMarker) | (1 << kRemovedMarker));
    setMarginType(kNumberMargin, NumberMargin);
    setMarginMarkerMask(kNumberMargin, 0);
    setMarginWidth(3, 0);
    setMarginWidth(4, 0);
    setFolding(PlainFoldStyle, kFoldMargin);
    setMarginWidth(kFoldMargin, 14);
    setBraceMatching(SloppyBraceMatch);
    setAutoIndent(true);
    setBackspaceUnindents(true);
    setTabIndents(true);
    setScrollWidth(1);
    setScrollWidthTracking(true);
    SendScintilla(SCI_SETMULTIPLESELECTION, 1);
    SendScintilla(SCI_SETADDITIONALSELECTIONTYPING, 1);
    SendScintilla(SCI_SETMULTIPASTE, SC_MULTIPASTE_EACH);
    SendScintilla(SCI_SETVIRTUALSPACEOPTIONS, SCVS_RECTANGULARSELECTION);
    SendScintilla(SCI_SETMOUSEDWELLTIME, SC_TIME_FOREVER);
    SendScintilla(SCI_SETEXTRAASCENT, 2);
    SendScintilla(SCI_SETEXTRADESCENT, 1);
    SendScintilla(SCI_SETCARETPERIOD, 530);
    SendScintilla(SCI_SETENDATLASTLINE, 1);
    SendScintilla(SCI_SETLAYOUTCACHE, SC_CACHE_PAGE);
    // Text beyond ASCII is drawn by runs; single phases would cut the glyphs that overhang.
    SendScintilla(SCI_SETPHASESDRAW, SC_PHASES_TWO);
    freeKeys();

    m_marks->setSingleShot(true);
    m_marks->setInterval(250);
    connect(m_marks, &QTimer::timeout, this, &CodeEditor::markChanges);
    connect(this, &QsciScintilla::textChanged, this, [this] {
        if (m_base)
            m_marks->start();
        sizeMargins();
    });
    connect(this, &QsciScintillaBase::SCN_UPDATEUI, this, [this](int) {
        markNames();
        Q_EMIT positionChanged();
    });
    connect(&app::theme(), &app::Theme::changed, this, &CodeEditor::applyTheme);
    applyTheme();
}

// Scintilla binds most Ctrl+letter keys; those belong to the workbench's commands.
void CodeEditor::freeKeys() {
    static const QList<int> kept = {Qt::Key_Z, Qt::Key_Y, Qt::Key_X, Qt::Key_C, Qt::Key_V, Qt::Key_A};
    for (QsciCommand* command : standardCommands()->commands()) {
        const auto takes = [&](int key) {
            const int plain = key & ~static_cast<int>(Qt::KeyboardModifierMask);
            return (key & Qt::ControlModifier) != 0 && plain >= Qt::Key_Space &&
                   plain <= Qt::Key_AsciiTilde &&
                   !((key & (Qt::ShiftModifier | Qt::AltModifier)) == 0 && kept.contains(plain));
        };
        if (takes(command->key()))
            command->setKey(0);
        if (takes(command->alternateKey()))
            command->setAlternateKey(0);
    }
    if (QsciCommand* redo = standardCommands()->find(QsciCommand::Redo))
        redo->setAlternateKey(
            QKeyCombination(Qt::ControlModifier | Qt::ShiftModifier, Qt::Key_Z).toCombined());
}

bool CodeEditor::event(QEvent* event) {
    // Esc and Tab moves stay with the window when nothing is to be done here.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape && SendScintilla(SCI_GETSELECTIONS) <= 1) {
            event->ignore();
            return false;
        }
    }
    return QsciScintilla::event(event);
}

void CodeEditor::showEvent(QShowEvent* event) {
    QsciScintilla::showEvent(event);
    markNames();
}

void CodeEditor::applyTheme() {
    const app::Theme& theme = app::theme();
    const QColor paper = theme.color("bg.content"), text = theme.color("text.1");
    if (m_lexer)
        editor::applyTheme(m_lexer, m_language);
    setFont(codeFont());
    setPaper(paper);
    setColor(text);
    SendScintilla(SCI_STYLESETFORE, STYLE_DEFAULT, text);
    SendScintilla(SCI_STYLESETBACK, STYLE_DEFAULT, paper);
    setMarginsFont(theme.monoFont(12));
    setMarginsBackgroundColor(paper);
    setMarginsForegroundColor(theme.color("text.3"));
    setFoldMarginColors(paper, paper);
    setCaretForegroundColor(theme.color("accent"));
    setCaretWidth(2);
    setCaretLineVisible(true);
    setCaretLineBackgroundColor(theme.color("bg.raised"));
    setSelectionBackgroundColor(theme.color("selection"));
    resetSelectionForegroundColor();
    SendScintilla(SCI_SETADDITIONALSELBACK, theme.color("selection"));
    SendScintilla(SCI_SETADDITIONALCARETFORE, theme.color("accent"));
    setMatchedBraceBackgroundColor(theme.color("bg.pressed"));
    setMatchedBraceForegroundColor(text);
    setUnmatchedBraceBackgroundColor(paper);
    setUnmatchedBraceForegroundColor(theme.color("error"));
    setWhitespaceForegroundColor(theme.color("border.strong"));
    const auto arrow = [&](const char* icon, const char* token) {
        return theme.pixmap(QLatin1String(icon), QLatin1String(token), 12, 1).toImage();
    };
    for (const int marker : {SC_MARKNUM_FOLDER, SC_MARKNUM_FOLDEREND})
        markerDefine(arrow("chevron-right", "text.2"), marker);
    for (const int marker : {SC_MARKNUM_FOLDEROPEN, SC_MARKNUM_FOLDEROPENMID})
        markerDefine(arrow("chevron-down", "text.disabled"), marker);
    for (const int marker : {SC_MARKNUM_FOLDERSUB, SC_MARKNUM_FOLDERTAIL, SC_MARKNUM_FOLDERMIDTAIL})
        SendScintilla(SCI_MARKERDEFINE, marker, SC_MARK_EMPTY);
    // By QScintilla's own calls: it ignores a marker that it did not hand out itself.
    const auto bar = [&](int marker, MarkerSymbol symbol, const char* token) {
        markerDefine(symbol, marker);
        setMarkerForegroundColor(theme.color(token), marker);
        setMarkerBackgroundColor(theme.color(token), marker);
    };
    bar(kAddedMarker, FullRectangle, "diff.add.mark");
    bar(kModifiedMarker, FullRectangle, "diff.mod.mark");
    bar(kRemovedMarker, Underline, "diff.del.mark");
    const auto colored = [&](int indicator, const char* token) {
        SendScintilla(SCI_INDICSETSTYLE, indicator, INDIC_TEXTFORE);
        SendScintilla(SCI_INDICSETFORE, indicator, theme.color(token));
    };
    colored(kFunctionIndicator, "syntax.function");
    colored(kTypeIndicator, "syntax.type");
    SendScintilla(SCI_INDICSETSTYLE, kFindIndicator, INDIC_STRAIGHTBOX);
    SendScintilla(SCI_INDICSETFORE, kFindIndicator, theme.color("find"));
    SendScintilla(SCI_INDICSETALPHA, kFindIndicator, 255);
    SendScintilla(SCI_INDICSETOUTLINEALPHA, kFindIndicator, 255);
    SendScintilla(SCI_INDICSETUNDER, kFindIndicator, 1);
    SendScintilla(SCI_INDICSETSTYLE, kCurrentFindIndicator,
                  INDIC_STRAIGHTBOX);  // a frame around the one that is chosen
    SendScintilla(SCI_INDICSETFORE, kCurrentFindIndicator, theme.color("accent"));
    SendScintilla(SCI_INDICSETALPHA, kCurrentFindIndicator, 0L);
    SendScintilla(SCI_INDICSETOUTLINEALPHA, kCurrentFindIndicator, 255);
    sizeMargins();
}

void CodeEditor::sizeMargins() {
    const int digits = std::max<int>(3, static_cast<int>(QString::number(lines()).size()));
    const QFontMetrics metrics(app::theme().monoFont(12));
    const int width = metrics.horizontalAdvance(QString(digits, QLatin1Char('8'))) + 18;
    if (marginWidth(kNumberMargin) != width)
        setMarginWidth(kNumberMargin, width);
}

// --- bytes -----------------------------------------------------------------------------------------------

void CodeEditor::setBytes(std::string_view bytes, const TextFacts& facts) {
    m_facts = facts;
    const bool wasReadOnly = isReadOnly();
    setReadOnly(false);
    SendScintilla(SCI_SETUNDOCOLLECTION, 0UL);
    SendScintilla(SCI_CLEARALL);
    // A little more at once: large files are then copied into the buffer without growing it step by step.
    SendScintilla(SCI_ALLOCATE, static_cast<unsigned long>(bytes.size() + 4096));
    SendScintilla(SCI_ADDTEXT, static_cast<unsigned long>(bytes.size()), bytes.data());
    SendScintilla(SCI_SETUNDOCOLLECTION, 1UL);
    SendScintilla(SCI_EMPTYUNDOBUFFER);
    SendScintilla(SCI_SETSAVEPOINT);
    SendScintilla(SCI_GOTOPOS, 0UL);
    setEolMode(facts.dominant == LineEnds::Windows ? EolWindows
               : facts.dominant == LineEnds::Mac   ? EolMac
                                                   : EolUnix);
    setReadOnly(wasReadOnly);
    sizeMargins();
    markChanges();
}

void CodeEditor::replaceBytes(std::string_view bytes) {
    const std::string before = this->bytes();
    std::size_t head = 0, tail = 0;
    while (head < before.size() && head < bytes.size() && before[head] == bytes[head])
        ++head;
    while (tail < before.size() - head && tail < bytes.size() - head &&
           before[before.size() - 1 - tail] == bytes[bytes.size() - 1 - tail])
        ++tail;
    const std::string_view middle = bytes.substr(head, bytes.size() - head - tail);
    const int line = static_cast<int>(SendScintilla(SCI_GETFIRSTVISIBLELINE));
    SendScintilla(SCI_BEGINUNDOACTION);
    SendScintilla(SCI_SETTARGETRANGE, static_cast<unsigned long>(head),
                  static_cast<long>(before.size() - tail));
    SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(middle.size()), middle.data());
    SendScintilla(SCI_ENDUNDOACTION);
    setFirstVisible(line);
}

std::size_t CodeEditor::byteCount() const {
    return static_cast<std::size_t>(SendScintilla(SCI_GETLENGTH));
}

std::string CodeEditor::bytes() const {
    std::string text(byteCount() + 1, '\0');
    SendScintilla(SCI_GETTEXT, static_cast<unsigned long>(text.size()), text.data());
    text.pop_back();
    return text;
}

// --- language and settings -------------------------------------------------------------------------------

void CodeEditor::setLanguage(Language language) {
    if (m_plain)
        language = Language::Plain;
    QsciLexer* old = m_lexer;
    m_language = language;
    m_lexer = makeLexer(language, this);
    setLexer(m_lexer);
    delete old;
    applyTheme();
    markNames();
}

void CodeEditor::setPlainView(bool plain) {
    m_plain = plain;
    setFolding(plain ? NoFoldStyle : PlainFoldStyle, kFoldMargin);
    setMarginWidth(kFoldMargin, plain ? 0 : 14);
    setScrollWidthTracking(!plain);
    if (plain) {
        setLanguage(Language::Plain);
        setScrollWidth(4000);
    }
}

void CodeEditor::applySettings(int tabWidth, bool spaces, bool wrap, bool whitespace) {
    setTabWidth(tabWidth);
    setIndentationWidth(m_facts.indent);
    // What the file does already wins over the setting.
    setIndentationsUseTabs(m_facts.tabs || !spaces);
    setWrapMode(wrap && !m_plain ? WrapWord : WrapNone);
    setWhitespaceVisibility(whitespace ? WsVisible : WsInvisible);
}

// --- position --------------------------------------------------------------------------------------------

CodeEditor::Position CodeEditor::position() const {
    int line = 0, column = 0;
    getCursorPosition(&line, &column);
    return {line + 1, column + 1};
}

int CodeEditor::selectedCharacters() const {
    const long from = SendScintilla(SCI_GETSELECTIONSTART), to = SendScintilla(SCI_GETSELECTIONEND);
    return static_cast<int>(SendScintilla(SCI_COUNTCHARACTERS, from, to));
}

void CodeEditor::goTo(int line, int column) {
    const int row = std::clamp(line, 1, std::max(lines(), 1)) - 1;
    ensureLineVisible(row);
    const long end = SendScintilla(SCI_GETLINEENDPOSITION, row);
    const long start = SendScintilla(SCI_POSITIONFROMLINE, row);
    const long target = SendScintilla(SCI_POSITIONRELATIVE, start, std::max(column, 1) - 1L);
    SendScintilla(SCI_GOTOPOS, std::clamp(target, start, end));
    const int visible = static_cast<int>(SendScintilla(SCI_LINESONSCREEN));
    const int first = firstVisible();
    if (row < first + 2 || row > first + visible - 3)
        setFirstVisible(std::max(0, row - visible / 3));
}

int CodeEditor::firstVisible() const {
    return firstVisibleLine();
}
void CodeEditor::setFirstVisible(int line) {
    SendScintilla(SCI_SETFIRSTVISIBLELINE, static_cast<long>(line));
}

QStringList CodeEditor::enclosingNames() const {
    static const QRegularExpression pattern(QStringLiteral(
        R"((?:\bdef|\bclass|\bstruct|\bnamespace|\benum)\s+([\w:]+)|([\w:~]+)\s*\([^;]*\)[^;]*\{)"));
    QStringList names;
    if (!m_lexer)
        return names;
    long line = SendScintilla(SCI_LINEFROMPOSITION, SendScintilla(SCI_GETCURRENTPOS));
    for (int depth = 0; depth < 20; ++depth) {
        const auto match = pattern.match(text(static_cast<int>(line)));
        if (match.hasMatch()) {
            const QString name = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
            static const QStringList words = {"if", "for", "while", "switch", "catch", "return"};
            if (!words.contains(name))
                names.prepend(name);
        }
        line = SendScintilla(SCI_GETFOLDPARENT, line);
        if (line < 0)
            break;
    }
    return names;
}

// --- colours beyond the lexer ----------------------------------------------------------------------------

// Calls and capitalised names among the visible lines take the colours of functions and types.
void CodeEditor::markNames() {
    if (m_plain || (m_language != Language::Python && m_language != Language::Cpp) || !isVisible())
        return;
    const long top = SendScintilla(SCI_DOCLINEFROMVISIBLE, SendScintilla(SCI_GETFIRSTVISIBLELINE));
    const long rows = SendScintilla(SCI_LINESONSCREEN) + 2;
    const long from = SendScintilla(SCI_POSITIONFROMLINE, top);
    long to =
        SendScintilla(SCI_GETLINEENDPOSITION,
                      SendScintilla(SCI_DOCLINEFROMVISIBLE, SendScintilla(SCI_GETFIRSTVISIBLELINE) + rows));
    to = std::min(to, from + 40'000);
    if (from < 0 || to <= from)
        return;
    if (SendScintilla(SCI_GETENDSTYLED) < to)
        SendScintilla(SCI_COLOURISE, SendScintilla(SCI_GETENDSTYLED), to);
    const long count = to - from;
    QByteArray text(static_cast<qsizetype>(count + 1), '\0');
    SendScintilla(SCI_GETTEXTRANGE, from, to, text.data());
    const auto character = [&](long i) { return text[static_cast<qsizetype>(i)]; };
    const auto style = [&](long i) { return static_cast<int>(SendScintilla(SCI_GETSTYLEAT, from + i)); };
    for (const int indicator : {kFunctionIndicator, kTypeIndicator}) {
        SendScintilla(SCI_SETINDICATORCURRENT, indicator);
        SendScintilla(SCI_INDICATORCLEARRANGE, from, count);
    }
    for (long i = 0; i < count;) {
        if (!isNameByte(character(i)) || !isNameStyle(m_language, style(i))) {
            ++i;
            continue;
        }
        long end = i;
        while (end < count && isNameByte(character(end)))
            ++end;
        const char first = character(i);
        const bool call = end < count && character(end) == '(';
        const bool lower =
            std::any_of(text.begin() + i, text.begin() + end, [](char c) { return c >= 'a' && c <= 'z'; });
        // A capitalised name is a type when it is called or stands alone; LR and cfg.MAX are neither.
        const bool capital = first >= 'A' && first <= 'Z';
        const bool member = i > 0 && character(i - 1) == '.';
        const int indicator = capital && (call || (lower && !member)) ? kTypeIndicator
                              : call                                  ? kFunctionIndicator
                                                                      : -1;
        if (indicator >= 0) {
            SendScintilla(SCI_SETINDICATORCURRENT, indicator);
            SendScintilla(SCI_INDICATORFILLRANGE, from + i, end - i);
        }
        i = end;
    }
}

void CodeEditor::setBase(std::optional<std::string> base) {
    m_base = std::move(base);
    markChanges();
}

void CodeEditor::markChanges() {
    for (const int marker : {kAddedMarker, kModifiedMarker, kRemovedMarker})
        markerDeleteAll(marker);
    if (!m_base || m_plain || byteCount() > 4'000'000)
        return;
    for (const LineChange& change : diffLines(*m_base, bytes())) {
        if (change.newFrom == change.newTo) {
            markerAdd(std::max(0, change.newFrom - 1), kRemovedMarker);
            continue;
        }
        const int marker = change.oldFrom == change.oldTo ? kAddedMarker : kModifiedMarker;
        for (int line = change.newFrom; line < change.newTo; ++line)
            markerAdd(line, marker);
    }
}

// --- searching -------------------------------------------------------------------------------------------

bool CodeEditor::searchFrom(long from, long to, const QByteArray& text, int flags) {
    SendScintilla(SCI_SETSEARCHFLAGS, flags);
    SendScintilla(SCI_SETTARGETRANGE, from, to);
    return SendScintilla(SCI_SEARCHINTARGET, static_cast<unsigned long>(text.size()), text.constData()) >= 0;
}

SearchState CodeEditor::search(const QString& text, const SearchOptions& options) {
    clearSearch();
    SearchState state;
    const QByteArray sought = text.toUtf8();
    if (sought.isEmpty())
        return state;
    const long length = SendScintilla(SCI_GETLENGTH), selected = SendScintilla(SCI_GETSELECTIONSTART),
               selectedEnd = SendScintilla(SCI_GETSELECTIONEND);
    SendScintilla(SCI_SETSTATUS, 0UL);
    SendScintilla(SCI_SETINDICATORCURRENT, kFindIndicator);
    for (long at = 0; at <= length && state.count < kMaxMatches;) {
        if (!searchFrom(at, length, sought, searchFlags(options)))
            break;
        const long from = SendScintilla(SCI_GETTARGETSTART), to = SendScintilla(SCI_GETTARGETEND);
        if (to > from) {
            ++state.count;
            SendScintilla(SCI_INDICATORFILLRANGE, from, to - from);
            if (from == selected && to == selectedEnd) {
                state.current = state.count;
                SendScintilla(SCI_SETINDICATORCURRENT, kCurrentFindIndicator);
                SendScintilla(SCI_INDICATORFILLRANGE, from, to - from);
                SendScintilla(SCI_SETINDICATORCURRENT, kFindIndicator);
            }
        }
        at = to > at ? to : at + 1;
    }
    state.badPattern = SendScintilla(SCI_GETSTATUS) == SC_STATUS_WARNREGEX;
    SendScintilla(SCI_SETSTATUS, 0UL);
    return state;
}

SearchState CodeEditor::findNext(const QString& text, const SearchOptions& options, bool backwards,
                                 bool fromStart) {
    const QByteArray sought = text.toUtf8();
    if (!sought.isEmpty()) {
        const long length = SendScintilla(SCI_GETLENGTH);
        const long start = SendScintilla(SCI_GETSELECTIONSTART), end = SendScintilla(SCI_GETSELECTIONEND);
        const int flags = searchFlags(options);
        const bool found = backwards
                               ? searchFrom(start, 0, sought, flags) || searchFrom(length, 0, sought, flags)
                               : searchFrom(fromStart ? start : end, length, sought, flags) ||
                                     searchFrom(0, length, sought, flags);
        if (found) {
            const long from = SendScintilla(SCI_GETTARGETSTART), to = SendScintilla(SCI_GETTARGETEND);
            ensureLineVisible(static_cast<int>(SendScintilla(SCI_LINEFROMPOSITION, from)));
            SendScintilla(SCI_SETSEL, from, to);
            SendScintilla(SCI_SCROLLCARET);
        }
    }
    return search(text, options);
}

SearchState CodeEditor::replaceOne(const QString& text, const QString& with, const SearchOptions& options) {
    const QByteArray sought = text.toUtf8(), replacement = with.toUtf8();
    const long start = SendScintilla(SCI_GETSELECTIONSTART), end = SendScintilla(SCI_GETSELECTIONEND);
    if (!sought.isEmpty() && !isReadOnly() && end > start &&
        searchFrom(start, end, sought, searchFlags(options)) && SendScintilla(SCI_GETTARGETSTART) == start &&
        SendScintilla(SCI_GETTARGETEND) == end) {
        SendScintilla(options.regex ? SCI_REPLACETARGETRE : SCI_REPLACETARGET,
                      static_cast<unsigned long>(replacement.size()), replacement.constData());
        SendScintilla(SCI_GOTOPOS, SendScintilla(SCI_GETTARGETEND));
    }
    return findNext(text, options, false);
}

int CodeEditor::replaceAll(const QString& text, const QString& with, const SearchOptions& options) {
    const QByteArray sought = text.toUtf8(), replacement = with.toUtf8();
    if (sought.isEmpty() || isReadOnly())
        return 0;
    int count = 0;
    SendScintilla(SCI_BEGINUNDOACTION);
    for (long at = 0; at <= SendScintilla(SCI_GETLENGTH);) {
        if (!searchFrom(at, SendScintilla(SCI_GETLENGTH), sought, searchFlags(options)))
            break;
        const bool empty = SendScintilla(SCI_GETTARGETSTART) == SendScintilla(SCI_GETTARGETEND);
        SendScintilla(options.regex ? SCI_REPLACETARGETRE : SCI_REPLACETARGET,
                      static_cast<unsigned long>(replacement.size()), replacement.constData());
        ++count;
        at = SendScintilla(SCI_GETTARGETEND) + (empty ? 1 : 0);
    }
    SendScintilla(SCI_ENDUNDOACTION);
    search(text, options);
    return count;
}

void CodeEditor::clearSearch() {
    for (const int indicator : {kFindIndicator, kCurrentFindIndicator}) {
        SendScintilla(SCI_SETINDICATORCURRENT, indicator);
        SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, SendScintilla(SCI_GETLENGTH));
    }
}

// --- editing ---------------------------------------------------------------------------------------------

void CodeEditor::toggleComment() {
    const QByteArray mark = lineComment(m_language);
    if (mark.isEmpty() || isReadOnly())
        return;
    long first = SendScintilla(SCI_LINEFROMPOSITION, SendScintilla(SCI_GETSELECTIONSTART));
    long last = SendScintilla(SCI_LINEFROMPOSITION, SendScintilla(SCI_GETSELECTIONEND));
    if (last > first && SendScintilla(SCI_POSITIONFROMLINE, last) == SendScintilla(SCI_GETSELECTIONEND))
        --last;  // a selection that ends before the first character of a line does not mean it
    const auto indentPosition = [this](long line) { return SendScintilla(SCI_GETLINEINDENTPOSITION, line); };
    const auto isBlank = [&](long line) {
        return indentPosition(line) == SendScintilla(SCI_GETLINEENDPOSITION, line);
    };
    const auto isCommented = [&](long line) {
        for (qsizetype i = 0; i < mark.size(); ++i)
            if (static_cast<char>(
                    SendScintilla(SCI_GETCHARAT, static_cast<long>(indentPosition(line) + i))) != mark[i])
                return false;
        return true;
    };
    bool all = true;
    long column = 1000;
    for (long line = first; line <= last; ++line)
        if (!isBlank(line)) {
            all = all && isCommented(line);
            column = std::min(column, SendScintilla(SCI_GETLINEINDENTATION, line));
        }
    SendScintilla(SCI_BEGINUNDOACTION);
    for (long line = first; line <= last; ++line) {
        if (isBlank(line))
            continue;
        if (all) {
            const long at = indentPosition(line);
            const bool space = SendScintilla(SCI_GETCHARAT, static_cast<long>(at + mark.size())) == ' ';
            SendScintilla(SCI_DELETERANGE, at, static_cast<long>(mark.size() + (space ? 1 : 0)));
        } else {
            // Not SCI_INSERTTEXT: that would end the selection.
            const long at = SendScintilla(SCI_FINDCOLUMN, line, column);
            SendScintilla(SCI_SETTARGETRANGE, at, at);
            SendScintilla(SCI_REPLACETARGET, static_cast<unsigned long>(mark.size() + 1),
                          (mark + ' ').constData());
        }
    }
    SendScintilla(SCI_ENDUNDOACTION);
}

void CodeEditor::selectNextOccurrence() {
    SendScintilla(SCI_SETSEARCHFLAGS, SCFIND_MATCHCASE);
    SendScintilla(SCI_TARGETWHOLEDOCUMENT);
    SendScintilla(SCI_MULTIPLESELECTADDNEXT);
}

void CodeEditor::deleteLines() {
    SendScintilla(SCI_LINEDELETE);
}

void CodeEditor::moveLines(bool down) {
    SendScintilla(down ? SCI_MOVESELECTEDLINESDOWN : SCI_MOVESELECTEDLINESUP);
}

void CodeEditor::duplicateLines() {
    SendScintilla(SCI_SELECTIONDUPLICATE);
}

}  // namespace lathe::editor
