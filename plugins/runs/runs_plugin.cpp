// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_plugin.h"

#include "runs_feature.h"

namespace lathe::runs {

RunsPlugin::RunsPlugin() = default;
RunsPlugin::~RunsPlugin() = default;

QString RunsPlugin::initialize(app::Workbench& workbench) {
    m_feature = std::make_unique<RunsFeature>(workbench);
    return {};
}

void RunsPlugin::ready() {
    m_feature->ready();
}

}  // namespace lathe::runs
