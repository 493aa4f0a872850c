// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"

#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace lathe::record {

// What surrounds a run, as the files of its env/ folder say it (FORMAT.md, "env/"). Nothing here fails: what
// could not be had is missing. All of it may take seconds and belongs into a process of its own beside the
// run.

// host.json: kernel, distribution, glibc, processor, memory, limits of the container, CUDA toolkit, NVIDIA
// driver.
Json describeHost();

// command.json: argv, cwd, and of `environment` what tells how the run behaves, secrets redacted.
Json describeCommand(const std::vector<std::string>& argv, const std::string& cwd,
                     const std::map<std::string, std::string>& environment);

// packages.json: the interpreter with every package it sees (version, where it was installed from, editable
// or not), pip's and conda's, by asking it. Empty object if it does not answer within a minute. `environment`
// replaces the own one.
Json describePackages(const std::string& python, const std::string& cwd,
                      const std::map<std::string, std::string>& environment);

// Copies the lock files that govern `cwd` (its own or those of the folders above it up to the repository's
// top) to <runDir>/env/, user names and passwords cut out of addresses; returns their names, the strictest
// first.
std::vector<std::string> copyLockFiles(const std::string& cwd, const std::string& runDir);

// The Python that `argv` starts: itself, or the one that a script's first line names; else the first Python
// among the processes `tree`. Empty if there is none.
std::string findPython(const std::vector<std::string>& argv, const std::string& cwd,
                       const std::vector<pid_t>& tree);

// Whether the value of an environment variable of this name is not for a file that people share.
bool isSecretVariable(std::string_view name);

// `value` without what is secret in it: credentials in addresses go, a value that is a known form of token as
// a whole.
std::string redacted(std::string_view name, const std::string& value);

}  // namespace lathe::record
