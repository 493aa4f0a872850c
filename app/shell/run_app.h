// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace lathe::app {

// All of lathe-workbench: parses the command line, shows the window, runs it to its end. The exit code.
int runApp(int argc, char** argv);

}  // namespace lathe::app
