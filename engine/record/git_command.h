// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace lathe::record {

// Questions to a repository by the git program, none of which starts a program that the repository names
// (hooks, filters, external diffs, file watchers) or writes its index. Not thread-safe.
class GitCommand {
public:
    // `budgetSeconds` from now is what all bounded questions together may take.
    GitCommand(std::string folder, double budgetSeconds);

    // Unavailable where the time was up, Io with git's own words where it failed. Unbounded questions are
    // those whose cost does not grow with the repository.
    Result<std::string> ask(const std::vector<std::string>& arguments, bool bounded,
                            std::string_view input = {}) const;

    // Filters are programs named by the repository's configuration; git would run them to compare a changed
    // file. Unsupported where one cannot be switched off.
    Result<> disarmFilters(const std::vector<std::string>& configKeys);

    const std::string& folder() const { return m_folder; }
    void moveTo(std::string folder) { m_folder = std::move(folder); }
    bool late() const;
    double secondsLeft() const;

    static constexpr std::size_t kMaxAnswer = std::size_t{32} << 20;

private:
    std::string m_folder;
    double m_deadline;
    std::vector<std::string> m_disarm;
};

}  // namespace lathe::record
