// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/testing/test_workbench.h"

#include "app/shell/main_window.h"
#include "app/shell/shell_workbench.h"
#include "core/file.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

namespace lathe::app {

namespace {

ShellOptions shellOptions(const TestWorkbenchOptions& options, const TempDir& dir) {
    ShellOptions shell;
    shell.store = options.store.isEmpty() ? toQString(dir / "store") : options.store;
    shell.settingsFile = toQString(dir / "settings.json");
    shell.sessionFolder = toQString(dir / "session");
    shell.theme = options.theme;
    if (!options.workspace.isEmpty())
        shell.workspace = host::Location{"local", toStd(options.workspace)};
    return shell;
}

}  // namespace

std::unique_ptr<Workbench> makeTestWorkbench(const TestWorkbenchOptions& options) {
    auto dir = std::make_shared<TempDir>();
    auto workbench = std::make_unique<ShellWorkbench>(shellOptions(options, *dir));
    // The window writes its session when it goes; the folders go after it.
    QObject::connect(workbench.get(), &QObject::destroyed, [dir] {});
    workbench->start(false);
    workbench->mainWindow()->resize(options.size);
    if (options.show) {
        workbench->mainWindow()->show();
        waitFor([&] { return workbench->started(); });
    }
    return workbench;
}

bool waitFor(const std::function<bool()>& done, int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (!done() && timer.elapsed() < milliseconds) {
        // Wakes for every event, and now and then for what other threads do without one.
        QEventLoop loop;
        QTimer::singleShot(5, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return done();
}

}  // namespace lathe::app
