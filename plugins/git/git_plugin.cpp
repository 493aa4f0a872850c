// SPDX-License-Identifier: GPL-3.0-or-later
#include "git_plugin.h"

#include "git_panes.h"

namespace lathe::gitpane {

QString GitPlugin::initialize(app::Workbench& workbench) {
    registerGit(workbench);
    return {};
}

} // namespace lathe::gitpane
