// SPDX-License-Identifier: GPL-3.0-or-later
#include "live_plots_pane.h"

#include "chart_card.h"
#include "run_actions.h"
#include "run_drawer.h"
#include "smoothing_control.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/clock.h"
#include "core/text.h"

#include <QAction>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace lathe::runs {
namespace {

using app::toQString;

constexpr qsizetype kMostFollowed = 4;
constexpr qsizetype kMostCharts = 24;
constexpr int kChartHeight = 236;

}  // namespace

RunHeader::RunHeader(QWidget* parent)
    : QWidget(parent), m_dot(new app::RunDot), m_name(app::makeLabel({}, "strong")), m_state(new QLabel),
      m_host(app::makeLabel({}, "hint")), m_steps(app::makeLabel({}, "dim")),
      m_left(app::makeLabel({}, "hint")), m_meter(new app::Meter(nullptr, 4)),
      m_stop(new app::IconButton(QStringLiteral("stop"), tr("Stop run (Shift+F5)"))),
      m_open(new app::IconButton(QStringLiteral("runs"), tr("Show in Runs"))) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 8, 10);
    layout->setSpacing(4);
    auto* top = new QHBoxLayout;
    top->setSpacing(7);
    top->addWidget(m_dot);
    top->addWidget(m_name);
    top->addWidget(m_state);
    top->addStretch();
    top->addWidget(m_host);
    top->addWidget(m_stop);
    top->addWidget(m_open);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(10);
    bottom->setContentsMargins(0, 0, 4, 0);
    bottom->addWidget(m_meter, 1);
    bottom->addWidget(m_steps);
    bottom->addWidget(m_left);
    layout->addLayout(top);
    layout->addLayout(bottom);
    m_meter->setMinimumWidth(80);
    m_steps->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    connect(m_stop, &QToolButton::clicked, this, &RunHeader::stopRequested);
    connect(m_open, &QToolButton::clicked, this, &RunHeader::openRequested);
}

void RunHeader::setRun(const record::RunSummary& run, const QColor& color) {
    const double now = wallSeconds();
    m_dot->setColor(color);
    m_name->setText(m_name->fontMetrics().elidedText(toQString(run.spec.name), Qt::ElideMiddle, 220));
    m_name->setToolTip(toQString(run.spec.name));
    m_state->setPixmap(app::theme().statePixmap(run.state, 16, devicePixelRatioF()));
    m_state->setToolTip(app::theme().stateWord(run.state));
    m_state->setAccessibleName(app::theme().stateWord(run.state));
    QString where = run.spec.host == "local" ? tr("this computer") : toQString(run.spec.host);
    if (run.spec.ranks > 1)
        where += tr(", %n ranks", nullptr, run.spec.ranks);
    m_host->setText(where);
    const double done = progressOf(run);
    m_meter->setVisible(std::isfinite(done));
    m_meter->setColor(color);
    m_meter->setValue(std::isfinite(done) ? done : 0);
    m_meter->setAccessibleName(tr("Progress of %1").arg(toQString(run.spec.name)));
    const QString step = toQString(groupedText(run.step));
    m_steps->setText(run.spec.totalSteps > 0
                         ? tr("%1 / %2").arg(step, toQString(groupedText(run.spec.totalSteps)))
                     : run.step > 0 ? tr("step %1").arg(step)
                                    : tr("no steps yet"));
    const QString left = timeLeft(run, now);
    m_left->setText(!left.isEmpty()             ? left
                    : record::isOver(run.state) ? tr("%1 in %2")
                                                      .arg(app::theme().stateWord(run.state),
                                                           toQString(durationText(run.duration(now))))
                                                : toQString(durationText(run.duration(now))));
    m_stop->setVisible(!record::isOver(run.state));
}

LivePlotsPane::LivePlotsPane(app::Workbench& workbench, RunActions& actions)
    : Pane(QString::fromLatin1(kId)), m_workbench(workbench), m_actions(actions),
      m_cache(makeEngineSource(workbench.engine())), m_stack(new QStackedWidget), m_scroll(new QScrollArea),
      m_headers(new QVBoxLayout), m_charts(new QVBoxLayout) {
    setTitle(tr("Live plots"));
    setIconName(QStringLiteral("chart"));
    setProperty("surface", "content");
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    auto* empty = new app::EmptyState(tr("Start a run and its metrics appear here."));
    empty->addButton(tr("Run…"), [this] { m_workbench.commands().execute(app::ids::kRunLaunch); });
    m_stack->addWidget(empty);
    // Below the runs, above the charts, and always in sight.
    m_tools = new QWidget;
    m_tools->setFixedHeight(32);
    auto* tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(12, 0, 8, 0);
    tools->setSpacing(12);
    auto* clip = new QCheckBox(tr("Clip outliers"));
    clip->setToolTip(tr("Fit the 1–99 % range; each chart says how many lines leave it"));
    clip->setChecked(m_context.clip());
    connect(clip, &QCheckBox::toggled, &m_context, &ChartContext::setClip);
    connect(&m_context, &ChartContext::settingsChanged, this,
            [this, clip] { clip->setChecked(m_context.clip()); });
    tools->addWidget(new SmoothingControl(m_context));
    tools->addWidget(clip);
    tools->addStretch();

    auto* body = new QWidget;
    body->setProperty("role", "scroll-body");
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_headers->setSpacing(0);
    m_charts->setSpacing(0);
    column->addLayout(m_headers);
    column->addWidget(m_tools);
    column->addLayout(m_charts);
    column->addStretch();
    m_scroll->setWidget(body);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_stack->addWidget(m_scroll);

    auto& engine = workbench.engine();
    connect(&engine, &app::EngineBridge::runsChanged, this, &LivePlotsPane::takeRuns);
    connect(&workbench.runPalette(), &app::RunPalette::changed, this, &LivePlotsPane::refresh);
    connect(&app::theme(), &app::Theme::changed, this, &LivePlotsPane::refresh);
    connect(&m_cache, &SeriesCache::idleChanged, this, [this](bool idle) {
        if (idle == !m_working)
            return;
        m_working = !idle;
        if (idle)
            endWork();
        else
            beginWork();
    });
    rebuild();
}

LivePlotsPane::~LivePlotsPane() = default;

QJsonObject LivePlotsPane::saveState() const {
    return {{QStringLiteral("smoothing"), m_context.smoothing()},
            {QStringLiteral("smoothingOf"), smoothingToJson(m_context.ownSmoothing())},
            {QStringLiteral("clip"), m_context.clip()},
            {QStringLiteral("follow"), QJsonArray::fromStringList(m_chosen)},
            {QStringLiteral("shown"), QJsonArray::fromStringList(m_shown)}};
}

void LivePlotsPane::restoreState(const QJsonObject& state) {
    m_context.setSmoothing(std::clamp(state[QStringLiteral("smoothing")].toDouble(0.6), 0.0, 0.99));
    m_context.setOwnSmoothing(smoothingFromJson(state[QStringLiteral("smoothingOf")].toObject()));
    m_context.setClip(state[QStringLiteral("clip")].toBool());
    const auto ids = [&](const char* key) {
        QStringList out;
        for (const auto& id : state[QLatin1String(key)].toArray())
            out << id.toString();
        return out;
    };
    m_shown = ids("shown");
    follow(ids("follow"));
}

QWidget* LivePlotsPane::createHeaderTools() {
    m_followButton = new QToolButton;
    m_followButton->setPopupMode(QToolButton::InstantPopup);
    m_followButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_followButton->setLayoutDirection(Qt::RightToLeft);
    m_followButton->setIcon(app::theme().icon(QStringLiteral("chevron-down")));
    m_followButton->setAccessibleName(tr("Which runs to follow"));
    connect(m_followButton, &QToolButton::clicked, this, &LivePlotsPane::showFollowMenu);
    m_followButton->setText(m_chosen.isEmpty() ? tr("Follow: running") : tr("Follow: chosen"));
    return m_followButton;
}

void LivePlotsPane::showFollowMenu() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* running = menu->addAction(tr("Running"), this, [this] { follow({}); });
    running->setCheckable(true);
    running->setChecked(m_chosen.isEmpty());
    menu->addSection(tr("Runs"));
    qsizetype n = 0;
    for (const auto& run : m_workbench.engine().runs()) {
        if (++n > 12)
            break;
        const auto id = toQString(run->spec.id);
        auto* action = menu->addAction(toQString(run->spec.name));
        action->setCheckable(true);
        action->setChecked(m_chosen.contains(id));
        connect(action, &QAction::toggled, this, [this, id](bool on) {
            auto chosen = m_chosen;
            if (on)
                chosen.append(id);
            else
                chosen.removeAll(id);
            follow(chosen);
        });
    }
    menu->popup(m_followButton->mapToGlobal(QPoint(0, m_followButton->height())));
}

void LivePlotsPane::follow(const QStringList& ids) {
    m_chosen = ids;
    if (m_followButton)
        m_followButton->setText(m_chosen.isEmpty() ? tr("Follow: running") : tr("Follow: chosen"));
    rebuild();
}

void LivePlotsPane::takeRuns(const QStringList& changed) {
    m_cache.invalidate(changed);
    rebuild();
}

void LivePlotsPane::rebuild() {
    auto& engine = m_workbench.engine();
    QStringList shown;
    if (!m_chosen.isEmpty()) {
        for (const auto& id : m_chosen)
            if (engine.run(id))
                shown << id;
    } else {
        for (const auto& run : engine.runs())
            if (!record::isOver(run->state) && shown.size() < kMostFollowed)
                shown << toQString(run->spec.id);
        // What just ended stays, so that its curve can be read; a new start takes its place. At first that is
        // the last run that logged something.
        if (shown.isEmpty())
            for (const auto& id : m_shown)
                if (engine.run(id))
                    shown << id;
        if (shown.isEmpty())
            for (const auto& run : engine.runs())
                if (!run->metrics.empty() && !run->archived && !run->deleted) {
                    shown << toQString(run->spec.id);
                    break;
                }
    }
    if (engine.runsLoaded())
        m_shown = shown;
    for (auto it = m_headerOf.begin(); it != m_headerOf.end();)
        if (!shown.contains(it.key())) {
            it.value()->deleteLater();
            it = m_headerOf.erase(it);
        } else {
            ++it;
        }
    std::map<QString, int> uses;
    QString main;
    for (const auto& id : shown) {
        const auto run = engine.run(id);
        if (main.isEmpty())
            main = toQString(mainMetricOf(*run));
        for (const auto& [name, summary] : run->metrics)
            ++uses[toQString(name)];
        if (!m_headerOf.contains(id)) {
            auto* header = new RunHeader;
            connect(header, &RunHeader::stopRequested, this, [this, id] { m_actions.stop({id}); });
            connect(header, &RunHeader::openRequested, this, [this, id] {
                m_workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("run"), id}});
            });
            m_headers->addWidget(header);
            m_headerOf.insert(id, header);
        }
    }
    // Losses first, the machine last, as one reads them.
    QStringList metrics;
    for (const auto& [name, count] : uses)
        metrics << name;
    const auto rank = [&](const QString& name) {
        if (name.startsWith(QLatin1String("system/")))
            return 4;
        if (name == main)
            return 0;
        return name.contains(QLatin1String("loss")) ? 1 : name.contains(QLatin1String("acc")) ? 2 : 3;
    };
    std::ranges::stable_sort(metrics, {}, rank);
    metrics = metrics.mid(0, kMostCharts);
    if (metrics != m_metrics) {
        m_metrics = metrics;
        for (auto it = m_cardOf.begin(); it != m_cardOf.end();)
            if (!metrics.contains(it.key())) {
                it.value()->deleteLater();
                it = m_cardOf.erase(it);
            } else {
                ++it;
            }
        for (const auto& name : metrics) {
            auto*& card = m_cardOf[name];
            if (!card) {
                card = new ChartCard(m_cache, m_context, name, ChartCard::Style::Live);
                card->setFixedHeight(name.startsWith(QLatin1String("system/")) ? 170 : kChartHeight);
            }
            m_charts->removeWidget(card);
            m_charts->addWidget(card);
        }
    }
    m_stack->setCurrentIndex(shown.isEmpty() ? 0 : 1);
    m_tools->setVisible(!m_metrics.isEmpty());
    refresh();
}

QList<ChartLine> LivePlotsPane::lines() const {
    QList<ChartLine> out;
    for (const auto& id : m_shown) {
        const auto run = m_workbench.engine().run(id);
        if (!run)
            continue;
        ChartLine line;
        line.run = id;
        line.name = toQString(run->spec.name);
        const QPen pen = m_workbench.runPalette().pen(id, 1);
        line.color = pen.color();
        if (pen.style() == Qt::CustomDashLine)
            line.dash = pen.dashPattern();
        line.state = run->state;
        line.selected = true;  // two pixels: these are what one watches
        out.append(line);
    }
    return out;
}

void LivePlotsPane::refresh() {
    for (auto it = m_headerOf.begin(); it != m_headerOf.end(); ++it)
        if (const auto run = m_workbench.engine().run(it.key()))
            it.value()->setRun(*run, m_workbench.runPalette().color(it.key()));
    const auto drawn = lines();
    for (auto* card : std::as_const(m_cardOf)) {
        QList<ChartLine> own;
        for (const auto& line : drawn)
            if (m_workbench.engine().run(line.run)->metrics.contains(app::toStd(card->metric())))
                own.append(line);
        card->canvas().setLines(own);
    }
}

QList<ChartCard*> LivePlotsPane::cards() const {
    QList<ChartCard*> out;
    for (const auto& metric : m_metrics)
        out << m_cardOf.value(metric);
    return out;
}

}  // namespace lathe::runs
