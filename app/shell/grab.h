// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/shell/options.h"
#include "core/result.h"

#include <functional>

namespace lathe::app {

class ShellWorkbench;

// Brings the window into the asked state (files, pane, runs), waits until it is still or until --after,
// writes the picture, then calls `done` once. Fails with NotFound for an unknown pane, run or file, with Io
// if the picture cannot be written.
void grabWindow(ShellWorkbench& workbench, const Options& options, std::function<void(Result<>)> done);

// The --open, --pane and --run of an ordinary start too. `done` gets the first failure.
void applyOpening(ShellWorkbench& workbench, const Options& options, std::function<void(Result<>)> done);

// Renders an SVG file to PNG (2 device pixels a unit) or PDF, told by the name of `out`.
Result<> renderPlot(const QString& svg, const QString& out);

}  // namespace lathe::app
