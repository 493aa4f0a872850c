// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace lathe::interop {

// Which metric names the other journals of a run hold, so that a value that arrives by two ways stays one
// series: the supervisor asks before it takes a name from the console, the collector before it takes one from
// a file. Not thread-safe.
class RunNames {
public:
    // `ownFiles`: the journals that are not searched, since they are the asker's own.
    RunNames(std::string runDir, std::set<std::string> ownFiles)
        : m_runDir(std::move(runDir)), m_ownFiles(std::move(ownFiles)) {}

    // Looks for these names in what the journals hold by now; only what grew is read for names asked for
    // before.
    void look(const std::set<std::string, std::less<>>& names);
    bool has(std::string_view name) const { return m_found.contains(name); }

private:
    void read(const std::string& file, std::uint64_t from, std::uint64_t to,
              const std::set<std::string, std::less<>>& names);

    const std::string m_runDir;
    const std::set<std::string> m_ownFiles;
    std::set<std::string, std::less<>> m_asked, m_found;
    std::map<std::string, std::uint64_t> m_offsets;  // file → end of the last whole line that was searched
};

}  // namespace lathe::interop
