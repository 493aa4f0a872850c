// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/sftp_files.h"

namespace lathe::host {

// Puts this version's lathe-agent at ~/.cache/lathe/agent/<version>-<checksum>/lathe-agent of a remote host
// unless it is there already, and returns its path once it is seen to run. What lies there is trusted only if
// its checksum is ours. Unsupported (another system or processor, a home that runs no programs) says what is
// then missing.
Result<std::string> sendAgent(Host& host, SftpFiles& files);

}  // namespace lathe::host
