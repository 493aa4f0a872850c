<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>QObject</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
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
        <translation>keys: Es gibt keinen Befehl „%1“</translation>
    </message>
    <message>
        <source>keys: “%1” for %2 is no key</source>
        <translation>keys: „%1“ für %2 ist keine Taste</translation>
    </message>
    <message>
        <source>keys: %1 is also the key of “%2”</source>
        <translation>keys: %1 ist auch die Taste von „%2“</translation>
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
        <translation>das ist ein Fehler von Lathe; mehr steht in der Ausgabe</translation>
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
        <translation>sie warf: %1</translation>
    </message>
    <message>
        <source>it threw something that is no std::exception</source>
        <translation>sie warf etwas, das keine std::exception ist</translation>
    </message>
    <message>
        <source>it is not a plugin of Lathe</source>
        <translation>sie ist keine Erweiterung von Lathe</translation>
    </message>
    <message>
        <source>it was made for version %1 of the plugin interface, this is version %2; build it anew</source>
        <translation>sie wurde für Fassung %1 der Erweiterungsschnittstelle gebaut, dies ist Fassung %2; neu bauen</translation>
    </message>
    <message>
        <source>it needs the plugin “%1”, which is not there</source>
        <translation>sie braucht die Erweiterung „%1“, die es hier nicht gibt</translation>
    </message>
    <message>
        <source>its order contradicts itself (“after” and “needs” form a circle)</source>
        <translation>ihre Reihenfolge widerspricht sich („after“ und „needs“ bilden einen Kreis)</translation>
    </message>
    <message>
        <source>it cannot be read as a plugin: %1</source>
        <translation>sie kann nicht als Erweiterung gelesen werden: %1</translation>
    </message>
    <message>
        <source>it needs the plugin “%1”, which failed</source>
        <translation>sie braucht die Erweiterung „%1“, die gescheitert ist</translation>
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
    <name>lathe::app::RunNotices</name>
    <message>
        <source>Tell when a run ends</source>
        <translation>Melden, wenn ein Lauf endet</translation>
    </message>
    <message>
        <source>Also through the desktop</source>
        <translation>Auch über den Desktop</translation>
    </message>
    <message>
        <source>While Lathe&apos;s window is not the active one.</source>
        <translation>Solange das Fenster von Lathe nicht das aktive ist.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
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
        <translation>Einstellung „%1“ wird übergangen: %2</translation>
    </message>
    <message>
        <source>keys: the value of “%1” must be a text</source>
        <translation>keys: Der Wert von „%1“ muss ein Text sein</translation>
    </message>
    <message>
        <source>“keys” must be an object of command and key</source>
        <translation>„keys“ muss ein Objekt aus Befehl und Taste sein</translation>
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
        <translation>Lathe %1, die Werkbank für Deep-Learning-Forschung.

Die Werkbank ist freie Software unter der GNU General Public License, Version 3 oder später; die Engine und der Python-Helfer stehen unter der Apache License 2.0.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>A document stays in the centre</source>
        <translation>Ein Dokument bleibt in der Mitte</translation>
    </message>
    <message>
        <source>Move pane to the side panel</source>
        <translation>Ansicht in die Seitenleiste</translation>
    </message>
    <message>
        <source>Move pane to the centre</source>
        <translation>Ansicht in die Mitte</translation>
    </message>
    <message>
        <source>Move pane to the bottom panel</source>
        <translation>Ansicht in die untere Leiste</translation>
    </message>
    <message>
        <source>Move pane to the right dock</source>
        <translation>Ansicht in den rechten Bereich</translation>
    </message>
    <message>
        <source>Toggle theme (dark, light)</source>
        <translation>Farben wechseln (dunkel, hell)</translation>
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
    <message>
        <source>Try the sample</source>
        <translation>Das Beispiel ausprobieren</translation>
    </message>
    <message>
        <source>Opens the sample folder in place of %1 and starts a run that trains a small model for about a minute.</source>
        <translation>Öffnet den Beispielordner anstelle von %1 und startet einen Lauf, der etwa eine Minute lang ein kleines Modell trainiert.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Open and train</source>
        <translation>Öffnen und trainieren</translation>
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
        <translation>Farben „%1“ gibt es nicht; es gibt dark und light</translation>
    </message>
    <message>
        <source>the theme “%1” is damaged</source>
        <translation>die Farben „%1“ sind beschädigt</translation>
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
        <source>Trains a small model here in about a minute</source>
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
    <message>
        <source>How to begin</source>
        <translation>So geht es los</translation>
    </message>
</context>
<context>
    <name>lathe::editor</name>
    <message>
        <source>Tab width</source>
        <translation>Tabulatorbreite</translation>
    </message>
    <message>
        <source>Columns between tab stops.</source>
        <translation>Spalten zwischen Tabulatorstopps.</translation>
    </message>
    <message>
        <source>Indent with spaces</source>
        <translation>Mit Leerzeichen einrücken</translation>
    </message>
    <message>
        <source>In files that do not already indent with tabs.</source>
        <translation>In Dateien, die nicht schon mit Tabulatoren einrücken.</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>Lange Zeilen umbrechen</translation>
    </message>
    <message>
        <source>Show spaces and tabs</source>
        <translation>Leerzeichen und Tabulatoren zeigen</translation>
    </message>
    <message>
        <source>Keep unsaved text</source>
        <translation>Nicht gespeicherten Text aufbewahren</translation>
    </message>
    <message>
        <source>In a recovery file on this computer, so that a crash loses nothing.</source>
        <translation>In einer Sicherungsdatei auf diesem Rechner, damit ein Absturz nichts verliert.</translation>
    </message>
    <message>
        <source>No file is in front</source>
        <translation>Keine Datei ist vorn</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern unter …</translation>
    </message>
    <message>
        <source>Reload from disk</source>
        <translation>Neu vom Datenträger laden</translation>
    </message>
    <message>
        <source>Compare with disk</source>
        <translation>Mit Datenträger vergleichen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>Nächsten suchen</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>Vorigen suchen</translation>
    </message>
    <message>
        <source>Comment or uncomment lines</source>
        <translation>Zeilen aus- oder einkommentieren</translation>
    </message>
    <message>
        <source>Add the next occurrence to the selection</source>
        <translation>Nächstes Vorkommen zur Auswahl hinzufügen</translation>
    </message>
    <message>
        <source>Delete lines</source>
        <translation>Zeilen löschen</translation>
    </message>
    <message>
        <source>Move lines up</source>
        <translation>Zeilen nach oben</translation>
    </message>
    <message>
        <source>Move lines down</source>
        <translation>Zeilen nach unten</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Verdoppeln</translation>
    </message>
    <message>
        <source>Fold or unfold everything</source>
        <translation>Alles ein- oder ausklappen</translation>
    </message>
    <message>
        <source>Go to line…</source>
        <translation>Gehe zu Zeile …</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>No folder is open</source>
        <translation>Kein Ordner ist offen</translation>
    </message>
    <message>
        <source>Show the file in the tree</source>
        <translation>Datei im Baum zeigen</translation>
    </message>
    <message>
        <source>New file in the folder…</source>
        <translation>Neue Datei im Ordner …</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>Neuer Ordner …</translation>
    </message>
    <message>
        <source>Read the folder again</source>
        <translation>Ordner neu lesen</translation>
    </message>
    <message>
        <source>New text</source>
        <translation>Neuer Text</translation>
    </message>
    <message>
        <source>Save all</source>
        <translation>Alle speichern</translation>
    </message>
</context>
<context>
    <name>lathe::editor::CodeEditor</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>lathe::editor::ComparePane</name>
    <message>
        <source>On disk</source>
        <translation>Auf dem Datenträger</translation>
    </message>
    <message>
        <source>Here, not saved</source>
        <translation>Hier, nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>lathe::editor::Document</name>
    <message>
        <source>The file is no longer there. Its unsaved text of %1 was kept.</source>
        <translation>Die Datei gibt es nicht mehr. Ihr nicht gespeicherter Text von %1 wurde aufbewahrt.</translation>
    </message>
    <message>
        <source>Unsaved text of %1 was put back, and the file has changed on disk since.</source>
        <translation>Nicht gespeicherter Text von %1 wurde wiederhergestellt, und die Datei hat sich seitdem auf dem Datenträger geändert.</translation>
    </message>
    <message>
        <source>Unsaved text of %1 was put back.</source>
        <translation>Nicht gespeicherter Text von %1 wurde wiederhergestellt.</translation>
    </message>
    <message>
        <source>The file was removed or renamed. Saving writes it again.</source>
        <translation>Die Datei wurde entfernt oder umbenannt. Speichern schreibt sie neu.</translation>
    </message>
    <message>
        <source>The file has changed on disk.</source>
        <translation>Die Datei hat sich auf dem Datenträger geändert.</translation>
    </message>
    <message>
        <source>The file has changed on disk since it was opened. Nothing was written.</source>
        <translation>Die Datei hat sich seit dem Öffnen auf dem Datenträger geändert. Nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>%1. The text is kept in a recovery file here and is saved when the host is back.</source>
        <translation>%1. Der Text bleibt hier in einer Sicherungsdatei und wird gespeichert, sobald der Rechner wieder da ist.</translation>
    </message>
    <message>
        <source>Not saved: %1</source>
        <translation>Nicht gespeichert: %1</translation>
    </message>
    <message>
        <source>The recovery file could not be written: %1</source>
        <translation>Die Sicherungsdatei konnte nicht geschrieben werden: %1</translation>
    </message>
    <message>
        <source>The file has unsaved changes in another window. Here it is as it was saved.</source>
        <translation>Die Datei hat in einem anderen Fenster nicht gespeicherte Änderungen. Hier ist sie so, wie sie gespeichert wurde.</translation>
    </message>
</context>
<context>
    <name>lathe::editor::EditorPane</name>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Unbenannt</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>Noch nicht gespeichert</translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>Neu laden</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>Überschreiben</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>A binary file of %1, shown as hexadecimal digits; it cannot be edited here.</source>
        <translation>Eine Binärdatei von %1, hexadezimal gezeigt; sie kann hier nicht bearbeitet werden.</translation>
    </message>
    <message>
        <source>A file of %1: opened for reading only.</source>
        <translation>Eine Datei von %1: nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>The file may only be read.</source>
        <translation>Die Datei darf nur gelesen werden.</translation>
    </message>
    <message>
        <source>Some bytes are not UTF-8. They are shown as codes and saved as they are.</source>
        <translation>Manche Bytes sind kein UTF-8. Sie werden als Codes gezeigt und unverändert gespeichert.</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern unter</translation>
    </message>
    <message>
        <source>Path on %1</source>
        <translation>Pfad auf %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Give the whole path, from /</source>
        <translation>Den ganzen Pfad angeben, ab /</translation>
    </message>
    <message>
        <source>%1: on disk and here</source>
        <translation>%1: auf dem Datenträger und hier</translation>
    </message>
    <message>
        <source>Go to line</source>
        <translation>Gehe zu Zeile</translation>
    </message>
    <message>
        <source>Line, or line:column; 1 to %1</source>
        <translation>Zeile, oder Zeile:Spalte; 1 bis %1</translation>
    </message>
    <message>
        <source>Save changes to %1?</source>
        <translation>Änderungen an %1 speichern?</translation>
    </message>
    <message>
        <source>The changes are lost if they are not saved.</source>
        <translation>Die Änderungen gehen verloren, wenn sie nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Choose another name</source>
        <translation>Anderen Namen wählen</translation>
    </message>
    <message>
        <source>Give the file a name</source>
        <translation>Der Datei einen Namen geben</translation>
    </message>
</context>
<context>
    <name>lathe::editor::EditorStatus</name>
    <message>
        <source>Ln %1, Col %2</source>
        <translation>Z. %1, Sp. %2</translation>
    </message>
    <message>
        <source> (%1 selected)</source>
        <translation> (%1 ausgewählt)</translation>
    </message>
    <message>
        <source>Binary</source>
        <translation>Binär</translation>
    </message>
    <message>
        <source>UTF-8, damaged</source>
        <translation>UTF-8, beschädigt</translation>
    </message>
    <message>
        <source>UTF-8 with BOM</source>
        <translation>UTF-8 mit BOM</translation>
    </message>
    <message>
        <source>Mixed line ends</source>
        <translation>Gemischte Zeilenenden</translation>
    </message>
    <message>
        <source>Go to line (Ctrl+G)</source>
        <translation>Gehe zu Zeile (Ctrl+G)</translation>
    </message>
    <message>
        <source>Encoding of the file</source>
        <translation>Kodierung der Datei</translation>
    </message>
    <message>
        <source>How the file&apos;s lines end</source>
        <translation>Wie die Zeilen der Datei enden</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
</context>
<context>
    <name>lathe::editor::FileModel</name>
    <message>
        <source>%1, git %2</source>
        <translation>%1, git %2</translation>
    </message>
</context>
<context>
    <name>lathe::editor::FilesPane</name>
    <message>
        <source>No folder is open.</source>
        <translation>Kein Ordner ist offen.</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Not a name for a file</source>
        <translation>Kein Name für eine Datei</translation>
    </message>
    <message>
        <source>New file in %1</source>
        <translation>Neue Datei in %1</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>Anlegen</translation>
    </message>
    <message>
        <source>New folder in %1</source>
        <translation>Neuer Ordner in %1</translation>
    </message>
    <message>
        <source>Delete %1?</source>
        <translation>%1 löschen?</translation>
    </message>
    <message>
        <source>The folder and everything in it is deleted on %1. This cannot be undone.</source>
        <translation>Der Ordner und alles darin wird auf %1 gelöscht. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>The file is deleted on %1. This cannot be undone.</source>
        <translation>Die Datei wird auf %1 gelöscht. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open beside</source>
        <translation>Daneben öffnen</translation>
    </message>
    <message>
        <source>New file…</source>
        <translation>Neue Datei …</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>Neuer Ordner …</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>Pfad kopieren</translation>
    </message>
    <message>
        <source>Copy relative path</source>
        <translation>Relativen Pfad kopieren</translation>
    </message>
    <message>
        <source>Open in terminal</source>
        <translation>Im Terminal öffnen</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>Löschen …</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Neu lesen</translation>
    </message>
</context>
<context>
    <name>lathe::editor::FindBar</name>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>Groß/klein beachten</translation>
    </message>
    <message>
        <source>Whole word</source>
        <translation>Ganzes Wort</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>Regulärer Ausdruck</translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation>Voriger (Shift+Enter)</translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation>Nächster (Enter)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>Ersetzen durch</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>Alle ersetzen</translation>
    </message>
    <message>
        <source>%1 replaced</source>
        <translation>%1 ersetzt</translation>
    </message>
    <message>
        <source>Not a pattern</source>
        <translation>Kein Muster</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Over %1</source>
        <translation>Über %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1</source>
        <translation>%1</translation>
    </message>
</context>
<context>
    <name>lathe::editor::Languages</name>
    <message>
        <source>Plain text</source>
        <translation>Reiner Text</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::ChangesModel</name>
    <message>
        <source>Conflicts</source>
        <translation>Konflikte</translation>
    </message>
    <message>
        <source>Staged</source>
        <translation>Vorgemerkt</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n files</source>
        <translation>
            <numerusform>%1, %n Datei</numerusform>
            <numerusform>%1, %n Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, was %2</source>
        <translation>%1, vorher %2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>untracked</source>
        <translation>nicht verfolgt</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::ChangesPane</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Git</source>
        <translation>Git</translation>
    </message>
    <message>
        <source>Message (Ctrl+Enter commits)</source>
        <translation>Nachricht (Ctrl+Enter committet)</translation>
    </message>
    <message>
        <source>Commit message</source>
        <translation>Commit-Nachricht</translation>
    </message>
    <message>
        <source>Amend</source>
        <translation>Nachbessern</translation>
    </message>
    <message>
        <source>Replace the last commit</source>
        <translation>Den letzten Commit ersetzen</translation>
    </message>
    <message>
        <source>Changed files</source>
        <translation>Geänderte Dateien</translation>
    </message>
    <message>
        <source>Initialise repository</source>
        <translation>Repository anlegen</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Open a folder and its changes appear here.</source>
        <translation>Nach dem Öffnen eines Ordners stehen hier seine Änderungen.</translation>
    </message>
    <message>
        <source>This folder is not in a git repository.</source>
        <translation>Dieser Ordner liegt in keinem Git-Repository.</translation>
    </message>
    <message>
        <source>Reading the repository…</source>
        <translation>Lese das Repository …</translation>
    </message>
    <message>
        <source>detached at %1</source>
        <translation>losgelöst bei %1</translation>
    </message>
    <message>
        <source>No upstream branch</source>
        <translation>Kein Upstream-Branch</translation>
    </message>
    <message>
        <source>Nothing to commit yet.</source>
        <translation>Noch nichts zu committen.</translation>
    </message>
    <message>
        <source>Nothing changed since %1.</source>
        <translation>Nichts geändert seit %1.</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message numerus="yes">
        <source>Commit %n files</source>
        <translation>
            <numerusform>%n Datei committen</numerusform>
            <numerusform>%n Dateien committen</numerusform>
        </translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Committen</translation>
    </message>
    <message>
        <source>The repository is still being read.</source>
        <translation>Das Repository wird noch gelesen.</translation>
    </message>
    <message>
        <source>Resolve the conflicts first.</source>
        <translation>Zuerst die Konflikte lösen.</translation>
    </message>
    <message>
        <source>Stage something first: select files and press Space.</source>
        <translation>Zuerst etwas vormerken: Dateien auswählen und Space drücken.</translation>
    </message>
    <message>
        <source>Write a message first.</source>
        <translation>Zuerst eine Nachricht schreiben.</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Committed</source>
        <translation>Committet</translation>
    </message>
    <message>
        <source>Discard changes?</source>
        <translation>Änderungen verwerfen?</translation>
    </message>
    <message>
        <source>The working folder gets the staged content back. This cannot be undone:</source>
        <translation>Der Arbeitsordner bekommt den vorgemerkten Inhalt zurück. Das lässt sich nicht rückgängig machen:</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message numerus="yes">
        <source>Discard %n files</source>
        <translation>
            <numerusform>%n Datei verwerfen</numerusform>
            <numerusform>%n Dateien verwerfen</numerusform>
        </translation>
    </message>
    <message>
        <source>Open changes</source>
        <translation>Änderungen öffnen</translation>
    </message>
    <message>
        <source>Unstage</source>
        <translation>Vormerkung aufheben</translation>
    </message>
    <message>
        <source>Mark as resolved (stage)</source>
        <translation>Als gelöst markieren (vormerken)</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Vormerken</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>Verwerfen …</translation>
    </message>
    <message>
        <source>Stage all</source>
        <translation>Alle vormerken</translation>
    </message>
    <message>
        <source>A merge is under way.</source>
        <translation>Ein Merge läuft.</translation>
    </message>
    <message>
        <source>A rebase is under way.</source>
        <translation>Ein Rebase läuft.</translation>
    </message>
    <message>
        <source>A cherry-pick is under way.</source>
        <translation>Ein Cherry-Pick läuft.</translation>
    </message>
    <message>
        <source>A revert is under way.</source>
        <translation>Ein Revert läuft.</translation>
    </message>
    <message>
        <source>A bisect is under way.</source>
        <translation>Ein Bisect läuft.</translation>
    </message>
    <message>
        <source>Unstage all</source>
        <translation>Alle Vormerkungen aufheben</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>Datei öffnen</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::DiffPane</name>
    <message>
        <source>%1: changes</source>
        <translation>%1: Änderungen</translation>
    </message>
    <message>
        <source>Ignore whitespace</source>
        <translation>Leerraum übergehen</translation>
    </message>
    <message>
        <source>Hide changes of white space alone; hunks can then only be read</source>
        <translation>Änderungen ausblenden, die nur Leerraum betreffen; Abschnitte lassen sich dann nur lesen</translation>
    </message>
    <message>
        <source>Previous hunk (Alt+Up)</source>
        <translation>Voriger Abschnitt (Alt+Up)</translation>
    </message>
    <message>
        <source>Next hunk (Alt+Down)</source>
        <translation>Nächster Abschnitt (Alt+Down)</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Last commit</source>
        <translation>Letzter Commit</translation>
    </message>
    <message>
        <source>This commit</source>
        <translation>Dieser Commit</translation>
    </message>
    <message>
        <source>Working folder</source>
        <translation>Arbeitsordner</translation>
    </message>
    <message>
        <source>Changes, side by side</source>
        <translation>Änderungen, nebeneinander</translation>
    </message>
    <message>
        <source>This file has no changes.</source>
        <translation>Diese Datei hat keine Änderungen.</translation>
    </message>
    <message>
        <source>Not staged</source>
        <translation>Nicht vorgemerkt</translation>
    </message>
    <message>
        <source>Staged</source>
        <translation>Vorgemerkt</translation>
    </message>
    <message>
        <source>%1 has no changes.</source>
        <translation>%1 hat keine Änderungen.</translation>
    </message>
    <message>
        <source>This commit changes no file.</source>
        <translation>Dieser Commit ändert keine Datei.</translation>
    </message>
    <message numerus="yes">
        <source>%n hunks</source>
        <translation>
            <numerusform>%n Abschnitt</numerusform>
            <numerusform>%n Abschnitte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation>
            <numerusform>%n Datei</numerusform>
            <numerusform>%n Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>Binary file: its bytes differ.</source>
        <translation>Binärdatei: Ihre Bytes unterscheiden sich.</translation>
    </message>
    <message>
        <source>Too large to show side by side.</source>
        <translation>Zu groß, um nebeneinander gezeigt zu werden.</translation>
    </message>
    <message>
        <source>Only the mode changed: %1 to %2.</source>
        <translation>Nur der Modus hat sich geändert: %1 zu %2.</translation>
    </message>
    <message>
        <source>No line differs.</source>
        <translation>Keine Zeile unterscheidet sich.</translation>
    </message>
    <message>
        <source>Discard this hunk?</source>
        <translation>Diesen Abschnitt verwerfen?</translation>
    </message>
    <message>
        <source>%1 gets its staged lines back here. This cannot be undone.</source>
        <translation>%1 bekommt hier die vorgemerkten Zeilen zurück. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Discard hunk</source>
        <translation>Abschnitt verwerfen</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::GitSession</name>
    <message numerus="yes">
        <source>Branch %1, %n changed files</source>
        <translation>
            <numerusform>Branch %1, %n geänderte Datei</numerusform>
            <numerusform>Branch %1, %n geänderte Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>Git</source>
        <translation>Git</translation>
    </message>
    <message>
        <source>No repository is open</source>
        <translation>Kein Repository ist offen</translation>
    </message>
    <message>
        <source>No changes are in front</source>
        <translation>Keine Änderungen sind vorn</translation>
    </message>
    <message>
        <source>Show changes</source>
        <translation>Änderungen zeigen</translation>
    </message>
    <message>
        <source>Show graph</source>
        <translation>Graph zeigen</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Open changes of the file</source>
        <translation>Änderungen der Datei öffnen</translation>
    </message>
    <message>
        <source>No file of this repository is open</source>
        <translation>Keine Datei dieses Repositorys ist offen</translation>
    </message>
    <message>
        <source>Stage hunk</source>
        <translation>Abschnitt vormerken</translation>
    </message>
    <message>
        <source>Unstage hunk</source>
        <translation>Vormerkung des Abschnitts aufheben</translation>
    </message>
    <message>
        <source>Discard hunk…</source>
        <translation>Abschnitt verwerfen …</translation>
    </message>
    <message>
        <source>Stage all changes</source>
        <translation>Alle Änderungen vormerken</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Committen</translation>
    </message>
    <message>
        <source>Initialise repository</source>
        <translation>Repository anlegen</translation>
    </message>
    <message>
        <source>The folder has a repository, or none is open</source>
        <translation>Der Ordner hat ein Repository, oder keiner ist offen</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>Graph</translation>
    </message>
    <message>
        <source>added</source>
        <translation>hinzugefügt</translation>
    </message>
    <message>
        <source>modified</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>renamed</source>
        <translation>umbenannt</translation>
    </message>
    <message>
        <source>type changed</source>
        <translation>Typ geändert</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::GraphPane</name>
    <message>
        <source>Graph</source>
        <translation>Graph</translation>
    </message>
    <message>
        <source>Commits</source>
        <translation>Commits</translation>
    </message>
    <message>
        <source>Commits of the workspace&apos;s repository appear here.</source>
        <translation>Hier stehen die Commits des Repositorys im Arbeitsbereich.</translation>
    </message>
    <message>
        <source>Message, author, id</source>
        <translation>Nachricht, Autor, Kennung</translation>
    </message>
    <message>
        <source>Filter commits</source>
        <translation>Commits filtern</translation>
    </message>
    <message>
        <source>No commits yet.</source>
        <translation>Noch keine Commits.</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::HunkLines</name>
    <message>
        <source>Stage this line</source>
        <translation>Diese Zeile vormerken</translation>
    </message>
    <message>
        <source>Unstage this line</source>
        <translation>Vormerkung dieser Zeile aufheben</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::HunkView</name>
    <message>
        <source>Stage hunk</source>
        <translation>Abschnitt vormerken</translation>
    </message>
    <message>
        <source>Unstage hunk</source>
        <translation>Vormerkung des Abschnitts aufheben</translation>
    </message>
    <message>
        <source>S</source>
        <translation>S</translation>
    </message>
    <message>
        <source>U</source>
        <translation>U</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>Verwerfen …</translation>
    </message>
</context>
<context>
    <name>lathe::gitpane::LogModel</name>
    <message>
        <source>now</source>
        <translation>eben</translation>
    </message>
    <message>
        <source>%1 m</source>
        <translation>%1 Min.</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 Std.</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 T.</translation>
    </message>
    <message>
        <source>%1 mo</source>
        <translation>%1 Mon.</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Committen</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>Autor</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>%1, by %2, %3</source>
        <translation>%1, von %2, %3</translation>
    </message>
</context>
<context>
    <name>lathe::hosts</name>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>lost, %1</source>
        <translation>verloren, %1</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>verloren</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>nicht verbunden</translation>
    </message>
    <message>
        <source>1 core</source>
        <translation>1 Kern</translation>
    </message>
    <message>
        <source>%1 cores</source>
        <translation>%1 Kerne</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>%1 / %2 GB</source>
        <translation>%1 / %2 GB</translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation>%1 Tage</translation>
    </message>
    <message>
        <source>%1, load %2</source>
        <translation>%1, Last %2</translation>
    </message>
    <message>
        <source>memory %1 of %2 GB</source>
        <translation>Speicher %1 von %2 GB</translation>
    </message>
    <message>
        <source>driver %1</source>
        <translation>Treiber %1</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Connect to host…</source>
        <translation>Mit Rechner verbinden …</translation>
    </message>
    <message>
        <source>Show the workspace&apos;s host</source>
        <translation>Rechner des Arbeitsbereichs zeigen</translation>
    </message>
    <message>
        <source>Open a folder of a host…</source>
        <translation>Ordner eines Rechners öffnen …</translation>
    </message>
    <message>
        <source>Disconnect from the workspace&apos;s host</source>
        <translation>Vom Rechner des Arbeitsbereichs trennen</translation>
    </message>
    <message>
        <source>The workspace is on this computer</source>
        <translation>Der Arbeitsbereich liegt auf diesem Rechner</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::ConnectSheet</name>
    <message>
        <source>Connect to host</source>
        <translation>Mit Rechner verbinden</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>user@host:port, or a name of ~/.ssh/config</source>
        <translation>user@host:port oder ein Name aus ~/.ssh/config</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Reach</source>
        <translation>Erreichen</translation>
    </message>
    <message>
        <source>Host key</source>
        <translation>Rechnerschlüssel</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>Agent</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbinde …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>done, with a remark</source>
        <translation>fertig, mit Hinweis</translation>
    </message>
    <message>
        <source>Ready.</source>
        <translation>Bereit.</translation>
    </message>
    <message>
        <source>Files, terminal and runs work; live GPU numbers are slower. %1</source>
        <translation>Dateien, Terminal und Läufe gehen; laufende GPU-Werte kommen langsamer. %1</translation>
    </message>
    <message>
        <source>The host&apos;s key is not the one that is known. Somebody may be in between; there is no way on from here.</source>
        <translation>Der Schlüssel des Rechners ist nicht der bekannte. Jemand könnte dazwischen sein; von hier geht es nicht weiter.</translation>
    </message>
    <message>
        <source>To test it by hand: %1</source>
        <translation>Zum Prüfen von Hand: %1</translation>
    </message>
    <message>
        <source>%1 is not known yet. Compare the fingerprint of its %2 key with what its administrator says.</source>
        <translation>%1 ist noch nicht bekannt. Den Fingerabdruck des %2-Schlüssels mit der Angabe der Verwaltung des Rechners vergleichen.</translation>
    </message>
    <message>
        <source>Accept and save</source>
        <translation>Annehmen und speichern</translation>
    </message>
    <message>
        <source>Accept once</source>
        <translation>Einmal annehmen</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::hosts::DeviceCard</name>
    <message>
        <source>Use</source>
        <translation>Last</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1, %2 percent busy, memory %3</source>
        <translation>%1, zu %2 Prozent ausgelastet, Speicher %3</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::FolderSheet</name>
    <message>
        <source>Open a folder of %1</source>
        <translation>Ordner von %1 öffnen</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Parent folder (Alt+Up)</source>
        <translation>Übergeordneter Ordner (Alt+Up)</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Lese …</translation>
    </message>
    <message>
        <source>No folders in here. Open takes this folder.</source>
        <translation>Keine Ordner hierin. „Öffnen“ nimmt diesen Ordner.</translation>
    </message>
    <message>
        <source>Enter goes in, Open takes the folder named above.</source>
        <translation>Enter geht hinein, „Öffnen“ nimmt den oben genannten Ordner.</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostListDelegate</name>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Lese …</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostListModel</name>
    <message>
        <source>From the SSH configuration</source>
        <translation>Aus der SSH-Konfiguration</translation>
    </message>
    <message>
        <source>%1: not connected</source>
        <translation>%1: nicht verbunden</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostListPane</name>
    <message>
        <source>Hosts</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>Run here…</source>
        <translation>Hier starten …</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation>Verbinden …</translation>
    </message>
    <message>
        <source>Connect to host…</source>
        <translation>Mit Rechner verbinden …</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Neu lesen</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::HostPane</name>
    <message>
        <source>This computer</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Work offline</source>
        <translation>Ohne Verbindung arbeiten</translation>
    </message>
    <message>
        <source>Connect…</source>
        <translation>Verbinden …</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>Run here…</source>
        <translation>Hier starten …</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>Prozesse</translation>
    </message>
    <message>
        <source>on devices</source>
        <translation>auf Geräten</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Datenträger</translation>
    </message>
    <message>
        <source>Runs here</source>
        <translation>Läufe hier</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>nicht verbunden</translation>
    </message>
    <message>
        <source>up %1</source>
        <translation>Betriebszeit %1</translation>
    </message>
    <message>
        <source>as of %1</source>
        <translation>Stand %1</translation>
    </message>
    <message>
        <source>Reading what this host has…</source>
        <translation>Lese, was dieser Rechner hat …</translation>
    </message>
    <message>
        <source>%1: connection lost %2 ago.</source>
        <translation>%1: Verbindung verloren, %2 her.</translation>
    </message>
    <message>
        <source>Its run goes on.</source>
        <translation>Sein Lauf geht weiter.</translation>
    </message>
    <message>
        <source>Its %1 runs go on.</source>
        <translation>Seine %1 Läufe gehen weiter.</translation>
    </message>
    <message>
        <source>Trying…</source>
        <translation>Versuche …</translation>
    </message>
    <message>
        <source>Next try in %1.</source>
        <translation>Nächster Versuch in %1.</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU %1</source>
        <translation>GPU %1</translation>
    </message>
    <message>
        <source>%1 °C</source>
        <translation>%1 °C</translation>
    </message>
    <message>
        <source>%1 W</source>
        <translation>%1 W</translation>
    </message>
    <message>
        <source>%1 / %2 GB</source>
        <translation>%1 / %2 GB</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>No GPU. Last 10 minutes, every 2 s</source>
        <translation>Keine GPU. Letzte 10 Minuten, alle 2 s</translation>
    </message>
    <message>
        <source>%1 busy. Last 10 minutes, every 2 s</source>
        <translation>%1 ausgelastet. Letzte 10 Minuten, alle 2 s</translation>
    </message>
    <message>
        <source>PID</source>
        <translation>PID</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>GPU-Speicher</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>you</source>
        <translation>Ihnen</translation>
    </message>
    <message>
        <source>%1 GB</source>
        <translation>%1 GB</translation>
    </message>
    <message>
        <source>%1 free</source>
        <translation>%1 frei</translation>
    </message>
    <message>
        <source>The host did not say.</source>
        <translation>Der Rechner hat es nicht gesagt.</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>No run was made here yet.</source>
        <translation>Hier wurde noch kein Lauf gemacht.</translation>
    </message>
</context>
<context>
    <name>lathe::hosts::WindowFace</name>
    <message>
        <source>%1 is not known yet</source>
        <translation>%1 ist noch nicht bekannt</translation>
    </message>
    <message>
        <source>Compare the fingerprint of its %1 key with what its administrator says:

%2</source>
        <translation>Den Fingerabdruck des %1-Schlüssels mit der Angabe der Verwaltung des Rechners vergleichen:

%2</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Accept once</source>
        <translation>Einmal annehmen</translation>
    </message>
    <message>
        <source>Accept and save</source>
        <translation>Annehmen und speichern</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
</context>
<context>
    <name>lathe::runs</name>
    <message>
        <source>damaged</source>
        <translation>beschädigt</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartCanvas</name>
    <message>
        <source>Line chart %1, no points</source>
        <translation>Liniendiagramm %1, keine Punkte</translation>
    </message>
    <message numerus="yes">
        <source>Line chart %1, %n runs, %2 to %3</source>
        <translation>
            <numerusform>Liniendiagramm %1, %n Lauf, %2 bis %3</numerusform>
            <numerusform>Liniendiagramm %1, %n Läufe, %2 bis %3</numerusform>
        </translation>
    </message>
    <message>
        <source>, lowest %1 by %2</source>
        <translation>, niedrigster Wert %1 von %2</translation>
    </message>
    <message>
        <source>, highest %1 by %2</source>
        <translation>, höchster Wert %1 von %2</translation>
    </message>
    <message>
        <source>run</source>
        <translation>Lauf</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartCard</name>
    <message>
        <source>Lines that leave the 1–99 % range. Click to fit everything.</source>
        <translation>Linien, die den Bereich 1–99 % verlassen. Klicken, um alles einzupassen.</translation>
    </message>
    <message>
        <source>Expand chart</source>
        <translation>Diagramm vergrößern</translation>
    </message>
    <message>
        <source>Chart menu</source>
        <translation>Diagrammmenü</translation>
    </message>
    <message>
        <source>Back to all charts</source>
        <translation>Zurück zu allen Diagrammen</translation>
    </message>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>log x</source>
        <translation>log x</translation>
    </message>
    <message>
        <source>all fitted</source>
        <translation>alles eingepasst</translation>
    </message>
    <message numerus="yes">
        <source>%n outside range</source>
        <translation>
            <numerusform>%n außerhalb</numerusform>
            <numerusform>%n außerhalb</numerusform>
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
        <translation>Werte, die keine endliche Zahl sind (NaN oder unendlich); ein Kreuz markiert den ersten eines Laufs</translation>
    </message>
    <message>
        <source>Logarithmic y</source>
        <translation>Logarithmisches y</translation>
    </message>
    <message>
        <source>Logarithmic x</source>
        <translation>Logarithmisches x</translation>
    </message>
    <message>
        <source>Fit all values</source>
        <translation>Alle Werte einpassen</translation>
    </message>
    <message>
        <source>Copy data</source>
        <translation>Daten kopieren</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>Bild speichern …</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Pictures (*.svg *.pdf *.png)</source>
        <translation>Bilder (*.svg *.pdf *.png)</translation>
    </message>
    <message>
        <source>not saved: %1</source>
        <translation>nicht gespeichert: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n lines leave the 1–99 % range. Click to fit everything.</source>
        <translation>
            <numerusform>%n Linie verlässt den Bereich 1–99 %. Klicken, um alles einzupassen.</numerusform>
            <numerusform>%n Linien verlassen den Bereich 1–99 %. Klicken, um alles einzupassen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Click to fit the 1–99 % range again.</source>
        <translation>Klicken, um wieder den Bereich 1–99 % einzupassen.</translation>
    </message>
    <message>
        <source>NaN</source>
        <translation>NaN</translation>
    </message>
    <message>
        <source>Last value logged</source>
        <translation>Letzter aufgezeichneter Wert</translation>
    </message>
    <message>
        <source>Smoothing of this chart</source>
        <translation>Glättung dieses Diagramms</translation>
    </message>
    <message>
        <source>As usual: none, a schedule</source>
        <translation>Wie üblich: keine, ein Zeitplan</translation>
    </message>
    <message>
        <source>As for all charts, if dense</source>
        <translation>Wie alle Diagramme, wenn dicht</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartGrid</name>
    <message>
        <source>%1  %2</source>
        <translation>%1  %2</translation>
    </message>
    <message>
        <source>Show the charts of %1</source>
        <translation>Diagramme von %1 zeigen</translation>
    </message>
    <message>
        <source>Fold the charts of %1</source>
        <translation>Diagramme von %1 einklappen</translation>
    </message>
    <message>
        <source>Charts appear here once a drawn run logs a metric.</source>
        <translation>Hier stehen Diagramme, sobald ein gezeichneter Lauf eine Metrik aufzeichnet.</translation>
    </message>
    <message>
        <source>No metric&apos;s name holds “%1”.</source>
        <translation>Kein Metrikname enthält „%1“.</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartOverlay</name>
    <message>
        <source>Reading…</source>
        <translation>Lese …</translation>
    </message>
    <message>
        <source>No run is drawn</source>
        <translation>Kein Lauf ist gezeichnet</translation>
    </message>
    <message>
        <source>No points yet</source>
        <translation>Noch keine Punkte</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message numerus="yes">
        <source>%n more in the table</source>
        <translation>
            <numerusform>%n weitere in der Tabelle</numerusform>
            <numerusform>%n weitere in der Tabelle</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::runs::ChartPlot</name>
    <message>
        <source>pictures are written as .png, .pdf or .svg</source>
        <translation>Bilder werden als .png, .pdf oder .svg geschrieben</translation>
    </message>
    <message>
        <source>the file cannot be written</source>
        <translation>die Datei kann nicht geschrieben werden</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ColumnsPopup</name>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Search columns</source>
        <translation>Spalten durchsuchen</translation>
    </message>
    <message>
        <source>Reset columns</source>
        <translation>Spalten zurücksetzen</translation>
    </message>
    <message>
        <source>Drag to order</source>
        <translation>Zum Ordnen ziehen</translation>
    </message>
    <message>
        <source>Value at the crosshair</source>
        <translation>Wert am Fadenkreuz</translation>
    </message>
    <message>
        <source>About the run</source>
        <translation>Über den Lauf</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>Metriken</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ConsolePage</name>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find in the console</source>
        <translation>In der Konsole suchen</translation>
    </message>
    <message>
        <source>Stay at the end while the run prints</source>
        <translation>Am Ende bleiben, während der Lauf ausgibt</translation>
    </message>
    <message>
        <source>Console of the run</source>
        <translation>Konsole des Laufs</translation>
    </message>
    <message>
        <source>Select a run to see what it printed.</source>
        <translation>Einen Lauf auswählen, um seine Ausgabe zu sehen.</translation>
    </message>
    <message>
        <source>It has printed nothing yet.</source>
        <translation>Er hat noch nichts ausgegeben.</translation>
    </message>
    <message>
        <source>the last %1 of %2</source>
        <translation>die letzten %1 von %2</translation>
    </message>
</context>
<context>
    <name>lathe::runs::HostCards</name>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>CPU and devices here</source>
        <translation>CPU und Geräte hier</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <source>connecting…</source>
        <translation>verbindet …</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>verloren</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>nicht verbunden</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>Connecting to %1…</source>
        <translation>Verbinde mit %1 …</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>lathe::runs::LaunchForm</name>
    <message>
        <source>Write the command to run, for example: python3 train.py</source>
        <translation>Den Befehl angeben, zum Beispiel: python3 train.py</translation>
    </message>
    <message>
        <source>A quote is not closed</source>
        <translation>Ein Anführungszeichen ist nicht geschlossen</translation>
    </message>
    <message>
        <source>Choose a recipe, a YAML file that says what to train</source>
        <translation>Ein Rezept wählen, eine YAML-Datei, die sagt, was zu trainieren ist</translation>
    </message>
    <message>
        <source>Write the whole path, from / or ~</source>
        <translation>Den ganzen Pfad angeben, ab / oder ~</translation>
    </message>
    <message>
        <source>A name holds no slash</source>
        <translation>Ein Name enthält keinen Schrägstrich</translation>
    </message>
    <message>
        <source>One run with a name of its own</source>
        <translation>Ein Lauf mit eigenem Namen</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>%1 ranks</source>
        <translation>%1 Ränge</translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>%1 processes</source>
        <translation>%1 Prozesse</translation>
    </message>
    <message>
        <source>Cannot start yet: %1</source>
        <translation>Kann noch nicht starten: %1</translation>
    </message>
    <message>
        <source>%1 on %2%3, starting now. It goes on when this window is closed.</source>
        <translation>%1 auf %2%3, startet jetzt. Läuft weiter, wenn dieses Fenster geschlossen wird.</translation>
    </message>
    <message>
        <source>Write NAME=value, several with spaces between them</source>
        <translation>NAME=Wert angeben, mehrere mit Leerzeichen dazwischen</translation>
    </message>
    <message>
        <source>That would be %1 runs; at most %2 are started at once</source>
        <translation>Das wären %1 Läufe; höchstens %2 werden auf einmal gestartet</translation>
    </message>
    <message>
        <source>%1 runs</source>
        <translation>%1 Läufe</translation>
    </message>
    <message>
        <source>%1 on %2%3, all starting now. They go on when this window is closed.</source>
        <translation>%1 auf %2%3, alle starten jetzt. Sie laufen weiter, wenn dieses Fenster geschlossen wird.</translation>
    </message>
</context>
<context>
    <name>lathe::runs::LaunchParameters</name>
    <message>
        <source>Changed only</source>
        <translation>Nur geänderte</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Filter parameters</source>
        <translation>Parameter filtern</translation>
    </message>
    <message>
        <source>Override %1</source>
        <translation>%1 überschreiben</translation>
    </message>
    <message>
        <source>Override what the file says</source>
        <translation>Überschreiben, was die Datei sagt</translation>
    </message>
    <message>
        <source>was %1</source>
        <translation>vorher %1</translation>
    </message>
    <message>
        <source>as in file</source>
        <translation>wie in der Datei</translation>
    </message>
    <message numerus="yes">
        <source>%n in the recipe</source>
        <translation>
            <numerusform>%n im Rezept</numerusform>
            <numerusform>%n im Rezept</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n values</source>
        <translation>
            <numerusform>%n Wert</numerusform>
            <numerusform>%n Werte</numerusform>
        </translation>
    </message>
    <message>
        <source>given</source>
        <translation>angegeben</translation>
    </message>
</context>
<context>
    <name>lathe::runs::LaunchSheet</name>
    <message>
        <source>Recipe</source>
        <translation>Rezept</translation>
    </message>
    <message>
        <source>Recipes (*.yaml *.yml);;All files (*)</source>
        <translation>Rezepte (*.yaml *.yml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>No command has been run yet</source>
        <translation>Noch kein Befehl wurde gestartet</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>What to run</source>
        <translation>Was zu starten ist</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>Als Befehl kopieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>the workspace&apos;s folder</source>
        <translation>der Ordner des Arbeitsbereichs</translation>
    </message>
    <message>
        <source>Working folder</source>
        <translation>Arbeitsordner</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufzeichnung</translation>
    </message>
    <message>
        <source>default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>a name of its own, like amber-otter-42</source>
        <translation>ein eigener Name, etwa amber-otter-42</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>separated by commas</source>
        <translation>durch Kommas getrennt</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>one process each, started as torchrun would</source>
        <translation>je ein Prozess, gestartet wie mit torchrun</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>Prozesse</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Now. The run is recorded with its code, survives this window and the connection, and is listed in Runs.</source>
        <translation>Jetzt. Der Lauf wird mit seinem Code aufgezeichnet, übersteht dieses Fenster und die Verbindung und steht unter „Läufe“.</translation>
    </message>
    <message>
        <source>working it out…</source>
        <translation>wird berechnet …</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keiner</translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation>%1 Parameter</translation>
    </message>
    <message numerus="yes">
        <source>%n ranks</source>
        <translation>
            <numerusform>%n Rang</numerusform>
            <numerusform>%n Ränge</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 steps</source>
        <translation>%1 Schritte</translation>
    </message>
    <message>
        <source>The run did not start: %1</source>
        <translation>Der Lauf ist nicht gestartet: %1</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>Bearbeiten …</translation>
    </message>
    <message>
        <source>%1 started</source>
        <translation>%1 gestartet</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>auf %1</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Environment variables of the run, beside those of this session</source>
        <translation>Umgebungsvariablen des Laufs, neben denen dieser Sitzung</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>Variablen</translation>
    </message>
    <message>
        <source>Cannot start yet: %1</source>
        <translation>Kann noch nicht starten: %1</translation>
    </message>
    <message>
        <source>Start %1 runs</source>
        <translation>%1 Läufe starten</translation>
    </message>
    <message>
        <source>of the command</source>
        <translation>des Befehls</translation>
    </message>
    <message>
        <source>%1 found in %2</source>
        <translation>%1 gefunden in %2</translation>
    </message>
    <message>
        <source>%1 of %2 runs started: %3</source>
        <translation>%1 von %2 Läufen gestartet: %3</translation>
    </message>
    <message>
        <source>%1 runs started</source>
        <translation>%1 Läufe gestartet</translation>
    </message>
</context>
<context>
    <name>lathe::runs::LivePlotsPane</name>
    <message>
        <source>Live plots</source>
        <translation>Live-Diagramme</translation>
    </message>
    <message>
        <source>Start a run and its metrics appear here.</source>
        <translation>Nach dem Start eines Laufs stehen hier seine Metriken.</translation>
    </message>
    <message>
        <source>Run…</source>
        <translation>Starten …</translation>
    </message>
    <message>
        <source>Which runs to follow</source>
        <translation>Welchen Läufen zu folgen ist</translation>
    </message>
    <message>
        <source>Follow: running</source>
        <translation>Folgen: laufende</translation>
    </message>
    <message>
        <source>Follow: chosen</source>
        <translation>Folgen: gewählte</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Laufend</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Clip outliers</source>
        <translation>Ausreißer abschneiden</translation>
    </message>
    <message>
        <source>Fit the 1–99 % range; each chart says how many lines leave it</source>
        <translation>Den Bereich 1–99 % einpassen; jedes Diagramm sagt, wie viele Linien ihn verlassen</translation>
    </message>
</context>
<context>
    <name>lathe::runs::MemoryBar</name>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>Gradienten</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Optimierer</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>Communication</source>
        <translation>Kommunikation</translation>
    </message>
    <message>
        <source>Memory per rank: %1</source>
        <translation>Speicher je Rang: %1</translation>
    </message>
    <message>
        <source>Memory per rank, planned</source>
        <translation>Speicher je Rang, geplant</translation>
    </message>
</context>
<context>
    <name>lathe::runs::OverviewPage</name>
    <message>
        <source>Select a run to see what it was.</source>
        <translation>Einen Lauf auswählen, um zu sehen, was er war.</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Letzter</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Bester</translation>
    </message>
    <message>
        <source>at step</source>
        <translation>bei Schritt</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Metrics of the run</source>
        <translation>Metriken des Laufs</translation>
    </message>
    <message numerus="yes">
        <source>%n damaged lines of its journal were skipped; everything else is here.</source>
        <translation>
            <numerusform>%n beschädigte Zeile seines Journals wurde übersprungen; alles andere ist da.</numerusform>
            <numerusform>%n beschädigte Zeilen seines Journals wurden übersprungen; alles andere ist da.</numerusform>
        </translation>
    </message>
    <message>
        <source>, exit code %1</source>
        <translation>, Rückgabewert %1</translation>
    </message>
    <message>
        <source>, killed by signal %1</source>
        <translation>, durch Signal %1 beendet</translation>
    </message>
    <message>
        <source>, last heard of at %1</source>
        <translation>, zuletzt gehört um %1</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Ranks</source>
        <translation>Ränge</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Gestartet</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source> on %1</source>
        <translation> auf %1</translation>
    </message>
    <message numerus="yes">
        <source>, %n changed files saved with it</source>
        <translation>
            <numerusform>, %n geänderte Datei mit ihm gesichert</numerusform>
            <numerusform>, %n geänderte Dateien mit ihm gesichert</numerusform>
        </translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ParametersModel</name>
    <message>
        <source>%1 of %2: %3%4</source>
        <translation>%1 von %2: %3%4</translation>
    </message>
    <message>
        <source>, as the baseline</source>
        <translation>, wie im Bezugslauf</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>%1 (base)</source>
        <translation>%1 (Bezug)</translation>
    </message>
</context>
<context>
    <name>lathe::runs::ParametersPage</name>
    <message>
        <source>Only differences</source>
        <translation>Nur Unterschiede</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message numerus="yes">
        <source>These runs have the same %n parameters.</source>
        <translation>
            <numerusform>Bei diesen Läufen ist %n Parameter gleich, sonst keiner.</numerusform>
            <numerusform>Diese Läufe haben dieselben %n Parameter.</numerusform>
        </translation>
    </message>
    <message>
        <source>No parameters were recorded. A recipe&apos;s are recorded by themselves; a script says lathe.params({…}).</source>
        <translation>Keine Parameter wurden aufgezeichnet. Die eines Rezepts werden von selbst aufgezeichnet; ein Skript ruft lathe.params({…}) auf.</translation>
    </message>
    <message>
        <source>Select runs to see their parameters.</source>
        <translation>Läufe auswählen, um ihre Parameter zu sehen.</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunActions</name>
    <message>
        <source>No run is selected</source>
        <translation>Kein Lauf ist ausgewählt</translation>
    </message>
    <message>
        <source>The run is already over</source>
        <translation>Der Lauf ist schon vorbei</translation>
    </message>
    <message>
        <source>Stop %1?</source>
        <translation>%1 anhalten?</translation>
    </message>
    <message numerus="yes">
        <source>Stop %n runs?</source>
        <translation>
            <numerusform>%n Lauf anhalten?</numerusform>
            <numerusform>%n Läufe anhalten?</numerusform>
        </translation>
    </message>
    <message>
        <source>It is asked to end, has ten seconds for a last checkpoint, and is then killed. What it logged stays.</source>
        <translation>Er wird gebeten zu enden, hat zehn Sekunden für einen letzten Checkpoint und wird dann abgebrochen. Was er aufgezeichnet hat, bleibt.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>%1 started</source>
        <translation>%1 gestartet</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message numerus="yes">
        <source>Copied %n ids</source>
        <translation>
            <numerusform>%n Kennung kopiert</numerusform>
            <numerusform>%n Kennungen kopiert</numerusform>
        </translation>
    </message>
    <message>
        <source>Rename run</source>
        <translation>Lauf umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message numerus="yes">
        <source>Tag %n runs</source>
        <translation>
            <numerusform>Tags für %n Lauf</numerusform>
            <numerusform>Tags für %n Läufe</numerusform>
        </translation>
    </message>
    <message>
        <source>Tags, separated by commas</source>
        <translation>Tags, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>Set tags</source>
        <translation>Tags setzen</translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation>Notiz zu %1</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>%1 archived</source>
        <translation>%1 archiviert</translation>
    </message>
    <message numerus="yes">
        <source>%n runs archived</source>
        <translation>
            <numerusform>%n Lauf archiviert</numerusform>
            <numerusform>%n Läufe archiviert</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 moved to the trash</source>
        <translation>%1 in den Papierkorb verschoben</translation>
    </message>
    <message numerus="yes">
        <source>%n runs moved to the trash</source>
        <translation>
            <numerusform>%n Lauf in den Papierkorb verschoben</numerusform>
            <numerusform>%n Läufe in den Papierkorb verschoben</numerusform>
        </translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>Papierkorb</translation>
    </message>
    <message>
        <source>Runs in the trash</source>
        <translation>Läufe im Papierkorb</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation>Der Papierkorb ist leer.</translation>
    </message>
    <message>
        <source>Nothing of these runs is gone from the disk.</source>
        <translation>Nichts von diesen Läufen ist vom Datenträger gelöscht.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunColumn</name>
    <message>
        <source>Drawn</source>
        <translation>Gezeichnet</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>%1 last</source>
        <translation>%1 zuletzt</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 Min.</translation>
    </message>
    <message>
        <source>%1 max</source>
        <translation>%1 Max.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Gestartet</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Committen</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunDrawer</name>
    <message>
        <source>%1 s left</source>
        <translation>noch %1 s</translation>
    </message>
    <message>
        <source>%1 min left</source>
        <translation>noch %1 Min.</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Details of the selected runs</source>
        <translation>Einzelheiten der ausgewählten Läufe</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>Konsole</translation>
    </message>
    <message>
        <source>Details over the charts</source>
        <translation>Einzelheiten über den Diagrammen</translation>
    </message>
    <message>
        <source>Close details</source>
        <translation>Einzelheiten schließen</translation>
    </message>
    <message>
        <source>Parameters  %1</source>
        <translation>Parameter  %1</translation>
    </message>
    <message>
        <source>No run selected</source>
        <translation>Kein Lauf ausgewählt</translation>
    </message>
    <message numerus="yes">
        <source> · and %n more</source>
        <translation>
            <numerusform> · und %n weiterer</numerusform>
            <numerusform> · und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunHeader</name>
    <message>
        <source>Stop run (Shift+F5)</source>
        <translation>Lauf anhalten (Shift+F5)</translation>
    </message>
    <message>
        <source>Show in Runs</source>
        <translation>In „Läufe“ zeigen</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message numerus="yes">
        <source>, %n ranks</source>
        <translation>
            <numerusform>, %n Rang</numerusform>
            <numerusform>, %n Ränge</numerusform>
        </translation>
    </message>
    <message>
        <source>Progress of %1</source>
        <translation>Fortschritt von %1</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>no steps yet</source>
        <translation>noch keine Schritte</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1 in %2</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunWatch</name>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 finished</source>
        <translation>%1 ist fertig</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 ist gescheitert</translation>
    </message>
    <message>
        <source>Its console says more.</source>
        <translation>Seine Konsole sagt mehr.</translation>
    </message>
    <message>
        <source>%1 is lost</source>
        <translation>%1 ist verloren</translation>
    </message>
    <message>
        <source>Its supervisor is gone. Everything logged so far is kept.</source>
        <translation>Sein Aufseher ist weg. Alles bisher Aufgezeichnete bleibt.</translation>
    </message>
    <message>
        <source>%1 stopped</source>
        <translation>%1 wurde angehalten</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsDelegate</name>
    <message>
        <source>base</source>
        <translation>Bezug</translation>
    </message>
    <message>
        <source>archived</source>
        <translation>archiviert</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsFeature</name>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Live plots</source>
        <translation>Live-Diagramme</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>There is no run yet</source>
        <translation>Es gibt noch keinen Lauf</translation>
    </message>
    <message>
        <source>Run…</source>
        <translation>Starten …</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Erneut starten</translation>
    </message>
    <message>
        <source>Stop run</source>
        <translation>Lauf anhalten</translation>
    </message>
    <message>
        <source>No run is under way</source>
        <translation>Kein Lauf ist im Gange</translation>
    </message>
    <message>
        <source>Show run</source>
        <translation>Lauf zeigen</translation>
    </message>
    <message>
        <source>Follow in live plots</source>
        <translation>In Live-Diagrammen folgen</translation>
    </message>
    <message>
        <source>Plot the run of this file</source>
        <translation>Lauf dieser Datei zeichnen</translation>
    </message>
    <message>
        <source>Copy id of the selected runs</source>
        <translation>Kennung der ausgewählten Läufe kopieren</translation>
    </message>
    <message>
        <source>No run is selected</source>
        <translation>Kein Lauf ist ausgewählt</translation>
    </message>
    <message>
        <source>Rename run…</source>
        <translation>Lauf umbenennen …</translation>
    </message>
    <message>
        <source>Tag runs…</source>
        <translation>Läufen Tags geben …</translation>
    </message>
    <message>
        <source>Note on a run…</source>
        <translation>Notiz zu einem Lauf …</translation>
    </message>
    <message>
        <source>Export plot of the selected runs</source>
        <translation>Diagramm der ausgewählten Läufe ausgeben</translation>
    </message>
    <message>
        <source>Open the script or recipe of a run first</source>
        <translation>Zuerst das Skript oder Rezept eines Laufs öffnen</translation>
    </message>
    <message>
        <source>No run was made of %1 yet</source>
        <translation>Aus %1 wurde noch kein Lauf gemacht</translation>
    </message>
    <message>
        <source>Choose Save picture… in the menu of a chart</source>
        <translation>„Bild speichern …“ im Menü eines Diagramms wählen</translation>
    </message>
    <message>
        <source>Nothing to plot</source>
        <translation>Nichts zu zeichnen</translation>
    </message>
    <message>
        <source>The runs asked for have no such metric.</source>
        <translation>Die verlangten Läufe haben keine solche Metrik.</translation>
    </message>
    <message>
        <source>Plot written</source>
        <translation>Diagramm geschrieben</translation>
    </message>
    <message>
        <source>The plot was not written: %1</source>
        <translation>Das Diagramm wurde nicht geschrieben: %1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsModel</name>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>gezeichnet</translation>
    </message>
    <message>
        <source>not drawn</source>
        <translation>nicht gezeichnet</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>Bezugslauf</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>angeheftet</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Drawn in the charts (Space)</source>
        <translation>In den Diagrammen gezeichnet (Space)</translation>
    </message>
    <message>
        <source>Not drawn in the charts (Space)</source>
        <translation>In den Diagrammen nicht gezeichnet (Space)</translation>
    </message>
    <message numerus="yes">
        <source>%n damaged lines of its journal were skipped</source>
        <translation>
            <numerusform>%n beschädigte Zeile seines Journals wurde übersprungen</numerusform>
            <numerusform>%n beschädigte Zeilen seines Journals wurden übersprungen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, lowest of the run</source>
        <translation>%1, niedrigster Wert des Laufs</translation>
    </message>
    <message>
        <source>%1, highest of the run</source>
        <translation>%1, höchster Wert des Laufs</translation>
    </message>
    <message>
        <source>archived</source>
        <translation>archiviert</translation>
    </message>
    <message>
        <source>%1, last value logged</source>
        <translation>%1, letzter aufgezeichneter Wert</translation>
    </message>
    <message>
        <source>Value at the crosshair of the charts</source>
        <translation>Wert am Fadenkreuz der Diagramme</translation>
    </message>
    <message numerus="yes">
        <source>Name · %n drawn</source>
        <translation>
            <numerusform>Name · %n gezeichnet</numerusform>
            <numerusform>Name · %n gezeichnet</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsPane</name>
    <message>
        <source>No runs yet. Each run of a recipe or a command is listed here, with its parameters and live charts.</source>
        <translation>Noch keine Läufe. Jeder Lauf eines Rezepts oder Befehls steht hier, mit seinen Parametern und Live-Diagrammen.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Reading runs…</source>
        <translation>Lese die Läufe …</translation>
    </message>
    <message>
        <source>Run…</source>
        <translation>Starten …</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>Das Beispiel ausprobieren</translation>
    </message>
    <message>
        <source>Find metric</source>
        <translation>Metrik suchen</translation>
    </message>
    <message>
        <source>Horizontal axis</source>
        <translation>Waagerechte Achse</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation>Verstrichen</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Uhrzeit</translation>
    </message>
    <message>
        <source>Clip outliers</source>
        <translation>Ausreißer abschneiden</translation>
    </message>
    <message>
        <source>Fit the 1–99 % range; each chart says how many lines leave it</source>
        <translation>Den Bereich 1–99 % einpassen; jedes Diagramm sagt, wie viele Linien ihn verlassen</translation>
    </message>
    <message>
        <source>What is shown beside the table</source>
        <translation>Was neben der Tabelle steht</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>first %1 of %2 drawn</source>
        <translation>die ersten %1 von %2 gezeichnet</translation>
    </message>
    <message numerus="yes">
        <source>%n not drawn</source>
        <translation>
            <numerusform>%n nicht gezeichnet</numerusform>
            <numerusform>%n nicht gezeichnet</numerusform>
        </translation>
    </message>
    <message>
        <source>Charts draw at most %1 runs: the first of the table. Filter or sort it to choose others.</source>
        <translation>Diagramme zeichnen höchstens %1 Läufe: die ersten der Tabelle. Filtern oder sortieren, um andere zu wählen.</translation>
    </message>
    <message>
        <source>Their eye in the table is off. Click to draw all.</source>
        <translation>Ihr Auge in der Tabelle ist aus. Klicken, um alle zu zeichnen.</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsTable</name>
    <message>
        <source>Filter: words, or state = failed and val/loss &lt; 3</source>
        <translation>Filter: Wörter, oder state = failed and val/loss &lt; 3</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>Läufe filtern</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Only selected</source>
        <translation>Nur ausgewählte</translation>
    </message>
    <message>
        <source>Tag…</source>
        <translation>Tags …</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Mehr Befehle</translation>
    </message>
    <message numerus="yes">
        <source>%n runs</source>
        <translation>
            <numerusform>%n Lauf</numerusform>
            <numerusform>%n Läufe</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>No run matches the filter. Clear it to see all %n.</source>
        <translation>
            <numerusform>Kein Lauf passt auf den Filter. Leeren, um den %n Lauf zu sehen.</numerusform>
            <numerusform>Kein Lauf passt auf den Filter. Leeren, um alle %n zu sehen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n ausgewählt</numerusform>
            <numerusform>%n ausgewählt</numerusform>
        </translation>
    </message>
    <message>
        <source> · compared against</source>
        <translation> · verglichen mit</translation>
    </message>
    <message>
        <source>Select runs first</source>
        <translation>Zuerst Läufe auswählen</translation>
    </message>
    <message>
        <source>Only selected (O)</source>
        <translation>Nur ausgewählte (O)</translation>
    </message>
    <message>
        <source>Set tags (T)</source>
        <translation>Tags setzen (T)</translation>
    </message>
    <message>
        <source>Show alone in charts</source>
        <translation>Allein in Diagrammen zeigen</translation>
    </message>
    <message>
        <source>Follow in live plots</source>
        <translation>In Live-Diagrammen folgen</translation>
    </message>
    <message>
        <source>Stop…</source>
        <translation>Anhalten …</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Erneut starten</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>Notiz …</translation>
    </message>
    <message>
        <source>Set as baseline</source>
        <translation>Als Bezug setzen</translation>
    </message>
    <message>
        <source>Copy id</source>
        <translation>Kennung kopieren</translation>
    </message>
    <message>
        <source>Columns (C)</source>
        <translation>Spalten (C)</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message numerus="yes">
        <source>All %n runs are archived. The menu below shows them.</source>
        <translation>
            <numerusform>%n Lauf ist archiviert, sonst gibt es keinen. Das Menü unten zeigt ihn.</numerusform>
            <numerusform>Alle %n Läufe sind archiviert. Das Menü unten zeigt sie.</numerusform>
        </translation>
    </message>
    <message>
        <source>Bring back from the archive</source>
        <translation>Aus dem Archiv holen</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archivieren</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>Restore from trash…</source>
        <translation>Aus dem Papierkorb holen …</translation>
    </message>
    <message>
        <source>Show archived (%1)</source>
        <translation>Archivierte zeigen (%1)</translation>
    </message>
</context>
<context>
    <name>lathe::runs::RunsView</name>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
</context>
<context>
    <name>lathe::runs::SmoothingControl</name>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Debiased moving average of dense series; the points themselves stay behind it. Series of fewer than 100 points and schedules like lr are drawn as logged, unless the menu of their chart says otherwise.</source>
        <translation>Gleitender Mittelwert ohne Anfangsverzerrung für dichte Reihen; die Punkte selbst bleiben dahinter. Reihen mit weniger als 100 Punkten und Zeitpläne wie lr werden wie aufgezeichnet gezeichnet, es sei denn, das Menü ihres Diagramms sagt anderes.</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
</context>
<context>
    <name>lathe::terminal</name>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>Show or hide the terminal</source>
        <translation>Terminal ein- oder ausblenden</translation>
    </message>
    <message>
        <source>New terminal</source>
        <translation>Neues Terminal</translation>
    </message>
    <message>
        <source>No terminal is open</source>
        <translation>Kein Terminal ist offen</translation>
    </message>
    <message>
        <source>Close this shell</source>
        <translation>Diese Shell schließen</translation>
    </message>
</context>
<context>
    <name>lathe::terminal::Commands</name>
    <message>
        <source>Copy the selection</source>
        <translation>Auswahl kopieren</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Find in the terminal</source>
        <translation>Im Terminal suchen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalFindBar</name>
    <message>
        <source>Find in terminal</source>
        <translation>Im Terminal suchen</translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation>Voriger (Shift+Enter)</translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation>Nächster (Enter)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalPane</name>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>Shells</source>
        <translation>Shells</translation>
    </message>
    <message>
        <source>Close shell</source>
        <translation>Shell schließen</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>host: shell</comment>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 (ended)</source>
        <translation>%1 (beendet)</translation>
    </message>
    <message>
        <source>Choose a shell</source>
        <translation>Shell wählen</translation>
    </message>
    <message>
        <source>New shell</source>
        <translation>Neue Shell</translation>
    </message>
    <message>
        <source>Close this shell</source>
        <translation>Diese Shell schließen</translation>
    </message>
    <message>
        <source>Not a web address: %1</source>
        <translation>Keine Webadresse: %1</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>Öffne %1</translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalSession</name>
    <message>
        <source>shell</source>
        <translation>Shell</translation>
    </message>
    <message>
        <source>%1. Enter tries again.</source>
        <translation>%1. Enter versucht es noch einmal.</translation>
    </message>
    <message>
        <source>%1: connection lost, the program cannot hear this. Enter starts a new one.</source>
        <translation>%1: Verbindung verloren, das Programm kann dies nicht hören. Enter startet ein neues.</translation>
    </message>
    <message>
        <source>The program has ended. Enter starts it again.</source>
        <translation>Das Programm ist beendet. Enter startet es noch einmal.</translation>
    </message>
    <message>
        <source>Ended. Enter starts it again.</source>
        <translation>Beendet. Enter startet es noch einmal.</translation>
    </message>
    <message>
        <source>Ended: %1. Enter starts it again.</source>
        <translation>Beendet: %1. Enter startet es noch einmal.</translation>
    </message>
    <message>
        <source>%1. The screen stays; Enter starts a new program.</source>
        <translation>%1. Der Bildschirm bleibt; Enter startet ein neues Programm.</translation>
    </message>
</context>
<context>
    <name>lathe::terminal::TerminalView</name>
    <message>
        <source>Terminal on %1</source>
        <translation>Terminal auf %1</translation>
    </message>
    <message>
        <source>%1
Ctrl+click opens it</source>
        <translation>%1
Ctrl+Klick öffnet es</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>Suchen …</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>Alles auswählen</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
</context>
</TS>
