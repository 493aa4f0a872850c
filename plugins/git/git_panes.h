// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lathe::app {
class Workbench;
}

namespace lathe::gitpane {

// Registers the plugin's panes, commands and status item. The session it makes belongs to the workbench.
void registerGit(app::Workbench& workbench);

}  // namespace lathe::gitpane
