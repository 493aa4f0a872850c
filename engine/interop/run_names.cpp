// SPDX-License-Identifier: Apache-2.0
#include "interop/run_names.h"

#include "core/file.h"
#include "core/json.h"
#include "core/paths.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace lathe::interop {
namespace {

using Names = std::set<std::string, std::less<>>;

constexpr std::size_t kChunk = 1 << 20;

bool isEscaped(std::string_view line, std::size_t at) {
    std::size_t slashes = 0;
    while (slashes < at && line[at - 1 - slashes] == '\\')
        ++slashes;
    return slashes % 2 == 1;
}

// Puts those of `names` into `found` that are a key of this line. Keys are told from other strings by the
// colon behind them and are not parsed: this runs over every byte that a training script logs.
void searchLine(std::string_view line, const Names& names, Names& found) {
    if (line.find("\"metrics\"") == std::string_view::npos)
        return;
    for (auto open = line.find('"'); open != std::string_view::npos; open = line.find('"', open)) {
        auto close = line.find('"', open + 1);
        bool escaped = false;
        while (close != std::string_view::npos && isEscaped(line, close)) {
            escaped = true;
            close = line.find('"', close + 1);
        }
        if (close == std::string_view::npos)
            return;
        const std::string_view key = line.substr(open + 1, close - open - 1);
        const auto next = line.find_first_not_of(' ', close + 1);
        open = close + 1;
        if (next == std::string_view::npos || line[next] != ':')
            continue;
        if (escaped || key.find('\\') != std::string_view::npos) {
            const auto plain = parseJson('"' + std::string(key) + '"');
            if (plain && plain->is_string() && names.contains(plain->get_ref<const std::string&>()))
                found.insert(plain->get<std::string>());
        } else if (names.contains(key)) {
            found.emplace(key);
        }
    }
}

}  // namespace

void RunNames::read(const std::string& file, std::uint64_t from, std::uint64_t to, const Names& names) {
    std::size_t want = kChunk;
    while (from < to) {
        const auto bytes =
            readFileFrom(joinPath(m_runDir, file), from, std::min<std::uint64_t>(want, to - from));
        if (!bytes || bytes->empty())
            return;
        const auto end = bytes->rfind('\n');
        if (end == std::string::npos) {
            if (bytes->size() < want)
                return;  // the last line is still being written
            want *= 2;   // one line longer than the chunk
            continue;
        }
        for (std::size_t at = 0; at <= end;) {
            const std::size_t newline = bytes->find('\n', at);
            searchLine(std::string_view(*bytes).substr(at, newline - at), names, m_found);
            at = newline + 1;
        }
        from += end + 1;
        m_offsets[file] = std::max(m_offsets[file], from);
    }
}

void RunNames::look(const Names& names) {
    Names fresh, open;
    for (const std::string& name : names) {
        if (!m_found.contains(name))
            (m_asked.insert(name).second ? fresh : open).insert(name);
    }
    const auto files = listDir(m_runDir);
    if (!files)
        return;
    for (const std::string& file : *files) {
        if (!file.starts_with("journal.") || !file.ends_with(".jsonl") || m_ownFiles.contains(file))
            continue;
        const std::uint64_t searched = m_offsets[file];
        if (!fresh.empty())
            read(file, 0, searched, fresh);
        Names both = open;
        both.insert(fresh.begin(), fresh.end());
        if (!both.empty())
            read(file, searched, std::numeric_limits<std::uint64_t>::max(), both);
    }
}

}  // namespace lathe::interop
