// SPDX-License-Identifier: Apache-2.0
#include "launch/helper_metrics.h"

#include "core/file.h"
#include "core/paths.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace lathe::launch {
namespace {

constexpr std::size_t kChunk = 1 << 20;

// True if `line` is a metrics event with this name among its keys. A substring search and no parser: it runs over every
// byte that a training script logs.
bool lineHas(std::string_view line, const std::string& quoted) {
    for (auto at = line.find(quoted); at != std::string_view::npos; at = line.find(quoted, at + 1)) {
        const auto next = line.find_first_not_of(' ', at + quoted.size());
        if (next != std::string_view::npos && line[next] == ':')
            return line.find("\"metrics\"") != std::string_view::npos;
    }
    return false;
}

}  // namespace

void HelperMetrics::search(std::string_view lines, const std::set<std::string>& names) {
    for (const std::string& name : names) {
        const std::string quoted = '"' + name + '"';
        for (auto at = lines.find(quoted); at != std::string_view::npos && !m_found.contains(name);) {
            const auto before = lines.rfind('\n', at);
            const auto begin = before == std::string_view::npos ? 0 : before + 1;
            const auto end = std::min(lines.find('\n', at), lines.size());
            if (lineHas(lines.substr(begin, end - begin), quoted))
                m_found.insert(name);
            at = lines.find(quoted, end);
        }
    }
}

void HelperMetrics::read(const std::string& file, std::uint64_t from, std::uint64_t to,
                         const std::set<std::string>& names) {
    std::size_t want = kChunk;
    while (from < to) {
        const auto bytes = readFileFrom(joinPath(m_runDir, file), from, std::min<std::uint64_t>(want, to - from));
        if (!bytes || bytes->empty())
            return;
        const auto end = bytes->rfind('\n');
        if (end == std::string::npos) {
            if (bytes->size() < want)
                return;  // the last line is still being written
            want *= 2;   // one line longer than the chunk
            continue;
        }
        search(std::string_view(*bytes).substr(0, end + 1), names);
        from += end + 1;
        m_offsets[file] = std::max(m_offsets[file], from);
    }
}

void HelperMetrics::look(const std::set<std::string>& names) {
    std::set<std::string> fresh, open;
    for (const std::string& name : names) {
        if (!m_found.contains(name))
            (m_asked.insert(name).second ? fresh : open).insert(name);
    }
    const auto files = listDir(m_runDir);
    if (!files)
        return;
    for (const std::string& file : *files) {
        if (!file.starts_with("journal.") || !file.ends_with(".jsonl") || file == "journal.jsonl")
            continue;
        const std::uint64_t searched = m_offsets[file];
        if (!fresh.empty())
            read(file, 0, searched, fresh);
        std::set<std::string> both = open;
        both.insert(fresh.begin(), fresh.end());
        if (!both.empty())
            read(file, searched, std::numeric_limits<std::uint64_t>::max(), both);
    }
}

}  // namespace lathe::launch
