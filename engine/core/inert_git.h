// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lathe {

// How the `git` program is called on a repository that nobody vouches for: so that nothing that its own
// configuration names is started. Hooks, the file-system monitor, external differences, pagers, editors and
// prompts are off; no protocol may be spoken, because a partial clone fetches what it lacks through a program
// of the repository's choice (remote.NAME.uploadpack, gitprotocol-http(5) and gitremote-helpers(7) say how).
// Filters are taken out by name, with filterSwitches(). What asks for them by attribute must be refused by
// the caller where content is written.

// "env -u GIT_DIR … git --no-pager -c …": the variables of the caller's environment that speak of another
// repository are taken away (those of `git rev-parse --local-env-vars` that are no configuration), and
// GIT_EXTERNAL_DIFF. Where there is no git, `env` ends with 127.
std::vector<std::string> inertGitWords();
std::map<std::string, std::string> inertGitVariables();

// For the keys of a configuration ("filter.lfs.clean", …) the switches that make each filter a no-op. A
// driver whose name holds "=" cannot be switched off from the command line; it comes back in `stubborn`.
struct FilterSwitches {
    std::vector<std::string> words;
    std::vector<std::string> stubborn;  // "filter.a=b"
};
FilterSwitches filterSwitches(const std::vector<std::string>& configurationKeys);

}  // namespace lathe
