// SPDX-License-Identifier: Apache-2.0
#include "record/git_command.h"

#include "core/clock.h"
#include "core/inert_git.h"
#include "core/process.h"
#include "core/text.h"

namespace lathe::record {

namespace {

constexpr double kQuickSeconds = 2;

}  // namespace

GitCommand::GitCommand(std::string folder, double budgetSeconds)
    : m_folder(std::move(folder)), m_deadline(monotonicSeconds() + budgetSeconds) {}

Result<std::string> GitCommand::ask(const std::vector<std::string>& arguments, bool bounded,
                                    std::string_view input) const {
    ProcessOptions options;
    options.argv = inertGitWords();
    options.argv.insert(options.argv.end(), {"-c", "core.quotePath=false"});
    options.argv.insert(options.argv.end(), m_disarm.begin(), m_disarm.end());
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.cwd = m_folder;
    for (const auto& [name, value] : inertGitVariables())
        options.env[name] = value;
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

Result<> GitCommand::disarmFilters(const std::vector<std::string>& configKeys) {
    FilterSwitches switches = filterSwitches(configKeys);
    if (!switches.stubborn.empty())
        return fail(ErrorCode::Unsupported, "the repository names a filter that cannot be switched off: " +
                                                escapedForDisplay(switches.stubborn[0], 100));
    m_disarm = std::move(switches.words);
    return {};
}

double GitCommand::secondsLeft() const {
    return m_deadline - monotonicSeconds();
}

bool GitCommand::late() const {
    return secondsLeft() <= 0;
}

}  // namespace lathe::record
