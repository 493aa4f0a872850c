// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "host/host.h"

#include <map>
#include <memory>
#include <string>

namespace lathe::editor {

// What the editor wants to know of git. Blocking: off the GUI thread. NotFound where there is no repository.

// The file as the last commit has it.
Result<std::string> headContent(std::shared_ptr<host::Host> host, const std::string& path);
// Absolute path → 'M', 'A', 'U' (untracked), 'D' or '!' (conflict), of the repository that holds `folder`.
Result<std::map<std::string, char>> statusLetters(std::shared_ptr<host::Host> host, const std::string& folder);

} // namespace lathe::editor
