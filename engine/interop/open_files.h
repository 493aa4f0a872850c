// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace lathe::interop {

// A log that peers write, by its name.
enum class LogKind { None, Events, Wandb, Csv, Tsv, JsonLines, Yaml };
LogKind logKindOf(std::string_view path);

// Files with the names of logs that these processes have open for writing (/proc/<pid>/fd; of this user's
// processes only).
std::vector<std::string> logsOpenedBy(const std::vector<pid_t>& processes);

// Whether a process that is none of these has the file open for writing.
bool isOpenElsewhere(const std::string& path, const std::vector<pid_t>& processes);

}  // namespace lathe::interop
