// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "filter_edit.h"
#include "runs_model.h"

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

Q_SIGNALS:
    void selectedRunsChanged();
    void hoveredRun(const QString& id);  // empty: none
    void openDrawer();
    void tagRequested();
    void noteRequested();
    void filterRequested();
    void onlySelectedRequested();
    void columnsRequested();

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
    RunsModel& m_model;
    RunsProxy& m_proxy;
    RunsDelegate* m_delegate;
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

Q_SIGNALS:
    void filterChanged();

private:
    void applyFilter();
    void askStore(RunFilter filter);
    void complete(const QString& text, int cursor, std::function<void(FilterCompletion)> answer);
    void showWrong(const record::QueryError& error);
    void refreshFooter();
    void showColumnsMenu();
    void showMoreMenu();

    app::Workbench& m_workbench;
    RunsModel& m_model;
    RunActions& m_actions;
    RunsProxy* m_proxy;
    RunsView* m_view;
    FilterEdit* m_filter;
    QLabel *m_count, *m_filterError, *m_footerText, *m_noMatch;
    QPushButton *m_columnsButton, *m_only, *m_tag, *m_more;
};

}  // namespace lathe::runs
