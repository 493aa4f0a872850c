// SPDX-License-Identifier: GPL-3.0-or-later
#include "overview_page.h"

#include "run_filter.h"

#include "app/theme.h"
#include "app/widgets.h"
#include "app/workspace.h"
#include "core/clock.h"
#include "core/text.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

namespace lathe::runs {

using app::toQString;

OverviewPage::OverviewPage(QWidget* parent)
    : QScrollArea(parent), m_columns(new QBoxLayout(QBoxLayout::LeftToRight)), m_facts(new QGridLayout),
      m_metrics(new QTableWidget(0, 5)),
      m_empty(app::makeLabel(tr("Select a run to see what it was."), "dim")),
      m_problem(app::makeLabel({}, "warn")) {
    setFrameShape(NoFrame);
    setWidgetResizable(true);
    auto* body = new QWidget;
    body->setProperty("surface", "content");
    body->setAttribute(Qt::WA_StyledBackground);
    setWidget(body);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->addWidget(m_empty);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->hide();
    layout->addWidget(m_problem);
    auto* row = m_columns;
    row->setSpacing(24);
    m_facts->setHorizontalSpacing(16);
    m_facts->setVerticalSpacing(5);
    m_facts->setColumnStretch(1, 1);
    auto* left = new QVBoxLayout;
    left->addLayout(m_facts);
    left->addStretch();
    row->addLayout(left, 1);
    m_metrics->setHorizontalHeaderLabels({tr("Metric"), tr("Last"), tr("Best"), tr("at step"), tr("Points")});
    for (int column = 1; column < 5; ++column)
        m_metrics->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_metrics->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_metrics->verticalHeader()->hide();
    m_metrics->verticalHeader()->setDefaultSectionSize(24);
    m_metrics->setShowGrid(false);
    m_metrics->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_metrics->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_metrics->setTabKeyNavigation(false);
    m_metrics->setAccessibleName(tr("Metrics of the run"));
    m_metrics->setMinimumHeight(120);
    m_metrics->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_metrics->horizontalHeader()->setHighlightSections(false);
    row->addWidget(m_metrics, 1);
    layout->addLayout(row, 1);
    m_metrics->hide();
}

void OverviewPage::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    const bool narrow = width() < 780;
    m_columns->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_metrics->setMinimumHeight(narrow ? 32 + 24 * std::min(m_metrics->rowCount(), 12) : 120);
}

QString OverviewPage::fact(const QString& name) const {
    const auto* label = m_values.value(name);
    return label && !label->isHidden() ? label->text() : QString();
}

void OverviewPage::setFact(const QString& name, const QString& text, bool mono) {
    auto*& label = m_labels[name];
    auto*& value = m_values[name];
    if (!label) {
        label = app::makeLabel(name, "hint");
        value = app::makeLabel({}, mono ? "mono" : "value");
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setBuddy(value);
        const int at = m_facts->rowCount();
        m_facts->addWidget(label, at, 0, Qt::AlignTop);
        m_facts->addWidget(value, at, 1);
    }
    label->setVisible(!text.isEmpty());
    value->setVisible(!text.isEmpty());
    if (value->text() != text)
        value->setText(text);
}

void OverviewPage::setRun(const RunPtr& run) {
    m_empty->setVisible(!run);
    m_metrics->setVisible(run && !run->metrics.empty());
    for (const auto& name : m_labels.keys()) {
        m_labels[name]->setVisible(false);
        m_values[name]->setVisible(false);
    }
    m_problem->hide();
    if (!run)
        return;
    const auto& spec = run->spec;
    QString trouble = toQString(run->problem);
    if (trouble.isEmpty() && run->tornLines > 0)
        trouble = tr("%n damaged lines of its journal were skipped; everything else is here.", nullptr,
                     static_cast<int>(run->tornLines));
    m_problem->setText(trouble);
    m_problem->setVisible(!trouble.isEmpty());

    QString state = app::theme().stateWord(run->state);
    if (run->exitCode && *run->exitCode != 0)
        state += tr(", exit code %1").arg(*run->exitCode);
    if (run->exitSignal && *run->exitSignal != 0)
        state += tr(", killed by signal %1").arg(*run->exitSignal);
    if (!run->reason.empty())
        state += QStringLiteral(": ") + toQString(run->reason);
    if (run->state == record::RunState::Lost && run->lastHeard > 0)
        state += tr(", last heard of at %1").arg(toQString(localTimeText(run->lastHeard)));
    setFact(tr("State"), state);
    setFact(tr("Note"), toQString(run->note));
    QStringList tags;
    for (const auto& tag : run->tags)
        tags << toQString(tag);
    setFact(tr("Tags"), tags.join(QStringLiteral(", ")));
    setFact(tr("Command"), toQString(shellCommand(spec.argv)), true);
    setFact(tr("Folder"), toQString(spec.cwd), true);
    setFact(tr("Experiment"), toQString(spec.experiment));
    QString host = toQString(spec.host);
    if (!spec.hostName.empty() && spec.hostName != spec.host)
        host += QStringLiteral(" (%1)").arg(toQString(spec.hostName));
    setFact(tr("Host"), host);
    setFact(tr("Ranks"), spec.ranks > 1 ? QString::number(spec.ranks) : QString());
    setFact(tr("Started"), run->started > 0 ? toQString(localTimeText(run->started)) : QString());
    const double seconds = run->duration(wallSeconds());
    setFact(tr("Duration"), seconds > 0 ? toQString(durationText(seconds)) : QString());
    QString steps = run->step > 0 ? toQString(groupedText(run->step)) : QString();
    if (spec.totalSteps > 0)
        steps =
            tr("%1 of %2").arg(toQString(groupedText(run->step)), toQString(groupedText(spec.totalSteps)));
    setFact(tr("Steps"), steps);
    QString code = toQString(spec.code.commit.substr(0, 10));
    if (!code.isEmpty() && !spec.code.branch.empty())
        code += tr(" on %1").arg(toQString(spec.code.branch));
    if (!code.isEmpty() && !spec.code.changedFiles.empty())
        code +=
            tr(", %n changed files saved with it", nullptr, static_cast<int>(spec.code.changedFiles.size()));
    setFact(tr("Code"), code);
    setFact(tr("Id"), toQString(spec.id), true);
    setMetrics(*run);
}

void OverviewPage::setMetrics(const record::RunSummary& run) {
    m_metrics->setRowCount(static_cast<int>(run.metrics.size()));
    int row = 0;
    for (const auto& [name, summary] : run.metrics) {
        const bool low = lowerIsBetter(name);
        const double best = bestValue(name, summary);
        const QString texts[] = {toQString(name), valueText(summary.last), valueText(best),
                                 toQString(groupedText(low ? summary.minStep : summary.maxStep)),
                                 toQString(groupedText(static_cast<std::int64_t>(summary.count)))};
        for (int column = 0; column < 5; ++column) {
            auto* item = m_metrics->item(row, column);
            if (!item) {
                item = new QTableWidgetItem;
                item->setTextAlignment(column == 0 ? Qt::AlignLeft | Qt::AlignVCenter
                                                   : Qt::AlignRight | Qt::AlignVCenter);
                m_metrics->setItem(row, column, item);
            }
            if (column == 0)
                item->setFont(app::theme().monoFont(12));
            if (item->text() != texts[column])
                item->setText(texts[column]);
        }
        ++row;
    }
    for (int column = 1; column < 5; ++column)
        m_metrics->setColumnWidth(column, 76);
}

}  // namespace lathe::runs
