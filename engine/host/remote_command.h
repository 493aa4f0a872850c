// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"

#include <string>

namespace lathe::host {

// A program as one line for the login shell of another machine. Whatever that shell is and its start-up files
// print, a POSIX sh does the work, and what it does is known from a mark that it prints first: the mark, then
// '+' (the program is started next), 'd' (no such working folder) or 'c' (no such program), then the process
// id and ';'. What comes before the mark is noise. Without a terminal the mark stands on both outputs.
struct RemoteCommand {
    std::string line;
    std::string mark;
};

Result<RemoteCommand> remoteCommand(const ProcessSpec& spec, const std::string& host);

// Signals the process group that `pid` leads, or the process alone if it leads none. SSH has a signal request
// of its own, which OpenSSH refuses for root and before 7.9, without a word.
std::string remoteSignal(long pid, int number);

}  // namespace lathe::host
