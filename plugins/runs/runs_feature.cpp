// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_feature.h"

#include "chart_canvas.h"
#include "launch_sheet.h"
#include "live_plots_pane.h"
#include "run_actions.h"
#include "run_columns.h"
#include "run_watch.h"
#include "runs_pane.h"

#include "app/command_ids.h"
#include "app/workbench.h"

#include <QEvent>
#include <QGridLayout>
#include <QTimer>

#include <algorithm>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

QStringList listOf(const QVariant& value) {
    return value.typeId() == QMetaType::QString ? QStringList{value.toString()} : value.toStringList();
}

}  // namespace

RunsFeature::RunsFeature(app::Workbench& workbench)
    : m_workbench(workbench), m_actions(new RunActions(workbench, this)) {
    app::PaneSpec table;
    table.id = QString::fromLatin1(RunsPane::kId);
    table.title = tr("Runs");
    table.icon = QStringLiteral("runs");
    table.region = app::Region::Centre;
    table.order = 50;
    table.activityBar = true;
    table.hidesSidePanel = true;
    table.factory = [this] { return new RunsPane(m_workbench, *m_actions); };
    workbench.registerPane(table);
    app::PaneSpec live;
    live.id = QString::fromLatin1(LivePlotsPane::kId);
    live.title = tr("Live plots");
    live.icon = QStringLiteral("chart");
    live.region = app::Region::RightDock;
    live.order = 10;
    live.factory = [this] { return new LivePlotsPane(m_workbench, *m_actions); };
    workbench.registerPane(live);
    workbench.registerQuickSource(QLatin1Char('#'), tr("Runs"), [this](const QString& query) {
        QList<app::Workbench::QuickItem> items;
        for (const auto& run : m_workbench.engine().runs()) {
            if (run->archived || run->deleted)
                continue;
            const auto name = toQString(run->spec.name);
            if (!query.isEmpty() && !name.contains(query, Qt::CaseInsensitive))
                continue;
            const auto id = toQString(run->spec.id);
            items.append(
                {name,
                 tr("%1, %2").arg(toQString(std::string(record::runStateName(run->state))), startText(*run)),
                 QStringLiteral("runs"), [this, id](bool) {
                     m_workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("run"), id}});
                 }});
            if (items.size() >= 50)
                break;
        }
        return items;
    });
    addCommands();
}

// Where the dock lies over the centre it covers the charts of Runs: there it is wanted only while there is
// something to follow, or when asked for.
void RunsFeature::clearTheCharts() {
    constexpr int kDockOverlaysBelow = 1280;
    const auto& runs = m_workbench.engine().runs();
    if (m_workbench.window()->width() < kDockOverlaysBelow &&
        qobject_cast<RunsPane*>(m_workbench.activeTab()) &&
        std::ranges::none_of(runs, [](const auto& run) { return !record::isOver(run->state); }))
        m_workbench.hidePane(QString::fromLatin1(LivePlotsPane::kId));
}

bool RunsFeature::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Resize && object == m_workbench.window())
        QMetaObject::invokeMethod(this, &RunsFeature::clearTheCharts, Qt::QueuedConnection);
    return QObject::eventFilter(object, event);
}

void RunsFeature::ready() {
    m_workbench.window()->installEventFilter(this);
    connect(
        &m_workbench, &app::Workbench::activeTabChanged, this, [this] { clearTheCharts(); },
        Qt::QueuedConnection);
    m_watch = new RunWatch(m_workbench, this);
    m_workbench.engine().refreshRuns();
}

LaunchSheet* RunsFeature::launchSheet() const {
    return m_sheet;
}

QString RunsFeature::newest() const {
    const auto& runs = m_workbench.engine().runs();
    return runs.empty() ? QString() : toQString(runs.front()->spec.id);
}

QStringList RunsFeature::runsOf(const QVariantMap& arguments) const {
    for (const auto* key : {"runs", "run"})
        if (const auto list = listOf(arguments.value(QString::fromLatin1(key))); !list.value(0).isEmpty())
            return list;
    return m_workbench.selection().runs();
}

void RunsFeature::addCommands() {
    auto& commands = m_workbench.commands();
    const QString category = tr("Run");
    const auto noRuns = [this] {
        // Before the first look at the store nobody knows.
        const auto& engine = m_workbench.engine();
        return engine.runsLoaded() && engine.runs().empty() ? tr("There is no run yet") : QString();
    };
    app::CommandSpec launch;
    launch.id = QString::fromLatin1(app::ids::kRunLaunch);
    launch.title = tr("Run…");
    launch.category = category;
    launch.shortcut = QKeySequence(Qt::Key_F5);
    launch.menu = QStringLiteral("Run/10");
    launch.icon = QStringLiteral("play");
    launch.run = [this](const QVariantMap& arguments) { this->launch(arguments); };
    commands.add(launch);

    app::CommandSpec again;
    again.id = QString::fromLatin1(app::ids::kRunAgain);
    again.title = tr("Run again");
    again.category = category;
    again.shortcut = QKeySequence(Qt::CTRL | Qt::Key_F5);
    again.menu = QStringLiteral("Run/11");
    again.icon = QStringLiteral("refresh");
    again.disabledReason = noRuns;
    again.run = [this](const QVariantMap& arguments) {
        const auto ids = runsOf(arguments);
        m_actions->startAgain(ids.isEmpty() ? newest() : ids.first());
    };
    commands.add(again);

    app::CommandSpec stop;
    stop.id = QString::fromLatin1(app::ids::kRunStop);
    stop.title = tr("Stop run");
    stop.category = category;
    stop.shortcut = QKeySequence(Qt::SHIFT | Qt::Key_F5);
    stop.menu = QStringLiteral("Run/12");
    stop.icon = QStringLiteral("stop");
    stop.disabledReason = [this] {
        const auto& runs = m_workbench.engine().runs();
        return std::ranges::any_of(runs, [](const auto& run) { return !record::isOver(run->state); })
                   ? QString()
                   : tr("No run is under way");
    };
    stop.run = [this](const QVariantMap& arguments) {
        auto ids = m_actions->stoppable(runsOf(arguments));
        if (ids.isEmpty() && !arguments.contains(QStringLiteral("run")))
            for (const auto& run : m_workbench.engine().runs())
                if (!record::isOver(run->state)) {
                    ids = {toQString(run->spec.id)};
                    break;
                }
        m_actions->stop(ids, arguments.value(QStringLiteral("asked")).toBool());
    };
    commands.add(stop);

    app::CommandSpec open;
    open.id = QString::fromLatin1(app::ids::kRunOpen);
    open.title = tr("Show run");
    open.category = category;
    open.disabledReason = {};
    open.run = [this](const QVariantMap& arguments) {
        auto ids = runsOf(arguments);
        if (ids.isEmpty())
            ids = {newest()};
        if (auto* pane = qobject_cast<RunsPane*>(m_workbench.showPane(QString::fromLatin1(RunsPane::kId))))
            pane->openRuns(ids);
    };
    commands.add(open);

    app::CommandSpec follow;
    follow.id = QString::fromLatin1(app::ids::kRunFollow);
    follow.title = tr("Follow in live plots");
    follow.category = category;
    follow.disabledReason = noRuns;
    follow.run = [this](const QVariantMap& arguments) {
        if (auto* pane = qobject_cast<LivePlotsPane*>(
                m_workbench.showPane(QString::fromLatin1(LivePlotsPane::kId), false)))
            pane->follow(runsOf(arguments));
    };
    commands.add(follow);

    app::CommandSpec plotFile;
    plotFile.id = QString::fromLatin1(app::ids::kRunPlotFile);
    plotFile.title = tr("Plot the run of this file");
    plotFile.category = category;
    plotFile.shortcut = QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_P);
    plotFile.menu = QStringLiteral("Run/20");
    plotFile.disabledReason = noRuns;
    plotFile.run = [this](const QVariantMap& arguments) { followFile(arguments); };
    commands.add(plotFile);

    app::CommandSpec copyId;
    copyId.id = QStringLiteral("run.copyId");
    copyId.title = tr("Copy id of the selected runs");
    copyId.category = category;
    copyId.disabledReason = [this] {
        return m_workbench.selection().runs().isEmpty() ? tr("No run is selected") : QString();
    };
    copyId.run = [this](const QVariantMap& arguments) { m_actions->copyIds(runsOf(arguments)); };
    commands.add(copyId);

    app::CommandSpec rename = copyId;
    rename.id = QStringLiteral("run.rename");
    rename.title = tr("Rename run…");
    rename.run = [this](const QVariantMap& arguments) { m_actions->askRename(runsOf(arguments).value(0)); };
    commands.add(rename);

    app::CommandSpec tag = copyId;
    tag.id = QStringLiteral("run.tag");
    tag.title = tr("Tag runs…");
    tag.run = [this](const QVariantMap& arguments) { m_actions->askTags(runsOf(arguments)); };
    commands.add(tag);

    app::CommandSpec note = copyId;
    note.id = QStringLiteral("run.note");
    note.title = tr("Note on a run…");
    note.run = [this](const QVariantMap& arguments) { m_actions->askNote(runsOf(arguments).value(0)); };
    commands.add(note);

    app::CommandSpec exporter;
    exporter.id = QString::fromLatin1(app::ids::kRunExportPlot);
    exporter.title = tr("Export plot of the selected runs");
    exporter.category = category;
    exporter.disabledReason = noRuns;
    exporter.run = [this](const QVariantMap& arguments) { exportPlot(arguments); };
    commands.add(exporter);
}

void RunsFeature::launch(const QVariantMap& arguments) {
    if (m_sheet) {
        m_sheet->fill(arguments);
        return;
    }
    m_sheet = new LaunchSheet(m_workbench);
    m_sheet->fill(arguments);
    m_sheet->open();
    m_sheet->focusFirst();
}

void RunsFeature::followFile(const QVariantMap& arguments) {
    const auto given = arguments.value(QStringLiteral("location"));
    std::optional<host::Location> file = m_workbench.selection().file();
    if (given.canConvert<host::Location>() && !given.value<host::Location>().path.empty())
        file = given.value<host::Location>();
    else if (!given.toString().isEmpty())
        file = host::Location::parse(toStd(given.toString()));
    if (!file) {
        m_workbench.statusBar().flash(tr("Open the script or recipe of a run first"));
        return;
    }
    const auto name = file->name();
    for (const auto& run : m_workbench.engine().runs())
        if (std::ranges::any_of(run->spec.argv, [&](const std::string& word) {
                return word == file->path || host::Location{"local", word}.name() == name;
            })) {
            m_workbench.commands().execute(app::ids::kRunFollow,
                                           {{QStringLiteral("runs"), QStringList{toQString(run->spec.id)}}});
            return;
        }
    m_workbench.statusBar().flash(tr("No run was made of %1 yet").arg(toQString(name)));
}

void RunsFeature::exportPlot(const QVariantMap& arguments) {
    const auto ids = runsOf(arguments);
    auto metrics = listOf(arguments.value(QStringLiteral("metrics")));
    metrics.removeAll(QString());
    const auto path = arguments.value(QStringLiteral("path")).toString();
    if (path.isEmpty()) {
        m_workbench.statusBar().flash(tr("Choose Save picture… in the menu of a chart"));
        return;
    }
    // Its own cache and canvas, never shown: drawn once the series are there.
    auto* holder = new QObject(this);
    auto* cache = new SeriesCache(makeEngineSource(m_workbench.engine()), holder);
    auto* context = new ChartContext(holder);
    QList<ChartLine> lines;
    for (const auto& id : ids) {
        const auto run = m_workbench.engine().run(id);
        if (!run)
            continue;
        if (metrics.isEmpty())
            metrics << toQString(mainMetricOf(*run));
        ChartLine line;
        line.run = id;
        line.name = toQString(run->spec.name);
        line.color = m_workbench.runPalette().color(id);
        line.state = run->state;
        lines.append(line);
    }
    if (lines.isEmpty() || metrics.isEmpty()) {
        m_workbench.notifications().error(tr("Nothing to plot"),
                                          tr("The runs asked for have no such metric."));
        holder->deleteLater();
        return;
    }
    auto* canvas = new ChartCanvas(*cache, *context, metrics.first(), m_workbench.window());
    canvas->hide();
    connect(holder, &QObject::destroyed, canvas, &QObject::deleteLater);
    canvas->setLines(lines);
    QList<SeriesKey> keys;
    for (const auto& line : lines)
        keys.append({line.run, metrics.first(), context->axis()});
    connect(cache, &SeriesCache::changed, holder, [this, holder, cache, canvas, path, keys] {
        if (!std::ranges::all_of(keys, [&](const auto& key) { return cache->loaded(key); }))
            return;
        const QString problem = canvas->save(path, {900, 560});
        if (problem.isEmpty())
            m_workbench.notifications().info(tr("Plot written"), path);
        else
            m_workbench.notifications().error(tr("The plot was not written: %1").arg(problem), path);
        holder->disconnect();
        cache->disconnect();
        holder->deleteLater();
    });
    cache->want(keys, 1, 0, 800);
}

}  // namespace lathe::runs
