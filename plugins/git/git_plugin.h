// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plugin.h"

#include <QObject>

namespace lathe::gitpane {

class GitPlugin final : public QObject, public app::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "io.lathe.Plugin/1" FILE "git.json")
    Q_INTERFACES(lathe::app::Plugin)
public:
    QString initialize(app::Workbench& workbench) override;
};

} // namespace lathe::gitpane
