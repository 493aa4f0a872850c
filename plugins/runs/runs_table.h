// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "filter_edit.h"
#include "runs_model.h"
#include "runs_proxy.h"

#include <QTreeView>
#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace lathe::app {
class Workbench;
}

namespace lathe::runs {

class RunActions;
class RunsDelegate;

// The list itself: keys of UX.md ("in the table"), the eye by click. A tree view for its rows of one height.
class RunsView : public QTreeView {
    Q_OBJECT
public:
    RunsView(RunsModel& model, RunsProxy& proxy, app::RunPalette& palette, QWidget* parent = nullptr);

    QStringList selectedRuns() const;  // in row order
    void selectRuns(const QStringList& ids);
    void setHoveredRun(const QString& id);
    void layoutColumns();
    // Kept by column, not by place: it stays when columns come and go.
    void sortBy(const RunColumn& column, Qt::SortOrder order);
    const RunColumn& sortColumn() const { return m_sort; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }
    QJsonObject saveState() const;  // widths and order
    void restoreState(const QJsonObject& state);

Q_SIGNALS:
    void layoutChanged();  // by the user: widths, order of columns or of rows
    void selectedRunsChanged();
    void hoveredRun(const QString& id);  // empty: none
    void openDrawer();
    void tagRequested();
    void noteRequested();
    void filterRequested();
    void onlySelectedRequested();
    void columnsRequested();
    void archiveRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
    QString idAt(const QModelIndex& index) const;
    void copyRows() const;
    void applySort();
    void takeHeaderOrder();
    int usualWidth(const RunColumn& column) const;
    RunsModel& m_model;
    RunsProxy& m_proxy;
    RunsDelegate* m_delegate;
    RunColumn m_sort{RunColumn::Kind::Started, {}};
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
    QHash<QString, int> m_widths;  // by column, as the user dragged them
    bool m_placing = false;
};

// Filter line, list and footer: the left part of Runs.
class RunsTable : public QWidget {
    Q_OBJECT
public:
    RunsTable(app::Workbench& workbench, RunsModel& model, RunActions& actions, QWidget* parent = nullptr);

    RunsView& view() { return *m_view; }
    RunsProxy& proxy() { return *m_proxy; }
    QString filterText() const;
    void setFilterText(const QString& text);
    QStringList visibleRuns() const;  // as filtered and sorted
    bool onlySelected() const;
    void setShowArchived(bool show);
    void showColumns();  // the list of columns, to search, tick and drag

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void filterChanged();

private:
    void applyFilter();
    void askStore(RunFilter filter);
    void complete(const QString& text, int cursor, std::function<void(FilterCompletion)> answer);
    void showWrong(const record::QueryError& error);
    void refreshFooter();
    void takeShown();
    void showMoreMenu();

    app::Workbench& m_workbench;
    RunsModel& m_model;
    RunActions& m_actions;
    RunsProxy* m_proxy;
    RunsView* m_view;
    FilterEdit* m_filter;
    QLabel *m_count, *m_filterError, *m_footerText, *m_noMatch;
    QPushButton *m_columnsButton, *m_only, *m_tag, *m_more;
    bool m_taking = false;
};

}  // namespace lathe::runs
