<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>lathe::app::ActivityBar</name>
    <message>
        <source>Notifications</source>
        <translation>Mitteilungen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Activity bar</source>
        <translation>Aktivitätsleiste</translation>
    </message>
</context>
<context>
    <name>lathe::app::ActivityButton</name>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>lathe::app::BellList</name>
    <message>
        <source>Notifications</source>
        <translation>Mitteilungen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>What Lathe tells you is kept here.</source>
        <translation>Was Lathe Ihnen mitteilt, wird hier aufbewahrt.</translation>
    </message>
</context>
<context>
    <name>lathe::app::CentreArea</name>
    <message>
        <source>Centre</source>
        <translation>Mitte</translation>
    </message>
</context>
<context>
    <name>lathe::app::Commands</name>
    <message>
        <source>No part of Lathe that is loaded offers “%1”</source>
        <translation>Kein geladener Teil von Lathe bietet „%1“</translation>
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
        <translation>auf Wunsch angehalten</translation>
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
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
</context>
<context>
    <name>lathe::app::KeyBindings</name>
    <message>
        <source>Set</source>
        <translation>Setzen</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>Keine Taste</translation>
    </message>
    <message>
        <source>Filter commands or keys</source>
        <translation>Befehle oder Tasten filtern</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Commands and keys</source>
        <translation>Befehle und Tasten</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>Neue Taste</translation>
    </message>
    <message>
        <source>Also the key of “%1”</source>
        <translation>Auch die Taste von „%1“</translation>
    </message>
    <message>
        <source>you</source>
        <translation>Ihnen</translation>
    </message>
    <message>
        <source>default</source>
        <translation>Vorgabe</translation>
    </message>
</context>
<context>
    <name>lathe::app::MainWindow</name>
    <message>
        <source>Side panel</source>
        <translation>Seitenleiste</translation>
    </message>
    <message>
        <source>Bottom panel</source>
        <translation>Untere Leiste</translation>
    </message>
    <message>
        <source>Right dock</source>
        <translation>Rechter Bereich</translation>
    </message>
</context>
<context>
    <name>lathe::app::OutputPane</name>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Output of Lathe</source>
        <translation>Ausgabe von Lathe</translation>
    </message>
    <message>
        <source>What the parts of Lathe say is listed here.</source>
        <translation>Hier steht, was die Teile von Lathe sagen.</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>All channels</source>
        <translation>Alle Kanäle</translation>
    </message>
    <message>
        <source>Least level</source>
        <translation>Mindeststufe</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>Fehlersuche</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Copy output</source>
        <translation>Ausgabe kopieren</translation>
    </message>
</context>
<context>
    <name>lathe::app::PanelFrame</name>
    <message>
        <source>Hide panel (%1)</source>
        <translation>Leiste ausblenden (%1)</translation>
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
        <translation>Die Erweiterung „%1“ konnte nicht geladen werden</translation>
    </message>
    <message>
        <source>%1. The rest of Lathe works without it; the Output panel has the details.</source>
        <translation>%1. Der Rest von Lathe arbeitet ohne sie; Einzelheiten stehen in der Ausgabe.</translation>
    </message>
</context>
<context>
    <name>lathe::app::QuickInput</name>
    <message>
        <source>Palette</source>
        <translation>Palette</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>What to look for</source>
        <translation>Wonach gesucht wird</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>Nichts passt</translation>
    </message>
</context>
<context>
    <name>lathe::app::Settings</name>
    <message>
        <source>it must be from %1 to %2</source>
        <translation>es muss von %1 bis %2 sein</translation>
    </message>
    <message>
        <source>it must be at least %1</source>
        <translation>es muss mindestens %1 sein</translation>
    </message>
    <message>
        <source>it must be at most %1</source>
        <translation>es darf höchstens %1 sein</translation>
    </message>
    <message>
        <source>it must be true or false</source>
        <translation>es muss wahr oder falsch sein</translation>
    </message>
    <message>
        <source>it must be a number</source>
        <translation>es muss eine Zahl sein</translation>
    </message>
    <message>
        <source>it must be a whole number</source>
        <translation>es muss eine ganze Zahl sein</translation>
    </message>
    <message>
        <source>it must be a text</source>
        <translation>es muss ein Text sein</translation>
    </message>
    <message>
        <source>it must be one of %1</source>
        <translation>es muss eines von %1 sein</translation>
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
        <translation>.lathe/settings.json des Arbeitsbereichs wird übergangen: %1</translation>
    </message>
</context>
<context>
    <name>lathe::app::SettingsPage</name>
    <message>
        <source>Appearance</source>
        <translation>Erscheinung</translation>
    </message>
    <message>
        <source>Editor</source>
        <translation>Editor</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Git</source>
        <translation>Git</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Privatsphäre</translation>
    </message>
    <message>
        <source>Plugins</source>
        <translation>Erweiterungen</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>Geltung</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsbereich</translation>
    </message>
    <message>
        <source>Open as file</source>
        <translation>Als Datei öffnen</translation>
    </message>
    <message>
        <source>Pages of settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
    </message>
    <message>
        <source>No workspace is open: open a folder to set what holds only there.</source>
        <translation>Kein Arbeitsbereich ist offen: Öffnen Sie einen Ordner, um zu setzen, was nur dort gilt.</translation>
    </message>
    <message>
        <source>Nothing to set here yet.</source>
        <translation>Hier gibt es noch nichts einzustellen.</translation>
    </message>
    <message>
        <source>No setting matches “%1”.</source>
        <translation>Keine Einstellung passt auf „%1“.</translation>
    </message>
    <message>
        <source>Lathe sends nothing anywhere: no account, no telemetry, no update check.</source>
        <translation>Lathe sendet nichts irgendwohin: kein Konto, keine Telemetrie, keine Suche nach neuen Fassungen.</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation>%1 zurücksetzen</translation>
    </message>
    <message>
        <source>Not taken: %1</source>
        <translation>Nicht übernommen: %1</translation>
    </message>
    <message>
        <source>not loaded, on request</source>
        <translation>auf Wunsch nicht geladen</translation>
    </message>
    <message>
        <source>loaded</source>
        <translation>geladen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>No plugin was found.</source>
        <translation>Keine Erweiterung wurde gefunden.</translation>
    </message>
</context>
<context>
    <name>lathe::app::Sheet</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>lathe::app::ShellCommands</name>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>No tab is open</source>
        <translation>Kein Reiter ist offen</translation>
    </message>
    <message>
        <source>No folder is open</source>
        <translation>Kein Ordner ist offen</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>Datei öffnen …</translation>
    </message>
    <message>
        <source>Close folder</source>
        <translation>Ordner schließen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Open settings file</source>
        <translation>Einstellungsdatei öffnen</translation>
    </message>
    <message>
        <source>Close tab</source>
        <translation>Reiter schließen</translation>
    </message>
    <message>
        <source>Close all tabs</source>
        <translation>Alle Reiter schließen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>Befehl eingeben</translation>
    </message>
    <message>
        <source>Quick open</source>
        <translation>Schnell öffnen</translation>
    </message>
    <message>
        <source>Files by name   &gt; command   : line   # run</source>
        <translation>Dateien nach Namen   &gt; Befehl   : Zeile   # Lauf</translation>
    </message>
    <message>
        <source>Go to run…</source>
        <translation>Gehe zu Lauf …</translation>
    </message>
    <message>
        <source>Show pane…</source>
        <translation>Zeige …</translation>
    </message>
    <message>
        <source>Show </source>
        <translation>Zeige </translation>
    </message>
    <message>
        <source>Side panel</source>
        <translation>Seitenleiste</translation>
    </message>
    <message>
        <source>Bottom panel</source>
        <translation>Untere Leiste</translation>
    </message>
    <message>
        <source>Right region</source>
        <translation>Rechter Bereich</translation>
    </message>
    <message>
        <source>No plugin that is loaded has a pane for the right region</source>
        <translation>Keine geladene Erweiterung hat etwas für den rechten Bereich</translation>
    </message>
    <message>
        <source>Maximise bottom panel</source>
        <translation>Untere Leiste maximieren</translation>
    </message>
    <message>
        <source>Split right</source>
        <translation>Nach rechts teilen</translation>
    </message>
    <message>
        <source>Split down</source>
        <translation>Nach unten teilen</translation>
    </message>
    <message>
        <source>Move tab to other group</source>
        <translation>Reiter in andere Gruppe</translation>
    </message>
    <message>
        <source>Keep preview tab</source>
        <translation>Vorschau behalten</translation>
    </message>
    <message>
        <source>Tab group %1</source>
        <translation>Reitergruppe %1</translation>
    </message>
    <message>
        <source>There is no such group</source>
        <translation>Diese Gruppe gibt es nicht</translation>
    </message>
    <message>
        <source>Recent tab</source>
        <translation>Letzter Reiter</translation>
    </message>
    <message>
        <source>Next tab</source>
        <translation>Nächster Reiter</translation>
    </message>
    <message>
        <source>Previous tab</source>
        <translation>Voriger Reiter</translation>
    </message>
    <message>
        <source>Next region</source>
        <translation>Nächster Bereich</translation>
    </message>
    <message>
        <source>Previous region</source>
        <translation>Voriger Bereich</translation>
    </message>
    <message>
        <source>Grow region</source>
        <translation>Bereich vergrößern</translation>
    </message>
    <message>
        <source>Shrink region</source>
        <translation>Bereich verkleinern</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Toggle dark and light</source>
        <translation>Zwischen dunkel und hell wechseln</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>Größere Schrift</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>Kleinere Schrift</translation>
    </message>
    <message>
        <source>Normal text size</source>
        <translation>Normale Schriftgröße</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Mitteilungen</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Das Beispiel ausprobieren</translation>
    </message>
    <message>
        <source>Key bindings</source>
        <translation>Tastenbelegung</translation>
    </message>
    <message>
        <source>About Lathe</source>
        <translation>Über Lathe</translation>
    </message>
    <message>
        <source>Lathe %1, the deep-learning researcher&apos;s workbench.

The workbench is free software under the GNU General Public License, version 3 or later; the engine and the Python helper are under the Apache License 2.0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>lathe::app::ShellSettings</name>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Taken at the next start.</source>
        <translation>Gilt ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>Apart from the screen&apos;s scale.</source>
        <translation>Unabhängig von der Skalierung des Bildschirms.</translation>
    </message>
    <message>
        <source>Monospace font</source>
        <translation>Schrift fester Breite</translation>
    </message>
    <message>
        <source>For code, terminals, names of metrics and parameters. Empty: the system&apos;s.</source>
        <translation>Für Code, Terminals, Namen von Metriken und Parametern. Leer: die des Systems.</translation>
    </message>
    <message>
        <source>Stronger borders</source>
        <translation>Kräftigere Ränder</translation>
    </message>
    <message>
        <source>Around inputs and buttons.</source>
        <translation>Um Eingabefelder und Knöpfe.</translation>
    </message>
    <message>
        <source>Open the last workspace at start</source>
        <translation>Beim Start den letzten Arbeitsbereich öffnen</translation>
    </message>
    <message>
        <source>Distinguish by dash</source>
        <translation>Durch Strichmuster unterscheiden</translation>
    </message>
    <message>
        <source>Four patterns of dashes from the first run, beside the colours.</source>
        <translation>Vier Strichmuster vom ersten Lauf an, neben den Farben.</translation>
    </message>
    <message>
        <source>Plugins not to load</source>
        <translation>Nicht zu ladende Erweiterungen</translation>
    </message>
    <message>
        <source>Names with commas between: git, terminal. Taken at the next start.</source>
        <translation>Namen mit Kommas dazwischen: git, terminal. Gilt ab dem nächsten Start.</translation>
    </message>
</context>
<context>
    <name>lathe::app::ShellWorkbench</name>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>Datei öffnen</translation>
    </message>
    <message>
        <source>Preparing the sample…</source>
        <translation>Bereite das Beispiel vor …</translation>
    </message>
    <message>
        <source>Go to line %1</source>
        <translation>Gehe zu Zeile %1</translation>
    </message>
    <message>
        <source>Type a line number</source>
        <translation>Zeilennummer eingeben</translation>
    </message>
    <message>
        <source>a number from 1</source>
        <translation>eine Zahl ab 1</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Quick open lists the files of the workspace</source>
        <translation>„Schnell öffnen“ zeigt die Dateien des Arbeitsbereichs</translation>
    </message>
    <message>
        <source>Reading the names of the files…</source>
        <translation>Lese die Namen der Dateien …</translation>
    </message>
    <message>
        <source>The files cannot be listed</source>
        <translation>Die Dateien können nicht aufgezählt werden</translation>
    </message>
    <message>
        <source>The settings could not be saved</source>
        <translation>Die Einstellungen konnten nicht gespeichert werden</translation>
    </message>
    <message>
        <source>Some settings are ignored</source>
        <translation>Manche Einstellungen werden übergangen</translation>
    </message>
    <message>
        <source>Show settings</source>
        <translation>Einstellungen zeigen</translation>
    </message>
    <message>
        <source>The language changes at the next start</source>
        <translation>Die Sprache wechselt beim nächsten Start</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>Zeige %1</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>The pane “%1” could not be made</source>
        <translation>„%1“ konnte nicht erzeugt werden</translation>
    </message>
    <message>
        <source>The Output panel may say more.</source>
        <translation>Die Ausgabe sagt vielleicht mehr.</translation>
    </message>
    <message>
        <source>No part of Lathe that is loaded can show %1</source>
        <translation>Kein geladener Teil von Lathe kann %1 zeigen</translation>
    </message>
    <message>
        <source>The editor plugin opens text files; see Settings, Plugins.</source>
        <translation>Textdateien öffnet die Erweiterung „editor“; siehe Einstellungen, Erweiterungen.</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>Öffne %1 …</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>verloren</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>nicht verbunden</translation>
    </message>
    <message>
        <source>The workspace is on this computer</source>
        <translation>Der Arbeitsbereich liegt auf diesem Rechner</translation>
    </message>
    <message>
        <source>Host %1: %2</source>
        <translation>Rechner %1: %2</translation>
    </message>
</context>
<context>
    <name>lathe::app::StatusBar</name>
    <message>
        <source>Status bar</source>
        <translation>Statusleiste</translation>
    </message>
</context>
<context>
    <name>lathe::app::TabGroup</name>
    <message>
        <source>Open tabs</source>
        <translation>Offene Reiter</translation>
    </message>
    <message>
        <source>Split right</source>
        <translation>Nach rechts teilen</translation>
    </message>
    <message>
        <source>%1, unsaved</source>
        <translation>%1, nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>lathe::app::TabStrip</name>
    <message>
        <source>Tabs</source>
        <translation>Reiter</translation>
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
        <translation>wartet</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>verloren</translation>
    </message>
</context>
<context>
    <name>lathe::app::Toasts</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
</context>
<context>
    <name>lathe::app::TopBar</name>
    <message>
        <source>Top bar</source>
        <translation>Kopfleiste</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>Gi&amp;t</source>
        <translation>Gi&amp;t</translation>
    </message>
    <message>
        <source>H&amp;osts</source>
        <translation>&amp;Rechner</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Menus</source>
        <translation>Menüs</translation>
    </message>
    <message>
        <source>Quick open</source>
        <translation>Schnell öffnen</translation>
    </message>
    <message>
        <source>Quick open (%1)</source>
        <translation>Schnell öffnen (%1)</translation>
    </message>
    <message>
        <source>Run…</source>
        <translation>Starten …</translation>
    </message>
    <message>
        <source>Run… (%1)</source>
        <translation>Starten … (%1)</translation>
    </message>
    <message>
        <source>Side panel (%1)</source>
        <translation>Seitenleiste (%1)</translation>
    </message>
    <message>
        <source>Bottom panel (%1)</source>
        <translation>Untere Leiste (%1)</translation>
    </message>
    <message>
        <source>Right region (%1)</source>
        <translation>Rechter Bereich (%1)</translation>
    </message>
    <message>
        <source>Open a folder or search</source>
        <translation>Ordner öffnen oder suchen</translation>
    </message>
    <message>
        <source>Nothing here: no plugin that offers this is loaded</source>
        <translation>Nichts hier: Keine Erweiterung dafür ist geladen</translation>
    </message>
</context>
<context>
    <name>lathe::app::WelcomePane</name>
    <message>
        <source>just now</source>
        <translation>eben</translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation>vor %1 Min.</translation>
    </message>
    <message>
        <source>%1 h ago</source>
        <translation>vor %1 Std.</translation>
    </message>
    <message>
        <source>%1 d ago</source>
        <translation>vor %1 T.</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>The deep-learning researcher&apos;s workbench</source>
        <translation>Die Werkbank für Deep-Learning-Forschung</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Edit and train in a folder of this computer</source>
        <translation>In einem Ordner dieses Rechners bearbeiten und trainieren</translation>
    </message>
    <message>
        <source>Connect to host…</source>
        <translation>Mit Rechner verbinden …</translation>
    </message>
    <message>
        <source>Work where the GPUs are, over SSH</source>
        <translation>Dort arbeiten, wo die GPUs sind, über SSH</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Das Beispiel ausprobieren</translation>
    </message>
    <message>
        <source>Trains a small language model here in about a minute</source>
        <translation>Trainiert hier in etwa einer Minute ein kleines Sprachmodell</translation>
    </message>
    <message>
        <source>%1 finds any command, %2 any file.</source>
        <translation>%1 findet jeden Befehl, %2 jede Datei.</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Filter recent workspaces</source>
        <translation>Zuletzt geöffnete filtern</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Suchen …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Open folder… opens a project of this computer: its files, terminal, git and runs.</source>
        <translation>„Ordner öffnen …“ öffnet ein Projekt dieses Rechners: Dateien, Terminal, Git und Läufe.</translation>
    </message>
    <message>
        <source>Connect to host… does the same with a folder of another machine.</source>
        <translation>„Mit Rechner verbinden …“ tut dasselbe mit einem Ordner eines anderen Rechners.</translation>
    </message>
    <message>
        <source>Try the sample opens a small project and trains it, so that there is something to look at.</source>
        <translation>„Das Beispiel ausprobieren“ öffnet ein kleines Projekt und trainiert es, damit es etwas zu sehen gibt.</translation>
    </message>
    <message>
        <source>No recent workspace matches</source>
        <translation>Kein zuletzt geöffneter Arbeitsbereich passt</translation>
    </message>
</context>
</TS>
