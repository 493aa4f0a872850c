// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lathe::app {
class Workbench;
}

namespace lathe::terminal {

// The pane and its commands.
void registerTerminal(app::Workbench& workbench);

} // namespace lathe::terminal
