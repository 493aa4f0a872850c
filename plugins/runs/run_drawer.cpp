// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_drawer.h"

#include "console_page.h"
#include "overview_page.h"
#include "parameters_page.h"
#include "run_actions.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/clock.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <cmath>

namespace lathe::runs {

using app::toQString;

namespace {

// As wide as their widest text ever is: the count beside Parameters comes and goes with the run, and what one
// is about to click must not move.
class SteadyTabs final : public QTabBar {
protected:
    QSize tabSizeHint(int index) const override {
        QSize size = QTabBar::tabSizeHint(index);
        if (index == 1)
            size.setWidth(
                std::max(size.width(),
                         fontMetrics().horizontalAdvance(RunDrawer::tr("Parameters  %1").arg(888)) + 26));
        return size;
    }
};

}  // namespace

double progressOf(const record::RunSummary& run) {
    if (run.state == record::RunState::Finished)
        return 1;
    if (run.spec.totalSteps <= 0)
        return std::numeric_limits<double>::quiet_NaN();
    return std::min(1.0, static_cast<double>(run.step) / static_cast<double>(run.spec.totalSteps));
}

QString timeLeft(const record::RunSummary& run, double now) {
    const double done = progressOf(run), spent = run.duration(now);
    if (run.state != record::RunState::Running || !(done > 0.005) || done >= 1 || spent <= 0)
        return {};
    const double left = spent / done * (1 - done);
    if (left < 60)
        return RunDrawer::tr("%1 s left").arg(static_cast<int>(std::ceil(left)));
    if (left < 3600)
        return RunDrawer::tr("%1 min left").arg(static_cast<int>(std::lround(left / 60)));
    return RunDrawer::tr("%1 left").arg(toQString(durationText(left)));
}

RunDrawer::RunDrawer(app::Workbench& workbench, RunsModel& model, RunActions& actions, QWidget* parent)
    : QWidget(parent), m_workbench(workbench), m_model(model), m_actions(actions), m_tabs(new SteadyTabs),
      m_pages(new QStackedWidget), m_dot(new app::RunDot), m_name(app::makeLabel({}, "strong")),
      m_state(app::makeLabel({}, "dim")), m_stateIcon(new QLabel), m_stop(new QPushButton(tr("Stop"))),
      m_overview(new OverviewPage), m_parameters(new ParametersPage(workbench.runPalette())),
      m_console(new ConsolePage(workbench.engine())) {
    setProperty("surface", "content");
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* header = new QWidget;
    header->setFixedHeight(34);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(12, 0, 8, 0);
    row->setSpacing(7);
    m_tabs->setProperty("role", "page-tabs");
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Details of the selected runs"));
    for (const auto& [page, title] : {std::pair<QWidget*, QString>{m_overview, tr("Overview")},
                                      {m_parameters, tr("Parameters")},
                                      {m_console, tr("Console")}}) {
        m_tabs->addTab(title);
        m_pages->addWidget(page);
    }
    connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    m_stop->setIcon(app::theme().icon(QStringLiteral("stop")));
    auto* expand = new app::IconButton(QStringLiteral("expand"), tr("Details over the charts"));
    auto* close = new app::IconButton(QStringLiteral("close"), tr("Close details"));
    m_who = new QWidget;
    auto* who = new QHBoxLayout(m_who);
    who->setContentsMargins(0, 0, 0, 0);
    who->setSpacing(7);
    who->addWidget(m_dot);
    who->addWidget(m_name);
    who->addWidget(m_stateIcon);
    who->addWidget(m_state);
    who->addStretch();
    row->addWidget(m_who);
    row->addWidget(m_tabs, 0, Qt::AlignBottom);
    row->addStretch();
    row->addWidget(m_stop);
    row->addWidget(expand);
    row->addWidget(close);
    layout->addWidget(header);
    layout->addWidget(app::makeRule(Qt::Horizontal));
    layout->addWidget(m_pages, 1);

    connect(m_stop, &QPushButton::clicked, this, [this] { m_actions.stop({m_primary}); });
    connect(expand, &QToolButton::clicked, this, &RunDrawer::expandRequested);
    connect(close, &QToolButton::clicked, this, &RunDrawer::closeRequested);
    connect(m_parameters, &ParametersPage::countChanged, this, [this](int count) {
        m_tabs->setTabText(1, count > 0 ? tr("Parameters  %1").arg(count) : tr("Parameters"));
    });
    connect(&model, &RunsModel::baselineChanged, this, &RunDrawer::refreshParameters);
    connect(&app::theme(), &app::Theme::changed, this, &RunDrawer::refreshHeader);
    connect(&workbench.runPalette(), &app::RunPalette::changed, this, &RunDrawer::refreshHeader);
    refreshHeader();
}

void RunDrawer::setRuns(const QStringList& ids) {
    m_ids = ids;
    m_primary = ids.value(0);
    m_overview->setRun(m_model.find(m_primary));
    m_console->setRun(m_primary);
    refreshParameters();
    refreshHeader();
}

void RunDrawer::refreshRuns(const QStringList& changed) {
    if (changed.contains(m_primary)) {
        m_overview->setRun(m_model.find(m_primary));
        m_console->refresh();
        refreshHeader();
    }
    for (const auto& id : m_ids)
        if (changed.contains(id)) {
            refreshParameters();
            break;
        }
}

void RunDrawer::refreshParameters() {
    std::vector<RunPtr> runs;
    for (const auto& id : m_ids)
        if (auto run = m_model.find(id))
            runs.push_back(std::move(run));
    const auto baseline = m_model.find(m_model.baseline());
    if (baseline && !runs.empty() && !m_ids.contains(m_model.baseline()))
        runs.push_back(baseline);
    m_parameters->setRuns(runs, m_model.baseline());
}

void RunDrawer::refreshHeader() {
    const auto run = m_model.find(m_primary);
    m_dot->setVisible(run != nullptr);
    m_stateIcon->setVisible(run != nullptr);
    m_stop->setVisible(run && !m_actions.stoppable({m_primary}).isEmpty());
    if (!run) {
        m_who->setFixedWidth(std::clamp(width() - 480, 30, 340));
        m_name->setText(tr("No run selected"));
        m_state->clear();
        return;
    }
    m_dot->setColor(m_workbench.runPalette().color(m_primary));
    m_stateIcon->setToolTip(app::theme().stateWord(run->state));
    m_stateIcon->setPixmap(app::theme().statePixmap(run->state, 16, devicePixelRatioF()));
    QString text = app::theme().stateWord(run->state);
    if (const auto left = timeLeft(*run, wallSeconds()); !left.isEmpty())
        text += QStringLiteral(", ") + left;
    if (m_ids.size() > 1)
        text += tr(" · and %n more", nullptr, static_cast<int>(m_ids.size()) - 1);
    // Of one width whatever the run is called, so that the tabs stay where they are.
    const int wide = std::clamp(width() - 480, 30, 340);
    m_who->setFixedWidth(wide);
    const QString name = m_model.label(m_primary);
    const int room = wide - 48, whole = m_name->fontMetrics().horizontalAdvance(name);
    m_name->setVisible(room >= 40);
    m_name->setText(m_name->fontMetrics().elidedText(name, Qt::ElideMiddle, room));
    m_name->setToolTip(name);
    const int rest = room - whole - 7;
    m_state->setVisible(rest >= 60);  // the shape beside the name says it too
    m_state->setText(m_state->fontMetrics().elidedText(text, Qt::ElideRight, std::max(0, rest)));
}

void RunDrawer::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refreshHeader();
}

void RunDrawer::setPage(int index) {
    m_tabs->setCurrentIndex(index);
}
int RunDrawer::page() const {
    return m_tabs->currentIndex();
}
bool RunDrawer::idle() const {
    return m_console->idle();
}

}  // namespace lathe::runs
