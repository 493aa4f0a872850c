// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtPlugin>

namespace lathe::app {

class Workbench;

// The version of these headers that a plugin was built against; a plugin's JSON face says it as "api". A
// plugin of another number is not loaded, and the user is told.
inline constexpr int kPluginApi = 1;

// One plugin: a shared library in lib/lathe/plugins. Its JSON face (NAME.json, given to Q_PLUGIN_METADATA) is
//   {"name": "runs", "title": "Runs", "api": 1, "after": ["editor"], "needs": []}
// "after" orders without demanding, "needs" refuses to load without. A plugin shows itself through the
// Workbench only and includes no header of another plugin; plugins reach each other through commands
// (app/command_ids.h).
//
// Life, all on the GUI thread: constructed → initialize (register everything; create no widget and do no I/O,
// so that the window appears at once) → ready (the window is shown and the session restored; start what runs
// in the background through the EngineBridge) → aboutToClose → destroyed, after every pane that it made.
class Plugin {
public:
    virtual ~Plugin() = default;

    // `workbench` outlives the plugin. An empty string is success; anything else is the reason shown to the
    // user, and the plugin is dropped.
    virtual QString initialize(Workbench& workbench) = 0;
    virtual void ready() {}
    // False keeps the window open; the plugin has asked the user, or will call Workbench::close() when it is
    // done. Panes with unsaved work are asked on their own (Pane::canClose), before this.
    virtual bool aboutToClose() { return true; }
};

}  // namespace lathe::app

Q_DECLARE_INTERFACE(lathe::app::Plugin, "io.lathe.Plugin/1")
