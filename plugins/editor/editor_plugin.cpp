// SPDX-License-Identifier: GPL-3.0-or-later
#include "editor_plugin.h"

#include "editor_commands.h"

namespace lathe::editor {

QString EditorPlugin::initialize(app::Workbench& workbench) {
    m_workbench = &workbench;
    registerEditor(workbench);
    return {};
}

void EditorPlugin::ready() { openUnsavedTexts(*m_workbench); }

} // namespace lathe::editor
