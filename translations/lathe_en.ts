<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
        <source>Toggle dark and light</source>
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
        <source>Trains a small language model here in about a minute</source>
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
</context>
</TS>
