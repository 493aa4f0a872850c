// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workbench.h"

#include <functional>
#include <memory>

namespace lathe::app {

struct TestWorkbenchOptions {
    QString store;      // empty: a fresh one
    QString workspace;  // a local folder to open; empty: none
    QString theme = QStringLiteral("dark");
    bool show = true;
    QSize size{1280, 800};
};

// A real window on fresh settings, session and store folders, with no plugin loaded: a plugin's test
// registers the plugin under test by initialize() itself. Needs a QApplication (QTEST_MAIN on the offscreen
// platform). Deletes its folders at the end.
std::unique_ptr<Workbench> makeTestWorkbench(const TestWorkbenchOptions& options = {});

// Lets events run until `done` or the time is over; returns done(). Not a sleep: it ends at once when it can.
bool waitFor(const std::function<bool()>& done, int milliseconds = 10000);

}  // namespace lathe::app
