// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "term/cell.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::term {

struct Size {
    int columns = 80;
    int rows = 24;
    bool operator==(const Size&) const = default;
};

enum class CursorShape { Block, Underline, Bar };

struct Cursor {
    int row = 0;
    int column = 0;
    bool visible = true;
    bool blinks = true;
    CursorShape shape = CursorShape::Block;
    bool operator==(const Cursor&) const = default;
};

enum class MouseMode { None, Click, Drag, Move };

enum class Key {
    Enter, Tab, Backspace, Escape, Up, Down, Left, Right, Insert, Delete, Home, End, PageUp, PageDown,
    F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12,
};

struct Modifiers {
    bool shift = false;
    bool alt = false;
    bool control = false;
};

// What changed since the last takeDamage(), for a viewer that draws only that.
struct Damage {
    bool all = false;              // everything, the history too (cleared, resized, other screen)
    std::vector<std::uint8_t> rows; // of the grid: 1 if the row must be drawn again
    int scrolled = 0;              // lines that went from the grid into the history
};

// A terminal: bytes of a program in, a grid of cells and replies out (ECMA-48, xterm control sequences). It
// knows no widget and no process. Not thread-safe. Nothing a program sends can make it fail: what is not
// understood is dropped. Replies hold no control character but the ESC that begins them, so that a
// file printed to the screen cannot type a line; clipboard requests (OSC 52) and title reports are refused.
//
// Rows count from 0 at the top of the grid. Lines count from 0 at the oldest line that is kept, the history
// first and the grid's rows behind it: line historyLines() is row 0.
class Screen {
public:
    explicit Screen(Size size = {}, std::size_t historyLimit = 10'000);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void write(std::string_view bytes);
    // Rows leave into the history or come back from it; lines are not wrapped again.
    void resize(Size size);
    void reset();
    void clearHistory();

    Size size() const;
    int historyLines() const;
    int lineCount() const { return historyLines() + size().rows; }
    // Lines dropped at the old end so far: index + dropped names a line for as long as it lives.
    std::uint64_t droppedLines() const;
    const Line& line(int index) const; // [0, lineCount())
    const Line& row(int row) const { return line(historyLines() + row); }
    // The cell's characters as UTF-8; empty for an empty cell or a tail.
    std::string text(const Cell& cell) const;
    // The line's text, without the empty cells at its end.
    std::string lineText(int index) const;
    // From (line, column) up to and without (line, column); wrapped lines are joined, others get '\n'.
    std::string text(int fromLine, int fromColumn, int toLine, int toColumn) const;

    const Cursor& cursor() const;
    bool alternate() const; // the second screen, of full-screen programs; it has no history of its own
    bool reversed() const;  // DECSCNM
    MouseMode mouseMode() const;
    const std::string& title() const;            // OSC 0 and 2; bytes from outside
    const std::string& workingFolder() const;    // OSC 7, as sent: "file://host/path"
    const std::string& linkTarget(int id) const; // OSC 8
    bool takeBell();
    Damage takeDamage();

    // What is to be sent to the program: answers to its questions and the input below, in order.
    std::string takeReplies();

    // Input of the user.
    void key(Key key, Modifiers modifiers = {});
    void character(char32_t character, Modifiers modifiers = {});
    void typeText(std::string_view utf8);
    // Control characters but tab and line break are taken out, so that text cannot leave the brackets.
    void paste(std::string_view utf8);
    // Buttons 1 left, 2 middle, 3 right, 4 and 5 the wheel. Nothing is sent in MouseMode::None.
    void mouse(int row, int column, int button, bool pressed, Modifiers modifiers = {});
    void mouseMoved(int row, int column, Modifiers modifiers = {});

    // What a program is told that asks for the colours (OSC 10 and 11).
    void setReportedColors(Color foreground, Color background);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace lathe::term
