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

RunsView::RunsView(RunsModel& model, RunsProxy& proxy, app::RunPalette& palette, QWidget* parent)
    : QTreeView(parent), m_model(model), m_proxy(proxy),
      m_delegate(new RunsDelegate(palette, model.columns(), this)) {
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
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Runs"));
    header()->setStretchLastSection(false);
    header()->setSectionsMovable(false);
    header()->setMinimumSectionSize(24);
    header()->setFixedHeight(28);
    header()->setHighlightSections(false);
    header()->setTextElideMode(Qt::ElideRight);
    const auto relay = [this] { layoutColumns(); };
    connect(&proxy, &QAbstractItemModel::modelReset, this, relay);
    connect(&model, &RunsModel::columnsChanged, this, relay);
    connect(&app::theme(), &app::Theme::changed, this, relay);
    const auto started = std::ranges::find(model.columns(), RunColumn::Kind::Started, &RunColumn::kind);
    sortByColumn(static_cast<int>(started - model.columns().begin()), Qt::DescendingOrder);
}

void RunsView::layoutColumns() {
    // Fixed columns by what they hold; the name takes the rest. What does not fit is left out from the right,
    // so that nothing scrolls sideways in the ordinary case.
    const QFontMetrics metrics(app::theme().uiFont(12.5));
    const auto& columns = m_model.columns();
    const int room = viewport()->width();
    int used = 0;
    int name = 1, state = 2;
    QList<int> widths(columns.size());
    for (qsizetype i = 0; i < columns.size(); ++i) {
        int wide = 0;
        switch (columns[i].kind) {
        case RunColumn::Kind::Eye: wide = 34; break;
        case RunColumn::Kind::Name:
            name = static_cast<int>(i);
            wide = 150;
            break;
        case RunColumn::Kind::State:
            state = static_cast<int>(i);
            wide = 22 + 14 + metrics.horizontalAdvance(tr("finished"));
            break;
        case RunColumn::Kind::Metric:
        case RunColumn::Kind::Parameter:
            wide = std::clamp(metrics.horizontalAdvance(columns[i].key) + 26, 66, 120);
            break;
        case RunColumn::Kind::Steps: wide = metrics.horizontalAdvance(QStringLiteral("100.0k")) + 24; break;
        case RunColumn::Kind::Duration:
            wide = metrics.horizontalAdvance(QStringLiteral("12 m 34 s")) + 24;
            break;
        case RunColumn::Kind::AtCrosshair:
            wide = metrics.horizontalAdvance(QStringLiteral("@ 100 000")) + 20;
            break;
        case RunColumn::Kind::Started:
            wide = metrics.horizontalAdvance(QStringLiteral("30 Nov 18:54")) + 20;
            break;
        case RunColumn::Kind::Host: wide = 90; break;
        }
        widths[i] = wide;
        used += wide;
    }
    // First to go: host, started and duration, then the word beside the state's shape, then steps and the
    // crosshair.
    const auto drop = [&](RunColumn::Kind kind) {
        for (qsizetype i = 0; i < columns.size(); ++i)
            if (columns[i].kind == kind) {
                const bool hide = used > room;
                setColumnHidden(static_cast<int>(i), hide);
                if (hide)
                    used -= widths[i];
            }
    };
    for (const auto kind : {RunColumn::Kind::Host, RunColumn::Kind::Started, RunColumn::Kind::Duration})
        drop(kind);
    constexpr int shape = 36;
    if (used > room) {
        used -= widths[state] - shape;
        widths[state] = shape;
    }
    for (const auto kind : {RunColumn::Kind::Steps, RunColumn::Kind::AtCrosshair})
        drop(kind);
    // At last the further metrics and parameters, from the right; the first says how good a run is.
    bool first = true;
    QList<qsizetype> further;
    for (qsizetype i = 0; i < columns.size(); ++i)
        if (columns[i].kind == RunColumn::Kind::Metric || columns[i].kind == RunColumn::Kind::Parameter)
            if (!std::exchange(first, false))
                further.prepend(i);
    for (const auto i : further) {
        const bool hide = used > room;
        setColumnHidden(static_cast<int>(i), hide);
        if (hide)
            used -= widths[i];
    }
    widths[name] = std::max(110, widths[name] + room - used);
    for (int i = 0; i < columns.size(); ++i) {
        header()->setSectionResizeMode(i, QHeaderView::Interactive);
        setColumnWidth(i, widths[i]);
    }
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
    for (int column = 1; column < m_proxy.columnCount(); ++column)
        cells << m_proxy.headerData(column, Qt::Horizontal).toString();
    text = cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    auto rows = selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    for (const auto& row : rows) {
        cells.clear();
        for (int column = 1; column < m_proxy.columnCount(); ++column)
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
