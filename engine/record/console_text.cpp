// SPDX-License-Identifier: Apache-2.0
#include "record/console_text.h"

#include "core/file.h"

#include <algorithm>
#include <cctype>
#include <sys/stat.h>
#include <utility>

namespace lathe::record {

namespace {

// Each piece is a row of its own; a chatty console must not make one of every line.
constexpr std::uint64_t kPiece = 4096;

Result<> addPiece(Database& db, const std::string& run, const std::string& name, std::string_view bytes) {
    const std::string text = plainConsole(bytes);
    if (text.empty())
        return {};
    LATHE_TRY(record::run(db, "INSERT INTO console_piece(run, name) VALUES(?, ?)", run, name));
    return record::run(db, "INSERT INTO console_words(rowid, text) VALUES(?, ?)", db.lastInsertId(), text);
}

Result<> forget(Database& db, const std::string& run, const std::string& name) {
    // The words stay behind without a piece to stand for, which finds nothing; `lathe reindex` sweeps them
    // out.
    LATHE_TRY(record::run(db, "DELETE FROM console_piece WHERE run = ? AND name = ?", run, name));
    return record::run(db, "DELETE FROM console WHERE run = ? AND name = ?", run, name);
}

}  // namespace

bool consoleHasNews(const ConsoleMark& mark, std::uint64_t inode, std::uint64_t size, bool over) {
    if (size == 0)
        return false;
    if (mark.inode != inode || size < mark.taken)
        return true;
    if (over)
        return mark.taken < std::min(size, kConsoleHead) || (size > kConsoleHead && mark.ended != size);
    return mark.taken < kConsoleHead && size - mark.taken >= kPiece;
}

Result<ConsoleMark> takeConsole(Database& db, const std::string& run, const std::string& name,
                                const std::string& path, bool over) {
    ConsoleMark mark;
    {
        Query query(db, "SELECT inode, taken, ended FROM console WHERE run = ? AND name = ?", run, name);
        LATHE_TRY_ASSIGN(const bool known, query.next());
        if (known)
            mark = {static_cast<std::uint64_t>(query.integer(0)),
                    static_cast<std::uint64_t>(query.integer(1)),
                    static_cast<std::uint64_t>(query.integer(2))};
    }
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
        return mark;
    const auto inode = static_cast<std::uint64_t>(info.st_ino),
               size = static_cast<std::uint64_t>(info.st_size);
    if (!consoleHasNews(mark, inode, size, over))
        return mark;
    if (mark.inode != inode || size < mark.taken) {
        LATHE_TRY(forget(db, run, name));
        mark = {};
    }
    mark.inode = inode;
    if (mark.taken < kConsoleHead) {
        const auto bytes = readFileFrom(path, mark.taken, kConsoleHead - mark.taken);
        if (!bytes)
            return ConsoleMark{};
        // Up to the end of a line, unless no more will come or fits.
        std::size_t length = bytes->size();
        if (!over && mark.taken + length < kConsoleHead)
            length = bytes->rfind('\n') + 1;
        LATHE_TRY(addPiece(db, run, name, std::string_view(*bytes).substr(0, length)));
        mark.taken += length;
    }
    if (over && size > mark.taken && mark.ended != size) {
        const std::uint64_t from = std::max(mark.taken, size - std::min(size, kConsoleTail));
        const auto bytes = readFileFrom(path, from, kConsoleTail);
        if (!bytes)
            return ConsoleMark{};
        LATHE_TRY(addPiece(db, run, name, *bytes));
        mark.ended = size;
    }
    LATHE_TRY(record::run(
        db, "INSERT OR REPLACE INTO console(run, name, inode, taken, ended) VALUES(?, ?, ?, ?, ?)", run, name,
        static_cast<std::int64_t>(mark.inode), static_cast<std::int64_t>(mark.taken),
        static_cast<std::int64_t>(mark.ended)));
    return mark;
}

Result<> forgetConsoles(Database& db, const std::string& run) {
    LATHE_TRY(record::run(db, "DELETE FROM console_piece WHERE run = ?", run));
    return record::run(db, "DELETE FROM console WHERE run = ?", run);
}

Result<std::set<std::string>> runsWithConsole(Database& db, std::string_view phrase) {
    std::set<std::string> runs;
    std::string match = "\"";
    bool anyWord = false;
    for (const char c : phrase) {
        match += c == '"' || c == '\0' ? ' ' : c;
        anyWord =
            anyWord || std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80;
    }
    if (!anyWord)
        return runs;
    match += "\" *";
    Query query(db,
                "SELECT DISTINCT p.run FROM console_words w JOIN console_piece p ON p.id = w.rowid"
                " WHERE console_words MATCH ?",
                match);
    while (true) {
        LATHE_TRY_ASSIGN(const bool more, query.next());
        if (!more)
            return runs;
        runs.emplace(query.text(0));
    }
}

std::string plainConsole(std::string_view bytes) {
    std::string text, line;
    bool written = false;  // something is on the line that a carriage return would overwrite
    const auto endLine = [&] {
        if (!line.empty())
            text.append(line).push_back('\n');
        line.clear();
        written = false;
    };
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto c = static_cast<unsigned char>(bytes[i]);
        if (c == '\n') {
            endLine();
        } else if (c == '\r') {
            written = true;
        } else if (c == 0x1B && i + 1 < bytes.size() && bytes[i + 1] == '[') {
            for (i += 2; i < bytes.size() && (bytes[i] < 0x40 || bytes[i] > 0x7E); ++i) {
            }
        } else if (c == 0x1B && i + 1 < bytes.size() && bytes[i + 1] == ']') {
            // Up to BEL or ESC \, but never over the end of the line: the rest may have been lost.
            while (i + 1 < bytes.size() && bytes[i + 1] != '\n' && bytes[i] != '\a' &&
                   !(bytes[i] == '\\' && bytes[i - 1] == 0x1B))
                ++i;
        } else if (c >= 0x20 || c == '\t') {
            if (std::exchange(written, false))
                line.clear();
            line += static_cast<char>(c);
        }
    }
    endLine();
    return text;
}

}  // namespace lathe::record
