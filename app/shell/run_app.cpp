// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/run_app.h"

#include "app/shell/grab.h"
#include "app/shell/main_window.h"
#include "app/shell/options.h"
#include "app/shell/shell_workbench.h"
#include "core/log.h"
#include "core/paths.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QTimer>
#include <QTranslator>

#include <cstdio>
#include <memory>

#ifndef LATHE_VERSION
#define LATHE_VERSION "0"
#endif

namespace lathe::app {

namespace {

int failed(const Error& error) {
    std::fprintf(stderr, "lathe-workbench: %s\n", error.text().c_str());
    return exitCodeOf(error.code);
}

// Before any widget exists, so before the Settings object does: one key of its file.
QString wantedLanguage() {
    QString wanted = QStringLiteral("system");
    if (const auto settings = readJsonFile(joinPath(configDir(), "settings.json")))
        wanted = toQString(getString(*settings, "appearance.language", "system"));
    return wanted == QLatin1String("system") ? QLocale::system().name().section(QLatin1Char('_'), 0, 0)
                                             : wanted;
}

std::unique_ptr<QTranslator> loadTranslation() {
    auto translator = std::make_unique<QTranslator>();
    const QString folder = toQString(sharePath("translations"));
    // English too: its file holds the plural forms that the source texts lack.
    if (!translator->load(QStringLiteral("lathe_") + wantedLanguage(), folder) &&
        !translator->load(QStringLiteral("lathe_en"), folder))
        return {};
    return translator;
}

}  // namespace

int runApp(int argc, char** argv) {
    QElapsedTimer sinceStart;
    sinceStart.start();
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    const auto options = Options::parse(arguments);
    if (!options)
        return failed(options.error());
    if (options->help) {
        std::fputs(qPrintable(Options::helpText()), stdout);
        return 0;
    }
    if (options->version) {
        std::puts("lathe-workbench " LATHE_VERSION);
        return 0;
    }
    const bool noDisplay =
        qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") && options->needsNoDisplay() && noDisplay)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") && noDisplay)
        return failed({ErrorCode::Unavailable, "there is no display", "",
                       "start it in a desktop session, or render a picture with --grab OUT.png"});

    QApplication::setApplicationName(QStringLiteral("lathe-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("Lathe"));
    QApplication::setApplicationVersion(QStringLiteral(LATHE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.lathe.Workbench"));
    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication app(argc, argv);
    if (!options->plot.isEmpty()) {
        const auto rendered = renderPlot(options->plot, options->out);
        return rendered ? 0 : failed(rendered.error());
    }
    startLog(joinPath(dataDir(), "log/workbench.log"));
    const std::unique_ptr<QTranslator> translator = loadTranslation();
    if (translator)
        QApplication::installTranslator(translator.get());

    ShellOptions shell;
    shell.store = options->store;
    if (!options->workspace.isEmpty())
        shell.workspace = host::Location::parse(toStd(options->workspace));
    shell.theme = options->theme;
    shell.pluginFolder = toQString(joinPath(parentPath(programDir()), "lib/lathe/plugins"));
    if (const QString elsewhere = qEnvironmentVariable("LATHE_PLUGIN_DIR"); !elsewhere.isEmpty())
        shell.pluginFolder = elsewhere;
    const bool grabbing = !options->grab.isEmpty();
    shell.restore = !grabbing;
    ShellWorkbench workbench(shell);
    workbench.start(false);
    MainWindow* window = workbench.mainWindow();
    if (grabbing)
        window->resize(options->size);

    QObject::connect(window, &MainWindow::shownFirst, &workbench, [&] {
        if (options->startTime) {
            std::printf("%lld\n", static_cast<long long>(sinceStart.elapsed()));
            std::fflush(stdout);
            QTimer::singleShot(0, &app, [] { QApplication::exit(0); });
        } else if (grabbing) {
            grabWindow(workbench, *options,
                       [](const Result<>& done) { QApplication::exit(done ? 0 : failed(done.error())); });
        } else {
            applyOpening(workbench, *options, [&workbench](const Result<>& done) {
                if (!done)
                    workbench.notifications().error(done.error());
            });
        }
    });
    window->show();
    return QApplication::exec();
}

}  // namespace lathe::app
