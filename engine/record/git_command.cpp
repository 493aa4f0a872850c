// SPDX-License-Identifier: Apache-2.0
#include "record/git_command.h"

#include "core/clock.h"
#include "core/process.h"
#include "core/text.h"

#include <optional>
#include <set>

namespace lathe::record {

namespace {

constexpr double kQuickSeconds = 2;

}  // namespace

GitCommand::GitCommand(std::string folder, double budgetSeconds)
    : m_folder(std::move(folder)), m_deadline(monotonicSeconds() + budgetSeconds) {}

Result<std::string> GitCommand::ask(const std::vector<std::string>& arguments, bool bounded,
                                    std::string_view input) const {
    ProcessOptions options;
    options.argv = {
        "git", "--no-optional-locks",  "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
        "-c",  "core.quotePath=false", "-c", "diff.external="};
    options.argv.insert(options.argv.end(), m_disarm.begin(), m_disarm.end());
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.cwd = m_folder;
    // What the caller's environment says of a repository is about another one.
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF"})
        options.env[name] = std::nullopt;
    options.env["GIT_TERMINAL_PROMPT"] = "0";
    options.env["LC_ALL"] = "C";
    options.in = input.empty() ? Redirect::Null : Redirect::Pipe;
    double seconds = kQuickSeconds;
    if (bounded) {
        seconds = secondsLeft();
        if (seconds <= 0)
            return fail(ErrorCode::Unavailable, "the time was up");
    }
    LATHE_TRY_ASSIGN(auto output, runCommand(std::move(options), input, seconds, kMaxAnswer));
    if (!output.status.ok())
        return fail(ErrorCode::Io, std::string(trim(output.err)));
    return std::move(output.out);
}

void GitCommand::disarmFilters(const std::vector<std::string>& configKeys) {
    std::set<std::string> drivers;
    for (const std::string& key : configKeys)
        if (const std::size_t dot = key.rfind('.'); key.starts_with("filter.") && dot > 7)
            drivers.insert(key.substr(0, dot));
    m_disarm.clear();
    for (const std::string& driver : drivers)
        for (const char* part : {".clean=", ".smudge=", ".process=", ".required=false"})
            m_disarm.insert(m_disarm.end(), {"-c", driver + part});
}

double GitCommand::secondsLeft() const {
    return m_deadline - monotonicSeconds();
}

bool GitCommand::late() const {
    return secondsLeft() <= 0;
}

}  // namespace lathe::record
