// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs_delegate.h"
#include "runs_table.h"

#include "app/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScrollBar>

#include <algorithm>

namespace lathe::runs {
namespace {

// The arrow stands behind the title, as text, and never over it.
class RunsHeader final : public QHeaderView {
public:
    explicit RunsHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) { setSectionsClickable(true); }

protected:
    void initStyleOptionForIndex(QStyleOptionHeader* option, int section) const override {
        QHeaderView::initStyleOptionForIndex(option, section);
        option->sortIndicator = QStyleOptionHeader::None;
        if (isSortIndicatorShown() && section == sortIndicatorSection() && section > 0)
            option->text +=
                sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral(" ↑") : QStringLiteral(" ↓");
    }
};

}  // namespace

RunsView::RunsView(RunsModel& model, RunsProxy& proxy, app::RunPalette& palette, QWidget* parent)
    : QTreeView(parent), m_model(model), m_proxy(proxy),
      m_delegate(new RunsDelegate(palette, model.columns(), this)) {
    setHeader(new RunsHeader(this));
    setModel(&proxy);
    setItemDelegate(m_delegate);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setSortingEnabled(true);
    setFrameShape(NoFrame);
    setHorizontalScrollMode(ScrollPerPixel);
    setAccessibleName(tr("Runs"));
    header()->setStretchLastSection(false);
    header()->setSectionsMovable(true);
    header()->setFirstSectionMovable(false);
    header()->setMinimumSectionSize(24);
    header()->setFixedHeight(28);
    header()->setHighlightSections(false);
    header()->setTextElideMode(Qt::ElideRight);
    const auto relay = [this] {
        layoutColumns();
        applySort();
    };
    connect(&proxy, &QAbstractItemModel::modelReset, this, relay);
    connect(&model, &RunsModel::columnsChanged, this, relay);
    connect(&app::theme(), &app::Theme::changed, this, relay);
    connect(header(), &QHeaderView::sectionClicked, this, [this](int section) {
        m_sort = m_model.columns().value(section);
        m_sortOrder = header()->sortIndicatorOrder();
        Q_EMIT layoutChanged();
    });
    connect(header(), &QHeaderView::sectionResized, this, [this](int section, int, int size) {
        if (m_placing || size <= 0)
            return;
        m_widths.insert(m_model.columns().value(section).id(), size);
        Q_EMIT layoutChanged();
    });
    // A column dragged to another place: the model has the order, so that there is one.
    connect(
        header(), &QHeaderView::sectionMoved, this, [this] { takeHeaderOrder(); }, Qt::QueuedConnection);
    applySort();
}

void RunsView::sortBy(const RunColumn& column, Qt::SortOrder order) {
    m_sort = column;
    m_sortOrder = order;
    applySort();
}

void RunsView::applySort() {
    auto at = m_model.columns().indexOf(m_sort);
    if (at < 0) {
        m_sort = {RunColumn::Kind::Started, {}};
        m_sortOrder = Qt::DescendingOrder;
        at = m_model.columns().indexOf(m_sort);
    }
    sortByColumn(static_cast<int>(at), m_sortOrder);
}

void RunsView::takeHeaderOrder() {
    const auto& columns = m_model.columns();
    QList<RunColumn> order;
    for (int visual = 0; visual < header()->count(); ++visual)
        if (const int logical = header()->logicalIndex(visual);
            logical >= 2 && logical < columns.size() && m_model.isColumnShown(logical))
            order << columns[logical];
    // Back to the model's order before the model takes that of the header.
    m_placing = true;
    for (int logical = 0; logical < header()->count(); ++logical)
        header()->moveSection(header()->visualIndex(logical), logical);
    m_placing = false;
    if (order != m_model.chosenColumns()) {
        m_model.setChosenColumns(order);
        Q_EMIT layoutChanged();
    }
}

QJsonObject RunsView::saveState() const {
    QJsonObject widths;
    for (auto it = m_widths.begin(); it != m_widths.end(); ++it)
        widths.insert(it.key(), it.value());
    return {{QStringLiteral("widths"), widths},
            {QStringLiteral("sort"), m_sort.id()},
            {QStringLiteral("descending"), m_sortOrder == Qt::DescendingOrder}};
}

void RunsView::restoreState(const QJsonObject& state) {
    m_widths.clear();
    const auto widths = state[QStringLiteral("widths")].toObject();
    for (auto it = widths.begin(); it != widths.end(); ++it)
        m_widths.insert(it.key(), std::clamp(it.value().toInt(), 24, 1200));
    if (const auto sort = RunColumn::fromId(state[QStringLiteral("sort")].toString())) {
        m_sort = *sort;
        m_sortOrder = state[QStringLiteral("descending")].toBool() ? Qt::DescendingOrder : Qt::AscendingOrder;
    }
    layoutColumns();
    // A metric's column may come only with the runs; until then its name is kept.
    if (m_model.columns().contains(m_sort))
        applySort();
}

int RunsView::usualWidth(const RunColumn& column) const {
    const QFontMetrics metrics(app::theme().uiFont(12.5));
    const auto fits = [&](const QString& text) { return metrics.horizontalAdvance(text) + 22; };
    switch (column.kind) {
    case RunColumn::Kind::Eye: return 34;
    case RunColumn::Kind::Name: return 160;
    case RunColumn::Kind::State: return 22 + 14 + metrics.horizontalAdvance(tr("finished"));
    case RunColumn::Kind::Metric:
        return std::clamp(fits(column.title()), fits(QStringLiteral("0.000000")), 140);
    case RunColumn::Kind::Parameter: return std::clamp(fits(column.title()), 72, 140);
    case RunColumn::Kind::Steps: return fits(QStringLiteral("100.0k"));
    case RunColumn::Kind::Duration: return fits(QStringLiteral("12 m 34 s"));
    case RunColumn::Kind::AtCrosshair: return fits(QStringLiteral("@ 100 000"));
    case RunColumn::Kind::Started: {
        const bool old = m_model.rowCount() > 0 &&
                         startText(*m_model.at(m_model.rowCount() - 1)).contains(QLatin1Char(' '));
        return std::max(fits(old ? QStringLiteral("30 Nov 18:54") : QStringLiteral("18:54")),
                        fits(column.title()) + 14);
    }
    case RunColumn::Kind::Host: return 110;
    case RunColumn::Kind::Experiment:
    case RunColumn::Kind::Commit: return 100;
    case RunColumn::Kind::Tags: return 120;
    case RunColumn::Kind::Command:
    case RunColumn::Kind::Note: return 220;
    }
    return 80;
}

void RunsView::layoutColumns() {
    // Columns by what they hold or as they were dragged; the name takes what is over. What the user chose is
    // all there and scrolls sideways; of ours, what does not fit is left out.
    using Kind = RunColumn::Kind;
    constexpr int leastName = 110, stateShape = 36;
    const auto& columns = m_model.columns();
    const int room = viewport()->width();
    int used = 0;
    int name = 1, state = -1;
    QList<int> widths(columns.size());
    QList<bool> shown(columns.size(), true);
    for (qsizetype i = 0; i < columns.size(); ++i) {
        shown[i] = m_model.isColumnShown(static_cast<int>(i));
        widths[i] = m_widths.value(columns[i].id(), usualWidth(columns[i]));
        if (columns[i].kind == Kind::State)
            state = static_cast<int>(i);
        used += shown[i] ? widths[i] : 0;
    }
    const int spare = m_widths.contains(columns[name].id()) ? 0 : widths[name] - leastName;
    const auto drop = [&](Kind kind, bool last) {
        for (qsizetype i = columns.size() - 1; i >= 0; --i)
            if (columns[i].kind == kind && shown[i] && used - spare > room) {
                shown[i] = false;
                used -= widths[i];
                if (last)
                    break;
            }
    };
    const auto shrinkState = [&] {
        if (state >= 0 && used - spare > room && !m_widths.contains(columns[state].id())) {
            used -= widths[state] - stateShape;
            widths[state] = stateShape;
        }
    };
    if (!m_model.hasChosenColumns()) {
        drop(Kind::Host, false);
        shrinkState();
        drop(Kind::Steps, false);
        drop(Kind::Duration, false);
        drop(Kind::Metric, true);  // the further one; the first says how good a run is
        drop(Kind::AtCrosshair, false);
        drop(Kind::Started, false);
    } else {
        shrinkState();
    }
    if (!m_widths.contains(columns[name].id()))
        widths[name] = std::max(leastName, widths[name] + room - used);
    m_placing = true;
    for (int i = 0; i < columns.size(); ++i) {
        header()->setSectionResizeMode(i, QHeaderView::Interactive);
        setColumnHidden(i, !shown[i]);
        if (shown[i])
            setColumnWidth(i, widths[i]);
    }
    m_placing = false;
}

QString RunsView::idAt(const QModelIndex& index) const {
    return index.isValid() ? index.data(kRunIdRole).toString() : QString();
}

QStringList RunsView::selectedRuns() const {
    auto rows = selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    QStringList out;
    for (const auto& index : rows)
        out << idAt(index);
    return out;
}

void RunsView::selectRuns(const QStringList& ids) {
    QItemSelection selection;
    QModelIndex first;
    for (const auto& id : ids) {
        const int row = m_model.rowOf(id);
        if (row < 0)
            continue;
        const auto index = m_proxy.mapFromSource(m_model.index(row, 0));
        if (!index.isValid())
            continue;
        if (!first.isValid())
            first = index;
        selection.select(index, index.siblingAtColumn(m_model.columnCount() - 1));
    }
    if (first.isValid())
        selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (first.isValid())
        scrollTo(first);
}

void RunsView::setHoveredRun(const QString& id) {
    m_delegate->setHovered(id);
    viewport()->update();
}

void RunsView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QTreeView::selectionChanged(selected, deselected);
    Q_EMIT selectedRunsChanged();
}

void RunsView::keyPressEvent(QKeyEvent* event) {
    const auto ids = selectedRuns();
    const auto current = idAt(currentIndex());
    if (event->matches(QKeySequence::Copy))
        return copyRows();
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) {
        QTreeView::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Space: {
        const bool draw = !ids.isEmpty() && !m_model.isDrawn(ids.first());
        for (const auto& id : ids)
            m_model.setDrawn(id, draw);
        return;
    }
    case Qt::Key_P: {
        const bool pin = !ids.isEmpty() && !m_model.isPinned(ids.first());
        for (const auto& id : ids)
            m_model.setPinned(id, pin);
        return;
    }
    case Qt::Key_B:
        if (!current.isEmpty())
            m_model.setBaseline(m_model.baseline() == current ? QString() : current);
        return;
    case Qt::Key_T: Q_EMIT tagRequested(); return;
    case Qt::Key_N: Q_EMIT noteRequested(); return;
    case Qt::Key_O: Q_EMIT onlySelectedRequested(); return;
    case Qt::Key_C: Q_EMIT columnsRequested(); return;
    case Qt::Key_Slash: Q_EMIT filterRequested(); return;
    case Qt::Key_Delete:
        if (!ids.isEmpty())
            Q_EMIT archiveRequested();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT openDrawer(); return;
    default:
        // Letters are commands here, so nothing searches by typing.
        if (event->text().isEmpty() || !event->text().at(0).isPrint())
            QTreeView::keyPressEvent(event);
        else
            event->ignore();
    }
}

void RunsView::copyRows() const {
    QString text;
    QStringList cells;
    const auto& columns = m_model.columns();
    for (int column = 1; column < columns.size(); ++column)
        if (!isColumnHidden(column))
            cells << columns[column].title();
    text = cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    auto rows = selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    for (const auto& row : rows) {
        cells.clear();
        for (int column = 1; column < columns.size(); ++column)
            if (!isColumnHidden(column))
                cells << row.siblingAtColumn(column).data().toString();
        text += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    QApplication::clipboard()->setText(text);
}

void RunsView::mousePressEvent(QMouseEvent* event) {
    const auto index = indexAt(event->position().toPoint());
    if (index.isValid() && index.column() == 0 && event->button() == Qt::LeftButton) {
        const auto id = idAt(index);
        m_model.setDrawn(id, !m_model.isDrawn(id));
        return;
    }
    QTreeView::mousePressEvent(event);
}

void RunsView::mouseMoveEvent(QMouseEvent* event) {
    Q_EMIT hoveredRun(idAt(indexAt(event->position().toPoint())));
    QTreeView::mouseMoveEvent(event);
}

void RunsView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    layoutColumns();
}

void RunsView::enterEvent(QEnterEvent* event) {
    m_proxy.setDynamicSortFilter(false);  // nothing moves under the pointer
    QTreeView::enterEvent(event);
}

void RunsView::leaveEvent(QEvent* event) {
    m_proxy.setDynamicSortFilter(true);
    Q_EMIT hoveredRun({});
    QTreeView::leaveEvent(event);
}

}  // namespace lathe::runs
