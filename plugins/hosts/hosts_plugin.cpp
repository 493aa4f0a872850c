// SPDX-License-Identifier: GPL-3.0-or-later
#include "hosts_plugin.h"

#include "hosts_commands.h"

namespace lathe::hosts {

QString HostsPlugin::initialize(app::Workbench& workbench) {
    registerHosts(workbench);
    return {};
}

} // namespace lathe::hosts
