// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lathe::app {
class Workbench;
}

namespace lathe::hosts {

class HostService;

// Panes, commands, and the prompts of every connection. Returns what owns the hosts' state.
HostService* registerHosts(app::Workbench& workbench);

} // namespace lathe::hosts
