// SPDX-License-Identifier: Apache-2.0
#include "term/screen.h"

#include "term/grid.h"
#include "term/string_filter.h"

#include <vterm.h>

#include <algorithm>
#include <map>
#include <utility>

namespace lathe::term {

namespace {

constexpr std::size_t kMaxLinks = 60'000;
constexpr std::size_t kMaxClusters = 100'000;
constexpr std::size_t kMaxTitle = 4096;

void appendUtf8(std::string& out, char32_t c) {
    const auto push = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        push(c);
    } else if (c < 0x800) {
        push(0xC0 | (c >> 6));
        push(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        push(0xE0 | (c >> 12));
        push(0x80 | ((c >> 6) & 0x3F));
        push(0x80 | (c & 0x3F));
    } else {
        push(0xF0 | (c >> 18));
        push(0x80 | ((c >> 12) & 0x3F));
        push(0x80 | ((c >> 6) & 0x3F));
        push(0x80 | (c & 0x3F));
    }
}

Color fromVterm(const VTermColor& color) {
    if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
        return {};
    if (VTERM_COLOR_IS_INDEXED(&color))
        return Color::indexed(color.indexed.idx);
    return Color::rgb(color.rgb.red, color.rgb.green, color.rgb.blue);
}

VTermModifier fromModifiers(Modifiers modifiers) {
    int value = VTERM_MOD_NONE;
    if (modifiers.shift)
        value |= VTERM_MOD_SHIFT;
    if (modifiers.alt)
        value |= VTERM_MOD_ALT;
    if (modifiers.control)
        value |= VTERM_MOD_CTRL;
    return static_cast<VTermModifier>(value);
}

VTermKey fromKey(Key key) {
    switch (key) {
    case Key::Enter: return VTERM_KEY_ENTER;
    case Key::Tab: return VTERM_KEY_TAB;
    case Key::Backspace: return VTERM_KEY_BACKSPACE;
    case Key::Escape: return VTERM_KEY_ESCAPE;
    case Key::Up: return VTERM_KEY_UP;
    case Key::Down: return VTERM_KEY_DOWN;
    case Key::Left: return VTERM_KEY_LEFT;
    case Key::Right: return VTERM_KEY_RIGHT;
    case Key::Insert: return VTERM_KEY_INS;
    case Key::Delete: return VTERM_KEY_DEL;
    case Key::Home: return VTERM_KEY_HOME;
    case Key::End: return VTERM_KEY_END;
    case Key::PageUp: return VTERM_KEY_PAGEUP;
    case Key::PageDown: return VTERM_KEY_PAGEDOWN;
    default: break;
    }
    return static_cast<VTermKey>(VTERM_KEY_FUNCTION(1 + static_cast<int>(key) - static_cast<int>(Key::F1)));
}

// Keeps what a reply of a terminal consists of: printable ASCII, and an ESC only before "[", "P", "O", "]" or "\".
std::string cleanedReply(std::string_view reply) {
    std::string out;
    for (std::size_t i = 0; i < reply.size(); ++i) {
        const auto byte = static_cast<unsigned char>(reply[i]);
        if (byte >= 0x20 && byte < 0x7F)
            out += reply[i];
        else if (byte == 0x1B && i + 1 < reply.size() &&
                 std::string_view("[PO]\\").find(reply[i + 1]) != std::string_view::npos)
            out += reply[i];
    }
    return out;
}

} // namespace

// The state layer of libvterm parses and moves the cursor; cells, links and history are kept here, because its
// own screen layer knows neither links nor which lines were wrapped, and copies every cell when it scrolls.
struct Screen::State {
    State(Size size, std::size_t historyLimit)
        : grid(size, historyLimit), filter([this](std::string_view bytes) { plain(bytes); },
                                           [this](StringFilter::Kind kind, std::string_view content) {
                                               controlString(kind, content);
                                           }) {
        links.emplace_back();
        vt.reset(vterm_new(size.rows, size.columns));
        vterm_set_utf8(vt.get(), 1);
        vterm_output_set_callback(vt.get(), onOutput, this);
        state = vterm_obtain_state(vt.get());
        static const VTermStateCallbacks callbacks = {
            .putglyph = onGlyph,
            .movecursor = onMoveCursor,
            .scrollrect = onScroll,
            .moverect = nullptr,
            .erase = onErase,
            .initpen = onInitPen,
            .setpenattr = onPen,
            .settermprop = onProperty,
            .bell = onBell,
            .resize = onResize,
            .setlineinfo = nullptr,
        };
        vterm_state_set_callbacks(state, &callbacks, this);
        vterm_state_reset(state, 1);
        grid.takeDamage();
        grid.damageAll();
    }

    void plain(std::string_view bytes) { vterm_input_write(vt.get(), bytes.data(), bytes.size()); }

    void controlString(StringFilter::Kind kind, std::string_view content) {
        if (kind == StringFilter::Kind::Osc) {
            osc(content);
        } else if (kind == StringFilter::Kind::Dcs && content.size() <= 16 && content.starts_with("$q")) {
            plain("\x1bP" + std::string(content) + "\x1b\\"); // DECRQSS
        }
    }

    void osc(std::string_view content) {
        const std::size_t semicolon = content.find(';');
        if (semicolon == std::string_view::npos)
            return;
        const std::string_view command = content.substr(0, semicolon);
        std::string_view value = content.substr(semicolon + 1);
        if (command == "0" || command == "2") {
            title = std::string(value.substr(0, kMaxTitle));
        } else if (command == "7") {
            workingFolder = std::string(value);
        } else if (command == "8") {
            const std::size_t end = value.find(';');
            pen.link = end == std::string_view::npos ? 0 : linkId(value.substr(end + 1));
        } else if ((command == "10" || command == "11") && value == "?") {
            const Color& color = command == "10" ? reportedForeground : reportedBackground;
            if (color.kind == Color::Rgb)
                replies += "\x1b]" + std::string(command) + ";rgb:" + channel(color.r) + "/" +
                           channel(color.g) + "/" + channel(color.b) + "\x1b\\";
        }
    }

    static std::string channel(std::uint8_t value) {
        static constexpr std::string_view digits = "0123456789abcdef";
        const char pair[] = {digits[value >> 4], digits[value & 15]};
        return std::string(pair, 2) + std::string(pair, 2);
    }

    std::uint16_t linkId(std::string_view target) {
        if (target.empty())
            return 0;
        const auto known = linkIds.find(target);
        if (known != linkIds.end())
            return known->second;
        if (links.size() >= kMaxLinks)
            return 0;
        links.emplace_back(target);
        const auto id = static_cast<std::uint16_t>(links.size() - 1);
        linkIds.emplace(std::string(target), id);
        return id;
    }

    char32_t characterOf(const std::uint32_t* chars) {
        if (chars[0] == 0 || chars[1] == 0)
            return chars[0];
        std::u32string cluster;
        for (const std::uint32_t* c = chars; *c; ++c)
            cluster += static_cast<char32_t>(*c);
        const auto known = clusterIds.find(cluster);
        if (known != clusterIds.end())
            return known->second;
        if (clusters.size() >= kMaxClusters)
            return chars[0];
        const auto id = static_cast<char32_t>(Cell::kCluster + clusters.size());
        clusters.push_back(cluster);
        clusterIds.emplace(std::move(cluster), id);
        return id;
    }

    static State& self(void* user) { return *static_cast<State*>(user); }

    static int onGlyph(VTermGlyphInfo* info, VTermPos pos, void* user) {
        State& s = self(user);
        const char32_t character = s.characterOf(info->chars);
        if (character == 0)
            return 1;
        if (pos.col == 0 && s.lineFull && pos.row > 0)
            s.grid.markWrapped(pos.row - 1);
        s.grid.put(pos.row, pos.col, character, info->width, s.pen);
        s.lineFull = pos.col + info->width >= s.grid.size().columns;
        return 1;
    }

    static int onMoveCursor(VTermPos pos, VTermPos old, int visible, void* user) {
        State& s = self(user);
        // At the end of a full line the cursor waits in the last column; if it goes elsewhere, no wrap follows.
        if (s.lineFull && pos.col < s.grid.size().columns - 1)
            s.lineFull = false;
        s.grid.damageRow(old.row);
        s.grid.damageRow(pos.row);
        s.cursor.row = pos.row;
        s.cursor.column = pos.col;
        s.cursor.visible = visible != 0 && s.cursorShown;
        return 1;
    }

    static int onScroll(VTermRect rect, int downward, int rightward, void* user) {
        State& s = self(user);
        s.grid.scroll({rect.start_row, rect.end_row, rect.start_col, rect.end_col}, downward, rightward, s.pen);
        return 1;
    }

    static int onErase(VTermRect rect, int, void* user) {
        State& s = self(user);
        s.grid.erase({rect.start_row, rect.end_row, rect.start_col, rect.end_col}, s.pen);
        return 1;
    }

    static int onInitPen(void* user) {
        self(user).pen = {};
        return 1;
    }

    static int onPen(VTermAttr attribute, VTermValue* value, void* user) {
        Style& pen = self(user).pen;
        const auto set = [&](std::uint16_t flag, bool on) {
            pen.flags = static_cast<std::uint16_t>(on ? pen.flags | flag : pen.flags & ~flag);
        };
        switch (attribute) {
        case VTERM_ATTR_BOLD: set(Style::Bold, value->boolean); break;
        case VTERM_ATTR_ITALIC: set(Style::Italic, value->boolean); break;
        case VTERM_ATTR_BLINK: set(Style::Blink, value->boolean); break;
        case VTERM_ATTR_REVERSE: set(Style::Reverse, value->boolean); break;
        case VTERM_ATTR_STRIKE: set(Style::Strike, value->boolean); break;
        case VTERM_ATTR_UNDERLINE:
            set(Style::Underline, value->number == VTERM_UNDERLINE_SINGLE);
            set(Style::DoubleUnderline, value->number == VTERM_UNDERLINE_DOUBLE);
            set(Style::CurlyUnderline, value->number == VTERM_UNDERLINE_CURLY);
            break;
        case VTERM_ATTR_FOREGROUND: pen.foreground = fromVterm(value->color); break;
        case VTERM_ATTR_BACKGROUND: pen.background = fromVterm(value->color); break;
        default: return 0;
        }
        return 1;
    }

    static int onProperty(VTermProp property, VTermValue* value, void* user) {
        State& s = self(user);
        switch (property) {
        case VTERM_PROP_CURSORVISIBLE:
            s.cursorShown = s.cursor.visible = value->boolean != 0;
            break;
        case VTERM_PROP_CURSORBLINK: s.cursor.blinks = value->boolean != 0; break;
        case VTERM_PROP_CURSORSHAPE:
            s.cursor.shape = value->number == VTERM_PROP_CURSORSHAPE_UNDERLINE  ? CursorShape::Underline
                             : value->number == VTERM_PROP_CURSORSHAPE_BAR_LEFT ? CursorShape::Bar
                                                                                : CursorShape::Block;
            break;
        case VTERM_PROP_ALTSCREEN: s.grid.setAlternate(value->boolean != 0); break;
        case VTERM_PROP_REVERSE:
            s.reversed = value->boolean != 0;
            s.grid.damageAll();
            break;
        case VTERM_PROP_MOUSE: s.mouse = static_cast<MouseMode>(value->number); break;
        default: return 0;
        }
        s.grid.damageRow(s.cursor.row);
        return 1;
    }

    static int onBell(void* user) {
        self(user).bell = true;
        return 1;
    }

    static int onResize(int rows, int columns, VTermPos* delta, void* user) {
        State& s = self(user);
        delta->row += s.grid.resize({columns, rows}, s.cursor.row);
        return 1;
    }

    static void onOutput(const char* bytes, std::size_t length, void* user) {
        State& s = self(user);
        s.replies += s.typing ? std::string(bytes, length) : cleanedReply({bytes, length});
    }

    template <class Fn> void typed(Fn fn) {
        typing = true;
        fn();
        typing = false;
    }

    struct Free {
        void operator()(VTerm* terminal) const { vterm_free(terminal); }
    };

    std::unique_ptr<VTerm, Free> vt;
    VTermState* state = nullptr;
    Grid grid;
    StringFilter filter;
    Style pen;
    Cursor cursor;
    bool cursorShown = true, lineFull = false, bell = false, reversed = false, typing = false;
    MouseMode mouse = MouseMode::None;
    std::string title, workingFolder, replies;
    std::vector<std::string> links;
    std::map<std::string, std::uint16_t, std::less<>> linkIds;
    std::vector<std::u32string> clusters;
    std::map<std::u32string, char32_t> clusterIds;
    Color reportedForeground, reportedBackground;
};

Screen::Screen(Size size, std::size_t historyLimit)
    : m_state(std::make_unique<State>(Size{std::clamp(size.columns, 1, 2000), std::clamp(size.rows, 1, 1000)},
                                      historyLimit)) {}
Screen::~Screen() = default;

void Screen::write(std::string_view bytes) {
    m_state->filter.write(bytes);
}

void Screen::resize(Size size) {
    size = {std::clamp(size.columns, 1, 2000), std::clamp(size.rows, 1, 1000)};
    if (size != m_state->grid.size())
        vterm_set_size(m_state->vt.get(), size.rows, size.columns);
}

void Screen::reset() {
    vterm_state_reset(m_state->state, 1);
    m_state->pen = {};
    m_state->grid.damageAll();
}

void Screen::clearHistory() { m_state->grid.clearHistory(); }

Size Screen::size() const { return m_state->grid.size(); }
int Screen::historyLines() const { return static_cast<int>(m_state->grid.history().size()); }
std::uint64_t Screen::droppedLines() const { return m_state->grid.dropped(); }

const Line& Screen::line(int index) const {
    const int history = historyLines();
    return index < history ? m_state->grid.history()[static_cast<std::size_t>(index)]
                           : m_state->grid.row(index - history);
}

std::string Screen::text(const Cell& cell) const {
    std::string out;
    if (cell.character == 0 || cell.isTail())
        return out;
    if (cell.character < Cell::kCluster) {
        appendUtf8(out, cell.character);
    } else {
        for (const char32_t c : m_state->clusters[cell.character - Cell::kCluster])
            appendUtf8(out, c);
    }
    return out;
}

std::string Screen::lineText(int index) const {
    return text(index, 0, index, static_cast<int>(line(index).cells.size()));
}

std::string Screen::text(int fromLine, int fromColumn, int toLine, int toColumn) const {
    std::string out;
    for (int index = std::max(fromLine, 0); index <= std::min(toLine, lineCount() - 1); ++index) {
        const Line& current = line(index);
        const int width = static_cast<int>(current.cells.size());
        const int from = index == fromLine ? std::min(fromColumn, width) : 0;
        int to = index == toLine ? std::min(toColumn, width) : width;
        const bool goesOn = index != toLine && current.wrapped;
        while (!goesOn && to > from && current.cells[static_cast<std::size_t>(to) - 1].character == 0)
            --to;
        for (int column = from; column < to; ++column) {
            const Cell& cell = current.cells[static_cast<std::size_t>(column)];
            if (cell.character == 0)
                out += ' ';
            else
                out += text(cell);
        }
        if (index != toLine && !current.wrapped)
            out += '\n';
    }
    return out;
}

const Cursor& Screen::cursor() const { return m_state->cursor; }
bool Screen::alternate() const { return m_state->grid.alternate(); }
bool Screen::reversed() const { return m_state->reversed; }
MouseMode Screen::mouseMode() const { return m_state->mouse; }
const std::string& Screen::title() const { return m_state->title; }
const std::string& Screen::workingFolder() const { return m_state->workingFolder; }

const std::string& Screen::linkTarget(int id) const {
    const auto& links = m_state->links;
    return links[id > 0 && id < static_cast<int>(links.size()) ? static_cast<std::size_t>(id) : 0];
}

bool Screen::takeBell() { return std::exchange(m_state->bell, false); }
Damage Screen::takeDamage() { return m_state->grid.takeDamage(); }
std::string Screen::takeReplies() { return std::exchange(m_state->replies, {}); }

void Screen::key(Key key, Modifiers modifiers) {
    // libvterm would send CSI u for these with Shift or Control, which shells do not know.
    if (key == Key::Enter || key == Key::Backspace || key == Key::Escape)
        modifiers.shift = modifiers.control = false;
    m_state->typed(
        [&] { vterm_keyboard_key(m_state->vt.get(), fromKey(key), fromModifiers(modifiers)); });
}

void Screen::character(char32_t character, Modifiers modifiers) {
    if (modifiers.control) {
        const char32_t upper = character >= U'a' && character <= U'z' ? character - 32 : character;
        std::optional<char> control;
        if (upper >= U'@' && upper <= U'_')
            control = static_cast<char>(upper - U'@');
        else if (upper == U' ' || upper == U'2')
            control = '\0';
        else if (upper == U'/')
            control = '\x1f';
        else if (upper == U'?')
            control = '\x7f';
        if (control) {
            if (modifiers.alt)
                m_state->replies += '\x1b';
            m_state->replies += *control;
            return;
        }
    }
    if (modifiers.alt)
        m_state->replies += '\x1b';
    appendUtf8(m_state->replies, character);
}

void Screen::typeText(std::string_view utf8) { m_state->replies += utf8; }

void Screen::paste(std::string_view utf8) {
    std::string clean;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte == '\n' || byte == '\r') {
            if (byte == '\r' && i + 1 < utf8.size() && utf8[i + 1] == '\n')
                ++i;
            clean += '\r'; // what the Enter key sends
        } else if (byte == '\t' || (byte >= 0x20 && byte != 0x7F)) {
            if (byte == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0 &&
                static_cast<unsigned char>(utf8[i + 1]) >= 0x80) {
                ++i; // a C1 control character
                continue;
            }
            clean += utf8[i];
        }
    }
    m_state->typed([&] {
        vterm_keyboard_start_paste(m_state->vt.get());
        m_state->replies += clean;
        vterm_keyboard_end_paste(m_state->vt.get());
    });
}

void Screen::mouse(int row, int column, int button, bool pressed, Modifiers modifiers) {
    if (m_state->mouse == MouseMode::None)
        return;
    m_state->typed([&] {
        vterm_mouse_move(m_state->vt.get(), row, column, fromModifiers(modifiers));
        vterm_mouse_button(m_state->vt.get(), button, pressed, fromModifiers(modifiers));
    });
}

void Screen::mouseMoved(int row, int column, Modifiers modifiers) {
    if (m_state->mouse == MouseMode::None)
        return;
    m_state->typed([&] { vterm_mouse_move(m_state->vt.get(), row, column, fromModifiers(modifiers)); });
}

void Screen::setReportedColors(Color foreground, Color background) {
    m_state->reportedForeground = foreground;
    m_state->reportedBackground = background;
}

} // namespace lathe::term
