// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_columns.h"

#include <QFrame>

class QLineEdit;
class QListWidget;
class QListWidgetItem;

namespace lathe::runs {

class RunsModel;

// Which columns the runs table has: search, tick, drag. The chosen ones stand first, in their order; every
// change applies at once and the list stays open until one clicks elsewhere or presses Esc. GUI thread only.
class ColumnsPopup : public QFrame {
    Q_OBJECT
public:
    explicit ColumnsPopup(RunsModel& model, QWidget* parent);

    void openBelow(const QWidget& button);
    QListWidget& list() { return *m_list; }
    QLineEdit& search() { return *m_search; }

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void fill();
    void apply();
    void applySearch();

    RunsModel& m_model;
    QLineEdit* m_search;
    QListWidget* m_list;
    bool m_filling = false;
};

}  // namespace lathe::runs
