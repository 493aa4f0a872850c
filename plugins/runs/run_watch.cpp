// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_watch.h"

#include "run_drawer.h"
#include "run_filter.h"
#include "runs_model.h"
#include "runs_pane.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/clock.h"
#include "core/text.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>

#include <cmath>

namespace lathe::runs {

using app::toQString;

namespace {
constexpr double kJustNow = 60;  // seconds; what ended before was copied here, and is no news
}  // namespace

RunStatusItem::RunStatusItem(QWidget* parent)
    : QWidget(parent), m_dot(new app::RunDot), m_name(app::makeLabel({}, "dim")),
      m_value(app::makeLabel({}, "strong")), m_percent(app::makeLabel({}, "hint")),
      m_spark(new app::Sparkline) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 0, 6, 0);
    row->setSpacing(6);
    for (QWidget* part :
         {static_cast<QWidget*>(m_dot), static_cast<QWidget*>(m_name), static_cast<QWidget*>(m_spark),
          static_cast<QWidget*>(m_value), static_cast<QWidget*>(m_percent)})
        row->addWidget(part);
    for (auto* label : {m_name, m_value, m_percent})
        label->setFont(app::theme().uiFont(12));
}

void RunStatusItem::setRun(const record::RunSummary& run, const QColor& color) {
    m_dot->setColor(color);
    m_name->setText(m_name->fontMetrics().elidedText(toQString(run.spec.name), Qt::ElideMiddle, 130));
    const auto metric = mainMetricOf(run);
    const auto it = run.metrics.find(metric);
    m_value->setVisible(it != run.metrics.end());
    m_spark->setVisible(it != run.metrics.end());
    if (it != run.metrics.end())
        m_value->setText(valueText(it->second.last));
    const double done = progressOf(run);
    m_percent->setText(std::isfinite(done) ? QStringLiteral("%1%").arg(static_cast<int>(done * 100))
                                           : QString());
    QString tip = toQString(run.spec.name) + QStringLiteral(", ") + app::theme().stateWord(run.state);
    if (it != run.metrics.end())
        tip += QStringLiteral(", ") + toQString(metric) + QLatin1Char(' ') + valueText(it->second.last);
    if (const auto left = timeLeft(run, wallSeconds()); !left.isEmpty())
        tip += QStringLiteral(", ") + left;
    setToolTip(tip);
    setAccessibleName(tip);
    adjustSize();
}

void RunStatusItem::setSpark(const QList<double>& values, const QColor& color) {
    m_spark->setValues(values, color);
}

RunWatch::RunWatch(app::Workbench& workbench, QObject* parent) : QObject(parent), m_workbench(workbench) {
    for (int i = 0; i < 2; ++i) {
        m_items[i] = new RunStatusItem;
        app::StatusItemSpec spec;
        spec.id = QStringLiteral("runs.running%1").arg(i);
        spec.side = app::StatusSide::Right;
        spec.order = 10 + i;
        spec.priority = app::kDropSparkline;
        spec.widget = m_items[i];
        spec.clicked = [this, i] {
            if (!m_shown[i].isEmpty())
                m_workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("run"), m_shown[i]}});
        };
        workbench.statusBar().add(spec);
        workbench.statusBar().setItemVisible(spec.id, false);
    }
    connect(&workbench.engine(), &app::EngineBridge::runsChanged, this, &RunWatch::takeRuns);
    connect(&app::theme(), &app::Theme::changed, this, &RunWatch::refreshItems);
    connect(&workbench.runPalette(), &app::RunPalette::changed, this, &RunWatch::freeColours);
    takeRuns({});
}

// What the session kept for runs of another store, or long gone, would make the first run here dashed.
void RunWatch::freeColours() {
    auto& engine = m_workbench.engine();
    if (!engine.runsLoaded())
        return;
    auto& palette = m_workbench.runPalette();
    for (const auto& id : palette.slotsByRun().keys())
        if (!engine.run(id))
            palette.release(id);
}

void RunWatch::takeRuns(const QStringList&) {
    auto& engine = m_workbench.engine();
    if (!engine.runsLoaded())
        return;
    QHash<QString, record::RunState> states;
    for (const auto& run : engine.runs()) {
        const auto id = toQString(run->spec.id);
        states.insert(id, run->state);
        // The window tells the end of runs that it saw live; one that was over before anybody saw it, as
        // after a mistake in its command, would end unheard.
        if (m_started && !m_states.contains(id) && record::isOver(run->state) &&
            run->ended > wallSeconds() - kJustNow &&
            m_workbench.settings().boolean(QStringLiteral("notifications.runs")))
            tellEnd(*run);
    }
    m_states = std::move(states);
    if (!m_started)
        freeColours();
    m_started = true;
    refreshItems();
}

void RunWatch::refreshItems() {
    int running = 0;
    QStringList shown;
    for (const auto& run : m_workbench.engine().runs()) {
        if (record::isOver(run->state) || run->state == record::RunState::Queued)
            continue;
        ++running;
        if (shown.size() < 2)
            shown << toQString(run->spec.id);
    }
    m_workbench.setBadge(QString::fromLatin1(RunsPane::kId), running);
    for (int i = 0; i < 2; ++i) {
        m_shown[i] = shown.value(i);
        const auto run = m_workbench.engine().run(m_shown[i]);
        if (run) {
            const auto color = m_workbench.runPalette().color(m_shown[i]);
            m_items[i]->setRun(*run, color);
            const auto metric = mainMetricOf(*run);
            if (!metric.empty())
                m_workbench.engine()
                    .async([id = run->spec.id, metric](Engine& e, std::stop_token) {
                        return e.store().buckets(id, metric, record::XAxis::Step, 1, 0, 104);
                    })
                    .then(this,
                          [this, i, id = m_shown[i], color](Result<std::vector<record::Bucket>> buckets) {
                              // A sparkline that cannot be read is left as it was; the pane says why.
                              if (!buckets || id != m_shown[i])
                                  return;
                              QList<double> values;
                              for (const auto& bucket : *buckets)
                                  if (bucket.count > bucket.nonFinite)
                                      values << bucket.min << bucket.max;
                              m_items[i]->setSpark(values, color);
                          });
        }
        m_workbench.statusBar().setItemVisible(QStringLiteral("runs.running%1").arg(i), run != nullptr);
    }
}

void RunWatch::tellEnd(const record::RunSummary& run) {
    app::Notification note;
    const auto id = toQString(run.spec.id);
    const auto name = toQString(run.spec.name);
    note.runId = id;
    note.action = tr("Show");
    note.run = [this, id] {
        m_workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("run"), id}});
    };
    const auto metric = mainMetricOf(run);
    const auto it = run.metrics.find(metric);
    const QString result = it == run.metrics.end()
                               ? QString()
                               : tr("%1 %2").arg(toQString(metric), valueText(bestValue(metric, it->second)));
    const QString took = toQString(durationText(run.duration(wallSeconds())));
    switch (run.state) {
    case record::RunState::Finished:
        note.level = app::NoteLevel::Success;
        note.title = tr("%1 finished").arg(name);
        note.text = result.isEmpty() ? took : tr("%1, %2").arg(result, took);
        break;
    case record::RunState::Failed:
        note.level = app::NoteLevel::Error;
        note.title = tr("%1 failed").arg(name);
        note.text = run.reason.empty() ? tr("Its console says more.") : toQString(run.reason);
        break;
    case record::RunState::Lost:
        note.level = app::NoteLevel::Warn;
        note.title = tr("%1 is lost").arg(name);
        note.text = tr("Its supervisor is gone. Everything logged so far is kept.");
        break;
    default:
        note.title = tr("%1 stopped").arg(name);
        note.text = took;
        break;
    }
    m_workbench.notifications().notify(std::move(note));
    QApplication::alert(m_workbench.window());
}

}  // namespace lathe::runs
