// SPDX-License-Identifier: Apache-2.0
#include "core/inert_git.h"

#include <set>

namespace lathe {

std::vector<std::string> inertGitWords() {
    std::vector<std::string> words = {"env"};
    for (const char* name :
         {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
          "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NAMESPACE",
          "GIT_PREFIX", "GIT_INTERNAL_SUPER_PREFIX", "GIT_EXTERNAL_DIFF"})
        words.insert(words.end(), {"-u", name});
    for (const char* word :
         {"git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c",
          "diff.external=", "-c", "submodule.recurse=false", "-c", "log.showSignature=false"})
        words.emplace_back(word);
    return words;
}

std::map<std::string, std::string> inertGitVariables() {
    return {{"LC_ALL", "C"},
            {"GIT_OPTIONAL_LOCKS", "0"},
            {"GIT_TERMINAL_PROMPT", "0"},
            {"GIT_PAGER", "cat"},
            {"GIT_EDITOR", "false"},
            // A list that holds no protocol there is; older versions of git know no GIT_NO_LAZY_FETCH.
            {"GIT_ALLOW_PROTOCOL", "none"},
            {"GIT_NO_LAZY_FETCH", "1"}};
}

FilterSwitches filterSwitches(const std::vector<std::string>& configurationKeys) {
    std::set<std::string> drivers;
    for (const std::string& key : configurationKeys) {
        if (const std::size_t dot = key.rfind('.');
            key.starts_with("filter.") && dot != std::string::npos && dot > 7)
            drivers.insert(key.substr(0, dot));
    }
    FilterSwitches switches;
    for (const std::string& driver : drivers) {
        if (driver.find('=') != std::string::npos) {
            switches.stubborn.push_back(driver);
            continue;
        }
        for (const char* part : {".clean=", ".smudge=", ".process=", ".required=false"})
            switches.words.insert(switches.words.end(), {"-c", driver + part});
    }
    return switches;
}

}  // namespace lathe
