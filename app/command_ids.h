// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Commands that one plugin offers and others call, with their arguments. Who offers which is said at the
// right; where that plugin is missing, Commands::execute answers with a reason, and nothing breaks.
namespace lathe::app::ids {

inline constexpr auto kRunLaunch = "run.launch";      // runs: {recipe?, command?, host?, cwd?} opens Run…
inline constexpr auto kRunAgain = "run.again";        // runs: {run?}
inline constexpr auto kRunStop = "run.stop";          // runs: {run?}; default: the selected
inline constexpr auto kRunOpen = "run.open";          // runs: {run} its tab
inline constexpr auto kRunPlotFile = "run.plotFile";  // runs: {location} live plots of the run of a file
inline constexpr auto kRunFollow = "run.follow";      // runs: {runs: [id]} in the live plots
inline constexpr auto kRunExportPlot = "run.exportPlot";    // runs: {runs: [id], metrics: [..], path}
inline constexpr auto kTerminalNew = "terminal.new";        // terminal: {host?, cwd?, command?}
inline constexpr auto kTerminalToggle = "terminal.toggle";  // terminal
inline constexpr auto kFilesReveal = "files.reveal";        // editor: {location}
inline constexpr auto kHostConnect = "host.connect";        // hosts: {host?}
inline constexpr auto kHostOpen = "host.open";              // hosts: {host} its tab
inline constexpr auto kGitDiff = "git.diff";                // git: {location}

// Of the shell.
inline constexpr auto kPalette = "workbench.palette";
inline constexpr auto kQuickOpen = "workbench.quickOpen";    // {text?}
inline constexpr auto kOpenFolder = "workbench.openFolder";  // {location?}
inline constexpr auto kOpenFile = "workbench.openFile";      // {location?, line?, column?}
inline constexpr auto kSettings = "workbench.settings";      // {search?}
inline constexpr auto kShowPane = "workbench.showPane";      // {pane}
inline constexpr auto kTrySample = "workbench.trySample";
inline constexpr auto kSave = "file.save";        // editor
inline constexpr auto kSaveAll = "file.saveAll";  // editor

}  // namespace lathe::app::ids
