// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plugin.h"

#include <QObject>

namespace lathe::editor {

class EditorPlugin : public QObject, public app::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "io.lathe.Plugin/1" FILE "editor.json")
    Q_INTERFACES(lathe::app::Plugin)
public:
    QString initialize(app::Workbench& workbench) override;
    void ready() override;

private:
    app::Workbench* m_workbench = nullptr;
};

} // namespace lathe::editor
