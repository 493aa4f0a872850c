// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_plugin.h"

#include "terminal_commands.h"

namespace lathe::terminal {

QString TerminalPlugin::initialize(app::Workbench& workbench) {
    registerTerminal(workbench);
    return {};
}

} // namespace lathe::terminal
