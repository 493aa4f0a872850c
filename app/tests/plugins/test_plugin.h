// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plugin.h"

#include <QObject>

#include <stdexcept>

// One source, built several times: FACE names the JSON face, BEHAVIOUR what initialize does.
class TestPlugin : public QObject, public lathe::app::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "io.lathe.Plugin/1" FILE FACE)
    Q_INTERFACES(lathe::app::Plugin)
public:
    QString initialize(lathe::app::Workbench& workbench) override;
    void ready() override;
    bool aboutToClose() override;

private:
    lathe::app::Workbench* m_workbench = nullptr;
};
