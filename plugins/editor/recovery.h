// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"
#include "host/host.h"
#include "host/location.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::editor {

// Unsaved text, kept in a file of this computer until it is saved or given up: a crash, a power cut or a host
// that went away loses nothing.
struct Recovered {
    host::Location location;  // empty path: it was never saved
    std::string key;          // names the recovery file
    host::FileVersion base;   // of the file that was edited
    double time = 0;          // unix seconds
    std::string bytes;
    bool inUse = false;  // by another window that is open now: the text is unsaved there, and not lost
};

// A file says which process wrote it, so that two windows on one file keep their unsaved texts apart.
// Blocking; call them off the GUI thread. All lie in dataDir()/recovery.
std::string recoveryKey(const host::Location& location);
Result<> keepRecovery(const Recovered& text);
// nullopt if there is none. A damaged file is an error that names it; it is left where it is.
Result<std::optional<Recovered>> loadRecovery(const std::string& key);
Result<> dropRecovery(const std::string& key);
// A name for the text of this process while another one holds `key`.
std::string ownKey(const std::string& key);
// Of texts that were never saved and that no open window has, oldest first; what cannot be read is left out.
std::vector<Recovered> unsavedTexts();

}  // namespace lathe::editor
