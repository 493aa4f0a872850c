<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>QObject</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::ActivityBar</name>
    <message>
        <source>Notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activity bar</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::ActivityButton</name>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::BellList</name>
    <message>
        <source>Notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What Lathe tells you is kept here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::CentreArea</name>
    <message>
        <source>Centre</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::Commands</name>
    <message>
        <source>No part of Lathe that is loaded offers “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keys: there is no command “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keys: “%1” for %2 is no key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keys: %1 is also the key of “%2”</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::EngineBridge</name>
    <message>
        <source>stopped on request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is a fault of Lathe; the Output panel has more</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::ErrorState</name>
    <message>
        <source>Retry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::KeyBindings</name>
    <message>
        <source>Set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter commands or keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commands and keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also the key of “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>default</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::MainWindow</name>
    <message>
        <source>Side panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bottom panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right dock</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::OutputPane</name>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output of Lathe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the parts of Lathe say is listed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Debug</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Info</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy output</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::PanelFrame</name>
    <message>
        <source>Hide panel (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::PluginHost</name>
    <message>
        <source>it threw: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it threw something that is no std::exception</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a plugin of Lathe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was made for version %1 of the plugin interface, this is version %2; build it anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it needs the plugin “%1”, which is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its order contradicts itself (“after” and “needs” form a circle)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be read as a plugin: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it needs the plugin “%1”, which failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The plugin “%1” could not be loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. The rest of Lathe works without it; the Output panel has the details.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::QuickInput</name>
    <message>
        <source>Palette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to look for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::RunNotices</name>
    <message>
        <source>Tell when a run ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also through the desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While Lathe&apos;s window is not the active one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::Settings</name>
    <message>
        <source>it must be from %1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be at least %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be at most %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be true or false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be a whole number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it must be one of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>setting “%1” is ignored: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keys: the value of “%1” must be a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“keys” must be an object of command and key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.lathe/settings.json of the workspace is ignored: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::SettingsPage</name>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Editor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Git</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plugins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open as file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages of settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No workspace is open: open a folder to set what holds only there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to set here yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No setting matches “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lathe sends nothing anywhere: no account, no telemetry, no update check.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not taken: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not loaded, on request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No plugin was found.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::Sheet</name>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::ShellCommands</name>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No tab is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No folder is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open settings file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close all tabs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files by name   &gt; command   : line   # run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show pane…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bottom panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No plugin that is loaded has a pane for the right region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Maximise bottom panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move tab to other group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep preview tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab group %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grow region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shrink region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key bindings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Lathe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lathe %1, the deep-learning researcher&apos;s workbench.

The workbench is free software under the GNU General Public License, version 3 or later; the engine and the Python helper are under the Apache License 2.0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A document stays in the centre</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move pane to the side panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move pane to the centre</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move pane to the bottom panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move pane to the right dock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Toggle theme (dark, light)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::ShellSettings</name>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apart from the screen&apos;s scale.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monospace font</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For code, terminals, names of metrics and parameters. Empty: the system&apos;s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stronger borders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Around inputs and buttons.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the last workspace at start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Distinguish by dash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Four patterns of dashes from the first run, beside the colours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plugins not to load</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names with commas between: git, terminal. Taken at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::ShellWorkbench</name>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preparing the sample…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to line %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a line number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a number from 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick open lists the files of the workspace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the names of the files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files cannot be listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings could not be saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some settings are ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language changes at the next start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The pane “%1” could not be made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Output panel may say more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No part of Lathe that is loaded can show %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The editor plugin opens text files; see Settings, Plugins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The workspace is on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens the sample folder in place of %1 and starts a run that trains a small model for about a minute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open and train</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::StatusBar</name>
    <message>
        <source>Status bar</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::TabGroup</name>
    <message>
        <source>Open tabs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, unsaved</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::TabStrip</name>
    <message>
        <source>Tabs</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::Theme</name>
    <message>
        <source>there is no theme “%1”; there are dark and light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the theme “%1” is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>queued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::Toasts</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::TopBar</name>
    <message>
        <source>Top bar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gi&amp;t</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>H&amp;osts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick open (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run… (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side panel (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bottom panel (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right region (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder or search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing here: no plugin that offers this is loaded</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::app::WelcomePane</name>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The deep-learning researcher&apos;s workbench</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit and train in a folder of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to host…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work where the GPUs are, over SSH</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trains a small model here in about a minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 finds any command, %2 any file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter recent workspaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder… opens a project of this computer: its files, terminal, git and runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to host… does the same with a folder of another machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample opens a small project and trains it, so that there is something to look at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No recent workspace matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How to begin</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor</name>
    <message>
        <source>Tab width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns between tab stops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Indent with spaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In files that do not already indent with tabs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show spaces and tabs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep unsaved text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In a recovery file on this computer, so that a crash loses nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file is in front</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reload from disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comment or uncomment lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the next occurrence to the selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move lines up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move lines down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fold or unfold everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to line…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No folder is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the file in the tree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New file in the folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the folder again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::CodeEditor</name>
    <message>
        <source>Text</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::ComparePane</name>
    <message>
        <source>On disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Here, not saved</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::Document</name>
    <message>
        <source>The file is no longer there. Its unsaved text of %1 was kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsaved text of %1 was put back, and the file has changed on disk since.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsaved text of %1 was put back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was removed or renamed. Saving writes it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has changed on disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has changed on disk since it was opened. Nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. The text is kept in a recovery file here and is saved when the host is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recovery file could not be written: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has unsaved changes in another window. Here it is as it was saved.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::EditorPane</name>
    <message>
        <source>Saved %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reload</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A binary file of %1, shown as hexadecimal digits; it cannot be edited here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file of %1: opened for reading only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file may only be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some bytes are not UTF-8. They are shown as codes and saved as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the whole path, from /</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: on disk and here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line, or line:column; 1 to %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save changes to %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The changes are lost if they are not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the file a name</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::EditorStatus</name>
    <message>
        <source>Ln %1, Col %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (%1 selected)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Binary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UTF-8, damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UTF-8 with BOM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixed line ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to line (Ctrl+G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encoding of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the file&apos;s lines end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::FileModel</name>
    <message>
        <source>%1, git %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::FilesPane</name>
    <message>
        <source>No folder is open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not a name for a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New file in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder in %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder and everything in it is deleted on %1. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is deleted on %1. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open beside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy relative path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::FindBar</name>
    <message>
        <source>Find</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Match case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole word</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 replaced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not a pattern</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::editor::Languages</name>
    <message>
        <source>Plain text</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::ChangesModel</name>
    <message>
        <source>Conflicts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Staged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1, %n files</source>
        <translation>
            <numerusform>%1, %n file</numerusform>
            <numerusform>%1, %n files</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, was %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>untracked</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::ChangesPane</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message>
        <source>Git</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message (Ctrl+Enter commits)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commit message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Amend</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace the last commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Initialise repository</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder and its changes appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is not in a git repository.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the repository…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>detached at %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No upstream branch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to commit yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing changed since %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Commit %n files</source>
        <translation>
            <numerusform>Commit %n file</numerusform>
            <numerusform>Commit %n files</numerusform>
        </translation>
    </message>
    <message>
        <source>Commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The repository is still being read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resolve the conflicts first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage something first: select files and press Space.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a message first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Committed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard changes?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The working folder gets the staged content back. This cannot be undone:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Discard %n files</source>
        <translation>
            <numerusform>Discard %n file</numerusform>
            <numerusform>Discard %n files</numerusform>
        </translation>
    </message>
    <message>
        <source>Open changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unstage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mark as resolved (stage)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A merge is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rebase is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A cherry-pick is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A revert is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A bisect is under way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unstage all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open file</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::DiffPane</name>
    <message>
        <source>%1: changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ignore whitespace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide changes of white space alone; hunks can then only be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous hunk (Alt+Up)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next hunk (Alt+Down)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes, side by side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file has no changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not staged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Staged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 has no changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This commit changes no file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n hunks</source>
        <translation>
            <numerusform>%n hunk</numerusform>
            <numerusform>%n hunks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message>
        <source>Binary file: its bytes differ.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too large to show side by side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the mode changed: %1 to %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No line differs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard this hunk?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 gets its staged lines back here. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard hunk</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::GitSession</name>
    <message numerus="yes">
        <source>Branch %1, %n changed files</source>
        <translation>
            <numerusform>Branch %1, %n changed file</numerusform>
            <numerusform>Branch %1, %n changed files</numerusform>
        </translation>
    </message>
    <message>
        <source>Git</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No repository is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No changes are in front</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show graph</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open changes of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No file of this repository is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage hunk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unstage hunk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard hunk…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage all changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Initialise repository</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder has a repository, or none is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Graph</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>modified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>renamed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>type changed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::GraphPane</name>
    <message>
        <source>Graph</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commits of the workspace&apos;s repository appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message, author, id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter commits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No commits yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::HunkLines</name>
    <message>
        <source>Stage this line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unstage this line</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::HunkView</name>
    <message>
        <source>Stage hunk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unstage hunk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>U</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::LogModel</name>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Author</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Age</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, by %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts</name>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost, %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 core</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cores</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 / %2 GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, load %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>memory %1 of %2 GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>driver %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to host…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the workspace&apos;s host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a folder of a host…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disconnect from the workspace&apos;s host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The workspace is on this computer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::ConnectSheet</name>
    <message>
        <source>Connect to host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user@host:port, or a name of ~/.ssh/config</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reach</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>done, with a remark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files, terminal and runs work; live GPU numbers are slower. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The host&apos;s key is not the one that is known. Somebody may be in between; there is no way on from here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To test it by hand: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not known yet. Compare the fingerprint of its %2 key with what its administrator says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept and save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept once</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::hosts::DeviceCard</name>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2 percent busy, memory %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::FolderSheet</name>
    <message>
        <source>Open a folder of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parent folder (Alt+Up)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No folders in here. Open takes this folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter goes in, Open takes the folder named above.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostListDelegate</name>
    <message>
        <source>Connect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostListModel</name>
    <message>
        <source>From the SSH configuration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: not connected</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostListPane</name>
    <message>
        <source>Hosts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run here…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect to host…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostPane</name>
    <message>
        <source>This computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run here…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>up %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading what this host has…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: connection lost %2 ago.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its run goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its %1 runs go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next try in %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 °C</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 W</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 / %2 GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No GPU. Last 10 minutes, every 2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 busy. Last 10 minutes, every 2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The host did not say.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run was made here yet.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::hosts::WindowFace</name>
    <message>
        <source>%1 is not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare the fingerprint of its %1 key with what its administrator says:

%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accept and save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs</name>
    <message>
        <source>damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartCanvas</name>
    <message>
        <source>Line chart %1, no points</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Line chart %1, %n runs, %2 to %3</source>
        <translation>
            <numerusform>Line chart %1, %n run, %2 to %3</numerusform>
            <numerusform>Line chart %1, %n runs, %2 to %3</numerusform>
        </translation>
    </message>
    <message>
        <source>, lowest %1 by %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, highest %1 by %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>run</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartCard</name>
    <message>
        <source>Lines that leave the 1–99 % range. Click to fit everything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Expand chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chart menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to all charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log x</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all fitted</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n outside range</source>
        <translation>
            <numerusform>%n outside range</numerusform>
            <numerusform>%n outside range</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n NaN</source>
        <translation>
            <numerusform>%n NaN</numerusform>
            <numerusform>%n NaN</numerusform>
        </translation>
    </message>
    <message>
        <source>Values that are no finite number (NaN or infinite); a cross marks the first of a run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logarithmic y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logarithmic x</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit all values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures (*.svg *.pdf *.png)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not saved: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n lines leave the 1–99 % range. Click to fit everything.</source>
        <translation>
            <numerusform>%n line leaves the 1–99 % range. Click to fit everything.</numerusform>
            <numerusform>%n lines leave the 1–99 % range. Click to fit everything.</numerusform>
        </translation>
    </message>
    <message>
        <source>Click to fit the 1–99 % range again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NaN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last value logged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing of this chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As usual: none, a schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As for all charts, if dense</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartGrid</name>
    <message>
        <source>%1  %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the charts of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fold the charts of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts appear here once a drawn run logs a metric.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No metric&apos;s name holds “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartOverlay</name>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run is drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No points yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n more in the table</source>
        <translation>
            <numerusform>%n more in the table</numerusform>
            <numerusform>%n more in the table</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartPlot</name>
    <message>
        <source>pictures are written as .png, .pdf or .svg</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ColumnsPopup</name>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag to order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value at the crosshair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ConsolePage</name>
    <message>
        <source>Follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in the console</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stay at the end while the run prints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Console of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a run to see what it printed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has printed nothing yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the last %1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::HostCards</name>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU and devices here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting to %1…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::LaunchForm</name>
    <message>
        <source>Write the command to run, for example: python3 train.py</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A quote is not closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a recipe, a YAML file that says what to train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the whole path, from / or ~</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name holds no slash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One run with a name of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ranks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot start yet: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 on %2%3, starting now. It goes on when this window is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write NAME=value, several with spaces between them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That would be %1 runs; at most %2 are started at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 on %2%3, all starting now. They go on when this window is closed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::LaunchParameters</name>
    <message>
        <source>Changed only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Override %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Override what the file says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as in file</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n in the recipe</source>
        <translation>
            <numerusform>%n in the recipe</numerusform>
            <numerusform>%n in the recipe</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n values</source>
        <translation>
            <numerusform>%n value</numerusform>
            <numerusform>%n values</numerusform>
        </translation>
    </message>
    <message>
        <source>given</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::LaunchSheet</name>
    <message>
        <source>Recipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipes (*.yaml *.yml);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No command has been run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the workspace&apos;s folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a name of its own, like amber-otter-42</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>separated by commas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one process each, started as torchrun would</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now. The run is recorded with its code, survives this window and the connection, and is listed in Runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>working it out…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n ranks</source>
        <translation>
            <numerusform>%n rank</numerusform>
            <numerusform>%n ranks</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run did not start: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Environment variables of the run, beside those of this session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Variables</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot start yet: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start %1 runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 found in %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 runs started: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 runs started</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::LivePlotsPane</name>
    <message>
        <source>Live plots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a run and its metrics appear here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which runs to follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow: running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow: chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clip outliers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit the 1–99 % range; each chart says how many lines leave it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::MemoryBar</name>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Communication</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory per rank: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory per rank, planned</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::OverviewPage</name>
    <message>
        <source>Select a run to see what it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metric</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Points</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Metrics of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n damaged lines of its journal were skipped; everything else is here.</source>
        <translation>
            <numerusform>%n damaged line of its journal was skipped; everything else is here.</numerusform>
            <numerusform>%n damaged lines of its journal were skipped; everything else is here.</numerusform>
        </translation>
    </message>
    <message>
        <source>, exit code %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, killed by signal %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, last heard of at %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>, %n changed files saved with it</source>
        <translation>
            <numerusform>, %n changed file saved with it</numerusform>
            <numerusform>, %n changed files saved with it</numerusform>
        </translation>
    </message>
    <message>
        <source>Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ParametersModel</name>
    <message>
        <source>%1 of %2: %3%4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, as the baseline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (base)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::ParametersPage</name>
    <message>
        <source>Only differences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>These runs have the same %n parameters.</source>
        <translation>
            <numerusform>These runs have the same parameter.</numerusform>
            <numerusform>These runs have the same %n parameters.</numerusform>
        </translation>
    </message>
    <message>
        <source>No parameters were recorded. A recipe&apos;s are recorded by themselves; a script says lathe.params({…}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select runs to see their parameters.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunActions</name>
    <message>
        <source>No run is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run is already over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Stop %n runs?</source>
        <translation>
            <numerusform>Stop %n run?</numerusform>
            <numerusform>Stop %n runs?</numerusform>
        </translation>
    </message>
    <message>
        <source>It is asked to end, has ten seconds for a last checkpoint, and is then killed. What it logged stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Copied %n ids</source>
        <translation>
            <numerusform>Copied %n id</numerusform>
            <numerusform>Copied %n ids</numerusform>
        </translation>
    </message>
    <message>
        <source>Rename run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Tag %n runs</source>
        <translation>
            <numerusform>Tag %n run</numerusform>
            <numerusform>Tag %n runs</numerusform>
        </translation>
    </message>
    <message>
        <source>Tags, separated by commas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 archived</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n runs archived</source>
        <translation>
            <numerusform>%n run archived</numerusform>
            <numerusform>%n runs archived</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 moved to the trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n runs moved to the trash</source>
        <translation>
            <numerusform>%n run moved to the trash</numerusform>
            <numerusform>%n runs moved to the trash</numerusform>
        </translation>
    </message>
    <message>
        <source>Trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs in the trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of these runs is gone from the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunColumn</name>
    <message>
        <source>Drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 max</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunDrawer</name>
    <message>
        <source>%1 s left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details of the selected runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Console</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details over the charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters  %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source> · and %n more</source>
        <translation>
            <numerusform> · and %n more</numerusform>
            <numerusform> · and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunHeader</name>
    <message>
        <source>Stop run (Shift+F5)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>, %n ranks</source>
        <translation>
            <numerusform>, %n rank</numerusform>
            <numerusform>, %n ranks</numerusform>
        </translation>
    </message>
    <message>
        <source>Progress of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no steps yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunWatch</name>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its console says more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its supervisor is gone. Everything logged so far is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 stopped</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsDelegate</name>
    <message>
        <source>base</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>archived</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsFeature</name>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live plots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no run yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run is under way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow in live plots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plot the run of this file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy id of the selected runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tag runs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note on a run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export plot of the selected runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the script or recipe of a run first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run was made of %1 yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose Save picture… in the menu of a chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to plot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The runs asked for have no such metric.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plot written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The plot was not written: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsModel</name>
    <message>
        <source>%1 %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>baseline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pinned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawn in the charts (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not drawn in the charts (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n damaged lines of its journal were skipped</source>
        <translation>
            <numerusform>%n damaged line of its journal was skipped</numerusform>
            <numerusform>%n damaged lines of its journal were skipped</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, lowest of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, highest of the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>archived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, last value logged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value at the crosshair of the charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Name · %n drawn</source>
        <translation>
            <numerusform>Name · %n drawn</numerusform>
            <numerusform>Name · %n drawn</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsPane</name>
    <message>
        <source>No runs yet. Each run of a recipe or a command is listed here, with its parameters and live charts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading runs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find metric</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Horizontal axis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clip outliers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit the 1–99 % range; each chart says how many lines leave it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is shown beside the table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first %1 of %2 drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n not drawn</source>
        <translation>
            <numerusform>%n not drawn</numerusform>
            <numerusform>%n not drawn</numerusform>
        </translation>
    </message>
    <message>
        <source>Charts draw at most %1 runs: the first of the table. Filter or sort it to choose others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their eye in the table is off. Click to draw all.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsTable</name>
    <message>
        <source>Filter: words, or state = failed and val/loss &lt; 3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tag…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More actions</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n runs</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>No run matches the filter. Clear it to see all %n.</source>
        <translation>
            <numerusform>No run matches the filter. Clear it to see it.</numerusform>
            <numerusform>No run matches the filter. Clear it to see all %n.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
    <message>
        <source> · compared against</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select runs first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only selected (O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set tags (T)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show alone in charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow in live plots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set as baseline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy id</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns (C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>All %n runs are archived. The menu below shows them.</source>
        <translation>
            <numerusform>The only run is archived. The menu below shows it.</numerusform>
            <numerusform>All %n runs are archived. The menu below shows them.</numerusform>
        </translation>
    </message>
    <message>
        <source>Bring back from the archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore from trash…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show archived (%1)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsView</name>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finished</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::runs::SmoothingControl</name>
    <message>
        <source>Smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Debiased moving average of dense series; the points themselves stay behind it. Series of fewer than 100 points and schedules like lr are drawn as logged, unless the menu of their chart says otherwise.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::terminal</name>
    <message>
        <source>Terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No terminal is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this shell</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::terminal::Commands</name>
    <message>
        <source>Copy the selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find in the terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalFindBar</name>
    <message>
        <source>Find in terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalPane</name>
    <message>
        <source>Terminal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>host: shell</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (ended)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not a web address: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalSession</name>
    <message>
        <source>shell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. Enter tries again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: connection lost, the program cannot hear this. Enter starts a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program has ended. Enter starts it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended. Enter starts it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ended: %1. Enter starts it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1. The screen stays; Enter starts a new program.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalView</name>
    <message>
        <source>Terminal on %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1
Ctrl+click opens it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
