// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/host.h"

#include <string>

namespace lathe::cli {

// Asks on the terminal what connecting needs: an unknown host key by its SHA-256, passwords without echo. Without a terminal
// nothing is asked, so an unknown key stops.
host::Prompts ttyPrompts(const std::string& hostId);

}  // namespace lathe::cli
