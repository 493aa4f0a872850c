// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lathe::app {
class Workbench;
}

namespace lathe::editor {

// Panes, tab kind, file opener, settings, commands and status items.
void registerEditor(app::Workbench& workbench);
// New texts that were never saved come back after a crash.
void openUnsavedTexts(app::Workbench& workbench);

} // namespace lathe::editor
