// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_pane.h"

#include "chart_card.h"
#include "chart_grid.h"
#include "run_actions.h"
#include "run_drawer.h"
#include "runs_table.h"
#include "smoothing_control.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/clock.h"
#include "core/text.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QResizeEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace lathe::runs {
namespace {

using app::toQString;

constexpr int kTableWidth = 640;
constexpr int kDrawerIsTabBelow = 1100;  // of the window
constexpr int kLeastHeight = 420;        // of the pane, for charts over details
enum Page { kLoading, kEmpty, kFailed, kRuns };

}  // namespace

RunsPane::RunsPane(app::Workbench& workbench, RunActions& actions)
    : Pane(QString::fromLatin1(kId)), m_workbench(workbench), m_cache(makeEngineSource(workbench.engine())),
      m_model(new RunsModel(workbench.runPalette(), this)),
      m_table(new RunsTable(workbench, *m_model, actions)), m_charts(new ChartGrid(m_cache, m_context)),
      m_drawer(new RunDrawer(workbench, *m_model, actions)), m_across(new QSplitter(Qt::Horizontal)),
      m_down(new QSplitter(Qt::Vertical)), m_stack(new QStackedWidget),
      m_empty(
          new app::EmptyState(tr("No runs yet. Each run of a recipe or a command is listed here, with its "
                                 "parameters and live charts."))),
      m_error(new app::ErrorState), m_crosshairTimer(new QTimer(this)) {
    setTitle(tr("Runs"));
    setIconName(QStringLiteral("runs"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    auto* loading = new QWidget;
    auto* loadingLayout = new QVBoxLayout(loading);
    loadingLayout->setContentsMargins(12, 12, 12, 12);
    auto* reading = app::makeLabel(tr("Reading runs…"), "dim");
    reading->hide();
    QTimer::singleShot(400, reading, &QWidget::show);  // a fast first load shows nothing of it
    loadingLayout->addWidget(reading);
    loadingLayout->addStretch();
    m_stack->addWidget(loading);
    m_empty->addButton(tr("Run…"), [this] { m_workbench.commands().execute(app::ids::kRunLaunch); });
    m_empty->addButton(
        tr("Try the sample"), [this] { m_workbench.commands().execute(app::ids::kTrySample); }, false);
    m_stack->addWidget(m_empty);
    m_error->setRetry([this] { m_workbench.engine().refreshRuns(); });
    m_stack->addWidget(m_error);

    auto* right = new QWidget;
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(0, 0, 0, 0);
    rightLayout->setSpacing(0);
    rightLayout->addWidget(makeToolbar());
    m_down->addWidget(m_charts);
    m_down->addWidget(m_drawer);
    m_down->setChildrenCollapsible(false);
    m_down->setHandleWidth(1);
    m_down->setStretchFactor(0, 2);
    m_down->setStretchFactor(1, 1);
    m_drawer->setMinimumHeight(110);
    m_charts->setMinimumHeight(190);
    rightLayout->addWidget(m_down, 1);
    m_across->addWidget(m_table);
    m_across->addWidget(right);
    m_across->setHandleWidth(1);
    m_across->setChildrenCollapsible(false);
    m_across->setStretchFactor(0, 0);
    m_across->setStretchFactor(1, 1);
    m_across->setSizes({kTableWidth, 1000});
    m_down->setSizes({560, 300});
    m_stack->addWidget(m_across);

    auto& engine = workbench.engine();
    connect(&engine, &app::EngineBridge::runsChanged, this, &RunsPane::takeRuns);
    connect(&engine, &app::EngineBridge::storeErrorChanged, this, &RunsPane::showState);
    connect(m_model, &RunsModel::drawnChanged, this, &RunsPane::refreshMetrics);
    connect(m_model, &RunsModel::drawnChanged, this, &RunsPane::refreshLines);
    connect(m_model, &RunsModel::drawnChanged, this, &RunsPane::refreshNotice);
    connect(m_table, &RunsTable::filterChanged, this, &RunsPane::refreshNotice);
    connect(m_model, &RunsModel::baselineChanged, this, &RunsPane::refreshLines);
    connect(&workbench.runPalette(), &app::RunPalette::changed, this, &RunsPane::refreshLines);
    connect(&app::theme(), &app::Theme::changed, this, &RunsPane::refreshLines);
    auto& view = m_table->view();
    connect(&view, &RunsView::selectedRunsChanged, this, [this] {
        const auto ids = m_table->view().selectedRuns();
        m_drawer->setRuns(ids);
        m_workbench.selection().setRuns(ids);
        refreshLines();
    });
    connect(&view, &RunsView::hoveredRun, &m_context, &ChartContext::setHovered);
    connect(&m_context, &ChartContext::hoveredChanged, this,
            [this] { m_table->view().setHoveredRun(m_context.hovered()); });
    const auto showDetails = [this] {
        openDrawer();
        m_page->setCurrent(1);
        placeDrawer();
    };
    connect(&view, &RunsView::openDrawer, this, showDetails);
    connect(&view, &QAbstractItemView::doubleClicked, this, showDetails);
    for (auto* splitter : {m_across, m_down})
        connect(splitter, &QSplitter::splitterMoved, this, [this] { m_splitByUser = true; });
    connect(m_drawer, &RunDrawer::closeRequested, this, [this] { openDrawer(false); });
    connect(m_drawer, &RunDrawer::expandRequested, this, [this] {
        const auto sizes = m_down->sizes();
        m_down->setSizes(sizes.value(0) > 200 ? QList<int>{190, 10'000} : QList<int>{560, 300});
    });
    // Others choose runs too (`--run`, a notification): the table follows.
    connect(&workbench.selection(), &app::Selection::runsChanged, this, [this] {
        const auto& ids = m_workbench.selection().runs();
        if (!ids.isEmpty() && ids != m_table->view().selectedRuns())
            openRuns(ids);
    });
    m_crosshairTimer->setSingleShot(true);
    m_crosshairTimer->setInterval(16);
    connect(m_crosshairTimer, &QTimer::timeout, this, &RunsPane::refreshCrosshair);
    connect(&m_context, &ChartContext::crosshairChanged, this, [this] {
        if (!m_crosshairTimer->isActive())
            m_crosshairTimer->start();
    });
    connect(&m_cache, &SeriesCache::idleChanged, this, [this](bool idle) {
        if (idle == !m_working)
            return;
        m_working = !idle;
        if (idle)
            endWork();
        else
            beginWork();
    });

    if (engine.runsLoaded())
        takeRuns({});
    showState();
}

RunsPane::~RunsPane() = default;

QWidget* RunsPane::makeToolbar() {
    auto* bar = new QWidget;
    bar->setProperty("surface", "panel");
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(40);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    m_page = new app::Segmented(tr("What is shown beside the table"));
    m_page->addSegment(tr("Charts"));
    m_page->addSegment(tr("Details"));
    m_page->setCurrent(0);
    row->addWidget(m_page);
    connect(m_page, &app::Segmented::currentChanged, this, &RunsPane::placeDrawer);
    m_chartTools = new QWidget;
    row->addWidget(m_chartTools, 1);
    row->addStretch();
    row = new QHBoxLayout(m_chartTools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* search = new QLineEdit;
    search->setPlaceholderText(tr("Find metric"));
    search->setAccessibleName(tr("Find metric"));
    search->setFixedWidth(128);
    search->addAction(app::theme().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_axis = new app::Segmented(tr("Horizontal axis"));
    m_axis->addSegment(tr("Step"));
    m_axis->addSegment(tr("Elapsed"));
    m_axis->addSegment(tr("Clock"));
    auto* smoothing = new SmoothingControl(m_context);
    auto* clip = new QCheckBox(tr("Clip outliers"));
    clip->setChecked(m_context.clip());
    clip->setToolTip(tr("Fit the 1–99 % range; each chart says how many lines leave it"));
    m_notice = new QPushButton;
    m_notice->setProperty("role", "link");
    m_notice->hide();
    row->addWidget(search);
    row->addWidget(m_axis);
    row->addWidget(smoothing);
    row->addWidget(clip);
    row->addStretch();
    row->addWidget(m_notice);
    m_toolbarExtras = {search, clip};
    connect(search, &QLineEdit::textChanged, m_charts, &ChartGrid::setSearch);
    connect(m_axis, &app::Segmented::currentChanged, this,
            [this](int index) { m_context.setAxis(static_cast<record::XAxis>(index)); });
    connect(clip, &QCheckBox::toggled, &m_context, &ChartContext::setClip);
    connect(m_notice, &QPushButton::clicked, m_model, &RunsModel::drawAll);
    connect(&m_context, &ChartContext::settingsChanged, this, [this, clip] {
        clip->setChecked(m_context.clip());
        m_axis->setCurrent(static_cast<int>(m_context.axis()));
    });
    return bar;
}

// Runs of the table that the charts leave out are told, with the way to have them.
void RunsPane::refreshNotice() {
    const int undrawn = m_model->undrawn();
    const auto drawn = static_cast<int>(m_model->drawn().size());
    const bool full = drawn >= RunsModel::kMostDrawn;
    m_notice->setVisible(undrawn > 0);
    m_notice->setEnabled(!full);
    m_notice->setText(full ? tr("first %1 of %2 drawn").arg(drawn).arg(drawn + undrawn)
                           : tr("%n not drawn", nullptr, undrawn));
    m_notice->setToolTip(full
                             ? tr("Charts draw at most %1 runs: the first of the table. Filter or sort it to "
                                  "choose others.")
                                   .arg(RunsModel::kMostDrawn)
                             : tr("Their eye in the table is off. Click to draw all."));
}

void RunsPane::takeRuns(const QStringList& changed) {
    auto& engine = m_workbench.engine();
    if (!m_loaded) {
        m_loaded = true;
        auto runs = engine.runs();
        std::erase_if(runs, [](const auto& run) { return run->deleted; });
        m_model->setRuns(runs);
        // What was asked for, what others have selected, else the newest: that is what one came for.
        if (m_pendingOpen.isEmpty())
            m_pendingOpen = m_workbench.selection().runs();
        if (!m_pendingOpen.isEmpty())
            openRuns(std::exchange(m_pendingOpen, {}));
        else if (m_table->view().selectedRuns().isEmpty() && m_table->proxy().rowCount() > 0)
            m_table->view().selectRuns({m_table->visibleRuns().first()});
    } else {
        QStringList gone;
        for (const auto& id : changed) {
            auto run = engine.run(id);
            if (run && run->deleted)  // in the trash: to lists it is not there
                run.reset();
            if (!run)
                gone << id;
            m_model->updateRun(id, run);
        }
        m_cache.forget(gone);
        m_cache.invalidate(changed);
        m_drawer->refreshRuns(changed);
        refreshLines();
        if (!m_pendingOpen.isEmpty() && m_model->rowOf(m_pendingOpen.first()) >= 0)
            openRuns(std::exchange(m_pendingOpen, {}));
    }
    showState();
}

void RunsPane::showState() {
    const auto& error = m_workbench.engine().storeError();
    if (error)
        m_error->setError(toQString(error->what), toQString(error->on), toQString(error->hint));
    m_stack->setCurrentIndex(error && m_model->rowCount() == 0 ? kFailed
                             : !m_loaded                       ? kLoading
                             : m_model->rowCount() == 0        ? kEmpty
                                                               : kRuns);
    setStale(error && m_model->rowCount() > 0 ? toQString(error->text()) : QString());
}

void RunsPane::refreshLines() {
    QList<ChartLine> lines;
    const auto selected = m_table->view().selectedRuns();
    auto& palette = m_workbench.runPalette();
    for (const auto& id : m_model->drawn()) {
        const auto run = m_model->find(id);
        ChartLine line;
        line.run = id;
        line.name = m_model->label(id);
        line.baseline = id == m_model->baseline();
        const QPen pen = palette.pen(id, 1, line.baseline);
        line.color = pen.color();
        if (pen.style() == Qt::CustomDashLine)
            line.dash = pen.dashPattern();
        // One selected row is where the cursor stands, not a choice to weigh against the others.
        line.selected = selected.size() > 1 && selected.contains(id);
        line.primary = !selected.isEmpty() && selected.first() == id;
        line.state = run->state;
        lines.append(line);
    }
    m_charts->setLines(lines);
}

void RunsPane::refreshMetrics() {
    QSet<QString> used;
    for (const auto& id : m_model->drawn())
        for (const auto& [name, summary] : m_model->find(id)->metrics)
            used.insert(toQString(name));
    QStringList metrics;
    for (const auto& name : m_model->metricNames())
        if (used.contains(name))
            metrics << name;
    m_charts->setMetrics(metrics);
}

void RunsPane::refreshCrosshair() {
    const auto& x = m_context.crosshair();
    const auto columns = m_model->columns();
    const auto metric = std::ranges::find(columns, RunColumn::Kind::Metric, &RunColumn::kind);
    if (!x || metric == columns.end()) {
        m_model->setCrosshair({}, {});
        return;
    }
    QHash<QString, double> values;
    if (auto* card = m_charts->card(metric->key))
        for (const auto& reading : card->canvas().readings(*x))
            values.insert(card->canvas().lines()[reading.line].run, reading.value);
    const QString label = m_context.axis() == record::XAxis::Step ? toQString(groupedText(std::llround(*x)))
                          : m_context.axis() == record::XAxis::Elapsed
                              ? toQString(durationText(*x))
                              : toQString(localTimeText(*x)).section(QLatin1Char(' '), 1);
    m_model->setCrosshair(label, values);
}

void RunsPane::openRuns(const QStringList& ids) {
    if (ids.isEmpty())
        return;
    if (!m_loaded || m_model->rowOf(ids.first()) < 0) {
        m_pendingOpen = ids;
        return;
    }
    for (const auto& id : ids)
        if (!m_model->isDrawn(id))
            m_model->setDrawn(id, true);
    if (m_table->visibleRuns().indexOf(ids.first()) < 0)
        m_table->setFilterText({});
    if (const auto run = m_model->find(ids.first()); run && run->archived)
        m_table->setShowArchived(true);
    m_table->view().selectRuns(ids);
    openDrawer();
}

void RunsPane::openDrawer(bool open) {
    m_drawerWanted = open;
    if (!open)
        m_page->setCurrent(0);
    placeDrawer();
    if (!open)
        m_table->view().setFocus();
}

void RunsPane::placeDrawer() {
    const bool details = m_drawerIsTab && m_page->current() == 1;
    m_page->setVisible(m_drawerIsTab);
    m_chartTools->setVisible(!details);
    m_charts->setVisible(!details);
    m_drawer->setVisible(m_drawerIsTab ? details : m_drawerWanted);
}

void RunsPane::activate() {
    if (m_stack->currentIndex() == kRuns)
        m_table->view().setFocus();
}

void RunsPane::resizeEvent(QResizeEvent* event) {
    Pane::resizeEvent(event);
    // Small windows: details beside the charts as a tab, and two columns of charts.
    const bool small = window()->width() < kDrawerIsTabBelow;
    m_drawerIsTab = small || height() < kLeastHeight;
    m_charts->setMaxColumns(small || width() < 1056 ? 2 : 4);
    const int table = std::clamp(static_cast<int>(width() * 0.42), 300, kTableWidth);
    // What a narrow toolbar does without: the search, then the tick box, which the charts' menus know too.
    int room = width() - table - (m_drawerIsTab ? 150 : 0);
    for (auto* extra : m_toolbarExtras)
        extra->setVisible(room >= (extra == m_toolbarExtras.first() ? 640 : 500));
    placeDrawer();
    if (!m_splitByUser && event->oldSize().width() != width())
        m_across->setSizes({table, std::max(300, width() - table)});
    if (!m_splitByUser && event->oldSize().height() != height()) {
        const int drawer = std::clamp(static_cast<int>(height() * 0.34), 150, 320);
        m_down->setSizes({height() - 40 - drawer, drawer});
    }
}

QJsonObject RunsPane::saveState() const {
    QJsonObject state{
        {QStringLiteral("table"), m_model->saveState()},
        {QStringLiteral("view"), m_table->view().saveState()},
        {QStringLiteral("archived"), m_table->proxy().showArchived()},
        {QStringLiteral("smoothingOf"), smoothingToJson(m_context.ownSmoothing())},
        {QStringLiteral("filter"), m_table->filterText()},
        {QStringLiteral("axis"), static_cast<int>(m_context.axis())},
        {QStringLiteral("smoothing"), m_context.smoothing()},
        {QStringLiteral("clip"), m_context.clip()},
        {QStringLiteral("drawer"), m_drawerWanted},
        {QStringLiteral("page"), m_drawer->page()},
        {QStringLiteral("selected"), QJsonArray::fromStringList(m_table->view().selectedRuns())}};
    return state;
}

void RunsPane::restoreState(const QJsonObject& state) {
    if (state.isEmpty())
        return;
    m_model->restoreState(state[QStringLiteral("table")].toObject());
    m_table->view().restoreState(state[QStringLiteral("view")].toObject());
    m_table->setShowArchived(state[QStringLiteral("archived")].toBool());
    m_context.setOwnSmoothing(smoothingFromJson(state[QStringLiteral("smoothingOf")].toObject()));
    m_table->setFilterText(state[QStringLiteral("filter")].toString());
    m_context.setAxis(static_cast<record::XAxis>(std::clamp(state[QStringLiteral("axis")].toInt(), 0, 2)));
    m_context.setSmoothing(std::clamp(state[QStringLiteral("smoothing")].toDouble(0.6), 0.0, 0.99));
    m_context.setClip(state[QStringLiteral("clip")].toBool());
    m_drawer->setPage(state[QStringLiteral("page")].toInt());
    openDrawer(state[QStringLiteral("drawer")].toBool(true));
    QStringList selected;
    for (const auto& id : state[QStringLiteral("selected")].toArray())
        selected << id.toString();
    if (m_loaded)
        m_table->view().selectRuns(selected);
}

}  // namespace lathe::runs
