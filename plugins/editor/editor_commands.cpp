// SPDX-License-Identifier: GPL-3.0-or-later
#include "editor_commands.h"

#include "app/command_ids.h"
#include "app/workbench.h"
#include "code_editor.h"
#include "editor_pane.h"
#include "editor_status.h"
#include "file_model.h"
#include "files_pane.h"
#include "find_bar.h"
#include "recovery.h"

#include <QCoreApplication>

namespace lathe::editor {

namespace {

constexpr auto kFiles = "files";

QString tr(const char* text) { return QCoreApplication::translate("lathe::editor::Commands", text); }

EditorPane* active(app::Workbench& workbench) { return qobject_cast<EditorPane*>(workbench.activeTab()); }

EditorPane* openOne(app::Workbench& workbench, const host::Location& file) {
    for (app::Pane* pane : workbench.tabs())
        if (auto* editor = qobject_cast<EditorPane*>(pane); editor && editor->document().location() == file)
            return editor;
    return nullptr;
}

bool openFile(app::Workbench& workbench, const host::Location& file, const app::OpenOptions& options) {
    if (auto* existing = openOne(workbench, file); existing && !options.otherGroup && options.title.isEmpty()) {
        app::OpenOptions again = options;
        again.preview = options.preview && existing->preview(); // a kept tab stays kept
        existing->open(again);
        workbench.activateTab(existing);
        return true;
    }
    auto* pane = new EditorPane(workbench, file);
    pane->open(options);
    workbench.openTab(pane, options.otherGroup);
    pane->document().load();
    return true;
}

void registerSettings(app::Settings& settings) {
    const QString page = QStringLiteral("Editor");
    settings.add({.key = QStringLiteral("editor.tabWidth"),
                  .type = app::SettingType::Int,
                  .fallback = 4,
                  .page = page,
                  .label = tr("Tab width"),
                  .help = tr("Columns between tab stops."),
                  .minimum = 1,
                  .maximum = 16});
    settings.add({.key = QStringLiteral("editor.insertSpaces"),
                  .fallback = true,
                  .page = page,
                  .label = tr("Indent with spaces"),
                  .help = tr("In files that do not already indent with tabs.")});
    settings.add({.key = QStringLiteral("editor.wordWrap"),
                  .fallback = false,
                  .page = page,
                  .label = tr("Wrap long lines")});
    settings.add({.key = QStringLiteral("editor.showWhitespace"),
                  .fallback = false,
                  .page = page,
                  .label = tr("Show spaces and tabs")});
    settings.add({.key = QStringLiteral("editor.hotExit"),
                  .fallback = true,
                  .page = page,
                  .label = tr("Keep unsaved text"),
                  .help = tr("In a recovery file on this computer, so that a crash loses nothing.")});
}

using PaneAction = void (*)(EditorPane&);

void addPaneCommand(app::Workbench& workbench, const char* id, const QString& title, const QString& category,
                    const char* keys, const char* menu, const char* icon, PaneAction run) {
    auto* bench = &workbench;
    workbench.commands().add({.id = QLatin1String(id),
                              .title = title,
                              .category = category,
                              .shortcut = QKeySequence(QLatin1String(keys)),
                              .menu = QLatin1String(menu),
                              .icon = QLatin1String(icon),
                              .disabledReason = [bench] { return active(*bench) ? QString() : tr("No file is in front"); },
                              .run = [bench, run](const QVariantMap&) { run(*active(*bench)); }});
}

void registerPaneCommands(app::Workbench& workbench) {
    const QString file = tr("File"), edit = tr("Edit"), go = tr("Go");
    const auto add = [&](auto... arguments) { addPaneCommand(workbench, arguments...); };
    add(app::ids::kSave, tr("Save"), file, "Ctrl+S", "File/40", "save", [](EditorPane& p) { p.save(); });
    add("file.saveAs", tr("Save as…"), file, "Ctrl+Shift+S", "File/41", "", [](EditorPane& p) { p.saveAs(); });
    add("file.revert", tr("Reload from disk"), file, "", "File/44", "refresh", [](EditorPane& p) { p.revert(); });
    add("file.compare", tr("Compare with disk"), file, "", "", "columns", [](EditorPane& p) { p.compare(); });
    add("editor.undo", tr("Undo"), edit, "", "Edit/10", "undo", [](EditorPane& p) { p.editor().undo(); });
    add("editor.redo", tr("Redo"), edit, "", "Edit/11", "", [](EditorPane& p) { p.editor().redo(); });
    add("editor.find", tr("Find"), edit, "Ctrl+F", "Edit/30", "search", [](EditorPane& p) { p.find(false); });
    add("editor.replace", tr("Replace"), edit, "Ctrl+H", "Edit/31", "", [](EditorPane& p) { p.find(true); });
    add("editor.findNext", tr("Find next"), edit, "F3", "", "down", [](EditorPane& p) { p.findBar().next(false); });
    add("editor.findPrevious", tr("Find previous"), edit, "Shift+F3", "", "up",
        [](EditorPane& p) { p.findBar().next(true); });
    add("editor.toggleComment", tr("Comment or uncomment lines"), edit, "Ctrl+/", "Edit/40", "",
        [](EditorPane& p) { p.editor().toggleComment(); });
    add("editor.selectNext", tr("Add the next occurrence to the selection"), edit, "Ctrl+D", "Edit/41", "",
        [](EditorPane& p) { p.editor().selectNextOccurrence(); });
    add("editor.deleteLine", tr("Delete lines"), edit, "Ctrl+Shift+K", "", "",
        [](EditorPane& p) { p.editor().deleteLines(); });
    add("editor.moveLineUp", tr("Move lines up"), edit, "Alt+Up", "", "",
        [](EditorPane& p) { p.editor().moveLines(false); });
    add("editor.moveLineDown", tr("Move lines down"), edit, "Alt+Down", "", "",
        [](EditorPane& p) { p.editor().moveLines(true); });
    add("editor.duplicateLine", tr("Duplicate"), edit, "Shift+Alt+Down", "", "",
        [](EditorPane& p) { p.editor().duplicateLines(); });
    add("editor.foldAll", tr("Fold or unfold everything"), edit, "", "", "",
        [](EditorPane& p) { p.editor().foldAll(); });
    add("editor.goToLine", tr("Go to line…"), go, "Ctrl+G", "Go/30", "", [](EditorPane& p) { p.goToLine(); });
}

FilesPane* files(app::Workbench& workbench) {
    return qobject_cast<FilesPane*>(workbench.showPane(QLatin1String(kFiles)));
}

void registerFiles(app::Workbench& workbench) {
    auto* bench = &workbench;
    workbench.registerPane({.id = QLatin1String(kFiles),
                            .title = tr("Files"),
                            .icon = QStringLiteral("files"),
                            .region = app::Region::SidePanel,
                            .order = 10,
                            .activityBar = true,
                            .factory = [bench]() -> app::Pane* { return new FilesPane(*bench); },
                            .shortcut = QKeySequence(QStringLiteral("Ctrl+Shift+E"))});
    const QString category = tr("Files");
    const auto needsFolder = [bench] {
        return bench->workspace().isOpen() ? QString() : tr("No folder is open");
    };
    auto& commands = workbench.commands();
    commands.add({.id = app::ids::kFilesReveal,
                  .title = tr("Show the file in the tree"),
                  .category = category,
                  .disabledReason = needsFolder,
                  .run = [bench](const QVariantMap& arguments) {
                      FilesPane* pane = files(*bench);
                      const auto given = arguments.value(QStringLiteral("location"));
                      if (pane && given.canConvert<host::Location>())
                          pane->reveal(given.value<host::Location>());
                      else if (pane && bench->selection().file())
                          pane->reveal(*bench->selection().file());
                  }});
    commands.add({.id = QStringLiteral("files.newFile"),
                  .title = tr("New file in the folder…"),
                  .category = category,
                  .disabledReason = needsFolder,
                  .run = [bench](const QVariantMap&) { files(*bench)->newFile(); }});
    commands.add({.id = QStringLiteral("files.newFolder"),
                  .title = tr("New folder…"),
                  .category = category,
                  .disabledReason = needsFolder,
                  .run = [bench](const QVariantMap&) { files(*bench)->newFolder(); }});
    commands.add({.id = QStringLiteral("files.refresh"),
                  .title = tr("Read the folder again"),
                  .category = category,
                  .disabledReason = needsFolder,
                  .run = [bench](const QVariantMap&) { files(*bench)->model().refresh(); }});
}

} // namespace

void registerEditor(app::Workbench& workbench) {
    auto* bench = &workbench;
    registerSettings(workbench.settings());
    registerFiles(workbench);
    workbench.registerTabKind(QLatin1String(EditorPane::kKind), [bench](const QJsonObject& state) -> app::Pane* {
        host::Location location;
        location.path.clear();
        const QByteArray text = QByteArray::fromBase64(state.value("location").toString().toLatin1());
        if (!text.isEmpty())
            location = host::Location::parse(text.toStdString());
        auto* pane = new EditorPane(*bench, location);
        if (text.isEmpty())
            pane->document().setRecoveryKey(state.value("recovery").toString().toStdString());
        pane->restoreState(state);
        pane->document().load();
        return pane;
    });
    workbench.registerFileOpener(QStringLiteral("*"), 0,
                                 [bench](const host::Location& file, const app::OpenOptions& options) {
                                     return openFile(*bench, file, options);
                                 });
    registerPaneCommands(workbench);
    workbench.commands().add({.id = QStringLiteral("file.new"),
                              .title = tr("New text"),
                              .category = tr("File"),
                              .shortcut = QKeySequence(QStringLiteral("Ctrl+N")),
                              .menu = QStringLiteral("File/10"),
                              .icon = QStringLiteral("file"),
                              .run = [bench](const QVariantMap&) {
                                  host::Location none;
                                  none.host = app::toStd(bench->workspace().hostId());
                                  auto* pane = new EditorPane(*bench, none);
                                  bench->openTab(pane);
                                  pane->document().load();
                              }});
    workbench.commands().add({.id = app::ids::kSaveAll,
                              .title = tr("Save all"),
                              .category = tr("File"),
                              .shortcut = QKeySequence(QStringLiteral("Ctrl+Alt+S")),
                              .menu = QStringLiteral("File/42"),
                              .run = [bench](const QVariantMap&) {
                                  for (app::Pane* pane : bench->tabs())
                                      if (auto* editor = qobject_cast<EditorPane*>(pane);
                                          editor && editor->document().modified())
                                          editor->save();
                              }});
    new EditorStatus(workbench);
}

void openUnsavedTexts(app::Workbench& workbench) {
    auto* bench = &workbench;
    workbench.engine()
        .async([](Engine&, std::stop_token) -> Result<std::vector<Recovered>> { return unsavedTexts(); })
        .then(bench, [bench](Result<std::vector<Recovered>> texts) {
            if (!texts)
                return;
            for (const Recovered& text : *texts) {
                const bool open = std::ranges::any_of(bench->tabs(), [&](app::Pane* pane) {
                    auto* editor = qobject_cast<EditorPane*>(pane);
                    return editor && editor->document().recoveryKey() == text.key;
                });
                if (open)
                    continue;
                host::Location none;
                none.path.clear();
                auto* pane = new EditorPane(*bench, none);
                pane->document().setRecoveryKey(text.key);
                bench->openTab(pane);
                pane->document().load();
            }
        });
}

} // namespace lathe::editor
