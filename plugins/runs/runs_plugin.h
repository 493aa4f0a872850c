// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plugin.h"

#include <QObject>

#include <memory>

namespace lathe::runs {

class RunsFeature;

class RunsPlugin : public QObject, public app::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "io.lathe.Plugin/1" FILE "runs.json")
    Q_INTERFACES(lathe::app::Plugin)
public:
    RunsPlugin();
    ~RunsPlugin() override;
    QString initialize(app::Workbench& workbench) override;
    void ready() override;

private:
    std::unique_ptr<RunsFeature> m_feature;
};

}  // namespace lathe::runs
