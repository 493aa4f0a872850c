// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal_commands.h"

#include "app/command_ids.h"
#include "app/workbench.h"
#include "terminal_pane.h"
#include "terminal_view.h"

#include <QApplication>

namespace lathe::terminal {

namespace {

constexpr auto kPane = "terminal";

QString tr(const char* text) { return QCoreApplication::translate("lathe::terminal::Commands", text); }

TerminalPane* pane(app::Workbench& workbench) {
    return qobject_cast<TerminalPane*>(workbench.existingPane(QLatin1String(kPane)));
}

void newShell(app::Workbench& workbench, const QVariantMap& arguments) {
    auto* existing = pane(workbench);
    const bool plain = arguments.isEmpty();
    if (!existing && plain) { // its first show starts a shell by itself
        workbench.showPane(QLatin1String(kPane));
        return;
    }
    if (!existing) {
        // Shown without focus first, then the wished-for shell takes the place of the default one.
        existing = qobject_cast<TerminalPane*>(workbench.showPane(QLatin1String(kPane), false));
        if (!existing)
            return;
    }
    if (plain) {
        existing->newShell();
    } else {
        SessionSpec spec;
        spec.host = arguments.value("host", workbench.workspace().hostId()).toString();
        spec.folder = app::toStd(arguments.value("cwd").toString());
        if (spec.folder.empty() && workbench.workspace().isOpen() && workbench.workspace().hostId() == spec.host)
            spec.folder = workbench.workspace().folder()->path;
        for (const QString& word : arguments.value("command").toStringList())
            spec.command.push_back(app::toStd(word));
        existing->newShell(spec);
    }
    workbench.showPane(QLatin1String(kPane));
}

void toggle(app::Workbench& workbench) {
    auto* existing = pane(workbench);
    if (existing && existing->isVisible() && existing->isAncestorOf(QApplication::focusWidget()))
        workbench.hidePane(QLatin1String(kPane));
    else
        workbench.showPane(QLatin1String(kPane));
}

} // namespace

void registerTerminal(app::Workbench& workbench) {
    auto* bench = &workbench;
    workbench.registerPane({.id = QLatin1String(kPane),
                            .title = tr("Terminal"),
                            .icon = QStringLiteral("terminal"),
                            .region = app::Region::BottomPanel,
                            .order = 10,
                            .factory = [bench]() -> app::Pane* { return new TerminalPane(*bench); }});
    const QString category = tr("Terminal");
    auto& commands = workbench.commands();
    commands.add({.id = app::ids::kTerminalToggle,
                  .title = tr("Show or hide the terminal"),
                  .category = category,
                  .shortcut = QKeySequence(QStringLiteral("Ctrl+`")),
                  .menu = QStringLiteral("View/40"),
                  .icon = QStringLiteral("terminal"),
                  .run = [bench](const QVariantMap&) { toggle(*bench); }});
    commands.add({.id = app::ids::kTerminalNew,
                  .title = tr("New terminal"),
                  .category = category,
                  .shortcut = QKeySequence(QStringLiteral("Ctrl+Shift+`")),
                  .icon = QStringLiteral("terminal"),
                  .run = [bench](const QVariantMap& arguments) { newShell(*bench, arguments); }});
    struct Action {
        const char* id;
        const char* title;
        void (TerminalView::*run)();
    };
    static constexpr Action actions[] = {
        {"terminal.copy", QT_TRANSLATE_NOOP("lathe::terminal::Commands", "Copy the selection"),
         &TerminalView::copySelection},
        {"terminal.paste", QT_TRANSLATE_NOOP("lathe::terminal::Commands", "Paste"), &TerminalView::paste},
        {"terminal.find", QT_TRANSLATE_NOOP("lathe::terminal::Commands", "Find in the terminal"), &TerminalView::find},
        {"terminal.clear", QT_TRANSLATE_NOOP("lathe::terminal::Commands", "Clear"), &TerminalView::clear},
    };
    for (const Action& action : actions)
        commands.add({.id = QLatin1String(action.id),
                      .title = tr(action.title),
                      .category = category,
                      .disabledReason =
                          [bench] {
                              auto* existing = pane(*bench);
                              return existing && existing->current() ? QString() : tr("No terminal is open");
                          },
                      .run = [bench, run = action.run](const QVariantMap&) { (pane(*bench)->current()->*run)(); }});
    commands.add({.id = QStringLiteral("terminal.close"),
                  .title = tr("Close this shell"),
                  .category = category,
                  .disabledReason =
                      [bench] {
                          auto* existing = pane(*bench);
                          return existing && existing->current() ? QString() : tr("No terminal is open");
                      },
                  .run = [bench](const QVariantMap&) { pane(*bench)->closeShell(pane(*bench)->current()); }});
}

} // namespace lathe::terminal
