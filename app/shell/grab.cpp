// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/grab.h"

#include "app/command_ids.h"
#include "app/shell/main_window.h"
#include "app/shell/shell_workbench.h"
#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QPixmap>
#include <QSvgRenderer>
#include <QTimer>

#include <memory>

namespace lathe::app {

namespace {

constexpr int kLookMs = 60;       // how often it is asked whether all is still
constexpr int kStillMs = 400;     // for so long nothing may be under way
constexpr int kAtMostMs = 20000;  // then the picture is taken as it is

Result<> save(MainWindow& window, const Options& options) {
    QPixmap picture(window.size() * options.scale);
    picture.setDevicePixelRatio(options.scale);
    picture.fill(Qt::transparent);
    window.render(&picture);
    LATHE_TRY(makeDirs(parentPath(absolutePath(toStd(options.grab)))));
    if (!picture.save(options.grab))
        return fail(ErrorCode::Io, "the picture cannot be written", toStd(options.grab),
                    "check that the folder is writable and that the name ends in .png or .jpg");
    return {};
}

// Starts the recipe of --run-recipe in the workspace's folder and follows it.
void startRecipe(ShellWorkbench& workbench, const Options& options, std::function<void(Result<>)> done) {
    launch::RunRequest request;
    request.recipe = absolutePath(toStd(options.runRecipe));
    for (const QString& value : options.set)
        request.set.push_back(toStd(value));
    // The folder itself may still be on its way to being open.
    if (const host::Location folder = host::Location::parse(toStd(options.workspace));
        !options.workspace.isEmpty() && folder.isLocal())
        request.cwd = absolutePath(folder.path);
    workbench.engine()
        .async([request](Engine& engine, std::stop_token) { return engine.launcher().start(request); })
        .then(&workbench, [&workbench, done](Result<record::RunSpec> spec) {
            if (!spec)
                return done(std::unexpected(spec.error()));
            const QStringList started{toQString(spec->id)};
            workbench.engine().refreshRuns();
            workbench.selection().setRuns(started);
            workbench.commands().execute(QLatin1String(ids::kRunFollow), {{QStringLiteral("runs"), started}});
            done({});
        });
}

}  // namespace

void applyOpening(ShellWorkbench& workbench, const Options& options, std::function<void(Result<>)> done) {
    Result<> result;
    if (!options.pane.isEmpty()) {
        const QString id = workbench.paneNamed(options.pane);
        if (id.isEmpty()) {
            std::vector<std::string> names;
            for (const QString& known : workbench.paneIds())
                names.push_back(toStd(known));
            result = fail(ErrorCode::NotFound, "there is no such pane", toStd(options.pane),
                          "there are: " + join(names, ", "));
        } else {
            workbench.showPane(id, true);
        }
    }
    for (const QString& path : options.open) {
        const host::Location file = host::Location::parse(toStd(path));
        if (file.isLocal() && !exists(file.path)) {
            if (result)
                result = fail(ErrorCode::NotFound, "there is no such file", file.text(), "check the path");
        } else if (!workbench.openFile(file, {}) && result) {
            result =
                fail(ErrorCode::Unsupported, "no plugin that is loaded opens this file", file.text(), "");
        }
    }
    if (!options.command.isEmpty() && result) {
        const QString reason = workbench.commands().disabledReason(options.command);
        if (!reason.isEmpty())
            result = fail(ErrorCode::NotFound, "the command cannot run: " + toStd(reason),
                          toStd(options.command), "Settings, Keys lists the commands with their ids");
        else
            workbench.commands().execute(options.command);
    }
    if (!options.runRecipe.isEmpty() && result)
        return startRecipe(workbench, options, done);
    if (options.runs.isEmpty() || !result)
        return done(result);
    workbench.engine()
        .async([names = options.runs](Engine& engine, std::stop_token) -> Result<QStringList> {
            LATHE_TRY(engine.store().refresh());
            QStringList ids;
            for (const QString& name : names) {
                LATHE_TRY_ASSIGN(const record::RunSummary run, engine.store().find(toStd(name)));
                ids << toQString(run.spec.id);
            }
            return ids;
        })
        .then(&workbench, [&workbench, done](Result<QStringList> ids) {
            if (!ids)
                return done(std::unexpected(ids.error()));
            workbench.selection().setRuns(*ids);
            workbench.commands().execute(QLatin1String(ids::kRunFollow), {{QStringLiteral("runs"), *ids}});
            done({});
        });
}

void grabWindow(ShellWorkbench& workbench, const Options& options, std::function<void(Result<>)> done) {
    applyOpening(workbench, options, [&workbench, options, done](Result<> opened) {
        if (!opened)
            return done(opened);
        const auto finish = [&workbench, options, done] { done(save(*workbench.mainWindow(), options)); };
        if (options.after) {
            QTimer::singleShot(static_cast<int>(*options.after * 1000), &workbench, finish);
            return;
        }
        auto* timer = new QTimer(&workbench);
        struct Wait {
            QElapsedTimer all, still;
        };
        auto wait = std::make_shared<Wait>();
        wait->all.start();
        wait->still.start();
        QObject::connect(timer, &QTimer::timeout, &workbench, [&workbench, timer, wait, finish] {
            if (!workbench.idle())
                wait->still.restart();
            if (wait->still.elapsed() < kStillMs && wait->all.elapsed() < kAtMostMs)
                return;
            timer->stop();
            timer->deleteLater();
            finish();
        });
        timer->start(kLookMs);
    });
}

Result<> renderPlot(const QString& svg, const QString& out) {
    LATHE_TRY_ASSIGN(const std::string bytes, readFile(toStd(svg), std::size_t{256} << 20));
    QSvgRenderer renderer(QByteArray::fromStdString(bytes));
    if (!renderer.isValid())
        return fail(ErrorCode::Corrupt, "this is not a drawing that can be read", toStd(svg),
                    "make it with `lathe plot RUN --out F.svg`");
    const QSize size = renderer.defaultSize().isEmpty() ? QSize(800, 500) : renderer.defaultSize();
    const QString kind = QFileInfo(out).suffix().toLower();
    LATHE_TRY(makeDirs(parentPath(absolutePath(toStd(out)))));
    if (kind == QLatin1String("pdf")) {
        QPdfWriter writer(out);
        // One unit of the drawing is a pixel at 96 dots an inch.
        writer.setResolution(96);
        writer.setPageMargins({});
        writer.setPageSize(
            QPageSize(QSizeF(size) * 72.0 / 96.0, QPageSize::Point, QString(), QPageSize::ExactMatch));
        QPainter painter;
        if (!painter.begin(&writer))
            return fail(ErrorCode::Io, "the picture cannot be written", toStd(out),
                        "check that the folder is writable");
        renderer.render(&painter, QRectF(QPointF(), QSizeF(size)));
        return {};
    }
    if (kind != QLatin1String("png") && kind != QLatin1String("jpg") && kind != QLatin1String("jpeg"))
        return fail(ErrorCode::Unsupported, "only .png, .jpg and .pdf can be made from a drawing", toStd(out),
                    "choose one of these endings");
    QImage image(size * 2, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    QPainter painter(&image);
    renderer.render(&painter);
    painter.end();
    if (!image.save(out))
        return fail(ErrorCode::Io, "the picture cannot be written", toStd(out),
                    "check that the folder is writable");
    return {};
}

}  // namespace lathe::app
