// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_table.h"

#include "columns_popup.h"
#include "run_actions.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/clock.h"
#include "engine.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>
#include <utility>

namespace lathe::runs {

using app::toQString;

namespace {

// Bytes of the query as characters of the line.
int charactersOf(const std::string& text, std::size_t bytes) {
    return static_cast<int>(
        QString::fromUtf8(text.data(), static_cast<qsizetype>(std::min(bytes, text.size()))).size());
}

}  // namespace

RunsTable::RunsTable(app::Workbench& workbench, RunsModel& model, RunActions& actions, QWidget* parent)
    : QWidget(parent), m_workbench(workbench), m_model(model), m_actions(actions),
      m_proxy(new RunsProxy(model, this)), m_view(new RunsView(model, *m_proxy, workbench.runPalette())),
      m_filter(new FilterEdit) {
    setProperty("surface", "content");
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);

    auto* bar = new QWidget;
    bar->setFixedHeight(40);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 0, 8, 0);
    row->setSpacing(6);
    m_filter->setProperty("mono", true);
    m_filter->setPlaceholderText(tr("Filter: words, or state = failed and val/loss < 3"));
    m_filter->setAccessibleName(tr("Filter runs"));
    m_filter->setClearButtonEnabled(false);
    m_filter->setMinimumWidth(80);
    auto* icon = m_filter->addAction(app::theme().icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    connect(&app::theme(), &app::Theme::changed, this,
            [icon] { icon->setIcon(app::theme().icon(QStringLiteral("filter"))); });
    m_count = app::makeLabel({}, "hint");
    auto* inside = new QHBoxLayout(m_filter);
    inside->setContentsMargins(0, 0, 8, 0);
    inside->addStretch();
    inside->addWidget(m_count);
    m_columnsButton = new QPushButton(tr("Columns"));
    m_columnsButton->setIcon(app::theme().icon(QStringLiteral("columns")));
    m_columnsButton->setAccessibleName(tr("Columns"));
    m_columnsButton->setToolTip(tr("Columns (C)"));
    row->addWidget(m_filter, 1);
    row->addWidget(m_columnsButton);
    layout->addWidget(bar);

    m_filterError = app::makeLabel({}, "error");
    m_filterError->setContentsMargins(12, 0, 12, 6);
    m_filterError->setWordWrap(true);
    m_filterError->hide();
    layout->addWidget(m_filterError);
    m_noMatch = app::makeLabel({}, "hint");
    m_noMatch->setContentsMargins(12, 4, 12, 6);
    m_noMatch->hide();
    layout->addWidget(m_noMatch);
    layout->addWidget(m_view, 1);

    layout->addWidget(app::makeRule(Qt::Horizontal));
    auto* footer = new QWidget;
    footer->setProperty("surface", "panel");
    footer->setAttribute(Qt::WA_StyledBackground);
    footer->setFixedHeight(34);
    auto* foot = new QHBoxLayout(footer);
    foot->setContentsMargins(10, 0, 8, 0);
    foot->setSpacing(6);
    m_footerText = app::makeLabel({}, "dim");
    m_footerText->setTextFormat(Qt::RichText);
    m_only = new QPushButton(app::theme().icon(QStringLiteral("eye")), tr("Only selected"));
    m_only->setCheckable(true);
    m_tag = new QPushButton(tr("Tag…"));
    m_more = new QPushButton(QStringLiteral("⋯"));
    m_more->setAccessibleName(tr("More actions"));
    m_more->setToolTip(tr("More actions"));
    foot->addWidget(m_footerText, 1);
    foot->addWidget(m_only);
    foot->addWidget(m_tag);
    foot->addWidget(m_more);
    layout->addWidget(footer);

    connect(m_filter, &QLineEdit::textChanged, this, &RunsTable::applyFilter);
    m_filter->setCompletionSource(
        [this](const QString& text, int cursor, auto answer) { complete(text, cursor, std::move(answer)); });
    connect(&model, &RunsModel::baselineChanged, this, [this] {
        if (m_filter->text().contains(QStringLiteral("changed(")))
            applyFilter();
    });
    connect(m_filter, &QLineEdit::returnPressed, m_view, qOverload<>(&QWidget::setFocus));
    connect(m_columnsButton, &QPushButton::clicked, this, &RunsTable::showColumns);
    connect(m_view, &RunsView::columnsRequested, this, &RunsTable::showColumns);
    connect(m_view, &RunsView::filterRequested, this, [this] {
        m_filter->setFocus(Qt::ShortcutFocusReason);
        m_filter->selectAll();
    });
    connect(m_view, &RunsView::selectedRunsChanged, this, &RunsTable::refreshFooter);
    connect(&model, &RunsModel::baselineChanged, this, &RunsTable::refreshFooter);
    connect(&model, &RunsModel::drawnChanged, this, &RunsTable::refreshFooter);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &RunsTable::takeShown);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &RunsTable::takeShown);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &RunsTable::takeShown);
    connect(m_proxy, &QAbstractItemModel::layoutChanged, this, &RunsTable::takeShown);
    connect(m_view, &RunsView::onlySelectedRequested, m_only, &QPushButton::click);
    connect(m_only, &QPushButton::toggled, this, [this](bool on) {
        m_proxy->setOnly(on ? m_view->selectedRuns() : QStringList());
        takeShown();
        Q_EMIT filterChanged();
    });
    const auto tag = [this] { m_actions.askTags(m_view->selectedRuns()); };
    connect(m_tag, &QPushButton::clicked, this, tag);
    connect(m_view, &RunsView::tagRequested, this, tag);
    connect(m_view, &RunsView::noteRequested, this, [this] {
        if (const auto ids = m_view->selectedRuns(); !ids.isEmpty())
            m_actions.askNote(ids.first());
    });
    connect(m_view, &RunsView::archiveRequested, this, [this] {
        const auto ids = m_view->selectedRuns();
        const auto first = m_model.find(ids.value(0));
        m_actions.setArchived(ids, first && !first->archived);
    });
    connect(m_more, &QPushButton::clicked, this, &RunsTable::showMoreMenu);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, &RunsTable::showMoreMenu);
    refreshFooter();
}

QString RunsTable::filterText() const {
    return m_filter->text();
}
void RunsTable::setFilterText(const QString& text) {
    m_filter->setText(text);
}

QStringList RunsTable::visibleRuns() const {
    QStringList out;
    for (int row = 0; row < m_proxy->rowCount(); ++row)
        out << m_proxy->index(row, 0).data(kRunIdRole).toString();
    return out;
}

bool RunsTable::onlySelected() const {
    return m_only->isChecked();
}

// The charts draw what the table shows.
void RunsTable::takeShown() {
    if (m_taking)
        return;
    m_taking = true;
    m_model.setShown(visibleRuns());
    m_taking = false;
    refreshFooter();
}

void RunsTable::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // The filter's text comes first: the words of the button and the count give way to it.
    m_columnsButton->setText(width() < 430 ? QString() : tr("Columns"));
    m_count->setVisible(width() >= 380);
    refreshFooter();
}

void RunsTable::applyFilter() {
    auto filter = RunFilter::parse(app::toStd(m_filter->text()));
    m_filter->setProperty("invalid", !filter.has_value());
    m_filterError->setVisible(!filter);
    if (!filter) {
        showWrong(filter.error());  // the last good result stays
        return;
    }
    m_filter->setWrong(-1, 0);
    if (filter->query().needsConsole()) {
        askStore(std::move(*filter));
        return;
    }
    const auto baseline = m_model.find(m_model.baseline());
    filter->setUsual(baseline.get(), m_workbench.engine().runs(), wallSeconds());
    m_proxy->setFilter(std::move(*filter), m_filter->text().contains(QLatin1String("archived")));
    takeShown();
    Q_EMIT filterChanged();
}

void RunsTable::showWrong(const record::QueryError& error) {
    const std::string text = app::toStd(m_filter->text());
    const int at = charactersOf(text, error.at);
    m_filter->setWrong(at, charactersOf(text, error.at + error.length) - at);
    m_filterError->setText(error.hint.empty()
                               ? toQString(error.what)
                               : tr("%1 (%2)").arg(toQString(error.what), toQString(error.hint)));
    m_filterError->show();
}

// Consoles are searched by the store; the list keeps what it shows until the answer is there.
void RunsTable::askStore(RunFilter filter) {
    const QString asked = m_filter->text();
    record::RunQuery query;
    query.filter = app::toStd(asked);
    query.archived = true;
    query.baseline = app::toStd(m_model.baseline());
    m_workbench.engine()
        .async([query](Engine& engine, std::stop_token) { return engine.store().query(query); })
        .then(this, [this, asked, filter = std::move(filter)](Result<record::RunPage> page) mutable {
            if (asked != m_filter->text())
                return;
            if (!page) {
                const std::size_t column = record::columnOf(page.error()).value_or(1);
                showWrong({column - 1, 0, page.error().what, page.error().hint});
                return;
            }
            std::set<std::string> ids;
            for (record::RunRow& row : page->rows)
                ids.insert(std::move(row.id));
            filter.setFound(std::move(ids));
            m_proxy->setFilter(std::move(filter), asked.contains(QLatin1String("archived")));
            takeShown();
            Q_EMIT filterChanged();
        });
}

void RunsTable::complete(const QString& text, int cursor, std::function<void(FilterCompletion)> answer) {
    const std::string filter = app::toStd(text);
    const std::size_t at = app::toStd(text.left(cursor)).size();
    m_workbench.engine()
        .async([filter, at](Engine& engine, std::stop_token) { return engine.store().complete(filter, at); })
        .then(this, [filter, answer = std::move(answer)](Result<record::QueryCompletion> told) {
            if (!told)
                return;  // completion is a help; what is wrong with the store is said elsewhere
            FilterCompletion completion{charactersOf(filter, told->from), charactersOf(filter, told->to), {}};
            for (const auto& candidate : told->candidates)
                completion.candidates.append({toQString(candidate.text), toQString(candidate.detail)});
            answer(std::move(completion));
        });
}

void RunsTable::refreshFooter() {
    const auto shown = m_proxy->rowCount(), all = m_model.rowCount();
    m_count->setText(shown == all ? tr("%n runs", nullptr, all) : tr("%1 of %2").arg(shown).arg(all));
    m_filter->setTextMargins(0, 0, m_count->isHidden() ? 0 : m_count->sizeHint().width() + 12, 0);
    m_noMatch->setVisible(shown == 0 && all > 0);
    if (shown == 0 && all > 0)
        m_noMatch->setText(m_filter->text().trimmed().isEmpty()
                               ? tr("All %n runs are archived. The menu below shows them.", nullptr, all)
                               : tr("No run matches the filter. Clear it to see all %n.", nullptr, all));
    const auto selected = m_view->selectedRuns();
    const bool any = !selected.isEmpty();
    const auto name = [this](const QString& id) {
        const auto run = m_model.find(id);
        return run ? toQString(run->spec.name).toHtmlEscaped() : QString();
    };
    QString text = QStringLiteral("<span style='color:%1;font-weight:500'>%2</span>")
                       .arg(app::theme().color(QStringLiteral("text.1")).name(),
                            tr("%n selected", nullptr, static_cast<int>(selected.size())));
    if (!m_model.baseline().isEmpty() && m_model.find(m_model.baseline()))
        text += tr(" · compared against") +
                QStringLiteral(" <span style='color:%1'>●</span> %2")
                    .arg(m_workbench.runPalette().color(m_model.baseline()).name(), name(m_model.baseline()));
    m_footerText->setText(text);
    const QString why = tr("Select runs first");
    m_only->setEnabled(any || m_only->isChecked());
    m_tag->setEnabled(any);
    m_only->setToolTip(any ? tr("Only selected (O)") : why);
    m_tag->setToolTip(any ? tr("Set tags (T)") : why);
}

void RunsTable::showColumns() {
    auto* popup = new ColumnsPopup(m_model, this);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    connect(popup, &ColumnsPopup::changed, m_view, &RunsView::layoutChanged);
    popup->openBelow(*m_columnsButton);
}

void RunsTable::setShowArchived(bool show) {
    m_proxy->setShowArchived(show);
    takeShown();
    Q_EMIT filterChanged();
}

void RunsTable::showMoreMenu() {
    const auto ids = m_view->selectedRuns();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool any = !ids.isEmpty();
    const auto add = [&](const QString& text, bool enabled, auto slot) {
        menu->addAction(text, this, slot)->setEnabled(enabled);
    };
    add(tr("Show alone in charts"), any, [this, ids] { m_model.setOnlyDrawn(ids); });
    add(tr("Follow in live plots"), any, [this, ids] {
        m_workbench.commands().execute(app::ids::kRunFollow, {{QStringLiteral("runs"), ids}});
    });
    menu->addSeparator();
    add(tr("Stop…"), !m_actions.stoppable(ids).isEmpty(), [this, ids] { m_actions.stop(ids); });
    add(tr("Run again"), ids.size() == 1, [this, ids] { m_actions.startAgain(ids.first()); });
    menu->addSeparator();
    add(tr("Rename…"), ids.size() == 1, [this, ids] { m_actions.askRename(ids.first()); });
    add(tr("Tag…"), any, [this, ids] { m_actions.askTags(ids); });
    add(tr("Note…"), ids.size() == 1, [this, ids] { m_actions.askNote(ids.first()); });
    add(tr("Set as baseline"), ids.size() == 1, [this, ids] { m_model.setBaseline(ids.first()); });
    add(tr("Copy id"), any, [this, ids] { m_actions.copyIds(ids); });
    menu->addSeparator();
    const auto first = m_model.find(ids.value(0));
    if (first && first->archived)
        add(tr("Bring back from the archive") + QStringLiteral("\tDel"), true,
            [this, ids] { m_actions.setArchived(ids, false); });
    else
        add(tr("Archive") + QStringLiteral("\tDel"), any, [this, ids] { m_actions.setArchived(ids, true); });
    add(tr("Move to trash"), any, [this, ids] { m_actions.setDeleted(ids, true); });
    add(tr("Restore from trash…"), true, [this] { m_actions.askRestore(); });
    int archived = 0;
    for (int row = 0; row < m_model.rowCount(); ++row)
        archived += m_model.at(row)->archived;
    auto* show = menu->addAction(tr("Show archived (%1)").arg(archived));
    show->setCheckable(true);
    show->setChecked(m_proxy->showArchived());
    connect(show, &QAction::toggled, this, &RunsTable::setShowArchived);
    // From the keyboard or the button: above the button, not wherever the pointer happens to be.
    const bool byPointer =
        m_view->viewport()->rect().contains(m_view->viewport()->mapFromGlobal(QCursor::pos()));
    menu->popup(byPointer ? QCursor::pos() : m_more->mapToGlobal(QPoint(0, -menu->sizeHint().height())));
}

}  // namespace lathe::runs
