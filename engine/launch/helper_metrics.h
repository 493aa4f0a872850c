// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace lathe::launch {

// Which metric names the run's own journals (journal.<writer>.jsonl, by the Python helper or a rank) hold, so that a
// value that is both logged and printed stays one series. Not thread-safe.
class HelperMetrics {
public:
    explicit HelperMetrics(std::string runDir) : m_runDir(std::move(runDir)) {}

    // Looks for these names in what the journals hold by now; only what grew is read for names asked for before.
    void look(const std::set<std::string>& names);
    bool has(const std::string& name) const { return m_found.contains(name); }

private:
    void search(std::string_view lines, const std::set<std::string>& names);
    void read(const std::string& file, std::uint64_t from, std::uint64_t to, const std::set<std::string>& names);

    std::string m_runDir;
    std::set<std::string> m_asked, m_found;
    std::map<std::string, std::uint64_t> m_offsets;  // file → end of the last whole line that was searched
};

}  // namespace lathe::launch
