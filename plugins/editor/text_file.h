// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lathe::editor {

enum class LineEnds { Unix, Windows, Mac, Mixed };

// What the bytes of a file are. The editor holds the bytes themselves, so that whatever it does not touch is
// written back as it was: line ends, a missing last newline, bytes that are no UTF-8.
struct TextFacts {
    bool binary = false;      // holds a NUL: shown, never edited
    bool validUtf8 = true;
    bool byteOrderMark = false;
    LineEnds lineEnds = LineEnds::Unix;
    LineEnds dominant = LineEnds::Unix; // for new lines; never Mixed
    bool tabs = false;                  // indented with tabs rather than spaces
    int indent = 4;                     // columns a level, guessed from the first indented lines
};

inline constexpr std::size_t kLargeFile = std::size_t{50} * 1000 * 1000;   // read-only from here on
inline constexpr std::size_t kHugeFile = std::size_t{1000} * 1000 * 1000; // not opened

TextFacts examine(std::string_view bytes);

// Offset, hex and printable characters of the first `maxBytes`, for looking at a binary file.
std::string hexDump(std::string_view bytes, std::size_t maxBytes = std::size_t{256} * 1024);

} // namespace lathe::editor
