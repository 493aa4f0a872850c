// SPDX-License-Identifier: Apache-2.0
#include "git/diff.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace lathe::git {

std::string_view changeName(Change change) {
    switch (change) {
    case Change::None: return "none";
    case Change::Added: return "added";
    case Change::Modified: return "modified";
    case Change::Deleted: return "deleted";
    case Change::Renamed: return "renamed";
    case Change::TypeChanged: return "type changed";
    }
    return "none";
}

namespace {

// Counts and numbers of a hunk whose lines were chosen anew; the starts are given.
void renumber(Hunk& hunk) {
    int oldNumber = std::max(hunk.oldStart, 1), newNumber = std::max(hunk.newStart, 1);
    hunk.oldLines = hunk.newLines = 0;
    for (DiffLine& line : hunk.lines) {
        line.oldNumber = line.newNumber = 0;
        if (line.kind != LineKind::Added) {
            line.oldNumber = oldNumber++;
            ++hunk.oldLines;
        }
        if (line.kind != LineKind::Removed) {
            line.newNumber = newNumber++;
            ++hunk.newLines;
        }
    }
    // An empty side starts at 0, one that is not cannot.
    hunk.oldStart = hunk.oldLines == 0 ? std::min(hunk.oldStart, hunk.newStart) : std::max(hunk.oldStart, 1);
    hunk.newStart = hunk.newLines == 0 ? std::min(hunk.oldStart, hunk.newStart) : std::max(hunk.newStart, 1);
}

// C-style quotes, as git writes and reads names that hold more than plain characters.
std::string quoted(std::string_view path) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-+=,@%";
    if (path.find_first_not_of(plain) == std::string_view::npos)
        return std::string(path);
    std::string out = "\"";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (byte < 0x20 || byte >= 0x7F)
            out += fmt::format("\\{:03o}", byte);
        else
            out += c;
    }
    return out + '"';
}

// Takes a name in quotes off the front of `text`; nullopt if there is none.
std::optional<std::string> takeQuoted(std::string_view& text) {
    if (!text.starts_with('"'))
        return std::nullopt;
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return out;
        }
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        if (c >= '0' && c <= '3' && i + 2 < text.size()) {
            out += static_cast<char>((c - '0') * 64 + (text[i + 1] - '0') * 8 + (text[i + 2] - '0'));
            i += 2;
            continue;
        }
        constexpr std::string_view letters = "abtnvfr", meant = "\a\b\t\n\v\f\r";
        const auto at = letters.find(c);
        out += at == std::string_view::npos ? c : meant[at];
    }
    return std::nullopt;
}

// The name on a line such as "--- a/x": quoted, or up to a tab.
std::string nameOf(std::string_view text, bool prefixed) {
    std::string name;
    if (auto inQuotes = takeQuoted(text))
        name = std::move(*inQuotes);
    else
        name = std::string(text.substr(0, text.find('\t')));
    if (prefixed && name.size() > 2 && name[1] == '/')
        name.erase(0, 2);
    return name;
}

// "a/x b/x": both names are the same, or later lines say better.
std::string nameOfHeader(std::string_view text) {
    if (auto inQuotes = takeQuoted(text))
        return inQuotes->size() > 2 ? inQuotes->substr(2) : "";
    if (text.size() < 5 || text[0] == '"')
        return {};
    return std::string(text.substr(2, (text.size() - 1) / 2 - 2));
}

std::uint32_t modeOf(std::string_view text) {
    std::uint32_t mode = 0;
    std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    return mode;
}

class PatchReader {
public:
    explicit PatchReader(std::string_view text) : m_rest(text) {}

    std::vector<FileDiff> read() {
        while (!m_rest.empty()) {
            const std::string_view line = takeLine();
            if (line.starts_with("diff --git "))
                begin(line.substr(11));
            else if (m_file)
                header(line);
        }
        end();
        return std::move(m_files);
    }

private:
    std::string_view takeLine() {
        const auto newline = m_rest.find('\n');
        const auto line = m_rest.substr(0, newline);
        m_rest.remove_prefix(newline == std::string_view::npos ? m_rest.size() : newline + 1);
        return line;
    }

    void begin(std::string_view names) {
        end();
        m_file.emplace();
        m_file->change = Change::Modified;
        m_file->path = nameOfHeader(names);
    }

    void end() {
        if (m_file && !m_file->path.empty())
            m_files.push_back(std::move(*m_file));
        m_file.reset();
    }

    void header(std::string_view line) {
        const auto after = [&](std::string_view key) -> std::optional<std::string_view> {
            if (!line.starts_with(key))
                return std::nullopt;
            return line.substr(key.size());
        };
        if (line.starts_with("@@ -")) {
            hunk(line);
        } else if (const auto mode = after("new file mode ")) {
            m_file->change = Change::Added;
            m_file->newMode = modeOf(*mode);
        } else if (const auto gone = after("deleted file mode ")) {
            m_file->change = Change::Deleted;
            m_file->oldMode = modeOf(*gone);
        } else if (const auto oldMode = after("old mode ")) {
            m_file->oldMode = modeOf(*oldMode);
        } else if (const auto newMode = after("new mode ")) {
            m_file->newMode = modeOf(*newMode);
            if (m_file->newMode >> 12 != m_file->oldMode >> 12)
                m_file->change = Change::TypeChanged;
        } else if (const auto index = after("index ")) {
            const auto space = index->find(' ');
            if (space != std::string_view::npos)
                m_file->oldMode = m_file->newMode = modeOf(index->substr(space + 1));
        } else if (const auto from = after("rename from ")) {
            m_file->change = Change::Renamed;
            m_file->oldPath = nameOf(*from, false);
        } else if (const auto to = after("rename to ")) {
            m_file->path = nameOf(*to, false);
        } else if (const auto oldName = after("--- "); oldName && *oldName != "/dev/null") {
            if (m_file->change == Change::Deleted)
                m_file->path = nameOf(*oldName, true);
        } else if (const auto newName = after("+++ "); newName && *newName != "/dev/null") {
            m_file->path = nameOf(*newName, true);
        } else if (line.starts_with("Binary files ") || line == "GIT binary patch") {
            m_file->binary = true;
        }
    }

    void hunk(std::string_view line) {
        Hunk hunk;
        const auto close = line.find(" @@", 3);
        if (close == std::string_view::npos)
            return;
        const auto range = [](std::string_view text, int& start, int& lines) {
            const auto [next, error] = std::from_chars(text.data(), text.data() + text.size(), start);
            lines = 1;
            if (error == std::errc() && next < text.data() + text.size() && *next == ',')
                std::from_chars(next + 1, text.data() + text.size(), lines);
        };
        const std::string_view ranges = line.substr(4, close - 4);
        const auto space = ranges.find(" +");
        if (space == std::string_view::npos)
            return;
        range(ranges.substr(0, space), hunk.oldStart, hunk.oldLines);
        range(ranges.substr(space + 2), hunk.newStart, hunk.newLines);
        if (close + 4 <= line.size())
            hunk.heading = std::string(line.substr(close + 4));
        int oldLeft = hunk.oldLines, newLeft = hunk.newLines;
        while (!m_rest.empty() && (oldLeft > 0 || newLeft > 0 || m_rest[0] == '\\')) {
            const std::string_view text = takeLine();
            if (text.starts_with('\\')) {
                if (!hunk.lines.empty())
                    hunk.lines.back().endsFile = true;
                continue;
            }
            // Some tools strip the blank of an empty context line.
            const LineKind kind = text.starts_with('+')   ? LineKind::Added
                                  : text.starts_with('-') ? LineKind::Removed
                                                          : LineKind::Context;
            hunk.lines.push_back({kind, 0, 0, std::string(text.empty() ? text : text.substr(1)), false});
            oldLeft -= kind != LineKind::Added;
            newLeft -= kind != LineKind::Removed;
            m_file->added += kind == LineKind::Added;
            m_file->removed += kind == LineKind::Removed;
        }
        const Hunk said = hunk;
        renumber(hunk);
        hunk.oldStart = said.oldStart;
        hunk.newStart = said.newStart;
        m_file->hunks.push_back(std::move(hunk));
    }

    std::string_view m_rest;
    std::optional<FileDiff> m_file;
    std::vector<FileDiff> m_files;
};

}  // namespace

namespace {

// Positions of `hunk.lines` with each run of changes put in another order: `order` gets those of its removed
// and of its added lines.
template <class Order> std::vector<std::size_t> reordered(const Hunk& hunk, Order order) {
    std::vector<std::size_t> positions, removed, added;
    for (std::size_t i = 0; i <= hunk.lines.size(); ++i) {
        const bool inRun = i < hunk.lines.size() && hunk.lines[i].kind != LineKind::Context;
        if (inRun) {
            (hunk.lines[i].kind == LineKind::Removed ? removed : added).push_back(i);
            continue;
        }
        order(removed, added, positions);
        removed.clear();
        added.clear();
        if (i < hunk.lines.size())
            positions.push_back(i);
    }
    return positions;
}

}  // namespace

Hunk selectLines(const Hunk& hunk, const std::vector<std::size_t>& positions, HunkTarget target) {
    const auto chosen = [&](std::size_t i) { return std::ranges::find(positions, i) != positions.end(); };
    // Where only a part of a run is taken, its first removed line is taken for the old form of its first
    // added one, and so on: a line that is staged alone then stands where it stood, and not behind all that
    // it had company of.
    const auto pairs = [&](const auto& removed, const auto& added, std::vector<std::size_t>& out) {
        if (std::ranges::all_of(removed, chosen) && std::ranges::all_of(added, chosen)) {
            out.insert(out.end(), removed.begin(), removed.end());
            out.insert(out.end(), added.begin(), added.end());
            return;
        }
        for (std::size_t k = 0; k < std::max(removed.size(), added.size()); ++k) {
            if (k < removed.size())
                out.push_back(removed[k]);
            if (k < added.size())
                out.push_back(added[k]);
        }
    };
    Hunk part = hunk;
    part.lines.clear();
    const LineKind vanishes = target == HunkTarget::Forward ? LineKind::Added : LineKind::Removed;
    for (const std::size_t i : reordered(hunk, pairs)) {
        DiffLine line = hunk.lines[i];
        if (line.kind != LineKind::Context && !chosen(i)) {
            if (line.kind == vanishes)
                continue;
            line.kind = LineKind::Context;
        }
        part.lines.push_back(std::move(line));
    }
    renumber(part);
    return part;
}

Hunk reversed(const Hunk& hunk) {
    // Removed lines come first in every run, as all tools write it; libgit2 insists on it at the end of a
    // file.
    const auto addedFirst = [](const auto& removed, const auto& added, std::vector<std::size_t>& out) {
        out.insert(out.end(), added.begin(), added.end());
        out.insert(out.end(), removed.begin(), removed.end());
    };
    Hunk back = hunk;
    back.lines.clear();
    std::swap(back.oldStart, back.newStart);
    std::swap(back.oldLines, back.newLines);
    for (const std::size_t i : reordered(hunk, addedFirst)) {
        DiffLine line = hunk.lines[i];
        std::swap(line.oldNumber, line.newNumber);
        if (line.kind != LineKind::Context)
            line.kind = line.kind == LineKind::Added ? LineKind::Removed : LineKind::Added;
        back.lines.push_back(std::move(line));
    }
    return back;
}

FileDiff reversed(const FileDiff& file) {
    FileDiff back = file;
    std::swap(back.oldMode, back.newMode);
    std::swap(back.added, back.removed);
    back.change = file.change == Change::Added     ? Change::Deleted
                  : file.change == Change::Deleted ? Change::Added
                                                   : file.change;
    for (Hunk& hunk : back.hunks)
        hunk = reversed(hunk);
    return back;
}

std::string patchText(const FileDiff& file, const Hunk& hunk) {
    const std::string a = quoted("a/" + file.path), b = quoted("b/" + file.path);
    // A part of an added or deleted file's hunk may leave lines on the other side: the file then exists on
    // both.
    const bool isNew = file.change == Change::Added && hunk.oldLines == 0;
    const bool isGone = file.change == Change::Deleted && hunk.newLines == 0;
    const std::uint32_t mode = file.newMode ? file.newMode : file.oldMode ? file.oldMode : 0100644U;
    std::string text = fmt::format("diff --git {} {}\n", a, b);
    if (isNew)
        text += fmt::format("new file mode {:06o}\nindex 0000000..1111111\n", mode);
    else if (isGone)
        text += fmt::format("deleted file mode {:06o}\nindex 1111111..0000000\n",
                            file.oldMode ? file.oldMode : mode);
    else
        text += fmt::format("index 1111111..2222222 {:06o}\n", mode);
    text += fmt::format("--- {}\n+++ {}\n", isNew ? "/dev/null" : a, isGone ? "/dev/null" : b);
    text += fmt::format("@@ -{},{} +{},{} @@\n", hunk.oldStart, hunk.oldLines, hunk.newStart, hunk.newLines);
    for (const DiffLine& line : hunk.lines) {
        text += line.kind == LineKind::Added ? '+' : line.kind == LineKind::Removed ? '-' : ' ';
        text += line.text;
        text += '\n';
        if (line.endsFile)
            text += "\\ No newline at end of file\n";
    }
    return text;
}

std::vector<FileDiff> parsePatch(std::string_view text) {
    return PatchReader(text).read();
}

}  // namespace lathe::git
