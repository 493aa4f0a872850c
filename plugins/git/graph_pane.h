// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "git_session.h"
#include "log_model.h"

class QLineEdit;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace lathe::app {
class EmptyState;
class ErrorState;
} // namespace lathe::app

namespace lathe::gitpane {

// The bottom panel's Graph: every commit of all branches, with lanes and refs. Enter opens the commit's changes.
class GraphPane final : public app::Pane {
    Q_OBJECT
public:
    explicit GraphPane(GitSession& session);

    QWidget* createHeaderTools() override;
    void activate() override;

private:
    void reload();
    void loadMore();
    void openCurrent();

    GitSession& m_session;
    LogModel m_model;
    QSortFilterProxyModel* m_filtered;
    QStackedWidget* m_stack;
    QTableView* m_table;
    app::EmptyState* m_empty;
    app::ErrorState* m_failed;
    QString m_shownFor; // HEAD and refs that the list was read for
    bool m_reading = false, m_again = false;
};

} // namespace lathe::gitpane
